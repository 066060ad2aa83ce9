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

STRUCTURE = """\
import ctypes

class S(ctypes.Structure):
    _fields_ = [("a", ctypes.c_long), ("w", ctypes.c_wchar)]

print(ctypes.sizeof(S), S(-1, 7).a)
"""


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
            ("import importlib.machinery as m; print(m.EXTENSION_SUFFIXES[-1])", ".pyd"),
            ("from importlib import machinery as m; print(m.all_suffixes()[-1])", ".pyd"),
            ("import _imp; print(_imp.extension_suffixes()[-1])", ".pyd"),
            ("import importlib.util as u; print(u.find_spec('sys').name)", "sys"),
            ("import ctypes.util; print(ctypes.util.find_library('c'))", "None"),
            ("from ctypes.util import find_library; print(find_library('m'))", "None"),
            ("from ctypes import util; print(util.find_msvcrt())", "None"),
            ("import os; print(os.O_BINARY)", "0"),
            ("import os; print(os.system('exit 3'))", "3"),
            ("import os; print(os.environ['PATHEXT'][:4])", ".COM"),
            ("import sys; print(sys.base_prefix == sys.prefix)", "True"),
            (
                (
                    "import subprocess as s; s.run(['python.exe', '-V'], stdout=s.DEVNULL, "
                    "startupinfo=s.STARTUPINFO()); print(s.__name__)"
                ),
                "subprocess",
            ),
            ("import sys\ntry: import fcntl\nexcept ImportError as e: print(e.name)", "fcntl"),
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
            ("import os; print(hasattr(os, 'fork'), hasattr(os, 'getpid'))", "False True"),
            ("import signal as s; print(hasattr(s, 'SIGKILL'), s.SIGTERM > 0)", "False True"),
            ("import socket as s; print(hasattr(s, 'AF_UNIX'), s.AF_INET > 0)", "False True"),
            ("import time; print(hasattr(time, 'tzset'), time.time() > 0)", "False True"),
            ("import sys; print(type(sys).__name__, sys.__name__)", "View sys"),
            ("import os, sys; print(sys.modules['os'] is os)", "False"),
            ("import os; os.add_dll_directory('/x').close(); print('closed')", "closed"),
            ("import os\nwith os.add_dll_directory('.'): print('in')", "in"),
            ("import os; print(os.listdir(os.environ['ProgramFiles']))", "['Common Files']"),
            ("import os; print(os.listdir(os.environ['PROGRAMFILES(X86)']))", "['Common Files']"),
            ("import os; print(os.path.isdir(os.getenv('SystemRoot')))", "True"),
            (
                "from os import environ; print(environ.get('OS'), 'windir' in environ)",
                "Windows_NT True",
            ),
            ("from os import getenv; print(getenv('Processor_Architecture'))", "ARM64"),
            ("import os; print(os.environ.copy()['ProgramData'][-11:])", "ProgramData"),
            ("import os; print(os.environ['Path'] == os.environ['PATH'])", "True"),
            (
                "from os import environ as e; print(e.pop('APPDATA')[-7:], 'APPDATA' in e)",
                "Roaming False",
            ),
            (
                "from os import environ as e; e['Mine'] = '1'; del e['MINE']; print('Mine' in e)",
                "False",
            ),
            (
                "from os import environ as e; print('OS' in e.copy(), 'windir' in dict(e))",
                "False True",
            ),
            ("import os; print(os.environ.pop('NOT_THERE', 'default'))", "default"),
            ("import os; print('NOT_THERE' in os.environ, os.environ.get('NO', 1))", "False 1"),
            (
                "import os; os.environ['ADDED'] = '1'; os.system('printenv ADDED')",
                "1",
            ),
            ("import distutils.util as u; print(u.get_platform())", "win-arm64"),
        ],
    )
    def test_sees_the_target(self, bench: Bench, code: str, answer: str) -> None:
        bench.write(setup_py="import setuptools\n" + code if "distutils" in code else code)

        assert bench.says("setup.py") == answer

    @pytest.mark.parametrize(
        ("code", "answer"),
        [
            ("from struct import *; print(calcsize('l'), calcsize('P'), calcsize('<q'))", "4 8 8"),
            ("import struct; print(struct.calcsize('hl'), struct.calcsize('bq0l'))", "8 16"),
            ("import struct; print(struct.calcsize('@3L2xn'), struct.calcsize(b'l'))", "24 4"),
            ("import struct; print(struct.pack('hl', 1, -1).hex())", "01000000ffffffff"),
            ("import struct; print(struct.unpack('l', b'\\1\\0\\0\\0'))", "(1,)"),
            (
                "import struct; print(struct.Struct('L').size, struct.Struct('l').pack(2))",
                "4 b'\\x02\\x00\\x00\\x00'",
            ),
            ("import struct\ntry: struct.calcsize('y')\nexcept struct.error: print('bad')", "bad"),
            ("import array; print(array.array('l').itemsize, array.array('q').itemsize)", "4 8"),
            (
                "import array; a = array.array('L', [1, 2]); print(a.typecode, len(a.tobytes()))",
                "L 8",
            ),
            (
                "from ctypes import *; print(sizeof(c_long), sizeof(c_ulong), sizeof(c_wchar))",
                "4 4 2",
            ),
            ("from ctypes import *; print(sizeof(c_longdouble), sizeof(c_void_p))", "8 8"),
            ("from ctypes import *; print(sizeof(c_size_t), sizeof(c_wchar * 3))", "8 6"),
            (STRUCTURE, "8 -1"),
            ("import ctypes; print(ctypes.c_wchar('x').value == ord('x'))", "True"),
            ("from ctypes import wintypes, sizeof; print(sizeof(wintypes.DWORD))", "4"),
            ("from ctypes import wintypes as w, c_wchar; print(w.WCHAR is c_wchar)", "True"),
            ("import ctypes.wintypes as w, ctypes; print(ctypes.sizeof(w.LONG))", "4"),
            ("from ctypes.wintypes import ULONG\nimport ctypes; print(ctypes.sizeof(ULONG))", "4"),
        ],
    )
    def test_sees_the_sizes_of_the_targets_c(self, bench: Bench, code: str, answer: str) -> None:
        bench.write(setup_py=code)

        assert bench.says("setup.py") == answer

    @pytest.mark.parametrize(
        "code",
        [
            "import winreg as w",
            "from winreg import *\nimport winreg as w\nOpenKey",
            "import importlib; w = importlib.import_module('winreg')",
            "w = __import__('winreg')",
            "import importlib.util as u; w = u.module_from_spec(u.find_spec('winreg'))",
            "def f():\n    import winreg\n    return winreg\nw = f()",
        ],
    )
    def test_sees_a_registry_without_keys(self, bench: Bench, code: str) -> None:
        bench.write(
            setup_py=f"{code}\n"
            "for ask in (lambda: w.OpenKey(w.HKEY_LOCAL_MACHINE, 'SOFTWARE\\\\Python'),\n"
            "            lambda: w.QueryValueEx(w.HKEY_CURRENT_USER, 'x')):\n"
            "    try: ask()\n"
            "    except FileNotFoundError as error: print(error.errno, error.winerror)\n"
            "with w.ConnectRegistry(None, w.HKEY_LOCAL_MACHINE) as key:\n"
            "    try: w.EnumKey(key, 0)\n"
            "    except OSError as error: print(error.winerror)\n"
            "try: w.CreateKey(w.HKEY_CURRENT_USER, 'x')\n"
            "except PermissionError: print('refused')\n"
        )

        assert bench.says("setup.py").split() == ["2", "2", "2", "2", "259", "refused"]

    def test_a_registry_is_seen_by_nobody_else(self, bench: Bench) -> None:
        bench.write(
            setup_py="import winreg, mimetypes, sys\n"
            "mimetypes.init()\nprint('winreg' in sys.modules, mimetypes._winreg)"
        )

        assert bench.says("setup.py") == "False None"

    @pytest.mark.parametrize("named", ["!vendored.tool", "!vendored/", "!vendored/tool.py"])
    def test_a_module_that_is_named_may_be_left_out(
        self, make_bench: Callable[..., Bench], named: str
    ) -> None:
        bench = make_bench(target_view=(named,))
        bench.write(
            vendored__tool_py="import sys, struct\nsaid = sys.platform, struct.calcsize('l')",
            vendored____init___py="",
            setup_py="import sys; from vendored import tool; print(sys.platform, *tool.said)",
        )

        assert bench.says("setup.py") == f"win32 {sys.platform} 8"

    def test_a_vendored_meson_runs_on_the_host(self, bench: Bench) -> None:
        bench.write(
            vendored__mesonbuild__environment_py="import sys\nsaid = sys.platform",
            setup_py="import sys; sys.path.insert(0, 'vendored')\n"
            "from mesonbuild import environment; print(sys.platform, environment.said)",
        )

        assert bench.says("setup.py") == f"win32 {sys.platform}"

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
        "code", ["import _winapi", "from msvcrt import getch", "__import__('winsound')"]
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

    def test_a_command_is_told_of_the_targets_types_and_looks_for_files_here(
        self, bench: Bench, host: list[str]
    ) -> None:
        code = (
            "import ctypes, json, os, platform, struct, sys\n"
            "print(json.dumps([sys.platform, os.name, platform.machine(), "
            "struct.calcsize('l') + ctypes.sizeof(ctypes.c_long)]))"
        )

        assert asked(bench, "-c", code) == [*host[:2], "ARM64", 8]

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
            "sipbuild.project",
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
