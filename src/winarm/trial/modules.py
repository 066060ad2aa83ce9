"""Which modules of a wheel a trial imports."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from winarm.target import PythonABI, Target


def modules(members: Iterable[str], abi: PythonABI, target: Target) -> dict[str, str]:
    """Return the extension modules and top-level modules among `members`.

    Extension modules come first: a package's own import then finds them loaded, and what fails is
    named by its cause. Of a module with several files, Python's order of suffixes decides.

    >>> from winarm.target import WIN_ARM64, PythonABI
    >>> members = ["a/__init__.py", "a/_b.pyd", "c.py", "c-1.dist-info/RECORD"]
    >>> modules(members, PythonABI(13), WIN_ARM64)
    {'a._b': 'a/_b.pyd', 'a': 'a/__init__.py', 'c': 'c.py'}
    """
    installed = dict(filter(None, map(_installed, members)))
    suffixes = abi.loadable_suffixes(target)
    extensions = {
        name: member
        for suffix in reversed(suffixes)
        for path, member in installed.items()
        if (name := _module(path, suffix)) and (suffix != suffixes[-1] or _is_plain(path))
    }
    extensions = {name: extensions[name] for name in _in_order(extensions, installed)}
    top = {
        name: member
        for path, member in installed.items()
        if (name := _module(path, ".py")) and "." not in name
    }
    return extensions | {name: top[name] for name in top if name not in extensions}


def _in_order(names: Iterable[str], installed: Mapping[str, str]) -> list[str]:
    order = {member: place for place, member in enumerate(installed.values())}
    return sorted(names, key=lambda name: (name.count("."), order.get(name, 0), name))


def _installed(member: str) -> tuple[str, str] | None:
    """Return where a member is installed below site-packages, and the member; or None."""
    top, _, rest = member.partition("/")
    if top.endswith(".data"):
        kind, _, rest = rest.partition("/")
        return (rest, member) if kind in {"purelib", "platlib"} else None
    return None if top.endswith(".dist-info") else (member, member)


def _is_plain(path: str) -> bool:
    """Return whether `x.pyd` has no tag of a Python: `x.cp312-win_arm64.pyd` is no module here."""
    return "." not in PurePosixPath(path).name.removesuffix(".pyd")


def _module(path: str, suffix: str) -> str:
    """Return the name of the module that `path` is with this suffix, or ""."""
    if not path.endswith(suffix):
        return ""
    parts = path.removesuffix(suffix).split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    fits = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
    return ".".join(parts) if fits and parts[-1] != "__main__" else ""
