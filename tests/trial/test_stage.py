from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import wheel

from winarm.errors import IsolationError, RequirementsError, TrialError, UsageError
from winarm.target import PythonABI
from winarm.trial import TrialOptions, run, stage
from winarm.trial.stage import install, stage_for
from winarm.trial.wheel import TriedWheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.host import Host

    MakeWheel = Callable[..., Path]


def test_copies_keep_their_place_and_what_is_outside_has_its_name(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "data"
    (project / "tests" / "__pycache__").mkdir(parents=True)
    (project / "tests" / "test_a.py").touch()
    outside.mkdir()
    (outside / "a.txt").touch()
    wanted = TrialOptions(project=project, copy=(Path("tests"), Path("../data")))

    with stage_for(wanted) as stage:
        copied = {
            path.relative_to(stage / "work").as_posix() for path in (stage / "work").rglob("*")
        }

    assert copied == {"tests", "tests/test_a.py", "data", "data/a.txt"}
    assert not stage.exists()


def test_a_copy_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="--copy nowhere: there is no such file"),
        stage_for(TrialOptions(project=tmp_path, copy=(Path("nowhere"),))),
    ):
        pytest.fail("a stage without the copy was made")


P313 = PythonABI(13)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """A folder with wheels for several machines, and a source distribution."""
    folder = tmp_path / "links"
    folder.mkdir()
    arm, linux = "win_arm64", "manylinux_2_28_x86_64"
    for platform in (arm, linux):
        name = f"native-1.0-cp313-cp313-{platform}.whl"
        wheel(folder, {"native.py": f"platform = {platform!r}".encode()}, name)
    wheel(folder, {"abroad.py": b""}, f"abroad-1.0-cp313-cp313-{linux}.whl")
    wheel(folder, {"plain.py": b""}, "plain-1.0-py3-none-any.whl")
    return folder


def test_wheel_without_requirements_is_unpacked_as_installers_do(
    host: Host, site: Path, tmp_path: Path
) -> None:
    made = wheel(
        tmp_path,
        {"a.py": b"", "x-1.0.data/platlib/b.py": b"", "x-1.0.data/scripts/c": b""},
        "x-1.0-py3-none-any.whl",
    )

    install(host, [TriedWheel.read(made)], site, abi=P313, options=TrialOptions())

    assert sorted(path.name for path in site.iterdir()) == ["a.py", "b.py", "x-1.0.dist-info"]


def test_dependencies_are_those_for_the_target(
    host: Host, site: Path, links: Path, make_wheel: MakeWheel
) -> None:
    markers = ('native; sys_platform == "win32"', 'abroad; sys_platform == "linux"')
    made = TriedWheel.read(make_wheel({"spam.py": ""}, requires=markers))

    install(host, [made], site, abi=P313, options=TrialOptions(find_links=(str(links),)))

    assert "win_arm64" in (site / "native.py").read_text()
    assert (site / "spam.py").is_file()
    assert not (site / "abroad.py").exists()
    assert not (site / "bin").exists()


def test_an_environment_that_is_named_whole_is_not_resolved(
    host: Host, site: Path, links: Path, make_wheel: MakeWheel
) -> None:
    made = TriedWheel.read(make_wheel({"spam.py": ""}, requires=("plain", "unknown>=7")))
    options = TrialOptions(others=(links / "plain-1.0-py3-none-any.whl",))

    install(host, [made], site, abi=P313, options=options)

    assert {path.name for path in site.glob("*.py")} == {"plain.py", "spam.py"}


def test_extras_and_further_requirements_are_installed(
    host: Host, site: Path, links: Path, make_wheel: MakeWheel
) -> None:
    made = TriedWheel.read(make_wheel({"spam.py": ""}, requires=('plain; extra == "more"',)))
    options = TrialOptions(find_links=(str(links),), extras=("more",), requires=("native",))

    install(host, [made], site, abi=P313, options=options)

    assert (site / "plain.py").is_file()
    assert (site / "native.py").is_file()


def test_dependency_without_a_wheel_is_named_with_the_cure(
    host: Host, site: Path, links: Path, make_wheel: MakeWheel
) -> None:
    made = TriedWheel.read(make_wheel({"spam.py": ""}, requires=("abroad",)))

    with pytest.raises(RequirementsError, match=r"cannot be installed for Python 3\.13") as caught:
        install(host, [made], site, abi=P313, options=TrialOptions(find_links=(str(links),)))

    assert "abroad" in str(caught.value)
    assert "--find-links" in caught.value.cure


def test_uv_that_is_not_there_is_needed_for_dependencies_alone(
    host: Host, site: Path, make_wheel: MakeWheel, tmp_path: Path
) -> None:
    without = replace(
        host, environ={**host.environ, "PATH": str(tmp_path)}, executable=tmp_path / "python"
    )
    alone = TriedWheel.read(make_wheel({"spam.py": ""}))
    install(without, [alone], site, abi=P313, options=TrialOptions())

    made = TriedWheel.read(make_wheel({"eggs.py": ""}, "eggs", requires=("native",)))
    with pytest.raises(IsolationError, match="uv is not installed"):
        install(without, [made], site / "2", abi=P313, options=TrialOptions())


def test_free_threaded_target_needs_such_a_python_here(
    host: Host, site: Path, make_wheel: MakeWheel, tmp_path: Path
) -> None:
    environ = {**host.environ, "UV_PYTHON_INSTALL_DIR": str(tmp_path), "PYENV_ROOT": str(tmp_path)}
    made = TriedWheel.read(make_wheel({"spam.py": ""}, requires=("native",)))

    with pytest.raises(TrialError, match=r"with a Python 3\.14t on this machine") as caught:
        install(
            replace(host, environ=environ),
            [made],
            site,
            abi=PythonABI(14, free_threaded=True),
            options=TrialOptions(),
        )

    assert caught.value.cure == "uv python install 3.14t"


def test_wheels_whose_requirements_contradict_are_tried_by_themselves(
    host: Host, links: Path, make_wheel: MakeWheel, pretended_arm64: str
) -> None:
    one = make_wheel({"one.py": "import plain"}, "one", requires=("plain==1.0",))
    two = make_wheel({"two.py": ""}, "two", requires=("plain!=1.0",))
    wheel(links, {"plain.py": b""}, "plain-2.0-py3-none-any.whl")
    options = TrialOptions(runner=pretended_arm64, abi=P313, find_links=(str(links),))

    result = run.test_wheels([one, two], options, host=host)

    assert result.ok


def test_words_of_uv_name_what_is_lacking() -> None:
    words = (
        "error: No solution found\n  cause: Because annoy==1.17.3 has no wheels with a matching "
        "Python ABI tag\n\nhint: Wheels are required for `annoy` because building is disabled"
    )

    error = stage._unresolved(words, P313, ())

    assert "no win_arm64 wheel of annoy" in error.what
    assert "winarm wheelhouse annoy -o wheelhouse --python 3.13" in error.cure
