"""What every tool needs: the facts of its layer, other programs, and a command line's parts."""

import json
import struct
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class ToolError(Exception):
    """The work could not be done; the text says why."""


def layer(name: str) -> str:
    """Return a fact of the layer that this package is in: zig's path, the target's names."""
    file = Path(__file__).parents[2] / "tools.json"
    return str(json.loads(file.read_text(encoding="utf-8"))[name])


def fields(layout: str, data: bytes, at: int = 0) -> tuple[Any, ...]:
    """Return the fields of a structure.

    :raises ToolError: the data ends before.
    """
    try:
        return struct.unpack_from(layout, data, at)
    except struct.error:
        raise ToolError("file format not recognized") from None


def run(command: Sequence[str]) -> int:
    """Run a program with this one's streams and return its exit status."""
    return subprocess.run(command, check=False).returncode  # noqa: S603 - what the caller asked for


def tool(name: str) -> str:
    """Return the path of another tool of the layer."""
    return str(Path(layer("bin"), f"{layer('machine')}-{name}{layer('exe')}"))


class CommandLine(NamedTuple):
    """The words of a command: options, those with a value as `name=value`, and files."""

    options: list[str]
    files: list[str]

    def has(self, *spellings: str) -> bool:
        """Tell whether one of these is there: a letter, maybe among others, or a long option."""
        short = [o for o in self.options if not o.startswith("--") and "=" not in o]
        letters = "".join(option[1:] for option in short)
        long = {option.partition("=")[0] for option in self.options}
        return any(
            spelling in letters if len(spelling) == 1 else spelling in long
            for spelling in spellings
        )

    def value(self, *names: str) -> str:
        """Return the first value of an option, or an empty string."""
        found = (option.partition("=") for option in self.options)
        return next((value for name, _, value in found if name in names), "")


def parsed(arguments: Iterable[str], valued: Sequence[str]) -> CommandLine:
    """Return the parts of a command line; the value of an option in `valued` is the next word."""
    line = CommandLine([], [])
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            line.files.extend(rest)
        elif argument in valued:
            line.options.append(f"{argument}={next(rest, '')}")
        elif argument[:2] in valued:
            line.options.append(f"{argument[:2]}={argument[2:]}")
        elif argument.startswith("-") and argument != "-":
            line.options.append(argument)
        else:
            line.files.append(argument)
    return line


def printed(text: str) -> int:
    """Print the answer to a question, and return the status of a success."""
    print(text)
    return 0
