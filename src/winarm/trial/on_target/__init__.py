"""What runs on the target: files that are copied there and run by the target's Python.

They import the standard library only and nothing of winarm.
"""
