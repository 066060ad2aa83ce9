"""What the name of a member says of it."""

from __future__ import annotations

from functools import lru_cache

#: Longest name of a module beyond ASCII that is encoded.
_LONGEST_ENCODED = 80


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


def module_of(member: str) -> str:
    """Return the name under which Python asks a file for its init function.

    It is the file's, without suffixes; the `__init__` of a package is asked under the package's.
    """
    folder, _, name = stem_of(member).rpartition("/")
    return base_name(folder) if name == "__init__" and folder else name


@lru_cache(maxsize=16)
def init_names(module: str) -> frozenset[str]:
    """Return the exports by which Python can import a module of that name."""
    # Encoding takes the square of the length, and nobody has a longer one.
    plain = module.isascii() or len(module) > _LONGEST_ENCODED
    encoded = module if plain else module.encode("punycode").decode("ascii")
    # As in get_encoded_name of CPython's Python/importdl.c.
    name, mark = encoded.replace("-", "_"), "" if plain else "U"
    return frozenset({f"PyInit{mark}_{name}", f"PyModExport{mark}_{name}"})


def is_module(member: str) -> bool:
    """Return whether a member is named like an extension module."""
    return suffix_of(member) == ".pyd"


def installed(member: str) -> tuple[str, ...]:
    """Return where a member is installed: `site` or `prefix`, and the path below it."""
    top, _, rest = member.partition("/")
    if not top.endswith(".data"):
        return ("site", *member.split("/"))
    part, _, below = rest.partition("/")
    if part in {"platlib", "purelib"}:
        return ("site", *below.split("/"))
    folder = {"scripts": ("Scripts",), "headers": ("Include",)}.get(part, ())
    parts = (*folder, *below.split("/"))
    if [one.lower() for one in parts[:2]] == ["lib", "site-packages"]:
        return ("site", *parts[2:])
    return ("prefix", *parts)


def folded(name: str) -> str:
    """Return a name in the case in which Windows compares it, lower case.

    Windows pairs single characters one to one (NTFS's table of upper case): the Kelvin sign is no
    `k`, and a dotted capital I no `i` with a dot, as they are in Unicode.
    """
    if name.isascii():
        return name.lower()
    pairs = ((one, one.lower()) for one in name)
    return "".join(low if len(low) == 1 and low.upper() == one else one for one, low in pairs)


def place_of(member: str) -> tuple[str, ...]:
    """Return where Windows has a member: `installed` in lower case, in which it compares names."""
    if ".data" not in member:
        # Nearly every one of thousands.
        return ("site", *folded(member).split("/"))
    return tuple(map(folded, installed(member)))
