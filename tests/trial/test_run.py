from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.config.trial import TrialSettings
from winarm.errors import TargetPythonError, TrialError, TrialFailedError, UsageError
from winarm.events import Note, Output
from winarm.target import PythonABI
from winarm.trial import TrialOptions, run, try_built
from winarm.verify import Code, Evidence, verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.events import Event
    from winarm.host import Host

    MakeWheel = Callable[..., Path]

    from winarm.plan import EquippedBuild


try_wheel, try_wheels = run.test_wheel, run.test_wheels
P313 = PythonABI(13)


@pytest.fixture
def options(pretended_arm64: str) -> TrialOptions:
    return TrialOptions(runner=pretended_arm64, abi=P313)


def test_good_wheel_is_imported(make_wheel: MakeWheel, options: TrialOptions, host: Host) -> None:
    events: list[Event] = []
    wheel = make_wheel({"spam/__init__.py": "", "eggs.py": "import spam"})

    result = try_wheel(wheel, options, host=host, listener=events.append)

    (report,) = result.reports
    assert (result.ok, result.status, report.findings) == (True, None, ())
    assert report.evidence is Evidence.IMPORTED_NATIVELY
    assert any(isinstance(e, Note) and e.text.startswith("runner command: ") for e in events)


def test_failures_are_findings_and_their_tracebacks_are_shown_once(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    events: list[Event] = []
    wheel = make_wheel({"spam/__init__.py": "import lacking", "eggs.py": "import spam"})

    result = try_wheel(wheel, options, host=host, listener=events.append)

    found = [(f.code, f.member) for f in result.reports[0].findings]
    assert found == [(Code.WA801, "spam/__init__.py"), (Code.WA801, "eggs.py")]
    assert not result.ok
    shown = [event.text for event in events if isinstance(event, Note)]
    assert sum("No module named 'lacking'" in text for text in shown) == 2


def test_modules_may_be_skipped(make_wheel: MakeWheel, options: TrialOptions, host: Host) -> None:
    wheel = make_wheel({"spam.py": "", "bad_x.py": "1/0"})

    assert try_wheel(wheel, replace(options, skip=("bad_*",)), host=host).ok


def test_wheels_are_tried_together_and_each_has_its_report(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    one = make_wheel({"one.py": ""}, "one")
    two = make_wheel({"two.py": "import one; 1/0"}, "two")

    result = try_wheels([one, two], options, host=host)

    assert [report.path for report in result.reports] == [one, two]
    assert [report.ok for report in result.reports] == [True, False]


def test_command_runs_where_the_copies_are_with_its_output_and_status(
    make_wheel: MakeWheel, options: TrialOptions, host: Host, tmp_path: Path
) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "check.py").write_text("import spam; print(spam.x); raise SystemExit(3)")
    output = io.BytesIO()

    def listen(event: Event) -> None:
        if isinstance(event, Output):
            output.write(event.data)

    wanted = replace(options, command=("python", "checks/check.py"), copy=(tmp_path / "checks",))
    result = try_wheel(make_wheel({"spam.py": "x = 'spam!'"}), wanted, host=host, listener=listen)

    assert (result.status, output.getvalue().split()) == (3, [b"spam!"])
    (found,) = result.reports[0].findings
    assert (found.code, found.message) == (Code.WA806, "python checks/check.py: exit status 3")
    assert result.reports[0].evidence is Evidence.TESTED_NATIVELY


def test_script_of_the_wheel_is_a_command(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    wheel = make_wheel(
        {
            "spam.py": "import sys\ndef main(): return len(sys.argv)",
            "spam-1.0.dist-info/entry_points.txt": "[console_scripts]\nfry = spam:main\n",
        }
    )

    assert try_wheel(wheel, replace(options, command=("fry", "a", "b")), host=host).status == 3
    with pytest.raises(UsageError, match=r"no program 'boil'.*fry, python"):
        try_wheel(wheel, replace(options, command=("boil",)), host=host)


def test_command_that_hangs_is_stopped(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    wanted = replace(options, command=("python", "-c", "import time; time.sleep(600)"), timeout=1.0)

    result = try_wheel(make_wheel({"spam.py": ""}), wanted, host=host)

    assert result.status == 1
    assert "did not end within 1 s" in result.reports[0].findings[0].message


def test_command_that_floods_is_stopped(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    flood = ("python", "-c", "while True: print('x' * 10000)")
    wanted = replace(options, command=flood, most_output=2**20)
    taken = 0

    def listen(event: Event) -> None:
        nonlocal taken
        taken += len(event.data) if isinstance(event, Output) else 0

    result = try_wheel(make_wheel({"spam.py": ""}), wanted, host=host, listener=listen)

    assert "printed more than 1 MiB" in result.reports[0].findings[0].message
    assert taken <= 2**20


def test_python_of_another_version_is_one_error(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    wheel = make_wheel({"spam.py": ""})

    with pytest.raises(TrialError, match=r"end in \.cp313-win_arm64\.pyd; the wheel needs"):
        try_wheel(wheel, replace(options, abi=PythonABI(12)), host=host)


def test_python_that_the_wheel_does_not_suit_is_refused(
    make_wheel: MakeWheel, options: TrialOptions, host: Host
) -> None:
    wheel = make_wheel({"spam.py": ""})
    other = wheel.rename(wheel.with_name("spam-1.0-cp313-cp313-win_arm64.whl"))

    with pytest.raises(UsageError, match=r"is not for Python 3\.12"):
        try_wheel(other, replace(options, abi=PythonABI(12)), host=host)


def test_missing_copy_is_named(make_wheel: MakeWheel, options: TrialOptions, host: Host) -> None:
    wanted = replace(options, command=("python",), copy=(Path("nowhere"),))
    with pytest.raises(UsageError, match="--copy nowhere"):
        try_wheel(make_wheel({"spam.py": ""}), wanted, host=host)


def test_without_a_runner_the_message_says_what_would_make_one(
    make_wheel: MakeWheel, host: Host
) -> None:
    linux = replace(host, system="linux", machine="x86_64")

    with pytest.raises(TrialError, match="has no runner") as caught:
        try_wheel(make_wheel({"spam.py": ""}), host=linux)

    assert "winarm test --set-up" in caught.value.cure


def test_without_a_python_everything_that_was_looked_at_is_named(
    make_wheel: MakeWheel, host: Host, tmp_path: Path
) -> None:
    windows = replace(host, system="windows", machine="arm64")

    with pytest.raises(TargetPythonError, match=r"no python3XX\.dll") as caught:
        try_wheel(
            make_wheel({"spam.py": ""}),
            TrialOptions(python_dirs=(tmp_path,), abi=P313),
            host=windows,
        )

    assert str(tmp_path) in caught.value.what


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def build(
    make_build: Callable[..., EquippedBuild],
    host: Host,
    pretended_arm64: str,
    heard: list[Event],
) -> EquippedBuild:
    """A build for 3.13 whose runner is this machine's Python."""
    made = make_build("inner")
    settings = replace(made.settings, runner=pretended_arm64)
    return replace(
        made,
        host=host,
        project=replace(made.project, settings=settings),
        interpreter=replace(made.interpreter, abi=PythonABI(13)),
        listener=heard.append,
    )


def with_test(build: EquippedBuild, test: TrialSettings) -> EquippedBuild:
    settings = replace(build.settings, test=test)
    return replace(build, project=replace(build.project, settings=settings))


def test_good_wheel_has_more_evidence(build: EquippedBuild, make_wheel: MakeWheel) -> None:
    wheel = make_wheel({"spam.py": ""})

    report = try_built(build, wheel, verify(wheel))

    assert (report.evidence, report.findings) == (Evidence.IMPORTED_NATIVELY, ())


def test_wheel_that_cannot_be_imported_is_withheld(
    build: EquippedBuild, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel({"spam.py": "1/0"})

    with pytest.raises(TrialFailedError, match="raises ZeroDivisionError") as caught:
        try_built(build, wheel, verify(wheel))

    assert "not delivered" in caught.value.why


def test_projects_command_is_run_with_its_copies_and_its_output_is_kept(
    build: EquippedBuild, make_wheel: MakeWheel, heard: list[Event]
) -> None:
    (build.folder / "checks").mkdir(parents=True)
    (build.folder / "checks" / "check.py").write_text("import spam; print('checked'); spam.x")
    wheel = make_wheel({"spam.py": ""})
    build = with_test(build, TrialSettings(("python", "checks/check.py"), copy=("checks",)))

    with pytest.raises(TrialFailedError, match="exit status 1") as caught:
        try_built(build, wheel, verify(wheel))

    assert "AttributeError" in caught.value.output
    assert any(isinstance(event, Output) and b"checked" in event.data for event in heard)


def test_wheel_for_other_pythons_than_the_one_that_builds_is_tried_on_one_of_its_own(
    build: EquippedBuild, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel({"spam.py": ""})
    other = wheel.rename(wheel.with_name("spam-1.0-cp313-none-any.whl"))
    build = replace(build, interpreter=replace(build.interpreter, abi=PythonABI(12)))

    report = try_built(build, other, verify(other))

    assert report.evidence is Evidence.IMPORTED_NATIVELY, sys.version
