from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from winarm.cli.shells import CMD_LINE, ShellVariables, github_variables, script
from winarm.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BASH = shutil.which("bash") or "bash"
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")

#: What breaks shells: spaces, quotes, parentheses, expansions, other alphabets, long texts.
STRANGE = [
    "plain",
    "C:\\Program Files (x86)\\Microsoft Visual Studio",
    'it\'s "quoted"',
    "$HOME `id` $(id) %PATH% !x! ^ & | < > ; , =",
    "\u2018Zażółć\u2019 日本 'é'",
    "a\\",
    "tab\there",
    "x" * 8000,
]

#: As `STRANGE`, without what no environment can hold.
TEXT = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=60)


def unquoted_powershell(line: str) -> tuple[str, str]:
    """Read `${env:NAME} = 'value'` by PowerShell's rules for a verbatim string."""
    match = re.fullmatch(r"\$\{env:(\w+)\} = '(.*)'", line, re.DOTALL)
    assert match is not None
    # Any two of these characters in a row stand for the first; one alone would end the string.
    inside = match[2]
    value, position = [], 0
    while position < len(inside):
        character = inside[position]
        if character in "'\u2018\u2019\u201a\u201b":
            assert inside[position + 1 : position + 2] == character, "the string ends early"
            position += 1
        value.append(character)
        position += 1
    return match[1], "".join(value)


def unquoted_cmd(line: str) -> tuple[str, str]:
    """Read `@set "NAME=value"` as cmd reads a line of a batch file."""
    text = line.removeprefix("@set ")
    out, quoted, position = [], False, 0
    while position < len(text):
        character = text[position]
        if character == "%":
            assert text[position + 1] == "%", "an expansion"
            position += 1
        elif character == "^" and not quoted:
            position += 1
            character = text[position]
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            assert character not in "&|<>()", "an operator"
        out.append(character)
        position += 1
    read = "".join(out)
    # `set` takes what stands between its first and its last quote.
    name, _, value = read[read.index('"') + 1 : read.rindex('"')].partition("=")
    return name, value


def unquoted_fish(line: str) -> tuple[str, str]:
    """Read `set -gx NAME 'value'`: in fish's single quotes only two things are escaped."""
    match = re.fullmatch(r"set -gx (\w+) '((?:[^'\\]|\\\\|\\')*)'", line, re.DOTALL)
    assert match is not None
    return match[1], re.sub(r"\\([\\'])", r"\1", match[2])


@pytest.mark.parametrize("value", STRANGE)
@needs_bash
def test_bash_reads_the_value_back(value: str, tmp_path: Path) -> None:
    text = script("bash", ShellVariables({"X": value}, ("/a b/'c'",)), "")
    (tmp_path / "env.sh").write_text(text, encoding="utf-8")
    code = f'. {tmp_path}/env.sh; printf \'%s\\0%s\' "$X" "$PATH"'

    said = subprocess.run([BASH, "-c", code], capture_output=True, check=True, env={"PATH": "/q"})

    assert said.stdout.decode("utf-8").split("\0") == [value, "/a b/'c':/q"]


@needs_bash
def test_bash_keeps_a_path_of_8000_characters(tmp_path: Path) -> None:
    inherited = ":".join(f"/folder/{number:04}" for number in range(620))
    text = script("bash", ShellVariables({}, ("/own",)), inherited)
    (tmp_path / "env.sh").write_text(text)
    code = f'. {tmp_path}/env.sh; printf %s "$PATH"'

    said = subprocess.run(
        [BASH, "-c", code], capture_output=True, check=True, env={"PATH": inherited}
    )

    assert len(inherited) > 8000
    assert said.stdout.decode() == f"/own:{inherited}"


@pytest.mark.parametrize("value", STRANGE)
def test_powershell_reads_the_value_back(value: str) -> None:
    text = script("powershell", ShellVariables({"X": value}, ()), "")

    assert unquoted_powershell(text.removesuffix("\n")) == ("X", value)


@pytest.mark.parametrize("value", STRANGE)
def test_fish_reads_the_value_back(value: str) -> None:
    text = script("fish", ShellVariables({"X": value}, ()), "")

    assert unquoted_fish(text.removesuffix("\n")) == ("X", value)


@pytest.mark.parametrize("value", STRANGE)
def test_cmd_reads_the_value_back(value: str) -> None:
    lines = script("cmd", ShellVariables({"X": value}, ()), "").split("\r\n")

    assert unquoted_cmd(lines[-2]) == ("X", value)
    assert (lines[0] == "@chcp 65001 >nul") is not value.isascii()


#: Prints what it was started with, in ASCII.
READ = "import os; print(ascii([os.environ['X'], os.environ['PATH']]))"


@pytest.mark.skipif(os.name != "nt", reason="it needs cmd")
# chcp changes nothing in Wine's cmd, which is one that this may run in.
@pytest.mark.parametrize("value", [value for value in STRANGE if value.isascii()])
def test_cmd_itself_hands_the_value_on(value: str, tmp_path: Path) -> None:
    text = script("cmd", ShellVariables({"X": value}, ("C:\\a (b)",)), os.environ["PATH"])
    (tmp_path / "env.cmd").write_bytes(text.encode())
    (tmp_path / "read.py").write_text(READ)
    command = f'call env.cmd && "{sys.executable}" read.py'

    said = subprocess.run(
        f"cmd /d /c {command}", cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert ast.literal_eval(said.stdout) == [value, f"C:\\a (b);{os.environ['PATH']}"]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(TEXT)
def test_no_text_gets_out_of_its_quotes(value: str) -> None:
    found = ShellVariables({"X": value}, ())

    powershell, fish, cmd = (script(name, found, "") for name in ("powershell", "fish", "cmd"))

    assert unquoted_powershell(powershell.removesuffix("\n")) == ("X", value)
    assert unquoted_fish(fish.removesuffix("\n")) == ("X", value)
    assert unquoted_cmd(cmd.split("\r\n")[-2]) == ("X", value)


def test_folders_come_before_the_inherited_ones() -> None:
    found = ShellVariables({}, ("/a b", "/c"))

    assert script("fish", found, "") == "set -gx PATH '/a b' '/c' $PATH\n"
    assert script("cmd", found, "") == '@set "PATH=/a b;/c;%PATH%"\r\n'
    assert script("powershell", found, "") == (
        "${env:PATH} = '/a b' + [IO.Path]::PathSeparator + '/c' + [IO.Path]::PathSeparator + "
        "${env:PATH}\n"
    )


#: What msvc puts on PATH.
TOOLS = "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools\\VC\\Tools\\MSVC\\14.44"
MSVC = (f"{TOOLS}\\bin\\Hostx64\\arm64", f"{TOOLS}\\bin\\Hostx64\\x64")


def test_cmd_takes_a_path_of_8000_characters_as_it_is() -> None:
    inherited = ";".join(f"C:\\{number:05}" for number in range(870))
    assert 7800 < len(inherited) < CMD_LINE - 300

    (line,) = script("cmd", ShellVariables({}, MSVC), inherited).splitlines()

    assert line == f'@set "PATH={MSVC[0]};{MSVC[1]};%PATH%"'


@pytest.mark.parametrize("times", [2, 6])
def test_cmd_gets_a_longer_path_with_each_folder_once(times: int) -> None:
    """A prompt that was opened in a prompt has the same folders again and again."""
    once = ["C:\\Zażółć & (x86)", "C:\\100%", *(f"C:\\{number:05}" for number in range(500))]
    inherited = ";".join([*once, MSVC[1].upper(), "c:\\00007\\", ""] * times)
    assert len(inherited) > 8000

    *_, line = script("cmd", ShellVariables({}, MSVC), inherited).splitlines()

    assert unquoted_cmd(line) == ("PATH", ";".join([*MSVC, *once]))


def test_cmd_cannot_take_every_path() -> None:
    inherited = ";".join(f"C:\\{number:05}" for number in range(1000))

    with pytest.raises(UsageError, match="has 8999 characters, too many for a line of cmd") as said:
        script("cmd", ShellVariables({}, MSVC), inherited)

    assert "--shell powershell" in str(said.value)


def test_cmd_cannot_take_every_variable() -> None:
    with pytest.raises(UsageError, match="longer than the 8191 characters"):
        script("cmd", ShellVariables({"X": "x" * CMD_LINE}, ()), "")


def test_githubs_mark_is_never_part_of_the_value() -> None:
    text = github_variables({"X": "a\nwinarm_end\nb"})

    assert text == "X<<winarm_end_\na\nwinarm_end\nb\nwinarm_end_\n"
