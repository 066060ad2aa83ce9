r"""The Windows SDK: one version that has the headers and the target's libraries both.

The folder alone proves nothing: a driver kit makes `Include\\10.0.26100.0` without an SDK
(msvc-wine#139), and some machines have a version's headers and not its libraries (appveyor#3979).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from winarm.host import Host, RegistryError
from winarm.locate import folders
from winarm.locate.request import numbers
from winarm.locate.vswhere import program_folders
from winarm.search import Search, first, miss
from winarm.target import Target

#: vcvarsall's order: the 32-bit view first, and the machine before the user.
_VIEWS: tuple[tuple[Literal["HKLM", "HKCU"], str], ...] = (
    ("HKLM", r"SOFTWARE\Wow6432Node"),
    ("HKCU", r"SOFTWARE\Wow6432Node"),
    ("HKLM", "SOFTWARE"),
    ("HKCU", "SOFTWARE"),
)
_VALUES = (
    (r"Microsoft\Microsoft SDKs\Windows\v10.0", "InstallationFolder"),
    (r"Microsoft\Windows Kits\Installed Roots", "KitsRoot10"),
)


@dataclass(frozen=True, slots=True)
class WindowsSdk:
    """Headers and libraries of Windows and of its C library."""

    root: Path
    #: `10.0.26100.0`
    version: str
    include_dirs: tuple[Path, ...]
    #: Of one target.
    library_dirs: tuple[Path, ...]

    def programs(self, *architectures: str) -> Path | None:
        """Return the folder of rc.exe that runs on the first of `architectures` that is there."""
        places = (
            path
            for architecture in architectures
            for path in (("bin", self.version, architecture), ("bin", architecture))
        )
        found = folders.present(self.root, *places)
        return next((folder for folder in found if folders.program(folder, "rc")), None)

    @property
    def metadata_dirs(self) -> tuple[Path, ...]:
        """Return the folders of the metadata that LIBPATH names."""
        places = (("UnionMetadata", self.version), ("References", self.version))
        return tuple(folders.present(self.root, *places))


def find_sdk(host: Host, target: Target) -> Search[WindowsSdk]:
    """Return the newest SDK that can make `target`'s code, and why each other cannot."""
    prompt = (host.variable("WindowsSDKVersion") or "").strip("\\/ ")
    roots = list(dict.fromkeys(_roots(host)))
    if not any(root.found for root in roots):
        roots.append(miss("Windows SDK: neither the registry nor the program folders have one"))
    return first(root.then(lambda folder: sdk_in(folder, target, wanted=prompt)) for root in roots)


def sdk_in(root: Path, target: Target, *, wanted: str = "") -> Search[WindowsSdk]:
    """Return the newest whole SDK in `root`, and why each newer one is not whole.

    :param wanted: the version that comes before newer ones where it is whole.
    """
    include = folders.inside(root, "Include")
    versions = [v for v in folders.names(include or root) if numbers(v)[:1] == (10,)]
    if not versions:
        return miss(f"Windows SDK in {root}: it holds no Include\\10.*")
    return first(
        _version_in(root, target, version).at(f"Windows SDK {version} in {root}")
        for version in sorted(versions, key=lambda v: (v == wanted, numbers(v)), reverse=True)
    )


def _version_in(root: Path, target: Target, version: str) -> Search[WindowsSdk]:
    headers = folders.inside(root, "Include", version)
    libraries = folders.inside(root, "Lib", version)
    if headers is None or not folders.inside(headers, "um", "Windows.h"):
        return miss("it has no um\\Windows.h; a driver kit alone leaves such a folder")
    if libraries is None:
        return miss(f"it has headers and no libraries (no Lib\\{version})")
    found = []
    for part, library in (("ucrt", "ucrt.lib"), ("um", "kernel32.lib")):
        folder = folders.inside(libraries, part)
        own = folders.architecture_folder(folder, target)
        if own is None or not folders.inside(own, library):
            instead = folders.libraries_instead(folder)
            return miss(f"it has no {part}\\{target.vs_arch}\\{library}{instead}")
        found.append(own)
    order = (("ucrt",), ("um",), ("shared",), ("winrt",), ("cppwinrt",))
    includes = tuple(folders.present(headers, *order))
    return Search(WindowsSdk(root, version, includes, tuple(found)))


def _roots(host: Host) -> Iterator[Search[Path]]:
    prompt = host.variable("WindowsSdkDir")
    if prompt:
        yield Search(Path(prompt))
    for key, name in _VALUES:
        for hive, view in _VIEWS:
            try:
                value = host.registry(hive, rf"{view}\{key}", name)
            except RegistryError as error:
                yield miss(error.what)
                continue
            if value:
                yield Search(Path(value))
    for programs in program_folders(host):
        root = folders.inside(programs, "Windows Kits", "10")
        if root:
            yield Search(root)
