"""Readers of Windows binaries: images, object files and archives, from bytes to values.

Only the read interface, only what verification asks. Standard library only, because start-up
time counts; written from Microsoft's "PE Format" specification and the structures in winnt.h.
"""
