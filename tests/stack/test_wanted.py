from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack, edges_of
from winarm.target import WIN_ARM64, PythonABI

MARKERS = TargetMarkers(WIN_ARM64, PythonABI(13))
#: The user asks for `app`, which needs `mid`, which needs `low`; `app` needs `low`, too.
STACK = WantedStack(
    "x",
    tuple(map(WantedPackage, ("app", "mid", "low"))),
    (
        Edge("", "app"),
        Edge("app", "mid"),
        Edge("mid", "low", SpecifierSet("<3")),
        Edge("app", "low", SpecifierSet(">=1")),
    ),
)


def test_requirers_are_the_direct_ones() -> None:
    assert STACK.requirers("low") == ("app", "mid")


def test_dependents_are_all_that_need_it() -> None:
    assert STACK.dependents("low") == {"app", "mid"}
    assert STACK.dependents("app") == frozenset()


def test_what_is_allowed_is_what_all_allow() -> None:
    assert STACK.allowed("low") == SpecifierSet(">=1,<3")
    assert STACK.allowed("mid") is None


def test_roots_are_what_the_user_asks_for() -> None:
    assert [STACK.is_root(name) for name in ("app", "mid")] == [True, False]
    assert WantedStack("x", (WantedPackage("a"),)).is_root("a")


def test_a_circle_of_requirements_ends() -> None:
    circle = WantedStack("x", (), (Edge("a", "b"), Edge("b", "a")))

    assert circle.dependents("a") == {"b"}


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ('sys_platform == "win32"', True),
        ('os_name == "nt" and platform_machine == "ARM64"', True),
        ('platform_machine == "AMD64"', False),
        ('sys_platform == "linux"', False),
        ('python_version < "3.13"', False),
        ('python_full_version >= "3.13.0"', True),
        ('platform_python_implementation == "CPython"', True),
        ('extra == "web"', False),
        ("nonsense", True),
        (None, True),
    ],
)
def test_markers_are_evaluated_as_on_the_target(marker: str | None, *, holds: bool) -> None:
    assert MARKERS.hold(marker) is holds


def test_extras_count_where_they_are_asked_for() -> None:
    lines = ["a", 'b; extra == "web"', 'c; sys_platform == "linux"', "not a requirement"]

    assert [one.name for one in MARKERS.wanted(lines)] == ["a"]
    assert [one.name for one in MARKERS.wanted(lines, ["web"])] == ["a", "b"]


def test_edges_have_normalised_names() -> None:
    assert edges_of("app", [Requirement("A_b>=1")]) == [Edge("app", "a-b", SpecifierSet(">=1"))]
