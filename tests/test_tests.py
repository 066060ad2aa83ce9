"""What CONTRIBUTING promises of the tests, read from their syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

#: Those for another machine's Python, and examples of what is wrong, are none of ours.
FILES = {
    str(path.relative_to(TESTS)): path
    for path in sorted(TESTS.rglob("*.py"))
    if not path.is_relative_to(TESTS / "corpus" / "uses")
}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), path)


def subclasses_of_host(module: ast.Module) -> list[str]:
    return [
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).split(".")[-1].endswith("Host") for base in node.bases)
    ]


def patched(module: ast.Module) -> list[str]:
    """Return the calls of `setattr` that change a module or a class of winarm's."""
    ours = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] == "winarm"
    }
    return [
        ast.unparse(node)
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"monkeypatch.setattr", "patch", "patch.object", "setattr"}
        and node.args
        and is_ours(node.args[0], ours)
    ]


def is_ours(patched: ast.expr, ours: set[str]) -> bool:
    if isinstance(patched, ast.Constant):
        return str(patched.value).split(".")[0] == "winarm"
    return any(isinstance(node, ast.Name) and node.id in ours for node in ast.walk(patched))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("monkeypatch.setattr(console, 'PATIENCE', 0)", 1),
        ("monkeypatch.setattr('winarm.cli.console.PATIENCE', 0)", 1),
        ("monkeypatch.setattr(console.Console, 'out', 0)", 1),
        ("monkeypatch.setattr(sys, 'stdout', console)", 0),
        ("monkeypatch.setenv('console', '')", 0),
    ],
)
def test_rule_of_patches(line: str, found: int) -> None:
    module = ast.parse(f"import sys\nfrom winarm.cli import console\n{line}\n")

    assert len(patched(module)) == found


def test_winarm_is_handed_another_machine_and_never_patched() -> None:
    assert {name: found for name, path in FILES.items() if (found := patched(tree(path)))} == {}


def test_there_is_one_fake_host() -> None:
    found = {name: subclasses_of_host(tree(path)) for name, path in FILES.items()}

    assert {name: classes for name, classes in found.items() if classes} == {
        "lib/fake_host.py": ["FakeHost"]
    }
