"""The house rules that a machine can hold: who may import whom, and that all of it has tests.

Imports point down `ROOMS`. They are read from the syntax tree, so that an import inside a
function or under TYPE_CHECKING counts like any other.
"""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "winarm"

#: The floors from the top down, and the rooms on each. A room is a module, or a package with all
#: that is in it; who stands on a floor imports from its own floor and those below.
ROOMS = (
    ("cli", "backend", "__main__"),
    ("stack",),
    ("trial",),
    ("pipeline",),
    ("backends",),
    ("plan",),
    ("libraries", "project", "environment", "target_python"),
    ("locate",),
    ("config", "pyproject"),
    ("storage",),
    ("host",),
    ("coff", "events"),
    ("target", "errors", "python_exports", "search"),
)

#: Verify stands by itself, so that it works where no toolchain is.
VERIFY_IMPORTS = {"verify", "coff", "target", "errors", "python_exports"}

#: Where options are settings too, config may ask verify what they are.
CONFIG_IMPORTS_OF_VERIFY = {"winarm.verify.codes", "winarm.verify.options"}

#: The one table of flag rules is the child's; the one-word tools are compiled with it.
TOOLS_IMPORT_OF_CHILD = ("winarm.locate.tools.table", "winarm.child.winarm_child.flag_rules")

#: What the child finds in the environment of the project that it builds, but not at its start.
CHILD_FINDS_LATER = {"setuptools", "distutils", "_distutils_hack"}


def module_name(path: Path) -> str:
    parts = ("winarm", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
CHILD = {name: path for name, path in MODULES.items() if name.startswith("winarm.child")}
#: The child's folder is on its path, and what is in it at the top.
IMPORTABLE = {*MODULES, *(name.removeprefix("winarm.child.") for name in CHILD)}
FLOORED = {name: path for name, path in MODULES.items() if name != "winarm" and name not in CHILD}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def floor(module: str) -> int | None:
    """Count from the top floor down; an unknown room is on none."""
    return next((level for level, rooms in enumerate(ROOMS) if room(module) in rooms), None)


def imports(name: str, path: Path) -> set[str]:
    """Return the full names of all modules that `path` imports, wherever in it."""
    return {
        imported
        for node in ast.walk(ast.parse(path.read_bytes(), path))
        for imported in imported_by(node, name, is_package=path.stem == "__init__")
    }


def imported_by(node: ast.AST, name: str, *, is_package: bool) -> list[str]:
    match node:
        case ast.Import(names=aliases):
            return [alias.name for alias in aliases]
        case ast.ImportFrom(module=module, names=aliases, level=level):
            home = name.split(".") + [""] * is_package
            base = ".".join([*home[: len(home) - level], *filter(None, [module])])
            base = base if level else module or ""
            return [
                full if (full := f"{base}.{alias.name}") in IMPORTABLE else base
                for alias in aliases
            ]
        case ast.Call(
            func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
            args=[ast.Constant(value=str(dynamic)), *_],
        ):
            return [dynamic]
        case _:
            return []


def own(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] == "winarm"}


def may_import(importer: str, imported: str) -> bool:
    if room(importer) == "verify":
        return room(imported) in VERIFY_IMPORTS
    if imported in CONFIG_IMPORTS_OF_VERIFY and room(importer) == "config":
        return True
    if (importer, imported) == TOOLS_IMPORT_OF_CHILD:
        return True
    if room(imported) == "verify":
        return room(importer) in {"cli", "backend", "stack", "trial", "pipeline", "libraries"}
    above, below = floor(importer), floor(imported)
    return above is not None and below is not None and above <= below


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("winarm.cli.main", "winarm.pipeline.plan", True),
        ("winarm.pipeline.plan", "winarm.cli.main", False),
        ("winarm.host", "winarm.config", False),
        ("winarm.errors", "winarm.target", True),
        ("winarm.verify.pe", "winarm.target", True),
        ("winarm.verify.pe", "winarm.host", False),
        ("winarm.pipeline.plan", "winarm.verify", True),
        ("winarm.locate.zig", "winarm.verify", False),
        ("winarm.config", "winarm.verify.options", True),
        ("winarm.config", "winarm.verify.checks", False),
        ("winarm.pipeline.plan", "winarm.child.start", False),
        ("winarm.pipeline.plan", "winarm", False),
    ],
)
def test_rule_of_the_house(importer: str, imported: str, *, allowed: bool) -> None:
    assert may_import(importer, imported) is allowed


@pytest.mark.parametrize("name", sorted(FLOORED))
def test_every_module_is_in_a_room(name: str) -> None:
    assert room(name) == "verify" or floor(name) is not None, f"give {name} its place in ROOMS"


@pytest.mark.parametrize(("name", "path"), sorted(FLOORED.items()))
def test_imports_point_down(name: str, path: Path) -> None:
    upward = {other for other in own(imports(name, path)) if not may_import(name, other)}

    assert upward == set()


@pytest.mark.parametrize(("name", "path"), sorted(MODULES.items()))
def test_nobody_inside_imports_the_front_door(name: str, path: Path) -> None:
    assert "winarm" not in imports(name, path)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: own(imports(name, path)) - {name} for name, path in MODULES.items()}

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]), pytrace=False)


def test_backend_does_not_need_the_command() -> None:
    """A build hook must start fast, without rich."""
    pending, reached = ["winarm.backend"], set[str]()
    while pending:
        name = pending.pop()
        if name in MODULES and name not in reached:
            reached.add(name)
            pending.extend(own(imports(name, MODULES[name])))

    assert "winarm.backend" in reached
    assert {name for name in reached if room(name) == "cli"} == set()


@pytest.mark.parametrize(("name", "path"), sorted(CHILD.items()))
def test_child_needs_only_the_standard_library(name: str, path: Path) -> None:
    """It runs by its path in environments that do not have winarm."""
    siblings = {part for other in CHILD for part in other.split(".")[2:]}
    at_hand = sys.stdlib_module_names | siblings

    wanted = {other.split(".")[0] for other in imports(name, path) - set(CHILD)}

    assert wanted - at_hand - CHILD_FINDS_LATER == set()


def test_child_starts_without_the_projects_environment() -> None:
    """Every Python of a cross build runs it, also those that build nothing."""
    pending, reached, wanted = {"winarm.child.sitecustomize"}, set[str](), set[str]()
    while pending:
        name = pending.pop()
        reached.add(name)
        at_start = imported_at_start(name)
        wanted |= {other.split(".")[0] for other in at_start}
        # By its path, winarm_child stands at the top.
        below = {f"winarm.child.{other}" for other in at_start} | at_start
        pending |= (below & set(CHILD)) - reached

    assert "winarm.child.winarm_child.start" in reached
    assert wanted & CHILD_FINDS_LATER == set()


def imported_at_start(name: str) -> set[str]:
    path = CHILD[name]
    return {
        other
        for statement in ast.parse(path.read_bytes(), path).body
        # What is tried at the start happens at the start.
        for node in (statement.body if isinstance(statement, ast.Try) else (statement,))
        for other in imported_by(node, name, is_package=path.stem == "__init__")
    }


@pytest.mark.parametrize("path", sorted((SOURCE / "trial" / "on_target").glob("*.py")))
def test_what_runs_on_the_target_needs_only_the_standard_library(path: Path) -> None:
    wanted = {other.split(".")[0] for other in imports(module_name(path), path)}

    assert wanted - sys.stdlib_module_names - {"sitecustomize"} == set()


def has_code(module: ast.Module) -> bool:
    """Tell whether a module has a function that does something; others have nothing to test."""
    return any(
        not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in node.body
    )


def mirrored(module: Path) -> Path:
    """Return the file of the tests that a module of winarm has; a package's has its name."""
    place = module.relative_to(SOURCE)
    # What is run by its path stands in a package of its own there.
    folders = [part for part in place.parent.parts if part not in {"winarm_child", "one_word"}]
    name = place.stem if place.stem != "__init__" else ("winarm", *folders)[-1]
    return TESTS.joinpath(*folders, f"test_{name}.py")


@pytest.mark.parametrize(
    ("module", "test"),
    [
        ("storage.py", "test_storage.py"),
        ("locate/zig.py", "locate/test_zig.py"),
        ("locate/__init__.py", "locate/test_locate.py"),
        ("__init__.py", "test_winarm.py"),
        ("child/winarm_child/flags.py", "child/test_flags.py"),
        ("locate/tools/programs/one_word/__init__.py", "locate/tools/programs/test_programs.py"),
    ],
)
def test_rule_of_the_mirror(module: str, test: str) -> None:
    assert mirrored(SOURCE / module) == TESTS / test


def test_every_module_has_its_tests() -> None:
    """So a failure names a function of winarm's and not only a wheel."""
    lacking = {
        str(path.relative_to(SOURCE)): str(mirrored(path).relative_to(TESTS))
        for path in MODULES.values()
        if has_code(ast.parse(path.read_bytes(), path)) and not mirrored(path).is_file()
    }

    assert lacking == {}
