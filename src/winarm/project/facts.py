"""What a project's own files say of how it is built, tested and versioned; nothing of it is run."""

from __future__ import annotations

import configparser
import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from winarm.project.build_system import requirement_name
from winarm.pyproject import read_pyproject, table
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON

#: A setup.py or setup.cfg of more bytes is not read.
MAX_SIZE = 2**20

#: Build requirements that take the version from the history of a repository.
_VERSION_TOOLS = {
    *("setuptools-scm", "vcs-versioning", "hatch-vcs", "versioningit", "versioneer"),
    *("setuptools-git-versioning", "poetry-dynamic-versioning", "uv-dynamic-versioning"),
}

#: Build requirements that compile Rust.
RUST_TOOLS = {"maturin", "setuptools-rust"}

#: Folders in which projects keep their tests.
_TEST_FOLDERS = ("tests", "test", "testing")
#: What projects call the dependency group, or the extra, of their tests.
_TEST_NAMES = ("test", "tests", "testing")


@dataclass(frozen=True, slots=True)
class ProjectTests:
    """How a project is tested."""

    #: A shell command with `{project}` for the project's folder, or none.
    command: str = ""
    #: Requirements in addition to the project's own.
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    #: Where it was found, for people; empty without tests.
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A project, as far as its files tell."""

    name: str
    #: Versions that the project, its cibuildwheel and winarm build for: `3.11`, oldest first.
    pythons: tuple[str, ...]
    #: The oldest Python of its stable ABI as `3.11`; none for a project without one.
    stable_abi: str | None
    has_submodules: bool
    #: Whether its version comes from the repository's history.
    version_from_history: bool
    #: What compiles its Rust code: `maturin`; empty without any.
    rust_tool: str
    tests: ProjectTests


def read_facts(project: Path) -> Facts:
    """Return what the files in the folder `project` say.

    :raises SourceError: pyproject.toml is not TOML.
    :raises FileSystemError: it cannot be read.
    """
    document = read_pyproject(project) or {}
    project_table = table(document, "project")
    name = project_table.get("name")
    tools = _build_requirements(document)
    return Facts(
        name=name if isinstance(name, str) else project.resolve().name,
        pythons=_pythons(project_table.get("requires-python"), _cibuildwheel(document)),
        stable_abi=_stable_abi(project, document),
        has_submodules=(project / ".gitmodules").is_file(),
        version_from_history=not tools.isdisjoint(_VERSION_TOOLS),
        rust_tool=min(tools & RUST_TOOLS, default=""),
        tests=_tests(project, document),
    )


def _pythons(requires: object, cibuildwheel: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        allowed = SpecifierSet(requires if isinstance(requires, str) else "")
    except InvalidSpecifier:
        allowed = SpecifierSet()
    versions = [f"3.{minor}" for minor in range(OLDEST_PYTHON.minor, NEWEST_PYTHON.minor + 1)]
    # A late patch release: `>=3.11.4` allows 3.11.
    return tuple(
        version
        for version in versions
        if allowed.contains(f"{version}.99") and _is_selected(version, cibuildwheel)
    )


def _is_selected(version: str, cibuildwheel: Mapping[str, Any]) -> bool:
    """Return whether `build` and `skip` of cibuildwheel take a Python on a Windows of 64 bits."""
    build = _words(cibuildwheel.get("build")) or ("*",)
    skip = _words(cibuildwheel.get("skip"))
    names = [f"cp{version.replace('.', '')}-{platform}" for platform in ("win_arm64", "win_amd64")]
    return any(_is_one_of(name, build) and not _is_one_of(name, skip) for name in names)


def _is_one_of(name: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a pattern of cibuildwheel's, such as `cp{312,313}-*`, matches."""
    for pattern in patterns:
        expression = translate(pattern).replace(r"\{", "(?:").replace(r"\}", ")").replace(",", "|")
        with contextlib.suppress(re.error):
            if re.match(expression, name):
                return True
    return False


def _stable_abi(project: Path, document: Mapping[str, Any]) -> str | None:
    for tag in _stable_tags(project, document):
        match = re.fullmatch(r"cp3(\d{1,2})", tag)
        if match:
            return f"3.{match[1]}"
    return None


def _stable_tags(project: Path, document: Mapping[str, Any]) -> Iterator[str]:
    """Return the tags that each backend's own setting for the stable ABI has."""
    yield str(table(document, "tool", "scikit-build", "wheel").get("py-api", ""))
    distutils = table(document, "tool", "distutils", "bdist_wheel")
    yield str(distutils.get("py-limited-api", distutils.get("py_limited_api", "")))
    if table(document, "tool", "meson-python").get("limited-api") is True:
        # Meson names the version in meson.build.
        match = re.search(r"limited_api'?\s*[:=]\s*'3\.(\d+)'", text_of(project / "meson.build"))
        yield f"cp3{match[1]}" if match else f"cp3{OLDEST_PYTHON.minor}"
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text_of(project / "setup.cfg"))
    except configparser.Error:
        return
    yield parser.get("bdist_wheel", "py_limited_api", fallback="").strip()
    match = re.search(r"py_limited_api['\"]?\s*[:=]\s*['\"](cp3\d+)", text_of(project / "setup.py"))
    yield match[1] if match else ""


def _build_requirements(document: Mapping[str, Any]) -> set[str]:
    """Return the distributions that a build needs."""
    requires = table(document, "build-system").get("requires")
    lines = requires if isinstance(requires, list) else []
    return {requirement_name(line) for line in lines if isinstance(line, str)}


def _tests(project: Path, document: Mapping[str, Any]) -> ProjectTests:
    return _cibuildwheel_tests(document) or _pytest_tests(project, document) or ProjectTests()


def _cibuildwheel(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return cibuildwheel's settings for Windows."""
    settings = table(document, "tool", "cibuildwheel")
    return {**settings, **table(settings, "windows")}


def _cibuildwheel_tests(document: Mapping[str, Any]) -> ProjectTests | None:
    settings = _cibuildwheel(document)
    command = settings.get("test-command")
    if isinstance(command, list):
        command = " && ".join(map(str, command))
    if not isinstance(command, str) or not command:
        return None
    groups = _words(settings.get("test-groups"))
    return ProjectTests(
        command=command.replace("{package}", "{project}"),
        requires=(
            *_words(settings.get("test-requires")),
            *(line for group in groups for line in _group(document, group)),
        ),
        extras=_words(settings.get("test-extras")),
        origin="[tool.cibuildwheel]",
    )


def _pytest_tests(project: Path, document: Mapping[str, Any]) -> ProjectTests | None:
    folder = next((name for name in _TEST_FOLDERS if (project / name).is_dir()), None)
    if folder is None:
        return None
    groups = table(document, "dependency-groups")
    extras = table(document, "project", "optional-dependencies")
    group = next((name for name in _TEST_NAMES if name in groups), None)
    extra = next((name for name in _TEST_NAMES if name in extras), None)
    requires = _group(document, group) if group else ()
    has_pytest = any(requirement_name(line) == "pytest" for line in requires)
    return ProjectTests(
        command=f"python -m pytest {{project}}/{folder}",
        requires=requires if has_pytest else (*requires, "pytest"),
        extras=(extra,) if extra else (),
        origin=f"the folder {folder}"
        + (f", the dependency group {group}" if group else "")
        + (f", the extra {extra}" if extra else ""),
    )


def _group(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group (PEP 735), with those that it includes."""
    groups = {
        canonicalize_name(key): value
        for key, value in table(document, "dependency-groups").items()
        if isinstance(value, list)
    }
    lines: list[str] = []
    pending, seen = [canonicalize_name(name)], set[str]()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        for entry in groups.get(current, []):
            if isinstance(entry, str):
                lines.append(entry)
            elif isinstance(entry, dict) and isinstance(entry.get("include-group"), str):
                pending.append(canonicalize_name(entry["include-group"]))
    return tuple(lines)


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(map(str, value)) if isinstance(value, list) else ()


def own_files(project: Path) -> Iterator[Path]:
    """Yield a project's files in the same order everywhere, without hidden folders.

    Nor is what is below it a part of it where that is an environment, as `python -m venv` makes.
    """
    for folder, folders, files in os.walk(project):
        if "pyvenv.cfg" in files and Path(folder) != project:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files))


def text_of(path: Path) -> str:
    """Return the beginning of a file's text; nothing of a file that is not there."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_SIZE).decode("utf-8", "replace")
    except OSError:
        return ""
