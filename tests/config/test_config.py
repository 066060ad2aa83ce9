"""What settings mean, where each may be written, and what is said of mistakes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from winarm.config import (
    Settings,
    definitions,
    inner_config_settings,
    read_settings,
    settings_of,
)
from winarm.config.sources import Source
from winarm.config.values import Words, split_shell
from winarm.errors import EXIT_USAGE, SettingsError
from winarm.host import Host
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64
from winarm.verify.codes import Severity
from winarm.verify.options import VerifyOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winarm.host import System


def host(environ: Mapping[str, str] | None = None, system: System = "linux") -> Host:
    return Host(
        environ=environ or {},
        system=system,
        machine="x86_64",
        executable=Path("python"),
        default_cache=Path("cache"),
    )


def read(
    project: Path,
    toml: str = "",
    config: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    system: System = "linux",
) -> Settings:
    (project / "pyproject.toml").write_text(f"[tool.winarm]\n{toml}\n", encoding="utf-8")
    return read_settings(project, config, host(environ, system))


def problems(project: Path, toml: str = "", **sources: Any) -> tuple[str, ...]:  # noqa: ANN401
    with pytest.raises(SettingsError) as caught:
        read(project, toml, **sources)
    return caught.value.problems


def test_a_project_that_says_nothing_has_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path, None, host()) == Settings()


def test_a_project_with_other_tables_only_has_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\ntarget = 1\n")

    assert read_settings(tmp_path, {}, host()) == Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().jobs = 3  # type: ignore[misc]  # that it fails is the point


class TestStrength:
    """Config setting over environment over pyproject over default."""

    TOML = "jobs = 2"
    ENVIRON: Mapping[str, str] = {"WINARM_JOBS": "3"}
    CONFIG: Mapping[str, str] = {"winarm.jobs": "4"}

    def test_pyproject_is_over_the_default(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.TOML).jobs == 2

    def test_environment_is_over_pyproject(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.TOML, environ=self.ENVIRON).jobs == 3

    def test_config_setting_is_over_all(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.TOML, self.CONFIG, self.ENVIRON).jobs == 4

    def test_an_empty_variable_is_an_unset_one(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.TOML, environ={"WINARM_JOBS": " "}).jobs == 2

    @pytest.mark.parametrize("nothing", ["", " ", [""], []])
    def test_an_empty_config_setting_is_an_unset_one(
        self, tmp_path: Path, nothing: str | list[str]
    ) -> None:
        assert read(tmp_path, self.TOML, {"winarm.jobs": nothing}).jobs == 2

    def test_a_stronger_list_replaces_a_weaker_one(self, tmp_path: Path) -> None:
        got = read(tmp_path, 'cflags = ["-O3"]', environ={"WINARM_CFLAGS": "-O1 -g"})

        assert got.cflags == ("-O1", "-g")

    def test_an_empty_list_in_pyproject_is_a_list(self, tmp_path: Path) -> None:
        assert read(tmp_path, "cflags = []").cflags == ()


class TestTarget:
    @pytest.mark.parametrize("spelling", sorted(WIN_ARM64.spellings | {"ARM64", " arm64 "}))
    def test_every_spelling_is_understood(self, tmp_path: Path, spelling: str) -> None:
        assert read(tmp_path, config={"winarm.target": spelling}).target == WIN_ARM64

    def test_strongest_is_the_config_setting(self, tmp_path: Path) -> None:
        environ = {"WINARM_TARGET": "x64", "VSCMD_ARG_TGT_ARCH": "arm64"}

        assert read(tmp_path, config={"winarm.target": "win32"}, environ=environ).target == WIN32

    def test_then_comes_its_variable(self, tmp_path: Path) -> None:
        environ = {"WINARM_TARGET": "x64", "VSCMD_ARG_TGT_ARCH": "arm64"}

        assert read(tmp_path, environ=environ).target == WIN_AMD64

    @pytest.mark.parametrize("system", ["linux", "windows"])
    @pytest.mark.parametrize("written", ["arm64", "ARM64"])
    def test_then_a_developer_prompt_for_arm64(
        self, tmp_path: Path, written: str, system: System
    ) -> None:
        environ = {"WINARM_TARGET": "", "VSCMD_ARG_TGT_ARCH": written}

        assert read(tmp_path, environ=environ, system=system).target == WIN_ARM64

    @pytest.mark.parametrize("written", ["x64", "x86", "arm", "", "something"])
    def test_a_prompt_for_another_machine_names_none(self, tmp_path: Path, written: str) -> None:
        assert read(tmp_path, environ={"VSCMD_ARG_TGT_ARCH": written}).target is None

    def test_never_pyproject(self, tmp_path: Path) -> None:
        (problem,) = problems(tmp_path, 'target = "win_arm64"')

        assert problem.startswith("pyproject.toml [tool.winarm] target: cannot be set here")
        assert "published source" in problem
        assert "WINARM_TARGET" in problem

    def test_a_slip_gets_a_suggestion(self, tmp_path: Path) -> None:
        (problem,) = problems(tmp_path, environ={"WINARM_TARGET": "win_arm46"})

        assert problem.startswith("environment variable WINARM_TARGET: ")
        assert problem.endswith("did you mean 'win_arm64'?")


class TestMistakes:
    def test_all_are_reported_at_once_each_with_its_place(self, tmp_path: Path) -> None:
        got = problems(
            tmp_path,
            'jobs = 0\ndefines = ["A=1", "-DB", 3]',
            config={"winarm.tolchain": "zig", "winarm.jobs": "many"},
            environ={"WINARM_JOB": "1"},
        )

        assert [problem.split(": ")[0] for problem in got] == [
            "pyproject.toml [tool.winarm] jobs",
            "pyproject.toml [tool.winarm] defines",
            "pyproject.toml [tool.winarm] defines",
            "environment variable WINARM_JOB",
            "config setting winarm.tolchain",
            "config setting winarm.jobs",
        ]

    def test_they_are_mistakes_of_usage(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError) as caught:
            read(tmp_path, "jobs = 0")

        assert caught.value.exit_status == EXIT_USAGE

    @pytest.mark.parametrize(
        ("sources", "suggestion"),
        [
            ({"toml": 'toolchian = "zig"'}, "toolchain"),
            ({"toml": "include_dirs = []"}, "include-dirs"),
            ({"config": {"winarm.tolchain": "zig"}}, "winarm.toolchain"),
            ({"config": {"winarm.Include_Dirs": "a"}}, "winarm.include-dirs"),
            ({"environ": {"WINARM_TOLCHAIN": "zig"}}, "WINARM_TOOLCHAIN"),
            ({"environ": {"WINARM_LDFLAG": "zig"}}, "WINARM_LDFLAGS"),
            ({"config": {"winarm.toolchain": "zgi"}}, "zig"),
        ],
    )
    def test_a_slip_gets_a_suggestion(
        self, tmp_path: Path, sources: dict[str, Any], suggestion: str
    ) -> None:
        (problem,) = problems(tmp_path, **sources)

        assert problem.endswith(f"did you mean {suggestion!r}?")

    @pytest.mark.parametrize("key", ["winarm.", "winarm.zzzzzz", "winarm." + "x" * 100_000])
    def test_what_resembles_nothing_gets_none(self, tmp_path: Path, key: str) -> None:
        (problem,) = problems(tmp_path, config={key: "1"})

        assert "no such setting" in problem
        assert "did you mean" not in problem

    def test_an_empty_key_is_a_mistake(self, tmp_path: Path) -> None:
        assert problems(tmp_path, '"" = 1')

    @pytest.mark.parametrize("document", ["tool = 3", "[tool]\nwinarm = 'zig'", "tool = []"])
    def test_a_table_that_is_none_is_a_mistake(self, tmp_path: Path, document: str) -> None:
        (tmp_path / "pyproject.toml").write_text(document)

        with pytest.raises(SettingsError, match=r"\[tool.winarm\]: must be a table"):
            read_settings(tmp_path, None, host())

    @pytest.mark.parametrize(
        ("name", "toml"),
        [
            (name, toml)
            for name, definition in definitions().items()
            if Source.PYPROJECT in definition.scope.sources
            for toml in ("1979-05-27", "{ x = 1 }", "0.5", "[1]", "[[]]", '["\\u0000"]', '[""]')
        ],
    )
    def test_a_value_of_another_type_is_a_mistake(
        self, tmp_path: Path, name: str, toml: str
    ) -> None:
        got = problems(tmp_path, f"{name} = {toml}")

        # A table is what these want: there, what is in it is wrong.
        tables = {
            "verify": "[tool.winarm.verify] x",
            "test": "[tool.winarm.test] x",
            "packages": "[tool.winarm.packages.x]",
        }
        is_table = toml[0] == "{" and name in tables
        place = tables[name] if is_table else f"[tool.winarm] {name}"
        assert got[0].startswith(f"pyproject.toml {place}: ")

    @pytest.mark.parametrize(
        "toml",
        [
            "jobs = true",
            "jobs = 0",
            "jobs = 100000",
            'jobs = "4"',
            'toolchain = "ZIG"',
            'cflags = "-O2"',
            'include-dirs = ["-Iinclude"]',
            'libraries = ["-lz"]',
            'defines = ["1A"]',
            'cflags = ["-O2\\n-g"]',
            'target-view = ["not a module"]',
            'allow-missing = ["a b"]',
            'python-dir = ""',
            'sysroot = ""',
            "toolchain-version = 14.44",
            'toolchain-version = "14.x"',
            'toolchain-version = "14."',
            'toolchain-version = "latest"',
            'toolchain-version = "1.2.3.4.5"',
            'build-backend = "setuptools build_meta"',
            'build-backend = "winarm.backend"',
            'build-backend = "winarm.backend:hooks"',
            'build-backend = 1\nbackend-path = ["."]',
            'build-backend = "b"\nbackend-path = [".."]',
            'build-backend = "b"\nbackend-path = ["/"]',
            'backend-path = ["."]',
        ],
    )
    def test_values_that_cannot_be_meant(self, tmp_path: Path, toml: str) -> None:
        assert len(problems(tmp_path, toml)) == 1

    @pytest.mark.parametrize(
        "config",
        [
            {"winarm.jobs": "0"},
            {"winarm.jobs": "9" * 5000},
            {"winarm.jobs": "1_0"},
            {"winarm.jobs": True},
            {"winarm.jobs": ["1", "2"]},
            {"winarm.jobs": 3},
            {"winarm.cflags": [b"-O2"]},
            {"winarm.cflags": "'-O2"},
            {"winarm.verbose": "perhaps"},
            {"winarm.python-dir": "a\0b"},
            {"winarm.build-backend": "setuptools.build_meta"},
        ],
    )
    def test_config_settings_that_cannot_be_meant(
        self, tmp_path: Path, config: dict[str, Any]
    ) -> None:
        assert len(problems(tmp_path, config=config)) == 1

    @pytest.mark.parametrize(
        "name", ["WINARM_BUILD_BACKEND", "WINARM_BACKEND_PATH", "WINARM_TARGET_VIEW"]
    )
    def test_variables_do_not_set_what_belongs_to_the_project(
        self, tmp_path: Path, name: str
    ) -> None:
        (problem,) = problems(tmp_path, environ={name: "x"})

        assert "property of the project" in problem

    def test_variables_that_are_no_settings_are_none(self, tmp_path: Path) -> None:
        environ = {
            "WINARM_CACHE_DIR": "c",
            "WINARM_TEST_ARM64_PYTHON": "p",
            "WINARM_CHILD": "1",
            "WINARM_UNKNOWN": "",
            "WINARMOUR": "x",
        }

        assert read(tmp_path, environ=environ) == Settings()


class TestTexts:
    def test_front_ends_may_give_a_list_again_and_again(self, tmp_path: Path) -> None:
        got = read(tmp_path, config={"winarm.defines": ["A B=1", "'C=x y'"]})

        assert got.defines == ("A", "B=1", "C=x y")

    def test_a_single_value_in_a_list_is_that_value(self, tmp_path: Path) -> None:
        assert read(tmp_path, config={"winarm.toolchain": ["zig"]}).toolchain == "zig"

    @pytest.mark.parametrize("switch", [True, "", "1", "true", "YES", "on", ["on"]])
    def test_switches_that_are_on(self, tmp_path: Path, *, switch: str | bool | list[str]) -> None:
        environ = {"WINARM_VERBOSE": "off"}

        assert read(tmp_path, config={"winarm.verbose": switch}, environ=environ).verbose is True

    @pytest.mark.parametrize("switch", [False, "0", "false", "No", "off"])
    def test_switches_that_are_off(self, tmp_path: Path, *, switch: str | bool) -> None:
        environ = {"WINARM_VERBOSE": "on"}

        assert read(tmp_path, config={"winarm.verbose": switch}, environ=environ).verbose is False

    def test_folders_are_separated_as_on_the_host(self, tmp_path: Path) -> None:
        got = read(tmp_path, environ={"WINARM_LIBRARY_DIRS": "one::two"})

        assert got.library_dirs == (str(tmp_path / "one"), str(tmp_path / "two"))

    def test_on_windows_a_colon_belongs_to_the_folder(self, tmp_path: Path) -> None:
        kind = definitions()["include-dirs"].kind

        assert kind.from_text(r"C:\one;D:\two", "windows") == [r"C:\one", r"D:\two"]

    @pytest.mark.parametrize("written", ["a.b, c", "a.b,c", "a.b c ", " a.b\tc,"])
    def test_names_are_separated_by_commas_or_spaces(self, tmp_path: Path, written: str) -> None:
        assert read(tmp_path, environ={"WINARM_ALLOW_MISSING": written}).allow_missing == (
            "a.b",
            "c",
        )

    @pytest.mark.parametrize(
        ("system", "text", "words"),
        [
            ("linux", r"-DA=\"x\" '-DB=y z' -DC=#", ['-DA="x"', "-DB=y z", "-DC=#"]),
            ("windows", r'-IC:\inc "-IC:\Program Files\x"', [r"-IC:\inc", r"-IC:\Program Files\x"]),
        ],
    )
    def test_arguments_are_split_as_in_a_shell(
        self, system: System, text: str, words: list[str]
    ) -> None:
        assert split_shell(text, system) == words


class TestFolders:
    def test_a_toolchain_version_is_text(self, tmp_path: Path) -> None:
        assert read(tmp_path, 'toolchain-version = "14.44"').toolchain_version == "14.44"
        environ = {"WINARM_TOOLCHAIN_VERSION": "17"}
        assert read(tmp_path, environ=environ).toolchain_version == "17"

    def test_a_sysroot_stands_in_the_project(self, tmp_path: Path) -> None:
        assert read(tmp_path, 'sysroot = "xwin"').sysroot == tmp_path / "xwin"

    def test_relative_ones_stand_in_the_project(self, tmp_path: Path) -> None:
        elsewhere = tmp_path.parent / "abs"
        got = read(tmp_path, f"include-dirs = ['inc', '{elsewhere}']\npython-dir = 'python'")

        assert got.include_dirs == (str(tmp_path / "inc"), str(elsewhere))
        assert got.python_dir == tmp_path / "python"

    def test_also_those_of_the_environment(self, tmp_path: Path) -> None:
        got = read(tmp_path, environ={"WINARM_LIBRARY_DIRS": "lib", "WINARM_PYTHON_DIR": "py"})

        assert got.library_dirs == (str(tmp_path / "lib"),)
        assert got.python_dir == tmp_path / "py"

    def test_they_are_absolute_when_the_project_is_named_relatively(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        assert read(Path(), 'include-dirs = ["inc"]').include_dirs == (str(tmp_path / "inc"),)

    def test_a_backend_stays_as_it_is_written(self, tmp_path: Path) -> None:
        got = read(tmp_path, 'build-backend = "b:object"\nbackend-path = ["tools"]')

        assert (got.build_backend, got.backend_path) == ("b:object", ("tools",))


class TestVerify:
    def test_its_table_becomes_options(self, tmp_path: Path) -> None:
        got = read(tmp_path, 'verify.ignore = ["WA001"]\nverify.record = false')

        assert got.verify == VerifyOptions(ignore=("WA001",), record=False)

    def test_without_the_table_there_are_none(self, tmp_path: Path) -> None:
        assert read(tmp_path).verify is None

    def test_an_empty_table_is_the_default(self, tmp_path: Path) -> None:
        assert read(tmp_path, "[tool.winarm.verify]").verify == VerifyOptions()

    def test_its_mistakes_stand_beside_the_others(self, tmp_path: Path) -> None:
        got = problems(tmp_path, 'jobs = 0\nverify.ignroe = []\nverify.record = "no"')

        assert [problem.split(": ")[0] for problem in got] == [
            "pyproject.toml [tool.winarm] jobs",
            "pyproject.toml [tool.winarm.verify] ignroe",
            "pyproject.toml [tool.winarm.verify] record",
        ]
        assert got[1].endswith("did you mean 'ignore'?")

    def test_it_stands_in_pyproject_only(self, tmp_path: Path) -> None:
        (problem,) = problems(tmp_path, config={"winarm.verify": "x"})

        assert "cannot be set here" in problem


class TestInnerConfigSettings:
    def test_winarms_own_do_not_go_on(self) -> None:
        given = {"winarm.target": "arm64", "--build-option": ["-v"], "winarmour": "", "x": True}

        assert inner_config_settings(given) == {
            "--build-option": ["-v"],
            "winarmour": "",
            "x": True,
        }

    def test_none_stays_none(self) -> None:
        assert inner_config_settings(None) is None

    def test_what_was_given_is_not_changed(self) -> None:
        given = {"winarm.target": "arm64"}

        inner_config_settings(given)

        assert given == {"winarm.target": "arm64"}


class TestDefinition:
    def test_every_field_defines_its_setting(self) -> None:
        assert [name.replace("-", "_") for name in definitions()] == [
            field.name for field in fields(Settings)
        ]

    def test_no_two_settings_share_a_spelling(self) -> None:
        spelled = [source.spelling(name) for source in Source for name in definitions()]

        assert len(set(spelled)) == len(spelled)

    @pytest.mark.parametrize("definition", definitions().values(), ids=definitions())
    def test_what_is_not_allowed_everywhere_says_why(self, definition: Any) -> None:  # noqa: ANN401
        assert bool(definition.scope.reason) == (set(definition.scope.sources) != set(Source))

    @pytest.mark.parametrize(
        ("name", "entries"),
        [
            ("cflags", ["-O2", "-DX=a b", r"C:\x", '"', "'", "#", "a\tb"]),
            ("libraries", ["z", "my lib"]),
            ("defines", ["A", 'B="x y"', "C=", "D=#"]),
        ],
    )
    @pytest.mark.parametrize("system", ["linux", "windows"])
    def test_a_quoted_list_comes_back_as_it_was(
        self, tmp_path: Path, name: str, entries: list[str], system: System
    ) -> None:
        kind = definitions()[name].kind
        quotes = {entry: "'" if '"' in entry else '"' for entry in entries}
        escape = "\\\\" if system == "linux" else "\\"
        text = " ".join(quotes[e] + e.replace("\\", escape) + quotes[e] for e in entries)

        assert isinstance(kind, Words)
        assert kind.check(kind.from_text(text, system), tmp_path) == tuple(entries)

    @settings(
        max_examples=200, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
    )
    @given(
        key=st.sampled_from([Source.CONFIG.spelling(name) for name in definitions()]) | st.text(),
        value=st.text() | st.booleans() | st.lists(st.text()) | st.none() | st.binary(),
    )
    def test_no_config_setting_ends_in_another_error(self, key: str, value: Any) -> None:  # noqa: ANN401
        with contextlib.suppress(SettingsError):
            assert isinstance(read_settings(Path("nowhere"), {key: value}, host()), Settings)


def test_reading_imports_nothing_heavy(tmp_path: Path) -> None:
    """A build hook reads the settings in every build, also of a pure project."""
    (tmp_path / "pyproject.toml").write_text('[tool.winarm]\ntoolchain = "zig"\n')
    script = (
        "import sys; from pathlib import Path; from winarm.host import Host;"
        "from winarm.config import read_settings;"
        "read_settings(Path(sys.argv[1]), {'winarm.toolchain': 'zig'},"
        " Host({}, 'linux', 'x86_64', Path('python')));"
        "print(*sorted(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
    )

    heavy = {
        "winarm.verify",
        "pefile",
        "rich",
        "packaging",
        "packaging.requirements",
    }
    assert heavy & set(answer.stdout.split()) == set()


class TestSettingsOfVerificationForOneBuild:
    def test_replace_those_of_the_project_key_by_key(self, tmp_path: Path) -> None:
        config = {
            "winarm.verify.external": "a.dll, b*.dll",
            "winarm.verify.ignore": ["WA408", "WA5"],
            "winarm.verify.fail-on": "warning",
            "winarm.verify.record": "no",
        }

        settings = read(tmp_path, 'verify = {external = ["x.dll"], allow = ["data/*"]}', config)

        assert settings.verify == VerifyOptions(
            external=("a.dll", "b*.dll"),
            ignore=("WA408", "WA5"),
            allow=("data/*",),
            fail_on=Severity.WARNING,
            record=False,
        )

    def test_need_no_table_in_pyproject(self, tmp_path: Path) -> None:
        settings = read(tmp_path, config={"winarm.verify.external": "a.dll"})

        assert settings.verify == VerifyOptions(external=("a.dll",))

    @pytest.mark.parametrize(
        ("key", "value", "said"),
        [
            ("externl", "a.dll", "did you mean 'external'"),
            ("ignore", "WX1", "is not a finding"),
            ("fail-on", "never mind", "must be"),
            ("limits", "7", "can be set only in pyproject.toml"),
            ("per-member-ignores", "x", "can be set only in pyproject.toml"),
        ],
    )
    def test_are_checked_as_those_of_the_project(
        self, tmp_path: Path, key: str, value: str, said: str
    ) -> None:
        with pytest.raises(SettingsError) as caught:
            read(tmp_path, config={f"winarm.verify.{key}": value})

        (problem,) = caught.value.problems
        assert problem.startswith(f"config setting winarm.verify.{key}: ")
        assert said in problem


def test_a_build_may_add_requirements(tmp_path: Path) -> None:
    settings = read(tmp_path, config={"winarm.build-requires": "'numpy >= 2' cython"})

    assert settings.build_requires == ("numpy >= 2", "cython")


@pytest.mark.parametrize("entry", ["!numpy.f2py", "!vendored/", "!tools/meson.py", "cppy"])
def test_a_module_may_be_left_out_of_the_target_view(tmp_path: Path, entry: str) -> None:
    assert read(tmp_path, f'target-view = ["{entry}"]').target_view == (entry,)


def test_folders_count_from_where_they_are_asked_for(tmp_path: Path, recording_host: Host) -> None:
    project, here = tmp_path / "unpacked", tmp_path / "here"
    document = {"tool": {"winarm": {"library-dirs": ["own"]}}}

    found = settings_of(document, project, {"winarm.prefix": "deps"}, recording_host, asked_in=here)

    assert found.library_dirs == (str(project / "own"),)
    assert found.prefix == (str(here / "deps"),)
