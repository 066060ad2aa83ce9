"""Who sees what: the hostile set of the tests, shown to winarm and to other tools.

Each wheel of the set is wrong in one way. A tool sees it when its exit status is not 0; a tool
that ends with a traceback is marked `crash`, for it saw something, but says nothing to a user.

    pip install delvewheel check-wheel-contents twine
    python benchmarks/hostile.py > TABLE.md
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "verify" / "lib"))

from verify_samples.hostile import CASES

from winarm.verify import Code, Severity, verify

#: What users run, each with the wheel after it.
TOOLS = {
    "delvewheel show": ("delvewheel", "show"),
    "check-wheel-contents": ("check-wheel-contents",),
    "twine check --strict": ("twine", "check", "--strict"),
}


def main() -> None:
    """Print the table in Markdown."""
    tools = {name: words for name, words in TOOLS.items() if program(words[0])}
    for name in TOOLS.keys() - tools.keys():
        print(f"{name} is not installed", file=sys.stderr)
    print(f"| the wheel has | code | winarm verify | {' | '.join(tools)} |")
    print("| --- " * (3 + len(tools)) + "|")
    seen = dict.fromkeys(["winarm", *tools], 0)
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(CASES):
            place = Path(folder, str(number))
            place.mkdir()
            wheel = case.make(place)
            found = [item for item in verify(wheel).findings if item.code.name == case.code]
            answers = {name: answer(words, wheel) for name, words in tools.items()}
            seen["winarm"] += bool(found)
            for name, said in answers.items():
                seen[name] += said == "sees it"
            own = found[0].severity.label if found else "passes"
            print(f"| {case.what} | {case.code} | {own} | {' | '.join(answers.values())} |")
    errors = sum(Code[case.code].rule.severity is Severity.ERROR for case in CASES)
    counts = ", ".join(f"{name} {count}" for name, count in seen.items())
    print(f"\n{len(CASES)} wheels, {errors} of them with an error; seen by: {counts}.")


def program(name: str) -> str | None:
    """Return where a tool is installed: beside this Python, or on PATH."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def answer(words: tuple[str, ...], wheel: Path) -> str:
    """Return what a tool makes of a wheel, in a word."""
    try:
        said = subprocess.run(
            [program(words[0]) or words[0], *words[1:], wheel],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    if "Traceback (most recent call last)" in said.stderr:
        return "crash"
    return "sees it" if said.returncode else "passes"


if __name__ == "__main__":
    main()
