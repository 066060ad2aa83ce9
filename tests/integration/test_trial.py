"""`winarm test` on an ARM64 Python: what works, and each failure that it is there to show."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ssh_server import ssh_server
from verify_samples.wheel import wheel as packed

from winarm.host import Host
from winarm.trial.local import LocalSession
from winarm.trial.pythons import pythons_in
from winarm.trial.runner import TEMPORARY
from winarm.trial.search import find_runner
from winarm.trial.stage import stage_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from ssh_server import Server

    from winarm.locate.toolchain import Toolchain
    from winarm.trial import TrialOptions

    Lacking = Callable[[str, str], NoReturn]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    MakeModule = Callable[..., bytes]

pytestmark = [pytest.mark.integration, pytest.mark.arm64]

ABSENT = "__declspec(dllimport) void *absent(void);"
INIT = "__declspec(dllexport) void *PyInit__x(void)"
#: C sources of modules that fail, with what verification and the trial say of them.
FAILURES = {
    "crash": (f"{INIT} {{ *(volatile int *)8 = 1; return 0; }}", "WA802"),
    "hang": (f"{INIT} {{ for (;;) ; }}", "WA803"),
    "no init": ("__declspec(dllexport) int other(void) { return 0; }", "WA207"),
    "null": (f"{INIT} {{ return 0; }}", "WA801"),
    "absent DLL": (
        f"__declspec(dllimport) void *absent(void); {INIT} {{ return absent(); }}",
        "WA405",
    ),
}


@pytest.fixture(scope="session")
def tag(arm64_version: str) -> str:
    return f"cp{arm64_version.replace('.', '')}"


@pytest.fixture
def make_module(zig: Toolchain, tmp_path: Path) -> MakeModule:
    """Compile C to a module; `absent.dll` can be linked with."""
    (tmp_path / "absent.def").write_text("LIBRARY absent.dll\nEXPORTS\nabsent\n")
    dlltool = [*zig.dlltool, "-m", "arm64", "-d", str(tmp_path / "absent.def")]
    subprocess.run([*dlltool, "-l", str(tmp_path / "absent.lib")], check=True)

    def make(source: str, machine: str = "aarch64") -> bytes:
        (tmp_path / "module.c").write_text(source)
        made = tmp_path / "module.pyd"
        libraries = [str(tmp_path / "absent.lib")] if "absent" in source else []
        subprocess.run(
            [
                *(zig.cc[0], "cc", "-target", f"{machine}-windows-gnu", "-shared", "-O1"),
                *(str(tmp_path / "module.c"), *libraries, "-o", str(made)),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
        )
        return made.read_bytes()

    return make


@pytest.fixture
def make_wheel(tag: str, tmp_path: Path) -> Callable[..., Path]:
    """Pack a wheel of one package with a module and further files."""

    def make(project: str, module: bytes | None, **files: str) -> Path:
        content = {f"{project}/{name}.py": text.encode() for name, text in files.items()}
        content.setdefault(f"{project}/__init__.py", b"")
        name = f"{project}-1.0-py3-none-any.whl"
        if module is not None:
            content[f"{project}/_x.{tag}-win_arm64.pyd"] = module
            name = f"{project}-1.0-{tag}-{tag}-win_arm64.whl"
        return packed(tmp_path, content, name)

    return make


@pytest.fixture
def tried(
    winarm_command: str, run: Run, trial_environ: dict[str, str], tmp_path: Path
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run `winarm test` and return its status and its JSON."""

    def tried(*words: str | Path) -> tuple[int, dict[str, Any]]:
        done = run(winarm_command, "test", *words, "--format", "json", environ=trial_environ)
        document = done.stdout[done.stdout.index("{\n") :]
        return done.returncode, json.loads(document)

    return tried


def codes(report: dict[str, Any]) -> set[str]:
    return {found["code"] for found in report["findings"] if found["severity"] == "error"}


@pytest.mark.parametrize("kind", FAILURES)
def test_failure_is_shown_with_its_code(
    kind: str, make_module: MakeModule, make_wheel: Callable[..., Path], tried: Callable[..., Any]
) -> None:
    source, code = FAILURES[kind]

    status, document = tried(make_wheel("bad", make_module(source)), "--timeout", "5")

    (report,) = document["reports"]
    assert status == 1
    assert code in codes(report)
    assert report["evidence"].startswith("imported")


def test_x64_code_is_refused_by_both(
    make_module: MakeModule, make_wheel: Callable[..., Path], tried: Callable[..., Any]
) -> None:
    module = make_module(f"{INIT} {{ return 0; }}", machine="x86_64")

    status, document = tried(make_wheel("bad", module))

    assert (status, codes(document["reports"][0])) == (1, {"WA101"})


def test_failures_do_not_hide_what_is_good_and_share_starts(
    make_module: MakeModule, make_wheel: Callable[..., Path], tried: Callable[..., Any]
) -> None:
    crash = make_wheel("crash", make_module(FAILURES["crash"][0]))
    hang = make_wheel("hang", make_module(FAILURES["hang"][0]))
    good = make_wheel("good", None, use="import json")

    status, document = tried(crash, hang, good, "--timeout", "5")

    assert status == 1
    assert [codes(report) for report in document["reports"]] == [{"WA802"}, {"WA803"}, set()]


def test_command_has_its_own_status_and_leaves_no_process(
    make_wheel: Callable[..., Path],
    winarm_command: str,
    run: Run,
    trial_environ: dict[str, str],
) -> None:
    code = (
        "import subprocess, sys, good; print(sys.platform, good.x);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']); sys.exit(7)"
    )
    wheel = make_wheel("good", None, __init__="x = 'good!'")

    done = run(winarm_command, "test", wheel, "--", "python", "-c", code, environ=trial_environ)

    assert done.returncode == 7, done.stdout
    assert "win32 good!" in done.stdout
    if "qemu-wine" in trial_environ["WINARM_RUNNER"]:
        assert "WA807 warning" in done.stdout
        assert not any(b"time.sleep(300)" in words for words in command_lines())


def command_lines() -> Iterator[bytes]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_bytes()


def test_dependencies_are_those_of_the_target(
    make_wheel: Callable[..., Path], winarm_command: str, run: Run, trial_environ: dict[str, str]
) -> None:
    wheel = make_wheel("good", None)
    code = "import markupsafe._speedups as s; print(s.__file__)"

    done = run(
        *(winarm_command, "test", wheel, "--requires", "markupsafe"),
        *("--", "python", "-c", code),
        environ=trial_environ,
    )

    assert done.returncode == 0, done.stdout
    assert "-win_arm64.pyd" in done.stdout


def test_dependency_without_a_wheel_is_named_with_the_cure(
    make_wheel: Callable[..., Path], winarm_command: str, run: Run, trial_environ: dict[str, str]
) -> None:
    wheel = make_wheel("good", None)

    done = run(winarm_command, "test", wheel, "--requires", "annoy", environ=trial_environ)

    assert done.returncode == 1
    assert "no win_arm64 wheel of annoy" in done.stdout
    assert "winarm wheelhouse annoy" in done.stdout


def test_interrupted_trial_leaves_no_process(
    make_wheel: Callable[..., Path],
    winarm_command: str,
    clean_environ: dict[str, str],
    trial_environ: dict[str, str],
) -> None:
    wheel = make_wheel("good", None)
    mark = f"only {uuid.uuid4().hex}"
    code = f"import time; print('sleeping', flush=True); time.sleep(99); '{mark}'"
    process = subprocess.Popen(
        [winarm_command, "test", wheel, "--", "python", "-c", code],
        env={**clean_environ, **trial_environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    # The emulator may say before that one of its services has crashed.
    assert any(line.strip() == "sleeping" for line in iter(process.stdout.readline, ""))

    process.terminate()
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert errors.rstrip().splitlines()[-1].startswith("winarm: interrupted")
    for _ in range(50):
        if not any(mark.encode() in words for words in command_lines()):
            return
        time.sleep(0.2)
    pytest.fail("the trial's Python is still running")


@pytest.fixture
def windows_server(
    arm64_options: TrialOptions,
    trial_environ: dict[str, str],
    lacking: Lacking,
    tmp_path: Path,
) -> Iterator[tuple[Server, Path]]:
    """A machine that ssh reaches and whose `python` is the ARM64 Python, and its folder for
    temporary files.
    """
    real = Host.current()
    host = replace(real, environ={**real.environ, **trial_environ})
    runner = find_runner(host, arm64_options.runner)
    if runner.brings_python or os.name == "nt":
        pytest.skip("the runner does not show how it starts a Python")
    search = pythons_in(arm64_options.python_dirs[0])
    assert search.found, search.why
    (tmp_path / "server").mkdir()
    with (
        stage_for(arm64_options) as stage,
        runner.session(host, stage, search.found[0]) as session,
        ssh_server(tmp_path / "server", lacking) as server,
    ):
        assert isinstance(session, LocalSession)
        server.command(shell_of(session, stage, server.folder / "shell"))
        yield server, stage / TEMPORARY


def shell_of(session: LocalSession, stage: Path, path: Path) -> Path:
    """Write the shell of a user whose `python` is that of a session."""
    lines = [
        "#!/bin/bash",
        *(f"export {name}={shlex.quote(value)}" for name, value in session.environ.items()),
        # Wine aborts where the server's folder for temporary files is named.
        "unset PYTHONPATH TMPDIR",
        'eval "set -- $SSH_ORIGINAL_COMMAND"',
        'if [ "$1" != python ]; then echo "$1: command not found" >&2; exit 127; fi',
        f"cd {shlex.quote(str(stage))}",
        f'exec {shlex.join(session.command)} "${{@:2}}"',
    ]
    path.write_text("\n".join(lines))
    path.chmod(0o755)
    return path


def test_wheels_are_tried_on_a_machine_that_ssh_reaches(
    windows_server: tuple[Server, Path],
    make_module: MakeModule,
    make_wheel: Callable[..., Path],
    winarm_command: str,
    run: Run,
) -> None:
    server, temporary = windows_server
    path = server.client(Host.current()).environ["PATH"]
    words = (winarm_command, "test", "--runner", f"ssh:{server.address}")
    good = make_wheel("good", None, __init__="x = 'good!'")
    crash = make_wheel("crash", make_module(FAILURES["crash"][0]))
    code = "import good, sys; print(good.x, sys.platform); sys.exit(5)"

    tested = run(*words, good, "--", "python", "-c", code, environ={"PATH": path})
    imported = run(*words, good, crash, environ={"PATH": path})

    assert tested.returncode == 5, tested.stdout
    assert "good! win32" in tested.stdout
    assert "tested on an emulator" in tested.stdout
    assert imported.returncode == 1, imported.stdout
    assert "ok    good-1.0" in imported.stdout
    assert "WA802 error" in imported.stdout
    assert list(temporary.iterdir()) == []
