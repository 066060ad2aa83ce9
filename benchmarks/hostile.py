"""Who sees what: the hostile set of the tests, shown to winarm and to other tools.

Each wheel of the set is wrong in one way. A tool sees it when its exit status is not 0; a tool
that ends with a traceback is marked `crash`, for it saw something, but says nothing to a user.
Each tool is imported once, and runs for each wheel in a copy of this process.

    pip install delvewheel check-wheel-contents twine
    python benchmarks/hostile.py > TABLE.md
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "verify" / "lib"))

from verify_samples.hostile import ARM64_WHEEL, CASES, good
from verify_samples.wheel import pack

from winarm.verify import Code, Severity, verify

#: What users run, each with the wheel after it.
TOOLS = ("delvewheel show", "check-wheel-contents", "twine check --strict")
#: Seconds that a tool may take for a wheel.
PATIENCE = 120
FORK = multiprocessing.get_context("fork")


def main() -> None:
    """Print the table in Markdown."""
    programs = {point.name: point.load for point in entry_points(group="console_scripts")}
    tools = {name: programs[name.split()[0]]() for name in TOOLS if name.split()[0] in programs}
    for name in set(TOOLS) - tools.keys():
        print(f"{name} is not installed", file=sys.stderr)
    print(f"| the wheel has | code | winarm verify | {' | '.join(tools)} |")
    print("| --- " * (3 + len(tools)) + "|")
    seen = dict.fromkeys(["winarm", *tools], 0)
    with tempfile.TemporaryDirectory() as folder:
        sound = pack(Path(folder, ARM64_WHEEL), good())
        for name, tool in tools.items():
            warm(tool, [*name.split(), f"{sound}"])
        for number, case in enumerate(CASES):
            place = Path(folder, str(number))
            place.mkdir()
            wheel = case.make(place)
            found = [item for item in verify(wheel).findings if item.code.name == case.code]
            answers = {name: answer(tool, name, wheel) for name, tool in tools.items()}
            seen["winarm"] += bool(found)
            for name, said in answers.items():
                seen[name] += said == "sees it"
            own = found[0].severity.label if found else "passes"
            print(f"| {case.what} | {case.code} | {own} | {' | '.join(answers.values())} |")
    errors = sum(Code[case.code].rule.severity is Severity.ERROR for case in CASES)
    counts = ", ".join(f"{name} {count}" for name, count in seen.items())
    print(f"\n{len(CASES)} wheels, {errors} of them with an error; seen by: {counts}.")


def warm(tool: Callable[[], object], argv: Sequence[str]) -> None:
    """Run a tool here, so that what it imports when it is called is there for its copies."""
    sys.argv = list(argv)
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        tool()


def answer(tool: Callable[[], object], words: str, wheel: Path) -> str:
    """Return what a tool makes of a wheel, in a word."""
    with tempfile.TemporaryFile() as output:
        process = FORK.Process(
            target=call, args=(tool, [*words.split(), f"{wheel}"], output.fileno())
        )
        process.start()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            return "hangs"
        output.seek(0)
        said = output.read()
    if b"Traceback (most recent call last)" in said:
        return "crash"
    return "sees it" if process.exitcode else "passes"


def call(tool: Callable[[], object], argv: Sequence[str], output: int) -> None:
    """Run a tool as its script does, with what it prints in a file."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = list(argv)
    sys.exit(tool())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
