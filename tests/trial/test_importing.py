from __future__ import annotations

import os
import sys
import textwrap
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TrialError
from winarm.trial.importing import Outcome, findings_of, findings_of_wheel, import_all
from winarm.trial.local import LocalSession, plain_environ
from winarm.verify import Code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture
def modules(stage: Path) -> Path:
    """The folder that the target's Python imports from."""
    return stage / "site"


def outcomes(
    session: LocalSession, stage: Path, names: Sequence[str], timeout: float = 20
) -> dict[str, Outcome]:
    _, found = import_all(session, stage, names, timeout=timeout)
    assert [outcome.module for outcome in found] == list(names)
    return {outcome.module: outcome for outcome in found}


def write(folder: Path, **sources: str) -> None:
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(source))


def test_modules_that_can_be_imported_are_good(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    write(modules, a="x = 1", b="import a; print('b')")

    greeting, found = import_all(session, stage, ["a", "b"], timeout=20)

    assert [(outcome.module, outcome.kind) for outcome in found] == [("a", "ok"), ("b", "ok")]
    assert greeting.version == ".".join(map(str, sys.version_info[:3]))
    assert not greeting.emulated


def test_exception_is_told_with_its_traceback_and_what_was_printed(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    write(modules, bad="print('before')\nraise ValueError('no\\nway')", good="")

    found = outcomes(session, stage, ["bad", "good"])

    assert (found["bad"].kind, found["bad"].exception) == ("exception", "ValueError")
    assert found["bad"].text == "no\nway"
    assert "before" in found["bad"].details
    assert "line 2, in <module>" in found["bad"].details
    assert found["good"].kind == "ok"


@pytest.mark.parametrize("source", ["raise SystemExit(0)", "import sys; sys.exit()"])
def test_leaving_is_no_import(
    source: str, session: LocalSession, stage: Path, modules: Path
) -> None:
    write(modules, leaves=source, good="")

    found = outcomes(session, stage, ["leaves", "good"])

    assert found["leaves"].exception == "SystemExit"
    assert found["good"].kind == "ok"


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_crash_does_not_hide_the_others(session: LocalSession, stage: Path, modules: Path) -> None:
    crash = "import os, signal; print('last words'); os.kill(os.getpid(), signal.SIGSEGV)"
    write(modules, a="", crash=crash, ends="import os; os._exit(0)", z="")

    found = outcomes(session, stage, ["a", "crash", "ends", "z"])

    assert [found[name].kind for name in ("a", "crash", "ends", "z")] == [
        *("ok", "crash", "crash", "ok")
    ]
    assert found["crash"].text.startswith(("Fatal Python error: Seg", "Windows fatal"))
    assert found["ends"].text == "exit status 0"


def test_hang_ends_with_a_traceback_and_does_not_hide_the_others(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    write(modules, hangs="import time\ntime.sleep(600)", z="")
    began = time.monotonic()

    found = outcomes(session, stage, ["hangs", "z"], timeout=1)

    assert time.monotonic() - began < 60
    assert (found["hangs"].kind, found["z"].kind) == ("hang", "ok")
    assert "line 2 in <module>" in found["hangs"].details


def test_flood_is_stopped(session: LocalSession, stage: Path, modules: Path) -> None:
    write(modules, flood="while True: print('x' * 10000)", z="")

    found = outcomes(session, stage, ["flood", "z"], timeout=60)

    assert (found["flood"].kind, found["z"].kind) == ("flood", "ok")


def test_modules_may_do_anything_to_the_streams(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    write(
        modules,
        closes="import sys; sys.stdout.close(); sys.stderr = None",
        os_closes="import os; os.close(1); os.close(2)",
        forges='import os; os.write(1, b\'\\nwinarm- {"end": "z"}\\n\')',
        binary="import os; os.write(2, bytes(range(256)))",
        z="raise KeyError('z')",
    )

    found = outcomes(session, stage, ["closes", "forges", "binary", "os_closes", "z"])

    kinds = [outcome.kind for outcome in found.values()]
    assert kinds == ["ok", "ok", "ok", "ok", "exception"]


def test_module_of_pythons_own_is_not_the_wheels(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    write(modules, json="raise ValueError")

    assert outcomes(session, stage, ["json"])["json"].kind == "elsewhere"


def test_pth_files_and_packages_of_the_environment_count(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    (modules / "below").mkdir()
    write(modules / "below", deep="")
    (modules / "x.pth").write_text("below\n")
    write(modules, sitecustomize="import builtins; builtins.chained = True", uses="chained")

    found = outcomes(session, stage, ["deep", "uses"])

    assert [outcome.kind for outcome in found.values()] == ["ok", "ok"]


def test_a_runner_that_cannot_set_pythonpath_has_the_environment_too(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    bare = replace(session, environ=plain_environ(session.host))
    write(modules, sitecustomize="import builtins; builtins.chained = True", uses="chained")
    write(modules, wants="import packaging")

    found = outcomes(bare, stage, ["uses", "wants"])

    assert found["uses"].kind == "ok"
    assert found["wants"].exception == "ModuleNotFoundError"


def test_site_packages_of_the_target_do_not_count(
    session: LocalSession, stage: Path, modules: Path
) -> None:
    # It is installed for the Python that runs the tests.
    write(modules, wants="import packaging")

    assert outcomes(session, stage, ["wants"])["wants"].exception == "ModuleNotFoundError"


@pytest.mark.parametrize(
    ("words", "status"), [(("-c", "print('no Python')"), "status 0"), (("--what",), "status 2")]
)
def test_runner_that_does_not_work_is_one_error(
    words: tuple[str, ...], status: str, session: LocalSession, stage: Path
) -> None:
    broken = LocalSession(session.host, stage, (sys.executable, *words), session.environ)

    with pytest.raises(TrialError, match="did not start") as caught:
        import_all(broken, stage, ["a"], timeout=5)

    assert status in caught.value.what


def test_runner_that_cannot_be_started_is_one_error(session: LocalSession, stage: Path) -> None:
    broken = LocalSession(session.host, stage, ("no-such-program",), session.environ)

    with pytest.raises(TrialError, match="cannot be started"):
        import_all(broken, stage, ["a"], timeout=5)


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        (Outcome("a", "exception", 1, "no", "ValueError"), Code.WA801, "raises ValueError: no"),
        (Outcome("a", "exception", 1, "", "KeyError"), Code.WA801, "raises KeyError"),
        (
            Outcome(
                *("a", "exception", 1),
                "dynamic module does not define module export function (PyInit_a)",
                "ImportError",
            ),
            Code.WA207,
            "PyInit_a",
        ),
        (Outcome("a", "loader", winerror=126), Code.WA405, "is not found (error 126)"),
        (Outcome("a", "loader", winerror=193), Code.WA101, "not ARM64 code (error 193)"),
        (Outcome("a", "loader", winerror=127), Code.WA804, "lacks a symbol"),
        (Outcome("a", "loader", 1, "DLL load failed"), Code.WA804, "DLL load failed"),
        (Outcome("a", "crash", 1, "exit status 5"), Code.WA802, "exit status 5"),
        (Outcome("a", "hang", 60), Code.WA803, "had not ended after 60 s"),
        (Outcome("a", "flood", 1, "it prints without end"), Code.WA803, "prints without end"),
        (Outcome("a", "elsewhere", 1, "C:/x.py"), Code.WA805, "import a gives C:/x.py"),
    ],
)
def test_every_kind_of_failure_has_a_code(outcome: Outcome, code: Code, words: str) -> None:
    (found,) = findings_of(outcome, "a.pyd")

    assert (found.code, found.member) == (code, "a.pyd")
    assert words in found.message


def test_good_import_is_no_finding() -> None:
    assert list(findings_of(Outcome("a"), "a.py")) == []


@pytest.mark.parametrize(
    ("missing", "top", "code"),
    [
        ("psutil", "ok", Code.WA808),
        # Its own module, and a wheel of which nothing works.
        ("a._speedups", "ok", Code.WA801),
        ("psutil", "exception", Code.WA801),
    ],
)
def test_a_part_that_needs_another_package_is_a_warning_where_the_wheel_works(
    missing: str, top: str, code: Code
) -> None:
    words = ("exception", 1.0, f"No module named {missing!r}", "ModuleNotFoundError", missing)
    outcomes = {"a": Outcome("a", top), "a.tests._x": Outcome("a.tests._x", *words)}
    members = {"a.tests._x": "a/tests/_x.pyd", "a": "a/__init__.py"}

    found = next(findings_of_wheel(members, outcomes))

    assert (found.code, found.member) == (code, "a/tests/_x.pyd")
    assert missing in found.message


def test_a_package_that_needs_another_one_to_be_imported_is_an_error() -> None:
    words = ("exception", 1.0, "No module named 'six'", "ModuleNotFoundError", "six")
    outcomes = {"a._x": Outcome("a._x"), "a": Outcome("a", *words)}

    (found,) = findings_of_wheel({"a._x": "a/_x.pyd", "a": "a.py"}, outcomes)

    assert found.code is Code.WA801


def test_a_module_that_the_trials_python_lacks_is_said_to_be_of_the_standard_library() -> None:
    words = ("exception", 1.0, "No module named '_bz2'", "ModuleNotFoundError", "_bz2")

    (found,) = findings_of(Outcome("a", *words), "a.py")

    assert "the trial's Python lacks it" in found.message
