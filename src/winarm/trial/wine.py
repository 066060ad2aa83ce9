"""Wine for ARM64, under qemu-user or on an ARM64 Linux, and the prefixes that trials use."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from winarm.errors import TrialError
from winarm.host import Host, ProgramError
from winarm.trial.local import LocalSession, plain_environ
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import TEMPORARY

#: A CPU without branch target identification: Wine's code faults with it.
QEMU_CPU = "neoverse-n1"
#: Drives of a prefix: the stage, and the folder in which the Python is.
STAGE_DRIVE, PYTHON_DRIVE = "w", "p"
#: Prefixes that are in use at the same time, at most.
_MOST_PREFIXES = 64
#: Seconds in which what a process has printed arrives: services keep the pipe open for longer.
_GRACE = 0.15
#: Programs of Wine that serve others and end by themselves a few seconds after the last one.
_SERVICES = frozenset(
    ("wineserver", "services", "svchost", "winedevice", "explorer", "plugplay", "rpcss", "conhost")
)


@dataclass(frozen=True, slots=True)
class Wine:
    """How to start Wine, and the prefix that all others are copies of."""

    #: The command line before the program's own: an emulator, and Wine's loader.
    command: tuple[str, ...]
    environ: Mapping[str, str]
    template: Path
    #: A program that ends at once: Wine's services, which the first program of a prefix starts,
    #: keep that one's output open and write into it when they end.
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WineRunner:
    """Runs Python under Wine."""

    name: str
    wine: Wine
    place: str
    emulated: bool | None = True
    brings_python: bool = False

    @contextlib.contextmanager
    def session(
        self, host: Host, stage: Path, python: WindowsPython | None
    ) -> Iterator[LocalSession]:
        """Return a session in a prefix of its own; see `Runner`."""
        if python is None:
            raise TrialError(f"the runner {self.name} needs a Python for Windows ARM64.")
        with _prefix(host, self.wine.template, stage) as prefix:
            _map(prefix, STAGE_DRIVE, stage)
            _map(prefix, PYTHON_DRIVE, prefix / "python")
            _link(prefix / "python" / "python", python.folder.resolve())
            temporary = f"{STAGE_DRIVE}:\\{TEMPORARY}"
            environ = {
                **_without_display(plain_environ(host)),
                **wine_environ(self.wine, prefix),
                "PYTHONPATH": f"{STAGE_DRIVE}:\\start",
                "TEMP": temporary,
                "TMP": temporary,
            }
            program = f"{PYTHON_DRIVE}:\\python\\{python.executable.name}"

            def clean() -> tuple[str, ...]:
                return host.end_processes("WINEPREFIX", str(prefix), spare=_is_service)

            try:
                if self.wine.first and not host.has_process("WINEPREFIX", str(prefix)):
                    first = (*self.wine.command, *self.wine.first)
                    host.stream(first, environ=environ, cwd=stage, output=lambda _: None, grace=0.0)
                yield LocalSession(
                    host, stage, (*self.wine.command, program), environ, _GRACE, clean
                )
            except ProgramError as error:
                raise TrialError(error.what) from error
            except BaseException:
                host.end_processes("WINEPREFIX", str(prefix))
                raise


def wine_environ(wine: Wine, prefix: Path) -> dict[str, str]:
    """Return the variables with which Wine works quietly in a prefix."""
    return {
        **wine.environ,
        "WINEPREFIX": str(prefix),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
    }


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
    if _same(prefix / stamp, source / stamp) and _same_link(prefix / "template", source):
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


def _same(file: Path, other: Path) -> bool:
    try:
        return file.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _same_link(path: Path, to: Path) -> bool:
    try:
        return os.readlink(path) == str(to)  # noqa: PTH115 - as it was written
    except OSError:
        return False
