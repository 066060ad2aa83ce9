from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from winarm.plan import CHILD

SCRIPT = CHILD / "library_config.py"
PC = """\
prefix=/p
libdir=/p/lib
includedir=/p/include
Name: x
Description: x
Version: 15.8
Libs: -L${libdir} -lpq
Cflags: -I${includedir} -DX
"""


def ask(tmp_path: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    spec = find_spec("pkgconf")
    assert spec is not None
    assert spec.origin is not None
    pkgconf = Path(spec.origin).parent / ".bin" / "pkgconf"
    (tmp_path / "libpq.pc").write_text(PC)
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, program, pkgconf, "libpq", "--", *options],
        env={"PKG_CONFIG_LIBDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("program", "options", "answer"),
    [
        ("pg_config", ("--version",), "PostgreSQL 15.8"),
        ("xml2-config", ("--version",), "15.8"),
        ("pg_config", ("--includedir",), "/p/include"),
        ("pg_config", ("--bindir",), "/p/bin"),
        ("xml2-config", ("--cflags",), "-I/p/include -DX"),
        ("xml2-config", ("--static", "--libs"), "-L/p/lib -lpq"),
        ("xml2-config", ("--cflags", "--libs"), "-I/p/include -DX -L/p/lib -lpq"),
        ("xml2-config", ("--prefix", "--version"), "/p\n15.8"),
    ],
)
def test_it_answers_as_the_program_does(
    tmp_path: Path, program: str, options: tuple[str, ...], answer: str
) -> None:
    done = ask(tmp_path, program, *options)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == answer


def test_what_it_does_not_know_is_an_error(tmp_path: Path) -> None:
    done = ask(tmp_path, "pg_config", "--pgxs")

    assert (done.returncode, done.stdout) == (1, "")
    assert "pg_config: --pgxs has no answer in libpq.pc" in done.stderr
