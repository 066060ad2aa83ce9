"""An ARM64 Wine that `winarm test --set-up` has made in winarm's cache."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from winarm.host import Host
from winarm.search import Search, miss
from winarm.trial.wine import QEMU_CPU, Wine

#: Changes when a bench of an older winarm cannot be used.
VERSION = 1
DESCRIPTION = "bench.json"
#: The first program of a prefix.
FIRST = ("cmd.exe", "/c", "exit")
_LOADER = "root/usr/lib/wine/wine64"
#: What a whole bench has.
MEMBERS = (DESCRIPTION, _LOADER, "prefix/system.reg")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where Wine and its emulator are, and their versions."""

    folder: Path
    wine: str
    #: Empty where no emulator is needed.
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

    def started(self) -> Wine:
        """Return how Wine is started."""
        loader = str(self.folder / _LOADER)
        if not self.qemu:
            return Wine((loader,), {}, self.template, FIRST)
        environ = {"QEMU_LD_PREFIX": str(self.root), "QEMU_CPU": QEMU_CPU}
        return Wine((str(self.emulator), loader), environ, self.template, FIRST)

    def write(self) -> None:
        """Describe the bench in its folder, as the last step of making it."""
        found = {name: value for name, value in asdict(self).items() if name != "folder"}
        text = json.dumps({"version": VERSION, **found}, indent=2)
        (self.folder / DESCRIPTION).write_text(text, "utf-8")


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
