"""`winarm build`: its options, what people see, and the closing line."""

from __future__ import annotations

import argparse
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from build_stand_ins import write_project
from fake_host import FakeHost

from winarm.cli import build
from winarm.cli.console import Console
from winarm.environment.interpreter import Interpreter
from winarm.errors import BuildFailedError, UsageError
from winarm.pipeline.wheel import BuiltWheel
from winarm.target import PythonABI
from winarm.verify.report import ImageSummary, Report

if TYPE_CHECKING:
    from collections.abc import Callable


def parsed(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    build.configure(parser)
    return parser.parse_args(argv)


class Streams:
    """A console whose two streams can be read."""

    def __init__(self) -> None:
        self.out, self.errors = io.StringIO(), io.BytesIO()
        self._err = io.TextIOWrapper(self.errors, encoding="utf-8", newline="")
        self.console = Console(self.out, self._err)

    @property
    def err(self) -> str:
        self._err.flush()
        return self.errors.getvalue().decode()


@pytest.fixture
def streams() -> Streams:
    return Streams()


@pytest.fixture
def result(tmp_path: Path) -> Callable[..., BuiltWheel]:
    """Return a finished build of a wheel with these members."""

    def make(*members: str, pure: bool = False) -> BuiltWheel:
        wheel = tmp_path / f"a-1-{'py3-none-any' if pure else 'cp313-cp313-win_arm64'}.whl"
        wheel.write_bytes(b"x" * 12_345)
        images = tuple(ImageSummary(member, "ARM64", 1) for member in members)
        report = Report(wheel, (), images, pure=pure, target="win_arm64")
        return BuiltWheel(wheel, report)

    return make


class TestOptions:
    def test_the_defaults_are_this_folder_and_dist(self) -> None:
        args = parsed()

        assert (args.sources, args.output, args.python, args.verbose) == (
            [],
            Path("dist"),
            [],
            False,
        )
        assert build.config_settings(args) == {}

    def test_pythons_may_be_several(self) -> None:
        assert parsed("--python", "3.12", "--python", "3.13t").python == ["3.12", "3.13t"]

    @pytest.mark.parametrize(
        ("written", "settings"),
        [
            (["a=b"], {"a": "b"}),
            (["a=b", "c=d=e"], {"a": "b", "c": "d=e"}),
            (["a=b", "a=c", "a=d"], {"a": ["b", "c", "d"]}),
            (["a="], {"a": ""}),
            (["--global-option=--x"], {"--global-option": "--x"}),
        ],
    )
    def test_config_settings_are_as_front_ends_hand_them_over(
        self, written: list[str], settings: dict[str, Any]
    ) -> None:
        assert build.config_settings(parsed(*(f"-C{text}" for text in written))) == settings

    @pytest.mark.parametrize("written", ["a", "=b", "="])
    def test_one_without_key_or_value_is_named(self, written: str) -> None:
        with pytest.raises(UsageError, match="KEY=VALUE"):
            build.config_settings(parsed("-C", written))

    def test_the_toolchain_is_a_setting_of_winarms(self) -> None:
        args = parsed("--toolchain", "zig", "-C", "winarm.toolchain=auto")

        assert build.config_settings(args) == {"winarm.toolchain": "zig"}

    def test_an_unknown_toolchain_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            parsed("--toolchain", "gcc")

        assert "invalid choice: 'gcc'" in capsys.readouterr().err


class TestClosingLine:
    @pytest.mark.parametrize(
        ("members", "verified"),
        [
            (["a/_b.cp313-win_arm64.pyd"], "verified 1 ARM64 image: _b.cp313-win_arm64.pyd"),
            (["a.pyd", "b.dll"], "verified 2 ARM64 images: a.pyd, b.dll"),
            (
                ["a.pyd", "b.pyd", "c.pyd", "d.pyd", "e.pyd"],
                "verified 5 ARM64 images: a.pyd, b.pyd, c.pyd and 2 more",
            ),
        ],
    )
    def test_says_the_wheel_its_size_the_time_and_what_was_verified(
        self, result: Callable[..., BuiltWheel], members: list[str], verified: str
    ) -> None:
        finished = result(*members)

        line = build.closing_line(finished, 7.4)

        assert line == f"{finished.path} (12 kB, 7 s) {verified}"

    def test_a_pure_wheel_says_that_it_is_pure(self, result: Callable[..., BuiltWheel]) -> None:
        assert "pure Python" in build.closing_line(result(pure=True), 7.4)


class TestRun:
    def test_each_source_gets_its_wheel_and_its_line_once(
        self, streams: Streams, zig_on_path: FakeHost, tmp_path: Path
    ) -> None:
        (tmp_path / "notes").mkdir()
        host = replace(
            zig_on_path, environ={**zig_on_path.environ, "NOTES": str(tmp_path / "notes")}
        )
        projects = [str(write_project(tmp_path / name)) for name in ("one", "two")]
        out, pythons = tmp_path / "out", ("--python", sys.executable)
        args = parsed(*projects, "-o", str(out), *pythons, *pythons, "-C", "a=b")

        assert build.run(args, host, streams.console) == 0

        lines = streams.out.getvalue().splitlines()
        assert [line.partition(" ")[0] for line in lines] == [str(out / "a-1-py3-none-any.whl")] * 2
        assert json.loads((tmp_path / "notes" / "build").read_text())["settings"] == {"a": "b"}

    @pytest.mark.parametrize("verbose", [[], ["-v"]])
    def test_a_failure_shows_the_builds_words_once(
        self, streams: Streams, zig_on_path: FakeHost, tmp_path: Path, verbose: list[str]
    ) -> None:
        project = write_project(tmp_path / "project")
        (project / "inner.py").write_text("def build_wheel(*_): raise ValueError('own words')\n")

        with pytest.raises(BuildFailedError):
            build.run(parsed(str(project), *verbose), zig_on_path, streams.console)

        assert streams.err.count("ValueError: own words") == 1

    @pytest.mark.parametrize(
        ("wheel", "python", "suits"),
        [
            ("a-1-cp39-abi3-win_arm64.whl", PythonABI(13), True),
            ("a-1-cp39-abi3-win_arm64.whl", PythonABI(13, free_threaded=True), False),
            ("a-1-cp314-abi3-win_arm64.whl", PythonABI(13), False),
            ("a-1-cp312-cp312-win_arm64.whl", PythonABI(13), False),
            ("a-1-py3-none-any.whl", PythonABI(13, free_threaded=True), True),
        ],
    )
    def test_what_is_for_several_pythons_is_built_once(
        self, wheel: str, python: PythonABI, *, suits: bool
    ) -> None:
        assert build._suits(Path(wheel), python) is suits

    def test_a_requirements_file_is_built_as_far_as_it_is_for_the_target(
        self, tmp_path: Path
    ) -> None:
        file = tmp_path / "requirements.txt"
        file.write_text('annoy==1.17.3\nuvloop; sys_platform != "win32"\nregex>=2025  # comment\n')

        sources = build._sources(parsed("src", "-r", str(file)), FakeHost(), [PYTHON])

        assert sources == ["src", "annoy==1.17.3", "regex>=2025"]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("./folder", "Name the folder"),
            (f"annoy==1 --hash=sha256:{'0' * 64}", "winarm wheelhouse"),
            ('annoy; sys_platform == "linux"', "environment markers"),
        ],
    )
    def test_lines_that_are_not_built_are_refused(
        self, tmp_path: Path, line: str, said: str
    ) -> None:
        file = tmp_path / "requirements.txt"
        file.write_text(f"{line}\n")

        with pytest.raises(UsageError) as caught:
            build._sources(parsed("-r", str(file)), FakeHost(), [PYTHON])

        assert said in str(caught.value)

    def test_every_python_is_looked_at_before_anything_is_built(
        self, streams: Streams, zig_on_path: FakeHost, tmp_path: Path
    ) -> None:
        project, out = write_project(tmp_path / "project"), tmp_path / "out"
        args = parsed(str(project), "-o", str(out), "--python", sys.executable, "--python", "3.9")

        with pytest.raises(UsageError, match=r"got 3\.9"):
            build.run(args, zig_on_path, streams.console)

        assert not out.exists()

    def test_an_output_that_is_a_file_is_refused_before_anything_is_built(
        self, streams: Streams, zig_on_path: FakeHost, tmp_path: Path
    ) -> None:
        (tmp_path / "dist").write_text("")

        with pytest.raises(UsageError, match="is a file, not a folder"):
            build.run(parsed("-o", str(tmp_path / "dist")), zig_on_path, streams.console)


PYTHON = Interpreter(Path("p"), PythonABI(13), "3.13.0", "linux", Path("i"), Path("d"))
