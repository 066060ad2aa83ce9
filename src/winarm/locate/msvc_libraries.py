"""Microsoft's headers and libraries for a target: a toolset and an SDK, as values.

Both msvc and clang-cl build against them, and INCLUDE, LIB and LIBPATH are computed from them:
running vcvarsall takes a second or more, sometimes minutes (vcpkg#10468), and it reports success
without the target's components (pyinstaller#8335).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from winarm.host import Host
from winarm.locate import folders
from winarm.locate.request import Request, numbers
from winarm.locate.toolset import Toolset, is_wanted, toolset_in, toolset_versions
from winarm.locate.vswhere import Instance, find_instances
from winarm.locate.windows_sdk import WindowsSdk, find_sdk
from winarm.search import Search, miss

#: The component that brings the compiler and libraries for ARM64; newer ones bring ARM64EC, too.
COMPONENT = "Microsoft.VisualStudio.Component.VC.Tools.ARM64"
_INSTALLER = r"%ProgramFiles(x86)%\Microsoft Visual Studio\Installer\vs_installer.exe"
INSTALL = (
    "winget install Microsoft.VisualStudio.2022.BuildTools --override "
    f'"--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --add {COMPONENT} '
    '--includeRecommended"'
)
SDK_COMPONENT = "Microsoft.VisualStudio.Component.Windows11SDK.26100"


@dataclass(frozen=True, slots=True)
class Libraries:
    """A toolset of an instance, and a Windows SDK, that have the target's libraries."""

    instance: Instance
    toolset: Toolset
    sdk: WindowsSdk

    @property
    def include_dirs(self) -> tuple[Path, ...]:
        """Return the folders of INCLUDE, in vcvarsall's order."""
        return (*self.toolset.include_dirs, *self.sdk.include_dirs)

    @property
    def library_dirs(self) -> tuple[Path, ...]:
        """Return the folders of LIB, in vcvarsall's order."""
        return (*self.toolset.library_dirs, *self.sdk.library_dirs)

    @property
    def environ(self) -> dict[str, str]:
        """Return INCLUDE, LIB and LIBPATH, and the names that a developer prompt has."""
        installation = self.instance.path
        return {
            "INCLUDE": joined(self.include_dirs),
            "EXTERNAL_INCLUDE": joined(self.include_dirs),
            "LIB": joined(self.library_dirs),
            "LIBPATH": joined((*self.toolset.library_dirs, *self.sdk.metadata_dirs)),
            "VSINSTALLDIR": f"{installation}\\",
            "VCINSTALLDIR": f"{folders.inside(installation, 'VC') or installation}\\",
            "VCToolsInstallDir": f"{self.toolset.folder}\\",
            "VCToolsVersion": self.toolset.version,
            "WindowsSdkDir": f"{self.sdk.root}\\",
            "WindowsSDKVersion": f"{self.sdk.version}\\",
            "UniversalCRTSdkDir": f"{self.sdk.root}\\",
            "UCRTVersion": self.sdk.version,
        }


def joined(paths: tuple[Path, ...]) -> str:
    """Return folders as INCLUDE and LIB have them; cl and clang-cl split them at `;` anywhere."""
    return ";".join(map(str, paths))


def find_libraries(host: Host, request: Request) -> Iterator[Search[Libraries]]:
    """Yield all that can be built against, the best first, and why everything else cannot.

    Best is what VSINSTALLDIR names, then the complete, the stable, the newest; preferring the
    newest of all would choose a preview (cc-rs#1589).
    """
    listed = find_instances(host)
    yield miss(*listed.misses)
    instances = ranked(host, listed.found or ())
    toolsets = [
        (instance, toolset)
        for instance in instances
        for toolset in _toolsets(host, instance, request)
    ]
    sdk = find_sdk(host, request.target)
    usable = [instance for instance, toolset in toolsets if toolset.found]
    if usable and sdk.found is None:
        # Nearer to success than another instance, which may lack the toolset too.
        yield miss(cure=installer_command(usable[0], SDK_COMPONENT))
    for instance, toolset in toolsets:
        yield toolset.then(partial(_with_sdk, instance, sdk.found))
    yield miss(*sdk.misses, cure=installer_command(instances[0]) if instances else INSTALL)


def _with_sdk(instance: Instance, sdk: WindowsSdk | None, toolset: Toolset) -> Search[Libraries]:
    return Search(Libraries(instance, toolset, sdk)) if sdk else miss()


def ranked(host: Host, instances: tuple[Instance, ...]) -> list[Instance]:
    """Return the instances, the one to take first at the front."""
    prompt = named_installation(host)

    def rank(instance: Instance) -> tuple[object, ...]:
        named = prompt is not None and same(instance.path, prompt)
        return named, instance.complete, not instance.prerelease, numbers(instance.version)

    known = list(instances)
    if prompt is not None and not any(same(instance.path, prompt) for instance in known):
        known.append(Instance(prompt, "", "the Visual Studio that VSINSTALLDIR names"))
    return sorted(known, key=rank, reverse=True)


def named_installation(host: Host) -> Path | None:
    """Return the folder that VSINSTALLDIR or VCINSTALLDIR names, if it is there."""
    installation, compilers = host.variable("VSINSTALLDIR"), host.variable("VCINSTALLDIR")
    if installation:
        path = Path(installation)
    elif compilers:
        path = Path(compilers).parent
    else:
        return None
    return path if path.is_dir() else None


def same(one: Path, other: Path) -> bool:
    """Return whether two spellings of a Windows path are of one folder."""
    return str(one).casefold().rstrip("\\/") == str(other).casefold().rstrip("\\/")


def _toolsets(host: Host, instance: Instance, request: Request) -> Iterator[Search[Toolset]]:
    """Yield what can be built against in an instance, in its order, and why the rest cannot."""
    versions = toolset_versions(instance.path)
    if not versions:
        yield miss(f"{instance}: it has no C++ tools (VC\\Tools\\MSVC)")
    spectre = host.variable("VSCMD_ARG_VCVARS_SPECTRE") == "spectre"
    prompt = host.variable("VCToolsVersion") if named_installation(host) else None
    for version in sorted(versions, key=lambda v: v != prompt):
        name = f"MSVC {version} of {instance}"
        if not is_wanted(request.version, version, instance.version):
            yield miss(f"{name}: not the wanted {request.version}")
            continue
        search = toolset_in(instance.path, version, request.target, spectre=spectre).at(name)
        yield replace(search, cure=installer_command(instance))


def installer_command(instance: Instance, component: str = COMPONENT) -> str:
    """Return the command that adds a component, the ARM64 tools, to an instance."""
    return f'"{_INSTALLER}" modify --installPath "{instance.path}" --add {component} --passive'
