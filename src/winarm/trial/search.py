"""Which runners this machine has, and what would make the others."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winarm.errors import TrialError, UsageError, bullets
from winarm.trial.bench import find_bench
from winarm.trial.command import CommandRunner
from winarm.trial.local import NativeRunner
from winarm.trial.ssh import SshRunner
from winarm.trial.wine import WineRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.host import Host
    from winarm.trial.runner import Runner

AUTO = "auto"
#: What makes the runners that need Wine.
SET_UP = "winarm test --set-up"


@dataclass(frozen=True, slots=True)
class RunnerFinding:
    """One kind of runner: the runner, or why there is none and what would make one."""

    name: str
    runner: Runner | None = None
    miss: str = ""
    cure: str = ""


def search_runners(host: Host) -> tuple[RunnerFinding, ...]:
    """Return every kind of runner, in the order in which `auto` takes them."""
    return tuple(look(host) for look in _KINDS.values())


def find_runner(host: Host, wanted: str = AUTO) -> Runner:
    """Return the runner that `wanted` means.

    :param wanted: `auto`, `native`, `wine`, `qemu-wine`, `ssh:HOST` or `command:PROGRAM ARGUMENTS`.
    :raises UsageError: there is no such kind of runner.
    :raises TrialError: it is not here; the message says what would make one.
    """
    kind, _, detail = wanted.partition(":")
    if kind == "command":
        return _command(detail)
    if kind == "ssh":
        return SshRunner.parse(detail)
    if kind != AUTO and kind not in _KINDS:
        names = ", ".join((AUTO, *_KINDS, "ssh:HOST", "command:PROGRAM"))
        message = f"there is no runner {wanted!r}; they are {names}."
        raise UsageError(message)
    findings = [finding for finding in search_runners(host) if kind in {AUTO, finding.name}]
    runner = next((finding.runner for finding in findings if finding.runner), None)
    if runner is not None:
        return runner
    misses = [f"{finding.name}: {finding.miss}" for finding in findings]
    what = "this machine has no runner for Python on Windows ARM64"
    if kind != AUTO:
        what = f"this machine has no runner {kind}"
    cures = dict.fromkeys(finding.cure for finding in findings if finding.cure)
    what += f". Looked at:\n{bullets(misses)}"
    raise TrialError(what, cure="\n".join(cures))


def _command(words: str) -> CommandRunner:
    try:
        command = tuple(shlex.split(words))
    except ValueError as error:
        message = f"--runner command:{words}: {error}."
        raise UsageError(message) from error
    if not command:
        message = "--runner command: needs a program, as in --runner 'command:winpy DIR'."
        raise UsageError(message)
    return CommandRunner(command)


def _native(host: Host) -> RunnerFinding:
    if host.system == "windows" and host.machine == "arm64":
        return RunnerFinding("native", NativeRunner())
    miss = f"this machine is {host.system} {host.machine}, not Windows on Arm"
    return RunnerFinding("native", miss=miss)


def _wine(host: Host, *, name: str, machine: str) -> RunnerFinding:
    if host.system != "linux" or host.machine != machine:
        miss = f"this machine is {host.system} {host.machine}, not linux {machine}"
        return RunnerFinding(name, miss=miss)
    bench, miss = find_bench(host)
    if bench is None:
        return RunnerFinding(name, miss=miss, cure=f"{SET_UP} makes the runner {name}.")
    return RunnerFinding(name, WineRunner(name, bench.started(), bench.versions))


_KINDS: dict[str, Callable[[Host], RunnerFinding]] = {
    "native": _native,
    "wine": lambda host: _wine(host, name="wine", machine="aarch64"),
    "qemu-wine": lambda host: _wine(host, name="qemu-wine", machine="x86_64"),
}
