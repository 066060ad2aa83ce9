"""The table of flag rules as C: what the one-word tools are compiled with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from winarm.child.winarm_child import flag_rules

_VERDICTS = {"same": 0, "nothing": 1, "refused": 2, "foreign": 3}


def table(settings: Mapping[str, str], base_flags: Sequence[str], *, windows: bool) -> str:
    """Return the text of table.h.

    :param settings: names and texts that are macros there.
    :param base_flags: what every compilation and link begins with.
    :param windows: whether the tools run on Windows.
    """
    names = {
        "msvc_link_rules": flag_rules.MSVC_LINK,
        "msvc_rules": flag_rules.MSVC,
        "gnu_rules": flag_rules.GNU,
        "linker_rules": flag_rules.LINKER,
        "unknown_rules": (flag_rules.UNKNOWN,),
        "openmp_rules": flag_rules.OPENMP,
    }
    forms = [form.replace("{}", "*") for form in flag_rules.LIBRARY_FORMS]
    same = [name for group in flag_rules.SAME_LIBRARY for name in (*group, "")]
    return "\n".join(
        (
            f"#define WINDOWS {int(windows)}",
            *(f"#define {name} {_text(value)}" for name, value in settings.items()),
            *(_rules(name, rules) for name, rules in names.items()),
            _pairs("features", flag_rules.CPU_FEATURES.items()),
            _pairs("option_apart", flag_rules.APART.items()),
            _strings("valued", sorted(flag_rules.VALUED)),
            _strings("handed_on", sorted(flag_rules.HANDED_ON)),
            _strings("linker_valued", sorted(flag_rules.LINKER_VALUED)),
            _strings("library_forms", forms),
            _strings("same_library", same),
            _strings("host_folders", flag_rules.HOST_FOLDERS),
            _strings("installed", flag_rules.INSTALLED),
            _strings("base_flags", base_flags),
            "",
        )
    )


def _rules(name: str, rules: Iterable[flag_rules.Rule]) -> str:
    lines = [
        f"  {{{_text(form)}, {_text(chr(10).join(rule.becomes))}, {_text(rule.why)}, "
        f"{_VERDICTS[rule.verdict]}, {int(rule.shown)}, {int(rule.caseless)}}},"
        for rule in rules
        for form in rule.forms
    ]
    return "\n".join((f"static const struct rule {name}[] = {{", *lines, "  {0}\n};"))


def _pairs(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    lines = [f"  {{{_text(a)}, {_text(b)}}}," for a, b in pairs]
    return "\n".join((f"static const struct pair {name}[] = {{", *lines, "  {0}\n};"))


def _strings(name: str, texts: Iterable[str]) -> str:
    lines = [f"  {_text(text)}," for text in texts]
    return "\n".join((f"static const char *const {name}[] = {{", *lines, "  0\n};"))


def _text(text: str) -> str:
    r"""Return a C string.

    >>> print(_text('a "b"\\c\u00e9'))
    "a \"b\"\\c\303\251"
    """
    safe = {ord('"'): '\\"', ord("\\"): "\\\\"}
    characters = (
        safe.get(byte, chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")  # noqa: PLR2004 - ASCII
        for byte in text.encode("utf-8", "surrogateescape")
    )
    return f'"{"".join(characters)}"'
