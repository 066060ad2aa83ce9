"""How variables are set in each shell, so that no value is ever taken for anything but text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winarm.errors import UsageError

#: The longest line that cmd reads, what it expands included.
CMD_LINE = 8191

#: What PowerShell takes for a single quote.
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"

SHELLS = ("bash", "cmd", "fish", "github", "powershell")


@dataclass(frozen=True, slots=True)
class ShellVariables:
    """Variables to set, and folders to put before those on PATH."""

    variables: Mapping[str, str]
    path: tuple[str, ...]


def script(shell: str, found: ShellVariables, inherited_path: str) -> str:
    """Return the lines that set the variables in `shell`.

    :param inherited_path: PATH as it is, which cmd cannot take beyond a length.
    :raises UsageError: the shell cannot take a value.
    """
    if shell == "cmd":
        return _cmd(found, inherited_path)
    lines = {"bash": _bash, "fish": _fish, "powershell": _powershell}
    return _text(lines[shell](found))


def _bash(found: ShellVariables) -> list[str]:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in found.variables.items()]
    if found.path:
        lines.append(f'export PATH={shlex.quote(":".join(found.path))}"${{PATH:+:$PATH}}"')
    return lines


def _fish(found: ShellVariables) -> list[str]:
    def quoted(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    lines = [f"set -gx {name} {quoted(value)}" for name, value in found.variables.items()]
    if found.path:
        lines.append(f"set -gx PATH {' '.join(map(quoted, found.path))} $PATH")
    return lines


def _powershell(found: ShellVariables) -> list[str]:
    def quoted(value: str) -> str:
        return "'" + re.sub(f"([{_POWERSHELL_QUOTES}])", r"\1\1", value) + "'"

    lines = [f"${{env:{name}}} = {quoted(value)}" for name, value in found.variables.items()]
    if found.path:
        own = "".join(quoted(folder) + " + [IO.Path]::PathSeparator + " for folder in found.path)
        lines.append(f"${{env:PATH}} = {own}${{env:PATH}}")
    return lines


def _cmd(found: ShellVariables, inherited_path: str) -> str:
    lines = [f'set "{_cmd_text(f"{name}={value}")}"' for name, value in found.variables.items()]
    if any(len(line) > CMD_LINE for line in lines):
        raise UsageError(
            f"a variable is longer than the {CMD_LINE} characters that cmd reads.",
            cure="Use --shell powershell.",
        )
    if found.path:
        lines.append(_cmd_path(found.path, inherited_path))
    # A batch file is read in the console's code page.
    header = [] if all(map(str.isascii, lines)) else ["@chcp 65001 >nul"]
    return _text([*header, *(f"@{line}" for line in lines)], "\r\n")


def _cmd_path(own: Sequence[str], inherited: str) -> str:
    """Return the line that puts folders before those on PATH, and is not longer than cmd reads."""
    own_text = ";".join(own)
    line = f'set "{_cmd_text(f"PATH={own_text};")}%PATH%"'
    if len(line) + len(inherited) < CMD_LINE:
        return line
    # Written out, each folder once: what makes PATHs this long is what was added again and again.
    folders: dict[str, str] = {}
    for folder in filter(None, (*own, *inherited.split(";"))):
        folders.setdefault(folder.casefold().rstrip("\\"), folder)
    whole = ";".join(folders.values())
    line = f'set "{_cmd_text(f"PATH={whole}")}"'
    if len(line) < CMD_LINE:
        return line
    raise UsageError(
        f"PATH has {len(inherited)} characters, too many for a line of cmd.",
        why=f"cmd reads lines of at most {CMD_LINE} characters, with what it expands; with the "
        f"toolchain's folders, and each folder once, this one would have {len(line)}.",
        cure="Shorten PATH, or use --shell powershell.",
    )


def _cmd_text(text: str) -> str:
    """Return text to stand between the quotes of `set "…"` in a batch file.

    Quotes inside it end cmd's own quotation, so that what stands outside needs a caret.
    """
    escaped, quoted = [], True
    for character in text.replace("%", "%%"):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "^&|<>()":
            escaped.append("^")
        escaped.append(character)
    return "".join(escaped)


def github_variables(variables: Mapping[str, str]) -> str:
    """Return the lines that GITHUB_ENV takes for variables."""
    blocks = []
    for name, value in variables.items():
        mark = "winarm_end"
        while mark in value:
            mark += "_"
        blocks.append(f"{name}<<{mark}\n{value}\n{mark}")
    return _text(blocks)


def _text(lines: list[str], end: str = "\n") -> str:
    return "".join(line + end for line in lines)
