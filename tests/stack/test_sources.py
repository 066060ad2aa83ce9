from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from stack_samples import sdist

from winarm.errors import SourceError
from winarm.stack.report import SourceFacts
from winarm.stack.sources import kept_facts, read_sdist, source_facts

if TYPE_CHECKING:
    from pathlib import Path

SETUP = "from setuptools import setup, Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"


def facts(tmp_path: Path, **texts: str) -> SourceFacts:
    names = {name.replace("__", "/").replace("_dot_", "."): text for name, text in texts.items()}
    file = tmp_path / "a-1.tar.gz"
    file.write_bytes(sdist("a-1", names))
    return source_facts(read_sdist(file))


def pyproject(backend: str, *requires: str, more: str = "") -> str:
    return f'[build-system]\nrequires = {list(requires)}\nbuild-backend = "{backend}"\n{more}'


@pytest.mark.parametrize(
    ("files", "backend", "known", "native", "languages"),
    [
        ({"setup.py": SETUP, "a.c": ""}, "setuptools", True, True, ("C",)),
        ({"setup.py": "setup()"}, "setuptools", True, False, ()),
        ({"setup.py": "import build_ext", "src/a.pyx": ""}, "setuptools", True, True, ("Cython",)),
        ({"setup.py": "setup()", "tests/a.c": ""}, "setuptools", True, False, ()),
        (
            {"pyproject.toml": pyproject("mesonpy"), "meson.build": "project('a', 'c', 'fortran')"},
            "meson-python",
            True,
            True,
            ("C", "Fortran"),
        ),
        (
            {"pyproject.toml": pyproject("scikit_build_core.build"), "a.cpp": ""},
            "scikit-build-core",
            True,
            True,
            ("C++",),
        ),
        (
            {"pyproject.toml": pyproject("maturin"), "Cargo.toml": ""},
            "maturin",
            False,
            True,
            ("Rust",),
        ),
        (
            {
                "pyproject.toml": pyproject(
                    "setuptools.build_meta", "setuptools", "setuptools-rust>=1"
                ),
                "setup.py": "setup()",
            },
            "setuptools",
            True,
            True,
            ("Rust",),
        ),
        (
            {"pyproject.toml": pyproject("hatchling.build"), "a.c": ""},
            "hatchling",
            False,
            False,
            (),
        ),
        ({"pyproject.toml": pyproject("flit_core.buildapi")}, "flit", False, False, ()),
        (
            {"pyproject.toml": pyproject("_own", "setuptools"), "setup.py": SETUP, "a.c": ""},
            "setuptools through _own",
            True,
            True,
            ("C",),
        ),
        (
            {"setup.py": "CMakeExtension('a')  # cmake", "CMakeLists.txt": "", "a.cc": ""},
            "setuptools with CMake",
            True,
            True,
            ("C++",),
        ),
        (
            {"pyproject.toml": pyproject("strange.backend"), "a.c": ""},
            "strange.backend",
            False,
            True,
            ("C",),
        ),
    ],
)
def test_what_files_say_of_the_build(
    tmp_path: Path,
    files: dict[str, str],
    backend: str,
    known: bool,  # noqa: FBT001
    native: bool,  # noqa: FBT001
    languages: tuple[str, ...],
) -> None:
    file = tmp_path / "a-1.tar.gz"
    file.write_bytes(sdist("a-1", files))

    found = source_facts(read_sdist(file))

    assert found == SourceFacts("a-1.tar.gz", backend, known, native, languages, found.needs)


@pytest.mark.parametrize(
    ("files", "needs"),
    [
        (
            {"setup.py": SETUP.replace("['a.c']", "['a.c'], libraries=['pq', 'ws2_32', 'm']")},
            ("pq",),
        ),
        (
            {
                "pyproject.toml": pyproject("mesonpy"),
                "meson.build": "dependency('openblas')\ndependency('python3')",
            },
            ("openblas",),
        ),
        (
            {
                "setup.py": SETUP
                + "self.libraries.append('ssl')\nexternal_libraries = ['portaudio']"
            },
            ("portaudio", "ssl"),
        ),
        (
            {
                "setup.py": SETUP + "libraries = ['pq', 'shfolder', 'advapi32']\n"
                "run(['pkg-config', '--libs', 'libpq'])"
            },
            # One name for each library, and none that Windows has.
            ("libpq",),
        ),
        (
            {
                "setup.py": SETUP
                + "run('pkg-config --cflags glib-2.0')\n"
                + "run(['pkg-config', '--exists', name])\nrun(['pkg-config', '--libs', 'cairo'])"
            },
            ("cairo", "glib-2.0"),
        ),
        (
            {
                "pyproject.toml": pyproject("scikit_build_core.build"),
                "CMakeLists.txt": "find_package(Python 3 REQUIRED)\nfind_package(Boost)\n"
                "find_package(ZLIB REQUIRED)\n"
                "pkg_check_modules(FOO REQUIRED libxml-2.0)",
            },
            ("libxml-2.0", "zlib"),
        ),
    ],
)
def test_libraries_that_build_files_name(
    tmp_path: Path, files: dict[str, str], needs: tuple[str, ...]
) -> None:
    file = tmp_path / "a-1.tar.gz"
    file.write_bytes(sdist("a-1", files))

    assert source_facts(read_sdist(file)).needs == needs


@pytest.mark.parametrize("helper", ["hatch-mypyc", "cython"])
def test_a_helper_makes_native_code_of_any_source(tmp_path: Path, helper: str) -> None:
    found = facts(tmp_path, pyproject_dot_toml=pyproject("hatchling.build", "hatchling", helper))

    assert found.native


def test_a_projects_folder_is_read_without_its_environments(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("setup()")
    for name, mark in ((".nox", "x.c"), ("env", "pyvenv.cfg")):
        (tmp_path / name).mkdir()
        (tmp_path / name / mark).touch()
        (tmp_path / name / "lib").mkdir()
        (tmp_path / name / "lib" / "other.c").touch()

    assert not source_facts(read_sdist(tmp_path)).native

    (tmp_path / "own.c").touch()
    assert source_facts(read_sdist(tmp_path)).languages == ("C",)


def test_facts_are_read_once(tmp_path: Path) -> None:
    file = tmp_path / "a-1.tar.gz"
    file.write_bytes(sdist("a-1", {"setup.py": SETUP, "a.c": ""}))
    first = kept_facts(file, tmp_path / "cache", "key")
    file.unlink()

    assert kept_facts(file, tmp_path / "cache", "key") == first


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", sdist("a-1", {"setup.py": SETUP})[:40]],
    # Ids of their own: an archive has the time in it, and each worker makes another.
    ids=["empty", "text", "cut off"],
)
def test_a_damaged_sdist_is_one_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a-1.tar.gz"
    file.write_bytes(content)

    with pytest.raises(SourceError, match=r"a-1\.tar\.gz cannot be read"):
        read_sdist(file)


def test_an_sdist_with_a_password_is_one_error(tmp_path: Path) -> None:
    file = tmp_path / "a-1.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a-1/setup.py", "setup()")
    content = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1  # the flag of an encrypted member
    file.write_bytes(content)

    with pytest.raises(SourceError, match=r"a-1\.zip cannot be read"):
        read_sdist(file)


def test_dependencies_are_static_only_where_the_metadata_promises_it(tmp_path: Path) -> None:
    static, dynamic = tmp_path / "a-1.tar.gz", tmp_path / "a-2.tar.gz"
    static.write_bytes(sdist("a-1", {}))
    dynamic.write_bytes(sdist("a-2", {}, dynamic=True))

    assert read_sdist(static).has_static_dependencies
    assert not read_sdist(dynamic).has_static_dependencies
