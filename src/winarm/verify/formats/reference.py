"""What each code means: for `--explain`, and for the reference in the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from winarm.verify.codes import FAMILIES, Code


def explain(code: Code) -> str:
    """Return severity, title, cause and cure of a code, as text."""
    rule = code.rule
    return (
        f"{code.name} ({rule.severity.label}): {rule.title}\n\n"
        f"Cause: {rule.cause}\n\nCure: {rule.cure}"
    )


def explain_all(codes: Sequence[Code]) -> str:
    """Return the explanations of codes, each family under its title when there are several."""
    if len(codes) == 1:
        return explain(codes[0])
    parts: list[str] = []
    for family, members in groupby(codes, lambda code: code.family):
        parts += [f"{family}: {FAMILIES[family]}", *map(explain, members)]
    return "\n\n".join(parts)


def reference() -> str:
    """Return the reference of all codes, as Markdown."""
    parts: list[str] = []
    for family, members in groupby(Code, lambda code: code.family):
        parts.append(f"### {family}: {FAMILIES[family]}")
        for code in members:
            parts += [
                f'<a id="{code.name.lower()}"></a>',
                f"#### {code.name}: {code.rule.title}",
                f"*{code.rule.severity.label.capitalize()}.* {_markdown(code.rule.cause)}",
                f"**Cure:** {_markdown(code.rule.cure)}",
            ]
    return "\n\n".join(parts) + "\n"


def _markdown(text: str) -> str:
    """Escape what Markdown would take for markup outside of code."""
    parts = text.split("`")
    escaped = (
        part if index % 2 else part.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
        for index, part in enumerate(parts)
    )
    return "`".join(escaped)
