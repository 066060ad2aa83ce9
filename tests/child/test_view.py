"""Who asks decides who answers; asked in real children."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.view import is_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.environment.interpreter import Interpreter

    from .conftest import Bench

ASK = """\
import json, os, platform, sys, sysconfig
print(json.dumps([sys.platform, os.name, platform.machine(), sysconfig.get_platform()]))
"""
TARGET = ["win32", "nt", "ARM64", "win-arm64"]


def asked(bench: Bench, *argv: str | Path, **options: Any) -> list[str]:  # noqa: ANN401
    answer: list[str] = json.loads(bench.says(*argv, **options))
    return answer


@pytest.fixture(scope="session")
def host() -> list[str]:
    """What a Python that is no child answers."""
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    answer: list[str] = json.loads(done.stdout)
    return answer


def package(folder: Path, name: str, text: str = ASK) -> str:
    """Install a module; return the folder that goes onto PYTHONPATH."""
    path = folder / (name.replace(".", "/") + ".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    for parent in path.parents:
        if parent == folder:
            break
        (parent / "__init__.py").touch()
    path.write_text(text, encoding="utf-8")
    return str(folder)


class TestTheProjectsCode:
    @pytest.mark.parametrize(
        ("code", "answer"),
        [
            ("import sys; print(sys.platform)", "win32"),
            ("import sys as s; print(s.platform)", "win32"),
            ("from sys import platform; print(platform)", "win32"),
            ("from os import name, path; print(name, path.sep)", "nt /"),
            ("import os.path; print(os.name)", "nt"),
            ("import os.path as p, os; print(p is os.path, os.name)", "True nt"),
            ("import importlib; print(importlib.import_module('os').name)", "nt"),
            ("from importlib import import_module; print(import_module('os').name)", "nt"),
            ("print(__import__('os').name, __import__('os.path').name)", "nt nt"),
            ("exec('import sys; print(sys.platform)')", "win32"),
            ("exec('import sys; print(sys.platform)', {})", "win32"),
            ("exec('import sys; print(sys.platform)', {'__name__': 'about'})", "win32"),
            ("eval('print(__import__(\"sys\").platform)', {})", "win32"),
            ("from sys import *; print(platform, byteorder)", f"win32 {sys.byteorder}"),
            ("from os import *; print(name, getpid() > 0, 'uname' in dir())", "nt True False"),
            ("def f():\n    import sys\n    return sys.platform\nprint(f())", "win32"),
            ("import platform; print(platform.system(), platform.machine())", "Windows ARM64"),
            ("import platform; print(platform.uname().machine)", "ARM64"),
            ("import platform; print('ARMv8' in platform.uname().processor)", "True"),
            ("import platform; print(platform.architecture())", "('64bit', 'WindowsPE')"),
            ("import platform; print(platform.platform())", "Windows-11-10.0.26100-SP0"),
            ("import platform; print(platform.release(), platform.win32_ver()[0])", "11 11"),
            ("import platform; print(platform.libc_ver(), len(platform.mac_ver()))", "('', '') 3"),
            ("import sys; print('ARM64' in sys.version, 'MSC v' in sys.version)", "True True"),
            ("import platform; print(platform.python_compiler()[:5])", "MSC v"),
            ("import sys; v = sys.getwindowsversion(); print(v[:2], v.major)", "(10, 0) 10"),
            ("import sys; *_, d, e = sys.getwindowsversion(); print(d, repr(e))", "2 ''"),
            ("import sys; print(sys.getwindowsversion().product_type)", "1"),
            ("import os; print(hasattr(os, 'uname'), 'uname' in dir(os))", "False False"),
            ("import sys; print(type(sys).__name__, sys.__name__)", "View sys"),
            ("import os, sys; print(sys.modules['os'] is os)", "False"),
            ("import distutils.util as u; print(u.get_platform())", "win-arm64"),
        ],
    )
    def test_sees_the_target(self, bench: Bench, code: str, answer: str) -> None:
        bench.write(setup_py="import setuptools\n" + code if "distutils" in code else code)

        assert bench.says("setup.py") == answer

    def test_sysconfig_describes_what_is_built(
        self, bench: Bench, interpreter: Interpreter
    ) -> None:
        bench.write(
            setup_py="import json\nfrom sysconfig import *\n"
            "print(json.dumps([get_platform(), get_config_var('EXT_SUFFIX'), "
            "get_config_vars('SOABI', 'EXE', 'LDSHARED'), get_path('include'), "
            "get_paths()['platinclude'], get_config_h_filename()]))"
        )

        answer = asked(bench, "setup.py")

        soabi = f"{interpreter.abi.tag}-win_arm64"
        include = str(bench.scratch / "target-include")
        assert answer == [
            "win-arm64",
            f".{soabi}.pyd",
            [soabi, ".exe", None],
            include,
            include,
            str(Path(include, "pyconfig.h")),
        ]

    def test_winver_is_the_registrys(self, bench: Bench, interpreter: Interpreter) -> None:
        bench.write(setup_py="import sys; print(sys.winver)")

        assert bench.says("setup.py") == f"{interpreter.abi.version}-arm64"

    def test_also_in_modules_beside_setup_py(self, bench: Bench) -> None:
        bench.write(setup_py="import helper.deep", helper____init___py="", helper__deep_py=ASK)

        assert asked(bench, "setup.py") == TARGET

    def test_also_in_an_in_tree_backend(self, bench: Bench) -> None:
        bench.write(tools__backend_py=ASK)

        code = "import sys; sys.path.insert(0, 'tools'); import backend"

        assert asked(bench, "-c", code) == TARGET

    def test_also_when_setuptools_runs_setup_py(self, bench: Bench) -> None:
        bench.write(setup_py=f"from setuptools import setup\n{ASK}\nsetup(name='sample')")
        code = (
            "from setuptools import build_meta\n"
            "build_meta.get_requires_for_build_wheel()\n"
            "build_meta.__legacy__.get_requires_for_build_wheel()"
        )

        answers = [line for line in bench.says("-c", code).splitlines() if line.startswith("[")]

        assert [json.loads(answer) for answer in answers] == [TARGET, TARGET]

    @pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
    def test_also_where_the_folder_is_a_link(self, bench: Bench, tmp_path: Path) -> None:
        bench.write(setup_py=ASK)
        (tmp_path / "link").symlink_to(bench.project)

        assert asked(bench, "setup.py", cwd=tmp_path / "link") == TARGET
        bench.spec["project"] = [str(tmp_path / "link")]
        assert asked(bench, "setup.py") == TARGET

    @pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
    def test_also_where_a_file_of_the_project_is_a_link(self, bench: Bench, tmp_path: Path) -> None:
        (tmp_path / "shared.py").write_text(ASK)
        (bench.project / "setup.py").symlink_to(tmp_path / "shared.py")

        assert asked(bench, "setup.py") == TARGET

    @pytest.mark.parametrize("name", ["a b", "ünïcødé 中文", "percent%20"])
    def test_in_a_folder_of_any_name(self, make_bench: Callable[..., Bench], name: str) -> None:
        bench = make_bench(name)
        bench.write(setup_py="import helper", helper_py=ASK)

        assert asked(bench, "setup.py") == TARGET

    def test_a_folder_whose_name_begins_like_the_projects_is_another(
        self, bench: Bench, host: list[str]
    ) -> None:
        beside = package(bench.project.with_name("project-tools"), "beside")

        assert asked(bench, "-c", "import beside", environ={"PYTHONPATH": beside}) == host

    def test_what_is_assigned_reaches_the_real_module(self, bench: Bench) -> None:
        bench.write(
            setup_py="import os, sys\n"
            "sys.path = [*sys.path, 'added']\n"
            "sys.own_attribute = 1\n"
            "del sys.own_attribute\n"
            "os.environ = dict(os.environ, ADDED='1')\n"
            "print('added' in sys.modules['sys'].path, sys.modules['os'].getenv('ADDED'), "
            "hasattr(sys.modules['sys'], 'own_attribute'))"
        )

        assert bench.says("setup.py") == "True 1 False"

    def test_but_not_what_is_answered_for_the_target(self, bench: Bench) -> None:
        bench.write(
            setup_py="import os, sys\n"
            "sys.platform = 'other'; os.uname = None\n"
            "print(sys.platform, os.uname, sys.modules['sys'].platform, "
            "sys.modules['os'].uname is None)"
        )

        is_none = sys.platform == "win32"
        assert bench.says("setup.py") == f"other None {sys.platform} {is_none}"


@pytest.mark.skipif(sys.platform == "win32", reason="they exist on Windows")
class TestWhatOnlyWindowsHas:
    @pytest.mark.parametrize(
        "code", ["import winreg", "from msvcrt import getch", "__import__('winreg')"]
    )
    def test_a_module_is_explained(self, bench: Bench, code: str) -> None:
        bench.write(
            setup_py=f"try:\n    {code}\nexcept ImportError as error:\n"
            "    print(type(error).__name__, error)"
        )

        said = bench.says("setup.py")

        assert said.startswith("ModuleNotFoundError ")
        assert "exists on Windows only" in said
        assert "cross-built" in said

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            ("import ctypes; ctypes.windll", "AttributeError"),
            ("from ctypes import windll", "ImportError"),
            ("from ctypes import c_int, WinDLL", "ImportError"),
        ],
    )
    def test_and_so_is_ctypes(self, bench: Bench, code: str, error: str) -> None:
        bench.write(
            setup_py=f"try:\n    {code}\nexcept Exception as error:\n"
            "    print(type(error).__name__, error)"
        )

        said = bench.says("setup.py")

        assert said.startswith(f"{error} ctypes.")
        assert "exists on Windows only" in said

    def test_ctypes_works_else(self, bench: Bench) -> None:
        bench.write(setup_py="import ctypes.util\nfrom ctypes import *\nprint(sizeof(c_int))")

        assert bench.says("setup.py") == "4"

    def test_from_os_import_uname_fails_as_on_windows(self, bench: Bench) -> None:
        bench.write(
            setup_py="try:\n    from os import uname\n"
            "except ImportError as error:\n    print(error)"
        )

        assert bench.says("setup.py") == "os.uname does not exist on Windows"

    def test_code_that_is_not_the_projects_may_look_for_them(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        text = "try:\n    import winreg\nexcept ImportError as error:\n    print(error)"
        installed = package(tmp_path / "site-packages", "installed", text)

        said = bench.says("-c", "import installed", environ={"PYTHONPATH": installed})

        assert said == "No module named 'winreg'"


class TestEverythingElse:
    def test_installed_code_sees_the_host(
        self, bench: Bench, tmp_path: Path, host: list[str]
    ) -> None:
        installed = package(tmp_path / "site-packages", "installed")
        bench.write(setup_py="import installed")

        assert asked(bench, "setup.py", environ={"PYTHONPATH": installed}) == host

    @pytest.mark.parametrize(
        "place", [".venv/lib/python3/site-packages", "env/dist-packages", ".eggs/x-1.0.egg"]
    )
    def test_so_does_what_is_installed_inside_the_projects_folder(
        self, bench: Bench, host: list[str], place: str
    ) -> None:
        installed = package(bench.project / place, "installed")

        assert asked(bench, "-c", "import installed", environ={"PYTHONPATH": installed}) == host

    def test_so_does_the_standard_library_of_a_python_in_the_projects_folder(
        self, bench: Bench
    ) -> None:
        # As if the project's folder held the Python that runs.
        bench.spec["project"] = [str(Path(os.__file__).parents[2])]

        code = "import subprocess; print(subprocess.os.name)"

        assert bench.says("-c", code) == os.name

    def test_setuptools_is_on_the_host_and_builds_for_the_target(
        self, bench: Bench, host: list[str]
    ) -> None:
        code = (
            "import json, setuptools, distutils.util, distutils.sysconfig as s, sys\n"
            "print(json.dumps([distutils.util.sys.platform, distutils.util.os.name, "
            "distutils.util.get_platform(), s.get_config_var('EXT_SUFFIX')[-14:]]))"
        )

        assert asked(bench, "-c", code) == [*host[:2], "win-arm64", "-win_arm64.pyd"]

    def test_the_standard_library_works_on_the_host(self, bench: Bench) -> None:
        bench.write(
            setup_py="import pathlib, shutil, subprocess, sys, tempfile\n"
            "with tempfile.TemporaryDirectory() as folder:\n"
            "    (pathlib.Path(folder) / 'a').write_text('a')\n"
            "    done = subprocess.run([sys.executable, '-c', 'print(1)'], stdout=-1)\n"
            "print(done.stdout.strip(), shutil.which('no-such-program'))"
        )

        assert bench.says("setup.py") == "b'1' None"

    @pytest.mark.parametrize(
        "name",
        [
            "pybind11.setup_helpers",
            "nanobind",
            "cffi.setuptools_ext",
            "packaging.tags",
            "poetry.core._vendor.packaging.tags",
            "pdm.backend._vendor.packaging.tags",
        ],
    )
    def test_build_helpers_see_the_target(self, bench: Bench, tmp_path: Path, name: str) -> None:
        installed = package(tmp_path / "site-packages", name)

        assert asked(bench, "-c", f"import {name}", environ={"PYTHONPATH": installed}) == TARGET

    @pytest.mark.parametrize("name", ["cffi.api", "packaging.markers", "pybind11_x", "mine.helper"])
    def test_their_neighbours_do_not(
        self, bench: Bench, tmp_path: Path, host: list[str], name: str
    ) -> None:
        installed = package(tmp_path / "site-packages", name)

        assert asked(bench, "-c", f"import {name}", environ={"PYTHONPATH": installed}) == host

    def test_the_user_names_more_of_them(
        self, make_bench: Callable[..., Bench], tmp_path: Path
    ) -> None:
        bench = make_bench(target_view=("mine.helper",))
        installed = package(tmp_path / "site-packages", "mine.helper")

        assert asked(bench, "-c", "import mine.helper", environ={"PYTHONPATH": installed}) == TARGET

    def test_a_module_that_is_no_module_is_left_alone(self, bench: Bench) -> None:
        bench.write(
            setup_py="import odd; print(odd.answer)",
            odd_py="import sys\nclass Odd:\n    answer = 3\n"
            "    def __getattr__(self, name): raise AttributeError(name)\n"
            "sys.modules[__name__] = Odd()",
        )

        assert bench.says("setup.py") == "3"


class TestGrandchildren:
    def test_scripts_of_the_project_see_the_target(self, bench: Bench) -> None:
        bench.write(
            setup_py="import subprocess, sys\n"
            "print(subprocess.check_output([sys.executable, 'tool.py'], text=True))",
            tool_py=ASK,
        )

        assert asked(bench, "setup.py") == TARGET

    def test_whoever_asks_for_the_suffix_gets_the_targets(
        self, bench: Bench, interpreter: Interpreter, host: list[str]
    ) -> None:
        # As a CMake does, which runs on the host itself.
        code = (
            "import sys, sysconfig as s, json; "
            "print(json.dumps([s.get_config_var('EXT_SUFFIX'), s.get_platform(), sys.platform]))"
        )
        suffix = f".{interpreter.abi.tag}-win_arm64.pyd"

        assert asked(bench, "-c", code) == [suffix, "win-arm64", host[0]]

    @pytest.mark.parametrize(
        "argv",
        [
            ["-m", "pip"],
            ["-W", "ignore", "-m", "pip"],
            ["-sm", "pip"],
            ["pip3"],
            ["__pip-runner__.py"],
        ],
        ids=" ".join,
    )
    def test_installers_do_not(
        self, bench: Bench, tmp_path: Path, host: list[str], argv: list[str]
    ) -> None:
        # What runs as pip, and the children that it starts for what it builds on the way.
        text = (
            "import os, subprocess, sys\n"
            "print([name for name in os.environ if name in ('WINARM_CHILD', 'CC', 'RC')])\n"
            f"code = {ASK!r}\n"
            "exec(code)\n"
            "print(subprocess.check_output([sys.executable, '-c', code], text=True))"
        )
        installed = package(tmp_path / "site-packages", "pip.__main__", text)
        for script in ("pip3", "__pip-runner__.py"):
            (bench.project / script).write_text(text)

        lines = bench.says(*argv, environ={"PYTHONPATH": installed}).split("\n")

        assert [json.loads(line) for line in lines if line] == [[], host, host]


class TestNumpy:
    def numpy(self, folder: Path) -> str:
        return package(folder, "numpy.__init__", "def get_include(): return 'of the host'")

    def test_its_headers_are_the_targets(
        self, make_bench: Callable[..., Bench], tmp_path: Path
    ) -> None:
        bench = make_bench(numpy={"include": "of the target"})
        bench.write(setup_py="import numpy; print(numpy.get_include())")

        environ = {"PYTHONPATH": self.numpy(tmp_path / "site-packages")}

        assert bench.says("setup.py", environ=environ) == "of the target"

    def test_where_there_are_none_asking_for_them_says_why(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        bench.write(setup_py="import numpy; print('imported'); numpy.get_include()")

        environ = {"PYTHONPATH": self.numpy(tmp_path / "site-packages")}
        done = bench.python("setup.py", environ=environ)

        assert done.returncode == 1
        assert done.stdout.strip() == "imported"
        assert "RuntimeError: no NumPy for the target" in done.stderr


@pytest.mark.parametrize(
    ("name", "pattern", "answer"),
    [
        ("cffi", "cffi", True),
        ("cffi.recompiler", "cffi", True),
        ("cffi_x", "cffi", False),
        ("packaging.tags", "*packaging.tags", True),
        ("a.b.packaging.tags", "*packaging.tags", True),
        ("mypackaging.tags", "*packaging.tags", False),
        ("packaging.tags_x", "*packaging.tags", False),
    ],
)
def test_a_helper_is_known_by_its_name(name: str, pattern: str, answer: bool) -> None:  # noqa: FBT001
    assert is_named(name, pattern) is answer
