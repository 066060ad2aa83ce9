"""Calling hooks in a child, and reading along what it tells."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm import events
from winarm.errors import BackendError, BuildFailedError
from winarm.host import Host
from winarm.pipeline.child_process import (
    MAX_READ,
    Child,
    Failure,
    JournalReader,
    ends_otherwise,
    is_probe,
)
from winarm.project.build_system import InnerBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winarm.plan import EquippedBuild

    MakeChild = Callable[..., Child]
    CallHook = Callable[..., object]

START = {"event": "start", "doing": "compile", "subject": "a.c", "language": "c"}
DONE = {**START, "event": "done", "output": ""}
FAILED = {**START, "event": "failed", "output": "error: why"}


@dataclass
class Listening:
    """A journal, what is written into it, and what is heard of it."""

    path: Path
    heard: list[events.Event]
    journal: JournalReader

    def write(self, *entries: object) -> None:
        with self.path.open("a") as file:
            file.writelines(json.dumps(entry) + "\n" for entry in entries)


@pytest.fixture
def listening(tmp_path: Path) -> Listening:
    heard: list[events.Event] = []
    path = tmp_path / "journal"
    return Listening(path, heard, JournalReader(path, tmp_path, heard.append))


class TestJournal:
    def test_nothing_is_heard_before_it_is_there(self, listening: Listening) -> None:
        listening.journal.catch_up()

        assert listening.heard == []

    def test_steps_are_handed_on_with_their_count(self, listening: Listening) -> None:
        listening.write(START, DONE, {**START, "subject": "b.c", "language": "c++"})

        listening.journal.catch_up()

        assert listening.heard == [
            events.Working("compile", "a.c", 0, "c"),
            events.Worked("compile", "a.c", "c"),
            events.Working("compile", "b.c", 1, "c++"),
        ]

    def test_each_is_heard_once(self, listening: Listening) -> None:
        for _ in range(3):
            listening.write(START)
            listening.journal.catch_up()
            listening.journal.catch_up()

        assert len(listening.heard) == 3

    def test_a_line_that_is_not_finished_waits(self, listening: Listening) -> None:
        line = json.dumps(START)
        listening.path.write_text(line[:10])
        listening.journal.catch_up()
        assert listening.heard == []

        listening.path.write_text(line + "\n")
        listening.journal.catch_up()

        assert len(listening.heard) == 1

    @pytest.mark.parametrize(
        "odd",
        [b"{", b"\xff\xfe", b"[]", b"3", b'{"event": "start"}', b'{"event": []}', b"null", b""],
    )
    def test_lines_that_are_none_are_passed_over(self, listening: Listening, odd: bytes) -> None:
        listening.path.write_bytes(odd + b"\n")
        listening.write(START)

        listening.journal.catch_up()

        assert len(listening.heard) == 1

    def test_a_line_without_end_does_not_fill_the_memory(self, listening: Listening) -> None:
        listening.path.write_bytes(b"x" * (3 * MAX_READ) + b"\n")
        listening.write(START)

        listening.journal.catch_up()

        assert len(listening.heard) == 1

    def test_extensions_are_remembered_once_each(self, listening: Listening) -> None:
        for names in (["a", "b"], ["b", "c"]):
            listening.write({"event": "declared", "names": names})

        listening.journal.catch_up()

        assert listening.journal.declared == ["a", "b", "c"]

    def test_failures_are_remembered(self, listening: Listening) -> None:
        listening.write(FAILED)

        listening.journal.catch_up()

        assert listening.journal.failures == [Failure("compile", "a.c", "error: why")]

    def test_but_not_those_of_probes(self, listening: Listening) -> None:
        probe = str(Path(tempfile.gettempdir()).resolve() / "function123.c")
        listening.write({**FAILED, "subject": probe}, {**FAILED, "subject": "_configtest.c"})

        listening.journal.catch_up()

        assert listening.journal.failures == []

    @pytest.mark.parametrize(
        ("becomes", "why", "said"),
        [
            (["-O2"], "", "translated /O2 to -O2"),
            ([], "", "left out /O2"),
            ([], "a reason", "left out /O2 (a reason)"),
        ],
    )
    def test_changed_flags_are_details(
        self, listening: Listening, becomes: list[str], why: str, said: str
    ) -> None:
        listening.write({"event": "flag", "was": "/O2", "becomes": becomes, "why": why})

        listening.journal.catch_up()

        assert listening.heard == [events.Detail(said)]

    def test_what_changes_the_result_is_a_note_once(self, listening: Listening) -> None:
        entry = {"event": "flag", "was": "/J", "becomes": ["-J"], "why": "char", "shown": True}
        for _ in range(2):
            listening.write(entry)

        listening.journal.catch_up()

        assert listening.heard == [events.Note("translated /J to -J (char)")]

    def test_a_note_is_heard_once_and_a_detail_each_time(self, listening: Listening) -> None:
        for kind in ("note", "detail"):
            listening.write({"event": kind, "text": "x"}, {"event": kind, "text": "x"})

        listening.journal.catch_up()

        assert listening.heard == [events.Note("x"), events.Detail("x"), events.Detail("x")]


class TestIsProbe:
    TEMPORARY = Path(tempfile.gettempdir()).resolve()

    @pytest.mark.parametrize(
        ("doing", "subject", "probe"),
        [
            ("compile", Path("_configtest.c"), True),
            ("link", Path("_configtest.exe"), True),
            ("compile", TEMPORARY / "printf1.c", True),
            ("link", Path("a.out.exe"), True),
            ("compile", Path("src/a.c"), False),
            ("compile", TEMPORARY / "project" / "a.c", False),
            ("compile", Path("/usr/src/a.c"), False),
            # What a build links is in a private folder there.
            ("link", TEMPORARY / "winarm-x" / "build" / "lib" / "a.pyd", False),
            ("archive", TEMPORARY / "winarm-x" / "build" / "liba.a", False),
        ],
    )
    def test_it_is_known_by_its_place(self, doing: str, subject: Path, *, probe: bool) -> None:
        assert is_probe(doing, subject, self.TEMPORARY / "project") is probe


BACKEND = """\
import json, os, sys
def build_wheel(folder, config_settings=None, metadata_directory=None):
    print("building in", os.getcwd(), flush=True)
    print("on stderr", file=sys.stderr)
    return json.dumps([config_settings, metadata_directory, os.environ.get("ONLY")])
def build_sdist(folder, config_settings=None):
    with open("journal", "a") as file:
        for subject in ("probe.c", "a.c"):
            line = {"event": "failed", "doing": "compile", "subject": subject, "language": "c"}
            line["output"] = "fatal error: 'zlib.h' file not found"
            file.write(json.dumps(line) + "\\n")
    raise SystemExit("the compiler failed")
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    import subprocess
    # As on Windows.
    sys.stderr.reconfigure(newline="\\r\\n")
    said = "a.c:1:9: error: no such thing\\n    1 | x\\nninja: build stopped\\n" + "later\\n" * 99
    subprocess.run([sys.executable, "-c", f"print({said!r}); exit(1)"], check=True)
def get_requires_for_build_wheel(config_settings=None):
    raise ValueError(("x" * 99 + "\\n") * 10_000 + "my own words")
"""


@pytest.fixture
def make_child(make_build: Callable[..., EquippedBuild], tmp_path: Path) -> MakeChild:
    """Return a child of this machine's Python, for the project in tmp_path."""

    def make(
        backend: InnerBackend,
        environ: Mapping[str, str],
        listener: events.Listener = lambda _: None,
    ) -> Child:
        build = make_build()
        project = replace(build.project, folder=tmp_path, backend=backend)
        return Child(
            build=replace(
                build,
                host=Host.current(),
                project=project,
                python=Path(sys.executable),
                listener=listener,
            ),
            scratch=tmp_path / "scratch",
            environ=environ,
            config_settings={"a": "b"},
            journal=JournalReader(tmp_path / "journal", tmp_path, listener),
        )

    return make


class TestCall:
    @pytest.fixture
    def call(self, make_child: MakeChild, tmp_path: Path, heard: list[events.Event]) -> CallHook:
        (tmp_path / "inner.py").write_text(BACKEND)
        # As a child that sees the target says; here there is none to see.
        (tmp_path / "journal").write_text('{"event": "view"}\n')

        def call(
            hook: str, *arguments: object, backend: str = "inner", **options: object
        ) -> object:
            path = (".",) if backend == "inner" else ()
            child = make_child(
                InnerBackend(backend, path),
                {**Host.current().environ, "ONLY": "here"},
                heard.append,
            )
            result: object = getattr(child, "call")(hook, *arguments, **options)  # noqa: B009 - any
            return result

        return call

    @pytest.fixture
    def heard(self) -> list[events.Event]:
        return []

    def test_the_hook_runs_in_the_project_and_its_environment(
        self, call: CallHook, tmp_path: Path, heard: list[events.Event]
    ) -> None:
        answer = call("build_wheel", str(tmp_path), metadata_directory=tmp_path / "metadata")

        assert json.loads(str(answer)) == [{"a": "b"}, str(tmp_path / "metadata"), "here"]
        said = b"".join(event.data for event in heard if isinstance(event, events.Output))
        assert said.decode().splitlines()[:2] == [f"building in {tmp_path}", "on stderr"]

    def test_a_compilers_failure_is_the_message(self, call: CallHook) -> None:
        with pytest.raises(BuildFailedError) as caught:
            call("build_sdist", ".")

        assert "a.c" in caught.value.what
        assert "zlib.h" in caught.value.why
        assert "winarm.prefix" in caught.value.cure
        assert caught.value.output == "fatal error: 'zlib.h' file not found"

    @pytest.mark.parametrize(
        ("output", "otherwise"),
        [
            ("x.c:1: error\nTraceback …\nValueError: no such option\n", True),
            ("Traceback …\ndistutils.errors.CompileError: zig failed with exit status 1", False),
            ("error: command '/usr/bin/zig' failed with exit code 1", False),
            ("CompileError: zig failed\nTraceback …\nRuntimeError: could not build x", False),
            ("the compiler failed", False),
        ],
    )
    def test_a_failure_that_the_project_survived_is_not_the_cause(
        self, output: str, *, otherwise: bool
    ) -> None:
        assert ends_otherwise(output) is otherwise

    def test_what_survived_programs_said_explains_nothing(self, tmp_path: Path) -> None:
        journal = JournalReader(tmp_path / "journal", tmp_path, lambda _event: None)
        line = {"event": "failed", "doing": "compile", "subject": "_configtest.c", "language": "c"}
        words = "_configtest.c:1:1: fatal error: 'zlib.h' file not found"
        (tmp_path / "journal").write_text(json.dumps({**line, "output": words}) + "\n")

        journal.catch_up()

        assert journal.without_programs(f"before\n{words}\nafter") == "before\n\nafter"

    def test_else_the_end_of_what_was_printed(self, call: CallHook) -> None:
        with pytest.raises(BuildFailedError) as caught:
            call("get_requires_for_build_wheel")

        assert "inner failed in get_requires_for_build_wheel" in caught.value.what
        assert caught.value.output.endswith("my own words")
        assert len(caught.value.output) < 250_000

    def test_a_program_that_the_project_runs_is_not_hidden_by_a_traceback(
        self, call: CallHook
    ) -> None:
        with pytest.raises(BuildFailedError) as caught:
            call("prepare_metadata_for_build_wheel", ".", _allow_fallback=False)

        assert "CalledProcessError" in caught.value.what
        assert "Traceback" not in caught.value.output
        assert caught.value.output.startswith("a.c:1:9: error: no such thing\n    1 | x\n")

    def test_a_backend_that_is_not_there_is_named(self, call: CallHook) -> None:
        with pytest.raises(BackendError, match=r"nobody\.knows cannot be imported.*nobody"):
            call("build_wheel", ".", backend="nobody.knows")

    def test_a_hook_that_is_not_there_is_named(self, call: CallHook) -> None:
        with pytest.raises(BackendError, match="inner cannot do build_editable"):
            call("build_editable", ".")


def test_a_hook_whose_python_did_not_see_the_target_has_failed(
    make_child: MakeChild, tmp_path: Path
) -> None:
    (tmp_path / "backend.py").write_text("def build_wheel(*_): return 'spam-1-py3-none-any.whl'\n")
    # Without winarm's folder on PYTHONPATH nothing makes the target view.
    child = make_child(InnerBackend("backend", ("",)), {"PATH": ""})

    with pytest.raises(BuildFailedError, match="did not see the target"):
        child.call("build_wheel", str(tmp_path))


def test_a_failure_with_one_endless_line_is_explained_at_once(
    make_child: MakeChild, tmp_path: Path
) -> None:
    (tmp_path / "inner.py").write_text("def build_wheel(*_): raise ValueError('x.y' * 60_000)\n")
    child = make_child(InnerBackend("inner", (".",)), Host.current().environ)
    began = time.monotonic()

    with pytest.raises(BuildFailedError, match="failed in build_wheel"):
        child.call("build_wheel", str(tmp_path))

    # It took minutes; the Python that is started takes most of what is left.
    assert time.monotonic() - began < 20
