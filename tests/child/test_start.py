"""The view is made in every Python of the build but an installer's, and nobody else's is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.child.winarm_child.start import FOR_THE_TARGET, is_installer

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Bench


@pytest.mark.parametrize(
    "line",
    [
        "python -m pip install x",
        "python -Im pip install x",
        "python -mpip install x",
        "python -m pip._internal install x",
        "python -W ignore -m pip install x",
        "python -Werror -X utf8 -m pip",
        "python -s -m ensurepip",
        "python -m venv folder",
        "python -m uv pip install x",
        "python /usr/bin/pip install x",
        "python /usr/bin/pip3 install x",
        "python /usr/bin/pip3.13 install x",
        "python /tmp/pip-standalone-pip-x/__pip-runner__.py install x",
        "python C:/Scripts/pip.exe install x",
        "python pip.pyz install x",
        "python -u /usr/bin/virtualenv x",
    ],
)
def test_installers_are_known_by_their_command_line(line: str) -> None:
    assert is_installer(line.split())


@pytest.mark.parametrize(
    "line",
    [
        "python",
        "python -",
        "python setup.py install pip",
        "python -c code -m pip",
        "python -c pip",
        "python -Ic code pip",
        "python -m build",
        "python -m pipeline",
        "python -m mesonbuild.mesonmain",
        "python -X utf8 setup.py",
        "python -W ignore",
        "python -m",
        "python pipes.py",
        "python /home/pip/setup.py",
        "python --version",
    ],
)
def test_others_are_not_taken_for_one(line: str) -> None:
    assert not is_installer(line.split())


def test_what_winarm_sets_for_the_target_is_known(bench: Bench) -> None:
    code = "import os; print(*os.environ)"
    there = set(bench.says("-c", code).split())
    without = {"PYTHONPATH", "SOURCE_DATE_EPOCH", "ZIG_LOCAL_CACHE_DIR", "PKG_CONFIG_LIBDIR"}

    ours = {"WINARM_CHILD", "CC", "CXX", "AR", "RC", "VSCMD_ARG_TGT_ARCH", "PKG_CONFIG_LIBDIR"}
    ours |= {f"WINARMTOOLS_{name}" for name in ("JOURNAL", "DROP", "LIBRARY_PATH")}
    ours |= {f"WINARMTOOLS_{name}" for name in ("ROOTS", "OPENMP")}

    assert {name for name in there - (without - ours) if FOR_THE_TARGET.fullmatch(name)} == ours


def test_a_python_without_the_file_is_an_ordinary_one(bench: Bench) -> None:
    code = "import builtins, sys; print(builtins.__import__.__module__)"

    assert bench.says("-c", code) == "winarm_child.view"
    assert bench.says("-c", "import os; del os.environ['WINARM_CHILD']\n" + RESTART) == "builtins"


RESTART = (
    "import subprocess, sys\n"
    "code = 'import builtins; print(builtins.__import__.__module__)'\n"
    "print(subprocess.check_output([sys.executable, '-c', code], text=True))"
)


class TestTheSitecustomizeBehindOurs:
    def test_still_runs(self, bench: Bench, tmp_path: Path) -> None:
        # As pip's build isolation has one, which finds the build's requirements.
        (tmp_path / "overlay" / "required").mkdir(parents=True)
        (tmp_path / "overlay" / "required" / "__init__.py").write_text("answer = 42")
        (tmp_path / "pip").mkdir()
        (tmp_path / "pip" / "sitecustomize.py").write_text(
            f"import site\nsite.addsitedir({str(tmp_path / 'overlay')!r})"
        )
        code = "import required, sys; print(required.answer, sys.modules['sitecustomize'].__file__)"

        said = bench.says("-c", code, environ={"PYTHONPATH": str(tmp_path / "pip")})

        assert said == f"42 {tmp_path / 'pip' / 'sitecustomize.py'}"

    def test_runs_in_an_installer_too(self, bench: Bench, tmp_path: Path) -> None:
        (tmp_path / "sitecustomize.py").write_text("print('behind')")
        (bench.project / "pip").write_text("print('pip')")

        said = bench.says("pip", environ={"PYTHONPATH": str(tmp_path)})

        assert said.split() == ["behind", "pip"]

    def test_sees_the_host(self, bench: Bench, tmp_path: Path) -> None:
        (tmp_path / "sitecustomize.py").write_text("import os; print(os.name)")

        import os  # noqa: PLC0415 - beside what it is compared with

        assert bench.says("-c", "", environ={"PYTHONPATH": str(tmp_path)}) == os.name
