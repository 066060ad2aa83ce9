"""Making an ARM64 Wine in winarm's cache, from the packages of Debian or Ubuntu."""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
import shutil
import stat
import time
from collections.abc import Sequence
from pathlib import Path

from winarm.errors import TrialError
from winarm.events import Listener, Note, Step
from winarm.host import Host, ProgramError
from winarm.storage import cached_folder
from winarm.trial.debian import ELSEWHERE, Packages, read_distribution
from winarm.trial.ucrt import complete
from winarm.trial.wine import MEMBERS, Bench, bench_folder, find_bench

#: Wine and what it loads; nothing of a desktop.
WINE = (
    *("libc6", "libgcc-s1", "libwine", "wine64", "libfreetype6", "libpng16-16t64", "zlib1g"),
    *("libbrotli1", "libbz2-1.0", "liblzma5", "libunwind8", "libfontconfig1", "libexpat1"),
    "fontconfig-config",
)
FONTS, QEMU = "fonts-dejavu-core", "qemu-user"
#: Bytes on the disk at the end, and while packages are unpacked.
_ON_DISK, _NEEDED = 650 * 10**6, 2 * 10**9
_MEGABYTE = 10**6
#: Seconds for one start of Wine.
_PATIENCE = 600
#: Services that a Python needs none of: each costs an emulated process at every start.
_UNWANTED = ("winebus", "wineusb", "winebth", "winehid", "PlugPlay", "StiSvc", "Spooler")
_DISABLED = """\
[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Services\\{}]
"Start"=dword:00000004

"""
_WRAPPER = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/../../../../qemu/usr/bin/qemu-aarch64" -L "$here/../../.." {program} "$@"
"""


def set_up(host: Host, listener: Listener = lambda _: None, system: Path = Path("/")) -> Bench:
    """Return the ARM64 Wine of this machine, made in winarm's cache unless it is there.

    Nothing is installed or changed outside of the cache.

    :raises TrialError: it cannot be made here; the message says what else there is.
    :raises FileSystemError: the cache cannot be written, or is full.
    """
    if host.system == "windows" and host.machine == "arm64":
        raise TrialError("this machine is Windows on Arm: the runner native needs nothing.")
    if host.system != "linux" or host.machine not in {"x86_64", "aarch64"}:
        raise TrialError(
            f"this machine is {host.system} {host.machine}; the runners are made on Linux.",
            cure=ELSEWHERE,
        )
    if bench := find_bench(host).found:
        return bench
    cached_folder(bench_folder(host), MEMBERS, lambda folder: _make(host, folder, listener, system))
    made = find_bench(host)
    if made.found is None:
        raise TrialError(f"the ARM64 Wine was made and does not work: {made.why}.")
    return made.found


def _make(host: Host, folder: Path, listener: Listener, system: Path) -> None:
    distribution = read_distribution(system)
    emulated = host.machine != "aarch64"
    if not emulated and distribution.release != distribution.suite:
        raise TrialError(
            f"Wine of {distribution.name} {distribution.suite} does not run on "
            f"{distribution.release} itself.",
            cure=ELSEWHERE,
        )
    packages = Packages(host, folder / "apt")
    listener(Step(f"reading the packages of {distribution.name} {distribution.suite}"))
    packages.update(distribution, host.machine)
    wanted = [f"{name}:arm64" for name in WINE]
    wanted += [FONTS, *([f"{QEMU}:amd64"] if emulated else [])]
    size = packages.size(wanted)
    listener(
        Note(
            f"fetching {size / _MEGABYTE:.0f} MB of {distribution.name} {distribution.suite}'s "
            f"packages from {distribution.mirror}; it takes some minutes, and then "
            f"{_ON_DISK / _MEGABYTE:.0f} MB in {bench_folder(host).parent}. Nothing is installed "
            "on the system."
        )
    )
    _require_space(folder)
    fetched = _fetch(packages, wanted, folder / "debs", size, listener)
    listener(Step("unpacking Wine"))
    _unpack(packages, fetched, folder)
    bench = Bench(folder, _version(fetched, "libwine"), _version(fetched, QEMU))
    _adapt(bench)
    listener(Step("making a Windows prefix"))
    _make_prefix(host, bench)
    for leftover in ("apt", "debs"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    bench.write()


def _require_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED:
        raise TrialError(
            f"{folder.parent} has {free / _MEGABYTE:.0f} MB of free space, and "
            f"{_NEEDED / _MEGABYTE:.0f} MB are needed.",
            cure="Free space, or name another folder in WINARM_CACHE_DIR.",
        )


def _fetch(
    packages: Packages, wanted: Sequence[str], into: Path, size: int, listener: Listener
) -> tuple[Path, ...]:
    looked = 0.0

    def tick() -> None:
        nonlocal looked
        if time.monotonic() - looked > 1:
            looked = time.monotonic()
            there = sum(file.stat().st_size for file in into.iterdir() if file.is_file())
            listener(
                Step(f"fetched {there / _MEGABYTE:.0f} of {size / _MEGABYTE:.0f} MB of packages")
            )

    return packages.download(wanted, into, tick)


def _unpack(packages: Packages, fetched: Sequence[Path], folder: Path) -> None:
    root = folder / "root"
    for package in fetched:
        if package.name.startswith(f"{QEMU}_"):
            # It has emulators of thirty processors.
            packages.unpack(package, folder / "qemu-all")
            program = Path("usr", "bin", "qemu-aarch64")
            (folder / "qemu" / program).parent.mkdir(parents=True)
            (folder / "qemu-all" / program).rename(folder / "qemu" / program)
            shutil.rmtree(folder / "qemu-all")
        else:
            packages.unpack(package, root)
    if not (root / "lib").exists():
        (root / "lib").symlink_to("usr/lib")


def _version(fetched: Sequence[Path], name: str) -> str:
    """Return the version of a package that was fetched: `10.0` of `libwine_10.0~repack-6_…`."""
    for package in fetched:
        found = re.match(rf"{re.escape(name)}_(?:\d+%3a)?(\d+(?:\.\d+)+)", package.name)
        if found:
            return found[1]
    return ""


def _adapt(bench: Bench) -> None:
    """Have Wine start its own programs through the emulator, and complete its C runtime.

    Wine executes `wine64-preloader` and `wineserver` beside its loader; scripts of these names
    bring the emulator in, so that the system's kernel need not know it.
    """
    wine = bench.root / "usr" / "lib" / "wine"
    if bench.qemu:
        for name in (*wine.glob("wine64-preloader*"), wine / "wineserver"):
            name.unlink(missing_ok=True)
        _script(wine / "wine64-preloader", "")
        _script(wine / "wineserver", '"$here/wineserver64"')
    runtime = next(bench.root.glob("usr/lib/*/wine/aarch64-windows/ucrtbase.dll"), None)
    if runtime is None:
        raise TrialError("the packages have no Wine for ARM64 programs.", cure=ELSEWHERE)
    complete(runtime)


def _script(path: Path, program: str) -> None:
    path.write_text(_WRAPPER.format(program=program), "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _make_prefix(host: Host, bench: Bench) -> None:
    prefix = bench.template
    environ = {
        **{name: host.environ[name] for name in ("HOME", "PATH", "USER") if name in host.environ},
        **bench.environ(prefix),
    }
    registry = bench.folder / "services.reg"
    unwanted = "".join(map(_DISABLED.format, _UNWANTED))
    registry.write_text(f"REGEDIT4\n\n{unwanted}", "utf-8", newline="\r\n")
    try:
        for words in (("wineboot", "--init"), ("regedit", "/S", str(registry))):
            _run(host, [*bench.command, *words], environ)
        server = bench.root / "usr" / "lib" / "wine" / "wineserver"
        # It writes the registry when it ends.
        _run(host, [str(server), "-k"], environ)
        _run(host, [str(server), "-w"], environ)
    finally:
        host.end_processes("WINEPREFIX", str(prefix))
        registry.unlink(missing_ok=True)
    if not (prefix / "system.reg").is_file():
        raise TrialError(f"Wine {bench.wine} did not make a Windows prefix.", cure=ELSEWHERE)
    _share(prefix, bench.root)


def _run(host: Host, words: Sequence[str], environ: dict[str, str]) -> None:
    said = bytearray()
    began = time.monotonic()

    def tick() -> None:
        if time.monotonic() - began > _PATIENCE:
            raise TrialError(f"{' '.join(words[-2:])} did not end within {_PATIENCE} s.")

    try:
        status = host.stream(
            words, environ=environ, cwd=Path("/"), output=said.extend, tick=tick, grace=0.1
        )
    except ProgramError as error:
        raise TrialError(error.what) from error
    if status and words[-1] not in {"-k", "-w"}:
        raise TrialError(
            f"{' '.join(words[-2:])} ended with status {status}.",
            why=said.decode("utf-8", "replace")[-1000:],
        )


def _share(prefix: Path, root: Path) -> None:
    """Let the prefix's copies of Wine's own files be the same files: half a gigabyte."""
    originals = {file.name: file for file in root.glob("usr/lib/*/wine/aarch64-windows/*")}
    for copy in (prefix / "drive_c" / "windows" / "system32").iterdir():
        original = originals.get(copy.name)
        if original is None or copy.is_symlink() or not copy.is_file():
            continue
        with contextlib.suppress(OSError):
            if filecmp.cmp(copy, original, shallow=False):
                part = copy.with_name(f"{copy.name}.part")
                os.link(original, part)
                part.replace(copy)
