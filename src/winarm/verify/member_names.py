"""What the name of a member says of it."""

from __future__ import annotations


def base_name(member: str) -> str:
    """Return a member's file name."""
    return member[member.rfind("/") + 1 :]


def folder_of(member: str) -> str:
    """Return a member's folder, or ""."""
    return member.rpartition("/")[0]


def suffix_of(member: str) -> str:
    """Return a member's last suffix in lower case."""
    dot = member.rfind(".")
    return member[dot:].lower() if dot > member.rfind("/") + 1 else ""


def stem_of(member: str) -> str:
    """Return a member's path without its suffixes: `pkg/_x` for `pkg/_x.cp313-win_arm64.pyd`."""
    name = base_name(member)
    return member[: len(member) - len(name)] + name.partition(".")[0]


def init_symbol(member: str) -> bytes:
    """Return the name of the init function that a module in a file of this name has."""
    return b"PyInit_%s" % base_name(stem_of(member)).replace("-", "_").encode()


def is_module(member: str) -> bool:
    """Return whether a member is named like an extension module."""
    return suffix_of(member) == ".pyd"
