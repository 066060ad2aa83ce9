"""Which runners this machine has, and what would make the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from winarm.errors import TrialError, UsageError, bullets
from winarm.host import Host
from winarm.search import Search, first, miss
from winarm.trial.local import CommandRunner, NativeRunner
from winarm.trial.runner import Runner
from winarm.trial.ssh import SshRunner
from winarm.trial.wine import WineRunner, find_bench

AUTO = "auto"
#: What makes the runners that need Wine.
SET_UP = "winarm test --set-up"


def search_runners(host: Host) -> dict[str, Search[Runner]]:
    """Return the search for each kind of runner, in the order in which `auto` takes them."""
    return {kind: look(host) for kind, look in _KINDS.items()}


def find_runner(host: Host, wanted: str = AUTO) -> Runner:
    """Return the runner that `wanted` means.

    :param wanted: `auto`, `native`, `wine`, `qemu-wine`, `ssh:HOST` or `command:PROGRAM ARGUMENTS`.
    :raises UsageError: there is no such kind of runner.
    :raises TrialError: it is not here; the message says what would make one.
    """
    kind, _, detail = wanted.partition(":")
    if kind == "command":
        return CommandRunner.parse(detail)
    if kind == "ssh":
        return SshRunner.parse(detail)
    if kind != AUTO and kind not in _KINDS:
        names = ", ".join((AUTO, *_KINDS, "ssh:HOST", "command:PROGRAM"))
        raise UsageError(f"there is no runner {wanted!r}; they are {names}.")
    looks = _KINDS.items() if kind == AUTO else [(kind, _KINDS[kind])]
    search = first(look(host).at(name) for name, look in looks)
    if search.found is not None:
        return search.found
    what = "this machine has no runner for Python on Windows ARM64"
    if kind != AUTO:
        what = f"this machine has no runner {kind}"
    what += f". Looked at:\n{bullets(search.misses)}"
    raise TrialError(what, cure=search.cure)


def _native(host: Host) -> Search[Runner]:
    if host.system == "windows" and host.machine == "arm64":
        return Search(NativeRunner())
    return miss(f"this machine is {host.system} {host.machine}, not Windows on Arm")


def _wine(host: Host, *, name: str, machine: str) -> Search[Runner]:
    if host.system != "linux" or host.machine != machine:
        return miss(f"this machine is {host.system} {host.machine}, not linux {machine}")
    bench = replace(find_bench(host), cure=f"{SET_UP} makes the runner {name}.")
    return bench.then(lambda it: Search(WineRunner(name, it)))


_KINDS: dict[str, Callable[[Host], Search[Runner]]] = {
    "native": _native,
    "wine": lambda host: _wine(host, name="wine", machine="aarch64"),
    "qemu-wine": lambda host: _wine(host, name="qemu-wine", machine="x86_64"),
}
