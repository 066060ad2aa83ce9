"""The one reader of Windows binaries: images, object files and libraries, from bytes to values.

Only the read interface; locate, the target Python and verify share it. Standard library only,
because start-up time counts. Written from Microsoft's "PE Format" specification and the structures
in winnt.h.
"""
