"""A compiler is run without what the user asked to be dropped, and with all else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from winarm.child import without_flags
from winarm.child.without_flags import kept

SCRIPT = without_flags.__file__
ECHO = (sys.executable, "-c", "import sys; print(sys.argv[1:]); sys.exit(7)")


@pytest.mark.parametrize(
    ("patterns", "dropped"),
    [
        (["-msse*"], ["-msse4.2"]),
        (["/arch:*"], ["/arch:AVX2"]),
        (["-MSSE*"], []),
        (["-mavx"], []),
        (["-m*", "/*"], ["-msse4.2", "/arch:AVX2"]),
    ],
)
def test_patterns_stand_for_whole_arguments(patterns: list[str], dropped: list[str]) -> None:
    arguments = ["cc", "-O2", "-msse4.2", "/arch:AVX2", "x.c"]

    left, gone = kept(arguments, patterns)

    assert gone == dropped
    assert left == [argument for argument in arguments if argument not in dropped]


def test_compiler_runs_and_its_status_is_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, "-msse*", "--", *ECHO, "-O2", "-msse2", "a b", "--"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 7
    assert done.stdout.strip() == "['-O2', 'a b', '--']"
    assert done.stderr.strip() == "winarm: dropped as asked: -msse2"
