"""What a project asks for in its pyproject.toml, its extras and its dependency groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from winarm.errors import UsageError
from winarm.pyproject import read_pyproject, table
from winarm.stack.requirement_files import read_requirements
from winarm.stack.wanted import Wish

if TYPE_CHECKING:
    from winarm.host import Host


def tool_uv(folder: Path | None) -> Mapping[str, Any]:
    """Return `[tool.uv]` of the project in `folder`; nothing where there is none."""
    if folder is None:
        return {}
    return table(read_pyproject(folder), "tool", "uv")


def states_dependencies(document: Mapping[str, Any]) -> bool:
    """Return whether a pyproject.toml says what its project depends on, itself or by files."""
    project = document.get("project")
    return isinstance(project, dict) and (
        "dependencies" not in project.get("dynamic", ()) or bool(_dependency_files(document))
    )


def _dependency_files(document: Mapping[str, Any]) -> list[str]:
    """Return the files from which setuptools reads the dependencies of a project."""
    files = table(document, "tool", "setuptools", "dynamic", "dependencies").get("file")
    return [files] if isinstance(files, str) else _texts(files, "tool.setuptools.dynamic: file")


def requirements_of_project(
    host: Host,
    path: Path,
    document: Mapping[str, Any],
    *,
    extras: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Wish:
    """Return what a project asks for.

    :param path: its pyproject.toml, which holds `document`.
    :raises UsageError: its dependencies are not known, or something of them is wrong.
    """
    folder, project = path.parent, document.get("project")
    if not isinstance(project, dict):
        raise UsageError(
            f"{path} has no [project] table, so its dependencies are not known.",
            cure="Name a lock file or a requirements file.",
        )
    files = _dependency_files(document)
    if "dependencies" in project.get("dynamic", ()) and not files:
        raise UsageError(
            f"the dependencies of {path} are dynamic: only a build tells them.",
            cure="Name a lock file or a requirements file.",
        )
    lines = list(_texts(project.get("dependencies"), f"{path}: dependencies"))
    for file in files:
        read = read_requirements(folder / file, host.environ)
        lines += [str(line.requirement) for line in read.lines]
    optional = project.get("optional-dependencies") or {}
    for extra in extras:
        lines += _texts(_named(optional, extra, path, "extra"), f"{path}: extra {extra}")
    tables = document.get("dependency-groups") or {}
    for group in groups:
        lines += _group(tables, group, path, ())
    sources = {
        canonicalize_name(name)
        for name, source in table(document, "tool", "uv", "sources").items()
        if isinstance(source, dict) and {"git", "path", "url", "workspace"} & set(source)
    }
    requirements, notes = [], []
    own = canonicalize_name(str(project.get("name", "")))
    for line in lines:
        requirement = requirement_of(line, str(path))
        name = canonicalize_name(requirement.name)
        if name == own:
            for extra in sorted(requirement.extras):
                nested = _texts(_named(optional, extra, path, "extra"), f"{path}: extra {extra}")
                requirements += [requirement_of(one, str(path)) for one in nested]
        elif requirement.url or name in sources:
            notes.append(f"not looked at: {name} (it does not come from an index)")
        else:
            requirements.append(requirement)
    return Wish(path.name if folder == Path() else str(path), tuple(requirements), (), tuple(notes))


def _group(groups: Mapping[str, Any], name: str, path: Path, above: tuple[str, ...]) -> list[str]:
    plain = canonicalize_name(name)
    if plain in above:
        raise UsageError(
            f"{path}: the dependency group {name} includes itself.",
            cure="Remove one of the include-group entries.",
        )
    normalized = {canonicalize_name(key): value for key, value in groups.items()}
    lines: list[str] = []
    for entry in _named(normalized, plain, path, "dependency group"):
        if isinstance(entry, str):
            lines.append(entry)
        elif isinstance(entry, dict) and isinstance(entry.get("include-group"), str):
            lines += _group(groups, entry["include-group"], path, (*above, plain))
    return lines


def _named(tables: object, name: str, path: Path, what: str) -> list[Any]:
    found = tables.get(name) if isinstance(tables, dict) else None
    if isinstance(found, list):
        return found
    there = ", ".join(sorted(tables)) if isinstance(tables, dict) and tables else "none"
    raise UsageError(f"{path} has no {what} {name!r}; there are: {there}.", cure="Check the name.")


def _texts(value: object, place: str) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise UsageError(f"{place} must be an array of strings.", cure="Correct the file there.")


def requirement_of(text: str, place: str = "") -> Requirement:
    """Return the requirement that a text is.

    :param place: the file that it stands in; empty for the command line, where it may be a path.
    :raises UsageError: it is none.
    """
    ends = (".txt", ".toml", ".lock", ".in", ".whl", ".gz", ".zip")
    is_path = "://" not in text and (text.endswith(ends) or text.startswith((".", "/")))
    if is_path and not place:
        raise UsageError(f"there is no file or folder {text}.", cure="Check its name.")
    try:
        return Requirement(text)
    except InvalidRequirement:
        where = f" ({place})" if place else ""
        raise UsageError(
            f"{text!r} is neither a file nor a requirement{where}.",
            cure="Write a name, or a requirement such as lxml>=5.",
        ) from None
