"""Write docs/settings.md from the definition of the settings.

Usage: python tools/settings_docs.py
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from winarm.config import definitions
from winarm.config.packages import Packages
from winarm.config.sources import Source
from winarm.config.table import Table
from winarm.config.values import Words

if TYPE_CHECKING:
    from winarm.config.sources import Definition

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"

HEAD = """\
<!-- Made by tools/settings_docs.py from winarm.config.Settings: change it there. -->

# Settings

A setting is written in up to three places. The strongest that names it decides alone; lists are
replaced, not joined.

| strength | place | spelling | who writes it |
| --- | --- | --- | --- |
| 1 | config setting | `-C winarm.include-dirs=…` | the user, for one build |
| 2 | environment | `WINARM_INCLUDE_DIRS=…` | the user, for a session or a CI job |
| 3 | pyproject.toml | `include-dirs = […]` in `[tool.winarm]` | the project |

In pyproject.toml a list is an array. As text, a list is split as its entry below says; a config
setting may also be given several times. Text that is split as in a shell may be quoted with `'`
and `"`; `\\` escapes, except on a Windows host, where it belongs to paths. Relative folders
count from the project's folder; where the project is an sdist or a requirement, those of config
settings and variables count from the working directory.

An empty environment variable or config setting counts as not set; only `-C winarm.verbose`, with
no value, switches on. Config settings that do not begin with `winarm.` go to the project's own
backend, and those that do never reach it.

A mistake stops the build before it begins, with exit status 2. All mistakes are named at once,
each with the place where it is written. That includes unknown settings and unknown variables that
begin with `WINARM_`.
"""

TAIL = """
## Variables that are not settings

`WINARM_CACHE_DIR` names the folder for winarm's caches. Names that begin with `WINARM_CHILD` or
`WINARM_TEST_` are winarm's own.
"""


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(map(section, definitions(), definitions().values())) + TAIL


def section(name: str, definition: Definition) -> str:
    """Return the part of the page that describes one setting."""
    lines = [f"- Value: {definition.kind.phrase}."]
    if isinstance(definition.kind, Words) and definition.scope.sources != (Source.PYPROJECT,):
        lines.append(f"- As text: {definition.kind.split.value}.")
    lines.append(f"- Default: {default(definition.default)}.")
    places = ", ".join(
        f"`{source.spelling(name)}`" if source is not Source.PYPROJECT else "pyproject.toml"
        for source in reversed(definition.scope.sources)
    )
    lines.append(f"- Set in: {places}.")
    if definition.scope.reason:
        lines.append(f"- Nowhere else, because {definition.scope.reason}.")
    if definition.needs:
        lines.append(f"- Requires `{definition.needs}`.")
    described = f"\n## {name}\n\n{definition.help}\n\n" + "\n".join(lines) + "\n"
    match definition.kind:
        case Packages() as packages:
            return described + keys(f"{name}.NAME", packages.each)
        case Table() as table:
            return described + keys(name, table)
        case _:
            return described


def keys(name: str, table: Table) -> str:
    """Return a table in Markdown of the keys of a setting that is a table, and of those in it."""
    lines = [f"\n### Keys of `{name}`\n", "| key | value | default | what |", "| --- " * 4 + "|"]
    inner = ""
    for key, definition in table.definitions.items():
        phrase = "a table, see below" if isinstance(definition.kind, Table) else ""
        cells = (
            f"`{key}`",
            phrase or definition.kind.phrase,
            default(definition.default),
            definition.help,
        )
        lines.append(f"| {' | '.join(cells)} |")
        if isinstance(definition.kind, Table):
            inner += keys(f"{name}.{key}", definition.kind)
    return "\n".join(lines) + "\n" + inner


def default(value: object) -> str:
    """Return a default as it would be written in TOML, or `none`."""
    match value:
        case None | ():
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
