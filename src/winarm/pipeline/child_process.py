"""Calling the inner backend's hooks in a child that sees the target."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyproject_hooks import (
    BackendInvalid,
    BackendUnavailable,
    BuildBackendHookCaller,
    HookMissing,
    UnsupportedOperation,
)

from winarm import events
from winarm.errors import BackendError, BuildFailedError
from winarm.pipeline.failures import (
    explain,
    first_error,
    last_exception,
    missing_symbols,
    program_failed,
    system_library_hint,
    without_tracebacks,
)
from winarm.pipeline.hints import Hint

if TYPE_CHECKING:
    from winarm.plan import Build

#: Prints whether a backend has a hook; its folders come first on sys.path, as PEP 517 has it.
_HAS_HOOK = """
import importlib, sys
name, hook, *folders = sys.argv[1:]
sys.path[:0] = folders
module, _, attributes = name.partition(":")
found = importlib.import_module(module)
for attribute in filter(None, attributes.split(".")):
    found = getattr(found, attribute)
print(hasattr(found, hook))
"""

#: Output that is kept to explain a failure with, in bytes.
MAX_KEPT = 200_000
#: How much of it is searched for signs, and of each line, in characters.
MAX_SEARCHED = 60_000
MAX_LINE = 4_000
#: Lines of it that are shown when no compiler has failed.
LAST_LINES = 60
#: Bytes of the journal that are read at once, and that one line of it may have at most.
MAX_READ = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Failure:
    """A program of the toolchain that failed, and what it said."""

    doing: str
    subject: str
    output: str


class JournalReader:
    """Reads what the child writes, as it comes, and reports it as events."""

    def __init__(self, path: Path, project: Path, listener: events.Listener) -> None:
        self._path = path
        self._project = project
        self._listener = listener
        self._read = 0
        self._rest = b""
        self._done = 0
        self._total = 0
        #: Texts that are told once, however many processes report them.
        self._told: set[str] = set()
        #: Extensions that setup() declared.
        self.declared: list[str] = []
        #: The files that extensions were built as, by the extensions' names.
        self.files: dict[str, set[str]] = {}
        #: Whether the target view has been made.
        self.in_force = False
        #: What failed, probes excepted.
        self.failures: list[Failure] = []
        #: What failed programs said, probes included, each as `_readable` has it.
        self._survived: list[str] = []

    def without_programs(self, output: str) -> str:
        """Return an output without the words of programs that failed and were survived."""
        for said in self._survived:
            output = output.replace(said, "")
        return output

    def catch_up(self) -> None:
        """Report what has been written since the last call."""
        while new := self._more():
            *lines, self._rest = (self._rest + new).split(b"\n")
            self._rest = self._rest[:MAX_READ]
            for line in lines:
                # The project's code runs where this is written, and a full disk cuts lines off.
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    self._take(json.loads(line))

    def _report_flag(self, entry: Mapping[str, Any]) -> None:
        # Every process of the toolchain reports what it sees.
        event = events.Note if entry.get("shown", False) else events.Detail
        self._report_once(event(flag_text(entry["was"], entry["becomes"], entry["why"])))

    def _report_once(self, event: events.Note | events.Detail) -> None:
        if event.text not in self._told:
            self._told.add(event.text)
            self._listener(event)

    def _note_failure(self, failure: Failure) -> None:
        self._survived.append(_readable(failure.output))
        if not is_probe(failure.doing, Path(failure.subject), self._project):
            self.failures.append(failure)

    def _more(self) -> bytes:
        if not self._path.exists():
            return b""
        with self._path.open("rb") as file:
            file.seek(self._read)
            new = file.read(MAX_READ)
        self._read += len(new)
        return new

    def _take(self, entry: Mapping[str, Any]) -> None:  # noqa: C901 - a case each
        match entry["event"]:
            case "view":
                self.in_force = True
            case "declared":
                self.declared += [name for name in entry["names"] if name not in self.declared]
            case "file":
                self.files.setdefault(entry["extension"], set()).add(entry["file"])
            case "start":
                doing, subject, language = entry["doing"], entry["subject"], entry["language"]
                total = max(self._total, self._done) if self._total else 0
                self._listener(events.Working(doing, subject, self._done, language, total))
            case "planned":
                self._total += int(entry["files"])
            case "done":
                self._done += entry["doing"] == "compile"
                self._listener(events.Worked(entry["doing"], entry["subject"], entry["language"]))
            case "failed":
                self._note_failure(Failure(entry["doing"], entry["subject"], entry["output"]))
            case "flag":
                self._report_flag(entry)
            case "note":
                # A project may ask the same many times.
                self._report_once(events.Note(str(entry["text"])))
            case "detail":
                self._listener(events.Detail(str(entry["text"])))
            case _:
                pass


def flag_text(was: str, becomes: Sequence[str], why: str) -> str:
    """Return what was done with a flag of the project's, for people.

    >>> flag_text("/O2", ["-O2"], ""), flag_text("/GL", [], "Microsoft's own")
    ('translated /O2 to -O2', "left out /GL (Microsoft's own)")
    """
    done = f"translated {was} to {' '.join(becomes)}" if becomes else f"left out {was}"
    return f"{done} ({why})" if why else done


def is_probe(doing: str, subject: Path, project: Path) -> bool:
    """Return whether a step only asks the compiler something, which may well fail.

    distutils' `config` command compiles and links `_configtest`, its `has_function` makes `a.out`
    of a file in the folder for temporary files. What a build links is in that folder, too.
    """
    elsewhere = subject.is_absolute() and not subject.is_relative_to(project)
    return subject.name.startswith(("_configtest", "a.out")) or (
        doing == "compile"
        and elsewhere
        and subject.is_relative_to(Path(tempfile.gettempdir()).resolve())
    )


@dataclass(frozen=True)
class Child:
    """The Python of a build in which hooks of the inner backend run, with what they find there."""

    build: Build
    #: Its private folder.
    scratch: Path
    environ: Mapping[str, str]
    #: What the inner backend gets.
    config_settings: Mapping[str, Any] | None
    journal: JournalReader
    #: Returns the libraries of Windows that have some symbols.
    libraries_of: Callable[[Sequence[str]], Mapping[str, str]] = lambda _: {}
    #: The end of what the last hook printed.
    _heard: bytearray = field(default_factory=bytearray, init=False, repr=False)

    @property
    def output(self) -> str:
        """Return the end of what the last hook printed."""
        return self._heard.decode("utf-8", "replace").replace("\r\n", "\n")

    def call(self, hook: str, *arguments: object, **options: object) -> Any:  # noqa: ANN401
        """Call a hook of the inner backend, with the config settings; return what it returns.

        :raises BackendError: there is no such backend, or it has no such hook.
        :raises BuildFailedError: the hook failed; the error holds what was printed.
        """
        self._heard.clear()
        backend = self.build.project.backend
        caller = BuildBackendHookCaller(
            str(self.build.folder),
            backend.name,
            backend_path=backend.path or None,
            runner=self._run,
            python_executable=str(self.build.python),
        )
        try:
            answer = getattr(caller, hook)(
                *arguments, config_settings=self.config_settings, **options
            )
        except _HookFailed:
            raise self._failed(hook) from None
        except (BackendUnavailable, BackendInvalid) as error:
            words = getattr(error, "traceback", "") or str(error)
            raise backend.unavailable(_last_line(words)) from None
        except (HookMissing, UnsupportedOperation) as error:
            raise BackendError(
                f"the build backend {backend.name} cannot do {hook}: {error}"
            ) from None
        self.journal.catch_up()
        if not self.journal.in_force:
            raise _not_in_force(self.build.python)
        return answer

    def has(self, hook: str) -> bool:
        """Return whether the inner backend has a hook.

        :raises BackendError: there is no such backend.
        """
        backend, project = self.build.project.backend, self.build.folder
        folders = [str(project / folder) for folder in backend.path]
        answer = self.build.host.run(
            [self.build.python, "-c", _HAS_HOOK, backend.name, hook, *folders],
            environ=self.environ,
            cwd=project,
            timeout=600,
        )
        if not answer.ok:
            raise backend.unavailable(_last_line(answer.stderr))
        # The backend may print, too.
        return answer.stdout.endswith("True\n")

    def _run(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        del cwd  # The project's folder, for every hook.
        status = self.build.host.stream(
            cmd,
            environ={**self.environ, **(extra_environ or {})},
            cwd=self.build.folder,
            output=self._hear,
            tick=self.journal.catch_up,
        )
        if status:
            raise _HookFailed

    def _hear(self, data: bytes) -> None:
        self.build.listener(events.Output(data))
        self._heard.extend(data)
        del self._heard[:-MAX_KEPT]

    def _failed(self, hook: str) -> BuildFailedError:
        self.journal.catch_up()
        output = self.output
        if self.journal.failures and not ends_otherwise(output):
            # The project went on after earlier failures: an optional extension, or a first try.
            last = self.journal.failures[-1]
            what = f"could not {last.doing} {last.subject} for the target."
            why, cure = self._meaning(_readable(last.output))
            return BuildFailedError(what, why=why, cure=cure, output=last.output)
        # The project's own words first: it may say that it does not support Windows.
        words = last_exception(output)
        what = f"the build backend {self.build.project.backend.name} failed in {hook}"
        what += f":\n{words}" if words else "."
        # Where a program has failed, how Python came to run it says nothing.
        said = without_tracebacks(output) if program_failed(words) else output
        tail = "\n".join(said.splitlines()[-LAST_LINES:])
        cause = self.journal.without_programs(_readable(output))
        why, cure = self._meaning(cause)
        # What failed may say why long before the last line.
        first = first_error(cause)
        shown = tail if first in tail else f"{first}\n\n{tail}"
        return BuildFailedError(what, why=why, cure=cure, output=shown)

    def _meaning(self, output: str) -> Hint:
        """Return what an output means; which libraries of Windows have what a linker misses."""
        found = self.libraries_of(missing_symbols(output))
        return system_library_hint(found) if found else explain(output, self.build.folder)


def ends_otherwise(output: str) -> bool:
    """Return whether a build ends with an exception that is not about a program that failed.

    What failed before was then survived, and is not the cause.
    """
    last = "\n".join(output.splitlines()[-LAST_LINES:])
    return bool(last_exception(output)) and not program_failed(last)


def _readable(output: str) -> str:
    """Return the end of an output with its lines cut, so that searching it takes no time."""
    lines = output[-MAX_SEARCHED:].splitlines()
    return "\n".join(line[:MAX_LINE] for line in lines)


def _not_in_force(python: Path) -> BuildFailedError:
    return BuildFailedError(
        f"{python} did not see the target: what it has made is the host's.",
        why="winarm shows it the target through PYTHONPATH and a sitecustomize, which this Python "
        "does not read.",
        cure="Start it without -I and -E, and look for what clears PYTHONPATH in the build.",
    )


class _HookFailed(Exception):  # noqa: N818 - it never leaves this module
    """The process that ran a hook ended with an exit status other than 0."""


def _last_line(words: str) -> str:
    return words.strip().rpartition("\n")[2]
