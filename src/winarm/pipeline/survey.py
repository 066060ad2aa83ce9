"""What this machine can build with and for: everything that `winarm doctor` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from winarm.environment.find_python import find_python
from winarm.errors import WinarmError
from winarm.host import Host
from winarm.locate import Request, Toolchain, kinds, search_toolchains
from winarm.locate.msvc_libraries import INSTALL
from winarm.locate.probe import Proof, probe
from winarm.locate.sysroot import find_sysroot
from winarm.locate.windows_sdk import find_sdk
from winarm.locate.zig import zig_folders
from winarm.pipeline.equip import can_fetch_zig
from winarm.plan import build_target
from winarm.search import Search, first, miss
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON

if TYPE_CHECKING:
    from winarm.config import Settings

#: Build backends, and other packages that builds often require; a build installs its own.
BACKENDS = (
    *("setuptools", "scikit-build-core", "meson-python", "hatchling", "poetry-core"),
    *("cffi", "Cython", "cmake", "ninja", "meson"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An SDK, a sysroot or a Python: its version, and where it is."""

    version: str
    where: str


@dataclass(frozen=True, slots=True)
class Survey:
    """The machine as a builder of ARM64 Windows code."""

    system: str
    machine: str
    winarm: str
    #: What the settings ask for: `auto`, or a kind.
    wanted: str
    #: Whether a build would fetch zig if there is no toolchain.
    can_fetch: bool
    #: By kind, in the order in which `auto` takes them.
    toolchains: Mapping[str, Search[Toolchain]]
    #: What each toolchain that was found has proved, by kind; empty without `prove`.
    proofs: Mapping[str, Proof]
    #: By name, as are the Pythons.
    libraries: Mapping[str, Search[Place]]
    pythons: Mapping[str, Search[Place]]
    #: The version of each that is installed, and None for others.
    backends: Mapping[str, str | None]

    @property
    def chosen(self) -> Toolchain | None:
        """Return the toolchain that a build would take."""
        eligible = kinds(self.wanted)
        return first(s for kind, s in self.toolchains.items() if kind in eligible).found

    @property
    def can_build(self) -> bool:
        """Return whether there is a Python, and a toolchain that works or can be fetched."""
        if not any(python.found for python in self.pythons.values()):
            return False
        toolchain = self.chosen
        if toolchain is None:
            return self.can_fetch
        proof = self.proofs.get(toolchain.kind)
        return proof is None or proof.ok


def survey(host: Host, settings: Settings, *, prove: bool) -> Survey:
    """Look at everything; with `prove`, have each toolchain make a DLL."""
    target = build_target(settings)
    folders = zig_folders(host)
    # A proof is of the very toolchain that builds use, whose zig makes its libraries once.
    request = Request(target, folders, settings.toolchain_version, settings.sysroot, lasting=prove)
    toolchains = search_toolchains(host, request)
    found = [search.found for search in toolchains.values() if search.found]
    return Survey(
        system=host.system,
        machine=host.machine,
        winarm=version("winarm"),
        wanted=settings.toolchain,
        can_fetch=can_fetch_zig(settings),
        toolchains=toolchains,
        proofs={toolchain.kind: probe(host, toolchain) for toolchain in found} if prove else {},
        libraries=dict(_libraries(host, request)),
        pythons=_pythons(host),
        backends={name: _installed(name) for name in BACKENDS},
    )


def _libraries(host: Host, request: Request) -> Iterator[tuple[str, Search[Place]]]:
    if host.system == "windows":
        sdk = replace(find_sdk(host, request.target), cure=INSTALL)
        yield "Windows SDK", sdk.then(lambda it: Search(Place(it.version, str(it.root))))
    if host.system != "windows" or request.sysroot:
        sysroot = find_sysroot(host, request.target, request.sysroot)
        place = sysroot.then(lambda it: Search(Place(it.version, str(it.path))))
        misses = tuple(line.removeprefix("sysroot: ") for line in place.misses)
        yield "sysroot", replace(place, misses=misses)


def _pythons(host: Host) -> dict[str, Search[Place]]:
    versions = [f"3.{minor}" for minor in range(OLDEST_PYTHON.minor, NEWEST_PYTHON.minor + 1)]
    with ThreadPoolExecutor(len(versions)) as pool:
        searches = pool.map(lambda wanted: _python(host, wanted), versions)
        return {
            f"Python {wanted}": search for wanted, search in zip(versions, searches, strict=True)
        }


def _python(host: Host, wanted: str) -> Search[Place]:
    try:
        found = find_python(host, wanted)
    except WinarmError as error:
        return miss(error.what.partition(" Looked at:")[0], cure=f"uv python install {wanted}")
    if not (found.include / "Python.h").is_file():
        return miss(f"{found.executable} has no C headers", cure=f"install python{wanted}-dev")
    return Search(Place(found.version, str(found.executable)))


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
