"""The proof that a toolchain works: a one-line DLL, compiled, linked and looked at.

Locating goes by files and names. vcvarsall and others succeed with a compiler for another machine
(pyinstaller#8335, xmake#6595), so that only what comes out of a toolchain tells what it makes.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import read_machine
from winarm.host import Answer, Host, ProgramError
from winarm.locate.toolchain import Toolchain
from winarm.target import TARGETS

SOURCE = "__declspec(dllexport) int winarm_probe(void) { return 42; }\n"

#: Seconds for one program; zig's first link on a machine makes its C library.
TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a toolchain made the target's code, and what it said if not."""

    ok: bool
    #: One line for people.
    summary: str
    #: The failed program's output.
    output: str = ""


def probe(host: Host, toolchain: Toolchain) -> Proof:
    """Compile and link a one-line DLL with `toolchain` and read for which machine it is."""
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "probe.c").write_text(SOURCE, encoding="ascii")
        for command in toolchain.dll_commands("probe"):
            try:
                answer = host.run(
                    command,
                    environ=toolchain.environment(host.environ),
                    cwd=folder,
                    timeout=TIMEOUT,
                )
            except ProgramError as error:
                return Proof(ok=False, summary=error.what)
            if not answer.ok:
                summary = f"{Path(command[0]).name} failed with exit status {answer.status}"
                return Proof(ok=False, summary=summary, output=_said(answer))
        return _judged(folder / "probe.dll", toolchain)


def _judged(image: Path, toolchain: Toolchain) -> Proof:
    try:
        with image.open("rb") as file:
            machine = read_machine(file.read(4096))
    except MalformedError:
        machine = None
    except OSError:
        return Proof(ok=False, summary="its programs succeeded and made nothing")
    if machine == toolchain.target.machine:
        return Proof(ok=True, summary=f"made a DLL for {toolchain.target.processor}")
    names = (target.processor for target in TARGETS if target.machine == machine)
    made = next(names, "no machine that winarm knows" if machine is None else f"0x{machine:04X}")
    return Proof(ok=False, summary=f"made a DLL for {made}, not {toolchain.target.processor}")


def _said(answer: Answer) -> str:
    return (answer.stdout.strip() + "\n" + answer.stderr.strip()).strip()[-4000:]
