"""What the files of an sdist, or of a project, say about how it is built; none is run."""

from __future__ import annotations

import io
import itertools
import json
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from email.parser import HeaderParser
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from winarm.errors import CacheError, SourceError
from winarm.project.archives import BAD_DATA
from winarm.project.facts import own_files
from winarm.pyproject import table
from winarm.stack.files import parsed_version
from winarm.stack.report import SourceFacts
from winarm.storage import write_text
from winarm.verify.dlls import system_dlls

#: Changes with what is read, so that facts of another winarm are not taken from the cache.
_FORMAT = 5
#: The version of metadata from which on dependencies are static unless they are named as dynamic.
_STATIC = Version("2.2")
#: Longest file that is read of an sdist, and the most members and bytes that are looked at.
MAX_TEXT = 2**20
MAX_MEMBERS = 100_000
MAX_BYTES = 2 * 2**30

_READ = frozenset(
    (
        *("pyproject.toml", "setup.py", "setup.cfg", "CMakeLists.txt", "meson.build"),
        *("Cargo.toml", "PKG-INFO", "requires.txt"),
    )
)
_SUFFIXES = {
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".c++"), "C++"),
    **dict.fromkeys((".f", ".for", ".f90", ".f95"), "Fortran"),
    ".c": "C",
    ".pyx": "Cython",
    ".rs": "Rust",
    ".cu": "CUDA",
    ".go": "Go",
}
#: Folders whose files are not part of what is installed.
_ASIDE = re.compile(r"(^|/)(tests?|testing|docs?|examples?|benchmarks?|tools)(/|$)", re.IGNORECASE)

#: Backends that always compile something, by the beginning of `build-backend`.
_COMPILING = {
    "maturin": "maturin",
    "scikit_build_core": "scikit-build-core",
    "mesonpy": "meson-python",
}
_PURE = {
    "flit_core": "flit",
    "flit": "flit",
    "hatchling": "hatchling",
    "poetry": "poetry",
    "pdm": "pdm-backend",
    "pbr": "setuptools",
    "uv_build": "uv",
}
#: Distributions that bring native code to a backend which has none by itself.
_NATIVE_HELPERS = frozenset(
    ("hatch-cython", "hatch-mypyc", "hatch-cpp", "cython", "cffi", "ziglang", "scikit-build-core")
)
_EXTENSIONS = re.compile(
    r"ext_modules|Extension\(|cffi_modules|CMakeExtension|cythonize|rust_extensions|ext-modules"
    r"|build_clib|mypycify"
)
#: Texts that a setup.py puts into a list of libraries.
_LIBRARIES = re.compile(
    r"libraries(?:\s*\+?=\s*|\.(?:append|extend)\s*\(\s*)\[?((?:\s*['\"][\w.+-]+['\"],?)+)"
)
#: The first package of a call of pkg-config; a word without quotes is a variable.
_PKG_CONFIG = re.compile(r"""pkg-config[^\n]*?(?:--\w+["',\s]+)+([\w.+-]+)[ \w.+-]*["']""")
#: What build files name that is no library of the target.
_NOT_NEEDED = frozenset(
    (
        *("python", "python3", "pythonlibs", "pythoninterp", "pybind11", "nanobind", "cython"),
        *("numpy", "threads", "git", "doxygen", "gtest", "catch2", "openmp", "skbuild", "f2py"),
        *("pythonextensions", "pkgconfig", "package", "sanitizers", "ccache", "m", "dl", "pthread"),
        *("rt", "util", "lib", "accelerate", "appleframeworks", "cmath", "benchmark"),
    )
)


@dataclass(frozen=True, slots=True)
class Sdist:
    """What was read of an sdist."""

    file: str
    #: Text of the files at its top, by name, and `requires.txt` of its egg-info.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: Languages of its source files, tests and documentation left out.
    languages: tuple[str, ...] = ()

    @property
    def metadata(self) -> str:
        """Return its PKG-INFO; empty where it has none."""
        return self.texts.get("PKG-INFO", "")

    @property
    def has_static_dependencies(self) -> bool:
        """Return whether PKG-INFO promises that a build does not change them (PEP 643)."""
        headers = HeaderParser().parsestr(self.metadata)
        version = parsed_version(headers.get("Metadata-Version") or "1.0")
        dynamic = {name.lower() for name in headers.get_all("Dynamic") or ()}
        return version is not None and version >= _STATIC and "requires-dist" not in dynamic


def read_sdist(path: Path) -> Sdist:
    """Return what the sdist, or the project's folder, at `path` has at its top.

    :raises SourceError: it is damaged, or larger than any real one.
    """
    texts: dict[str, str] = {}
    languages: set[str] = set()
    try:
        for name, opened in _members(path):
            parts = PurePosixPath(name).parts
            inner = "/".join(parts[1:])
            language = _SUFFIXES.get(PurePosixPath(name).suffix.lower())
            if language and not _ASIDE.search(inner):
                languages.add(language)
            at_top = len(parts) == 2 and parts[1] in _READ  # noqa: PLR2004 - NAME-VERSION/file
            in_egg = len(parts) > 2 and parts[-2].endswith(".egg-info")  # noqa: PLR2004
            wanted = at_top or (in_egg and parts[-1] in {"requires.txt", "PKG-INFO"})
            if wanted and (stream := opened()):
                with stream:
                    texts.setdefault(parts[-1], stream.read(MAX_TEXT).decode("utf-8", "replace"))
    except (*BAD_DATA, OSError) as error:
        raise SourceError(f"{path.name} cannot be read: {error}") from error
    return Sdist(path.name, texts, tuple(sorted(languages)))


def kept_facts(path: Path, cache: Path, key: str) -> SourceFacts:
    """Return the facts of the sdist at `path`, read once for each content.

    :param key: the checksum of the sdist.
    """
    kept = cache / "sources" / f"{_FORMAT}-{key}.json"
    try:
        known = json.loads(kept.read_text("utf-8"))
        return SourceFacts(
            **{**known, "languages": tuple(known["languages"]), "needs": tuple(known["needs"])}
        )
    except (OSError, ValueError, TypeError, KeyError):
        facts = source_facts(read_sdist(path))
        write_text(kept, json.dumps(asdict(facts)), CacheError)
        return facts


def source_facts(sdist: Sdist) -> SourceFacts:
    """Return how an sdist is built, as far as its files tell."""
    document = _toml(sdist.texts.get("pyproject.toml", ""))
    system = table(document, "build-system")
    requires = [one for one in system.get("requires", []) if isinstance(one, str)]
    backend = system.get("build-backend")
    backend = backend if isinstance(backend, str) else "setuptools.build_meta:__legacy__"
    names: set[str] = {
        canonicalize_name(re.split(r"[^\w.-]", one.strip(), maxsplit=1)[0]) for one in requires
    }
    name, known, native = _backend(backend, names, sdist, document)
    languages = set(sdist.languages)
    if _needs_rust(backend, names, sdist):
        languages.add("Rust")
        native = True
    else:
        # Vendored crates and bindings that the build does not use.
        languages.discard("Rust")
    if not native:
        languages.clear()
    languages |= _languages_of_build_files(sdist) if native else set()
    return SourceFacts(
        file=sdist.file,
        backend=name,
        known=known,
        native=native,
        languages=tuple(sorted(languages)),
        needs=_one_name_each(_needs(sdist, name)) if native else (),
    )


def _backend(
    backend: str, requires: set[str], sdist: Sdist, document: Mapping[str, Any]
) -> tuple[str, bool, bool]:
    """Return the backend's name, whether winarm knows it, and whether it compiles something."""
    first = re.split("[.:]", backend, maxsplit=1)[0]
    if first in _COMPILING:
        return _COMPILING[first], first != "maturin", True
    if first == "setuptools":
        name = "setuptools with CMake" if _uses_cmake(requires, sdist) else "setuptools"
        return name, True, _setuptools_is_native(sdist)
    if first in _PURE:
        script = _build_script(first, document) and bool(sdist.languages)
        return _PURE[first], first == "pbr", script or bool(requires & _NATIVE_HELPERS)
    if "setuptools" in requires:
        return f"setuptools through {backend}", True, _setuptools_is_native(sdist)
    inner = requires & {"meson-python", "scikit-build-core"}
    if inner:
        return f"{min(inner)} through {backend}", True, True
    return backend, False, bool(sdist.languages)


def _setuptools_is_native(sdist: Sdist) -> bool:
    own = [sdist.texts.get(name, "") for name in ("setup.py", "setup.cfg", "pyproject.toml")]
    if any(map(_EXTENSIONS.search, own)):
        return True
    # A setup.py may leave the list of extensions to a module beside it.
    return bool(own[0]) and bool({"Cython", "C", "C++"} & set(sdist.languages))


def _build_script(backend: str, document: Mapping[str, Any]) -> bool:
    if backend == "poetry":
        return "build" in table(document, "tool", "poetry")
    if backend == "pdm":
        build = table(document, "tool", "pdm", "build")
        return "custom-hook" in build or bool(build.get("run-setuptools"))
    build = table(document, "tool", "hatch", "build")
    return "hooks" in build or "hooks" in table(build, "targets", "wheel")


def _uses_cmake(requires: set[str], sdist: Sdist) -> bool:
    setup = sdist.texts.get("setup.py", "")
    return bool(requires & {"cmake", "scikit-build"}) or (
        "CMakeLists.txt" in sdist.texts and "cmake" in setup.lower()
    )


def _needs_rust(backend: str, requires: set[str], sdist: Sdist) -> bool:
    if backend.startswith("maturin") or requires & {"maturin", "setuptools-rust"}:
        return True
    setup = sdist.texts.get("setup.py", "")
    return "setuptools_rust" in setup or ("Cargo.toml" in sdist.texts and "cargo" in setup.lower())


def _languages_of_build_files(sdist: Sdist) -> set[str]:
    texts = sdist.texts.get("CMakeLists.txt", "") + sdist.texts.get("meson.build", "")
    declared = re.findall(
        r"(?:enable_language|project|add_languages)\s*\(([^)]*)\)", texts, re.IGNORECASE
    )
    words = {word.strip("'\"").upper() for text in declared for word in re.split(r"[\s,]+", text)}
    names = {"FORTRAN": "Fortran", "CXX": "C++", "CPP": "C++", "CUDA": "CUDA", "CYTHON": "Cython"}
    return {names[word] for word in words & set(names)} | ({"C"} & words)


def _needs(sdist: Sdist, backend: str) -> Iterator[str]:
    """Yield the libraries that the build files name, in lower case."""
    found: list[str] = []
    cmake = sdist.texts.get("CMakeLists.txt", "")
    if backend.startswith("scikit") or "CMake" in backend:
        # What is not REQUIRED is done without.
        found += re.findall(r"find_package\s*\(\s*([\w+-]+)[^)]*\bREQUIRED\b", cmake, re.IGNORECASE)
        for text in re.findall(
            r"pkg_(?:check|search)_module\w*\s*\(([^)]*)\)", cmake, re.IGNORECASE
        ):
            found += [word for word in text.split()[1:] if word.islower()]
    if backend.startswith("meson"):
        meson = sdist.texts.get("meson.build", "")
        found += re.findall(r"\bdependency\s*\(\s*'([\w.+-]+)'", meson)
    if backend.startswith("setuptools"):
        setup = sdist.texts.get("setup.py", "")
        for text in re.findall(_LIBRARIES, setup):
            found += re.findall(r"""['"]([\w.+-]+)['"]""", text)
        found += re.findall(_PKG_CONFIG, setup)
    for name in found:
        plain = name.lower()
        windows_has = plain.endswith("32") or f"{plain}.dll" in system_dlls()
        if re.fullmatch(r"[a-z][\w.+-]+", plain) and not windows_has and plain not in _NOT_NEEDED:
            yield plain


def _one_name_each(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names in order; of `pq` and `libpq`, pkg-config's, the latter."""
    found = set(names)
    return tuple(sorted(found - {name.removeprefix("lib") for name in found if name[:3] == "lib"}))


def _members(path: Path) -> Iterator[tuple[str, Callable[[], IO[bytes] | io.FileIO | None]]]:
    """Yield the name of each file with a function that opens it."""
    if path.is_dir():
        for file in itertools.islice(own_files(path), MAX_MEMBERS):
            yield f"project/{file.relative_to(path).as_posix()}", partial(io.FileIO, file)
        return
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist()[:MAX_MEMBERS]:
                yield info.filename, partial(archive.open, info)
        return
    size = 0
    with tarfile.open(path, "r|*") as packed:
        for count, member in enumerate(packed):
            size += member.size
            if count > MAX_MEMBERS or size > MAX_BYTES:
                raise ValueError(f"more than {MAX_MEMBERS} members or {MAX_BYTES} bytes")
            if member.isfile():
                yield member.name, partial(packed.extractfile, member)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
