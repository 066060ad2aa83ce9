"""Reports as text: for people, for programs, for code scanning and for GitHub's pages.

Each renderer takes reports and returns a string; the caller prints or writes it.
"""
