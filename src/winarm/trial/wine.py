"""Wine for ARM64, under qemu-user or on an ARM64 Linux, and the prefixes that trials use."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from winarm.errors import TrialError
from winarm.host import Host, ProgramError
from winarm.search import Search, miss
from winarm.trial.local import EMULATOR_GRACE, LocalSession, plain_environ, stage_variables
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import Runner

#: Changes when a bench of an older winarm cannot be used.
VERSION = 1
DESCRIPTION = "bench.json"
_LOADER = "root/usr/lib/wine/wine64"
#: What a whole bench has.
MEMBERS = (DESCRIPTION, _LOADER, "prefix/system.reg")
#: A CPU without branch target identification: Wine's code faults with it.
QEMU_CPU = "neoverse-n1"
#: The first program of a prefix, which ends at once: Wine's services, which it starts, keep its
#: output open and write into it when they end.
_FIRST = ("cmd.exe", "/c", "exit")
#: Drives of a prefix: the stage, and the folder in which the Python is.
STAGE_DRIVE, PYTHON_DRIVE = "w", "p"
#: Prefixes that are in use at the same time, at most.
_MOST_PREFIXES = 64
#: Programs of Wine that serve others and end by themselves a few seconds after the last one.
_SERVICES = frozenset(
    ("wineserver", "services", "svchost", "winedevice", "explorer", "plugplay", "rpcss", "conhost")
)


@dataclass(frozen=True, slots=True)
class Bench:
    """An ARM64 Wine that `winarm test --set-up` has made in winarm's cache."""

    folder: Path
    #: Versions of Wine and of its emulator; that one is empty where none is needed.
    wine: str
    qemu: str

    @property
    def versions(self) -> str:
        """Return what it is made of: `Wine 10.0 under qemu 10.0.13`."""
        return f"Wine {self.wine}" + (f" under qemu {self.qemu}" if self.qemu else "")

    @property
    def root(self) -> Path:
        """Return the folder that ARM64 programs see as theirs."""
        return self.folder / "root"

    @property
    def emulator(self) -> Path:
        """Return qemu."""
        return self.folder / "qemu" / "usr" / "bin" / "qemu-aarch64"

    @property
    def template(self) -> Path:
        """Return the prefix that others are copies of."""
        return self.folder / "prefix"

    @property
    def command(self) -> tuple[str, ...]:
        """Return what starts a Windows program: Wine's loader, after any emulator."""
        loader = str(self.folder / _LOADER)
        return (str(self.emulator), loader) if self.qemu else (loader,)

    def environ(self, prefix: Path) -> dict[str, str]:
        """Return the variables with which Wine works quietly in a prefix."""
        emulator = {"QEMU_LD_PREFIX": str(self.root), "QEMU_CPU": QEMU_CPU} if self.qemu else {}
        return {
            **emulator,
            "WINEPREFIX": str(prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
        }

    def write(self) -> None:
        """Describe the bench in its folder, as the last step of making it."""
        found = {"version": VERSION, "wine": self.wine, "qemu": self.qemu}
        (self.folder / DESCRIPTION).write_text(json.dumps(found, indent=2), "utf-8")


def bench_folder(host: Host) -> Path:
    """Return where the bench is, or will be."""
    return host.cache / "trial" / f"bench-{VERSION}-{host.machine}"


def find_bench(host: Host) -> Search[Bench]:
    """Return the bench, or why there is none."""
    folder = bench_folder(host)
    try:
        found = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    except FileNotFoundError:
        return miss(f"no ARM64 Wine in {folder}")
    except (OSError, ValueError) as error:
        return miss(f"{folder / DESCRIPTION} cannot be read: {error}")
    if not isinstance(found, dict) or found.get("version") != VERSION:
        return miss(f"{folder / DESCRIPTION} does not describe an ARM64 Wine")
    bench = Bench(folder, str(found.get("wine", "")), str(found.get("qemu", "")))
    needed = [folder / member for member in MEMBERS]
    if bench.qemu:
        needed.append(bench.emulator)
    lacking = [str(path) for path in needed if not path.is_file()]
    return miss(f"{' and '.join(lacking)} is missing") if lacking else Search(bench)


@dataclass(frozen=True)
class WineRunner(Runner):
    """Runs Python under Wine."""

    name: str
    bench: Bench
    emulated = True

    @property
    def place(self) -> str:
        """Return the versions of Wine and the emulator."""
        return self.bench.versions

    @contextlib.contextmanager
    def session(
        self, host: Host, stage: Path, python: WindowsPython | None
    ) -> Iterator[LocalSession]:
        """Return a session in a prefix of its own; see `Runner`."""
        if python is None:
            raise TrialError(f"the runner {self.name} needs a Python for Windows ARM64.")
        bench = self.bench
        with _prefix(host, bench.template, stage) as prefix:
            _map(prefix, STAGE_DRIVE, stage)
            _map(prefix, PYTHON_DRIVE, prefix / "python")
            _link(prefix / "python" / "python", python.folder.resolve())
            environ = {
                **_without_display(plain_environ(host)),
                **bench.environ(prefix),
                **stage_variables(f"{STAGE_DRIVE}:\\"),
            }
            program = f"{PYTHON_DRIVE}:\\python\\{python.executable.name}"

            def clean() -> tuple[str, ...]:
                return host.end_processes("WINEPREFIX", str(prefix), spare=_is_service)

            try:
                if not host.has_process("WINEPREFIX", str(prefix)):
                    first = (*bench.command, *_FIRST)
                    host.stream(first, environ=environ, cwd=stage, output=lambda _: None, grace=0.0)
                words = (*bench.command, program)
                yield LocalSession(host, stage, words, environ, EMULATOR_GRACE, clean)
            except ProgramError as error:
                raise TrialError(error.what) from error
            except BaseException:
                host.end_processes("WINEPREFIX", str(prefix))
                raise


def _without_display(environ: Mapping[str, str]) -> dict[str, str]:
    unwanted = {"DISPLAY", "WAYLAND_DISPLAY", "WINELOADER", "WINESERVER", "WINEARCH", "TMPDIR"}
    return {name: value for name, value in environ.items() if name not in unwanted}


def _is_service(words: tuple[str, ...]) -> bool:
    r"""Return whether a command line is that of a program that serves others.

    >>> _is_service(("qemu-aarch64", "wine64", r"C:\windows\system32\svchost.exe", "-k"))
    True
    """
    for word in words:
        folder, _, program = word.replace("\\", "/").lower().rpartition("/")
        name = program.removesuffix(".exe").removesuffix("64")
        if name in _SERVICES and (folder == "c:/windows/system32" or name == "wineserver"):
            return True
    return False


@contextlib.contextmanager
def _prefix(host: Host, template: Path, stage: Path) -> Iterator[Path]:
    """Return a prefix that nobody else uses; where the cache cannot be written, beside the stage.

    Those in the cache are used again, because Wine's services need two seconds to start and stay
    for a few seconds after a trial.
    """
    folder = host.cache / "trial" / "prefixes"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        prefix, lock = _free(folder)
        _fill(prefix, template)
    except OSError:
        private = stage.with_name(f"{stage.name}-prefix")
        try:
            _fill(private, template)
            yield private
        finally:
            host.end_processes("WINEPREFIX", str(private))
            shutil.rmtree(private, ignore_errors=True)
        return
    try:
        yield prefix
    finally:
        _map(prefix, STAGE_DRIVE, prefix)
        lock.release()


def _free(folder: Path) -> tuple[Path, FileLock]:
    for number in range(_MOST_PREFIXES):
        lock = FileLock(folder / f"{number}.lock")
        with contextlib.suppress(Timeout):
            lock.acquire(timeout=0)
            return folder / str(number), lock
    raise TrialError(
        f"{_MOST_PREFIXES} trials are running already.", cure="Wait until one of them has ended."
    )


def _fill(prefix: Path, template: Path) -> None:
    """Make a prefix like `template`: the registry is copied, and Windows' own files are shared."""
    stamp = ".update-timestamp"
    source = template.resolve()
    if _is_made(prefix, source, stamp):
        return
    shutil.rmtree(prefix, ignore_errors=True)
    (prefix / "drive_c").mkdir(parents=True)
    (prefix / "dosdevices").mkdir()
    (prefix / "python").mkdir()
    for entry in (source / "drive_c").iterdir():
        if entry.name == "users":
            shutil.copytree(entry, prefix / "drive_c" / entry.name, symlinks=True)
        else:
            (prefix / "drive_c" / entry.name).symlink_to(entry)
    _map(prefix, "c", Path("../drive_c"))
    _map(prefix, "z", Path("/"))
    _link(prefix / "template", source)
    for file in (*source.glob("*.reg"), source / stamp):
        shutil.copy2(file, prefix / file.name)


def _map(prefix: Path, drive: str, folder: Path) -> None:
    _link(prefix / "dosdevices" / f"{drive}:", folder)


def _link(path: Path, to: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    path.symlink_to(to)


def _is_made(prefix: Path, source: Path, stamp: str) -> bool:
    """Return whether `_fill` has made a prefix of this template as it is now."""
    try:
        same = (prefix / stamp).read_bytes() == (source / stamp).read_bytes()
        return same and os.readlink(prefix / "template") == str(source)  # noqa: PTH115 - as written
    except OSError:
        return False
