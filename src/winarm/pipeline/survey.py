"""What this machine can build with and for: everything that `winarm doctor` shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from winarm.environment.find_python import find_python
from winarm.errors import WinarmError
from winarm.locate import Request, ToolchainSearch, kinds, search_toolchains
from winarm.locate.lasting_zig import zig_folders
from winarm.locate.msvc_libraries import INSTALL
from winarm.locate.probe import Proof, probe
from winarm.locate.sysroot import MAKE, find_sysroot
from winarm.locate.windows_sdk import find_sdk
from winarm.pipeline.equip import can_fetch_zig
from winarm.plan import build_target
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON

if TYPE_CHECKING:
    from winarm.config import Settings
    from winarm.host import Host
    from winarm.locate import Toolchain

#: Build backends, and other packages that builds often require; a build installs its own.
BACKENDS = (
    *("setuptools", "scikit-build-core", "meson-python", "hatchling", "poetry-core"),
    *("cffi", "Cython", "cmake", "ninja", "meson"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An SDK, a sysroot or a Python: what it is called, where it is, or why there is none."""

    name: str
    version: str = ""
    where: str = ""
    problem: str = ""
    cure: str = ""


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
    findings: tuple[ToolchainSearch, ...]
    #: What each toolchain that was found has proved, by kind; empty without `prove`.
    proofs: dict[str, Proof]
    libraries: tuple[Place, ...]
    pythons: tuple[Place, ...]
    backends: tuple[Place, ...]

    @property
    def chosen(self) -> Toolchain | None:
        """Return the toolchain that a build would take."""
        eligible = kinds(self.wanted)
        found = (finding.toolchain for finding in self.findings if finding.kind in eligible)
        return next(filter(None, found), None)

    @property
    def can_build(self) -> bool:
        """Return whether there is a Python, and a toolchain that works or can be fetched."""
        if not any(not python.problem for python in self.pythons):
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
    request = Request(target, folders, settings.toolchain_version, settings.sysroot)
    findings = search_toolchains(host, request)
    toolchains = [finding.toolchain for finding in findings if finding.toolchain]
    return Survey(
        system=host.system,
        machine=host.machine,
        winarm=version("winarm"),
        wanted=settings.toolchain,
        can_fetch=can_fetch_zig(settings),
        findings=findings,
        proofs={found.kind: probe(host, found) for found in toolchains} if prove else {},
        libraries=_libraries(host, request),
        pythons=_pythons(host),
        backends=tuple(_installed(name) for name in BACKENDS),
    )


def _libraries(host: Host, request: Request) -> tuple[Place, ...]:
    places = []
    if host.system == "windows":
        sdk, misses = find_sdk(host, request.target)
        problem = "" if sdk else "; ".join(misses)
        found = (sdk.version, str(sdk.root)) if sdk else ("", "")
        places.append(Place("Windows SDK", *found, problem=problem, cure="" if sdk else INSTALL))
    if host.system != "windows" or request.sysroot:
        sysroot, misses = find_sysroot(host, request.target, request.sysroot)
        problem = "" if sysroot else "; ".join(misses).removeprefix("sysroot: ")
        found = (sysroot.version or sysroot.layout, str(sysroot.path)) if sysroot else ("", "")
        places.append(Place("sysroot", *found, problem=problem, cure="" if sysroot else MAKE))
    return tuple(places)


def _pythons(host: Host) -> tuple[Place, ...]:
    minors = range(OLDEST_PYTHON.minor, NEWEST_PYTHON.minor + 1)
    with ThreadPoolExecutor(len(minors)) as pool:
        return tuple(pool.map(lambda minor: _python(host, f"3.{minor}"), minors))


def _python(host: Host, wanted: str) -> Place:
    name = f"Python {wanted}"
    try:
        found = find_python(host, wanted)
    except WinarmError as error:
        cure = f"uv python install {wanted}"
        return Place(name, problem=error.what.partition(" Looked at:")[0], cure=cure)
    if not (found.include / "Python.h").is_file():
        problem = f"{found.executable} has no C headers"
        return Place(name, found.version, problem=problem, cure=f"install python{wanted}-dev")
    return Place(name, found.version, str(found.executable))


def _installed(name: str) -> Place:
    try:
        return Place(name, version(name))
    except PackageNotFoundError:
        # No problem: a build in isolation installs what it needs.
        return Place(name)
