"""Fake Windows machines: a tree of empty files, a registry, and programs that answer.

Names of files and folders, keys and JSON are those that Visual Studio 2019 to 2026, the SDKs and
vswhere really have. Everything works on any system: paths are this system's own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fake_host import FakeHost, touch

from winarm.host import Answer, ProgramError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fake_host import Reply

SDK_KEY = r"SOFTWARE\Wow6432Node\Microsoft\Microsoft SDKs\Windows\v10.0"
ROOTS_KEY = r"SOFTWARE\Wow6432Node\Microsoft\Windows Kits\Installed Roots"


class FakeWindows:
    """A drive of a Windows machine, and the machine itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.programs = root / "Program Files"
        self.programs_x86 = root / "Program Files (x86)"
        self.entries: list[dict[str, Any]] = []
        self.registry: dict[tuple[str, str, str], str | RegistryError] = {}
        self.environ = {
            "PROGRAMFILES": str(self.programs),
            "PROGRAMFILES(X86)": str(self.programs_x86),
        }

    def visual_studio(
        self,
        folder: str = "2022/BuildTools",
        *,
        version: str = "17.14.36811.4",
        toolsets: Sequence[str] = ("14.44.35207",),
        default: str | None = None,
        pinned: Mapping[str, str] | None = None,
        targets: Sequence[str] = ("x64", "arm64"),
        hosts: Sequence[str] = ("Hostx64",),
        listed: bool = True,
        **properties: object,
    ) -> Path:
        """Install a Visual Studio; `targets` and `hosts` are folders in the case they have."""
        path = self.programs_x86 / "Microsoft Visual Studio" / folder
        path.mkdir(parents=True, exist_ok=True)
        for toolset in toolsets:
            self.toolset(path / "VC" / "Tools" / "MSVC" / toolset, targets, hosts)
        build = path / "VC" / "Auxiliary" / "Build"
        files = {f"v{name}": text for name, text in (pinned or {}).items()}
        if default is None and toolsets and pinned is None:
            default = toolsets[0]
        if default:
            files["default"] = default
        for name, text in files.items():
            ending = "default.txt" if name == "default" else f"{name}.default.txt"
            touch(build / f"Microsoft.VCToolsVersion.{ending}")
            (build / f"Microsoft.VCToolsVersion.{ending}").write_text(f"{text}\r\n")
        if listed:
            self.entries.append(entry(path, version, **properties))
        return path

    @staticmethod
    def toolset(folder: Path, targets: Sequence[str], hosts: Sequence[str]) -> None:
        """Lay out one toolset: headers, and for each target programs and libraries."""
        touch(folder / "include" / "vcruntime.h")
        for target in targets:
            touch(folder / "lib" / target / "msvcrt.lib", folder / "lib" / target / "vcruntime.lib")
            for host in hosts:
                programs = folder / "bin" / host
                touch(*(programs / target / f"{name}.exe" for name in ("cl", "link", "lib")))
        for host in hosts:
            own = host.lower().removeprefix("host")
            touch(folder / "bin" / host / own / "mspdb140.dll")

    def llvm(self, installation: Path, folder: str = "x64/bin") -> Path:
        """Add Visual Studio's own clang-cl."""
        programs = installation / "VC" / "Tools" / "Llvm" / folder
        llvm_programs(programs)
        return programs

    def sdk(
        self,
        version: str = "10.0.26100.0",
        *,
        headers: Sequence[str] = ("ucrt", "um", "shared", "winrt", "cppwinrt"),
        libraries: Sequence[str] = ("x64", "arm64"),
        programs: Sequence[str] = ("x64", "arm64"),
        root: Path | None = None,
        registered: bool = True,
    ) -> Path:
        """Install a Windows SDK."""
        root = root or self.programs_x86 / "Windows Kits" / "10"
        for part in headers:
            touch(root / "Include" / version / part / ("Windows.h" if part == "um" else "x.h"))
        for machine in libraries:
            touch(root / "Lib" / version / "um" / machine / "kernel32.Lib")
            touch(root / "Lib" / version / "ucrt" / machine / "ucrt.lib")
        for machine in programs:
            folder = root / "bin" / version / machine
            touch(folder / "rc.exe", folder / "mt.exe")
        if registered:
            self.registry["HKLM", SDK_KEY, "InstallationFolder"] = f"{root}"
        return root

    def prompt(self, installation: Path, toolset: str, target: str, kits: Path) -> None:
        """Set what a developer prompt for `target` sets."""
        tools = installation / "VC" / "Tools" / "MSVC" / toolset
        self.environ |= {
            "VSINSTALLDIR": f"{installation}",
            "VCINSTALLDIR": str(installation / "VC"),
            "VCTOOLSINSTALLDIR": str(tools),
            "VCTOOLSVERSION": toolset,
            "VSCMD_ARG_TGT_ARCH": target,
            "INCLUDE": f"{tools / 'include'};{kits / 'Include' / '10.0.26100.0' / 'um'}",
            "LIB": f"{tools / 'lib' / target};{kits / 'Lib' / '10.0.26100.0' / 'um' / target}",
            "WINDOWSSDKVERSION": "10.0.26100.0\\",
        }

    def host(
        self,
        machine: str = "amd64",
        *,
        vswhere: Answer | ProgramError | None = None,
        search_path: Sequence[Path] = (),
        answers: Mapping[str, Reply] | None = None,
    ) -> FakeHost:
        """Return the machine; `vswhere` is what the program says instead of the truth."""
        touch(self.programs_x86 / "Microsoft Visual Studio" / "Installer" / "vswhere.exe")
        said = vswhere or Answer(0, json.dumps(self.entries, ensure_ascii=False, indent=2), "")
        path = ";".join(map(str, search_path))
        return FakeHost(
            environ=self.environ | ({"PATH": path} if path else {}),
            system="windows",
            machine=machine,
            executable=self.root / "python.exe",
            default_cache=self.root / "cache",
            answers={"vswhere": said, "clang-cl": clang("20.1.8"), **(answers or {})},
            values=dict(self.registry),
        )


def entry(path: Path, version: str, **properties: object) -> dict[str, object]:
    """Return an instance as vswhere prints it: what it always has, and `properties`."""
    return {
        "instanceId": "8b6b6c1e",
        "installDate": "2026-03-02T08:11:25Z",
        "installationName": f"VisualStudio/{version}",
        "installationPath": str(path),
        "installationVersion": version,
        "productId": "Microsoft.VisualStudio.Product.BuildTools",
        "productPath": str(path / "Common7" / "Tools" / "LaunchDevCmd.bat"),
        "state": 4294967295,
        "isComplete": True,
        "isLaunchable": True,
        "isPrerelease": False,
        "isRebootRequired": False,
        "displayName": "Visual Studio Build Tools",
        "channelId": "VisualStudio.17.Release",
        "catalog": {"productLineVersion": "2022", "productMilestoneIsPreRelease": "False"},
        "properties": {"nickname": "", "channelManifestId": "VisualStudio.17.Release/17.14"},
        **properties,
    }


def clang(version: str) -> Answer:
    """Return what clang-cl says of its version."""
    return Answer(0, f"clang version {version}\nTarget: x86_64-pc-windows-msvc\n", "")


def llvm_programs(folder: Path) -> None:
    """Put the programs of an LLVM into a folder."""
    names = ("clang-cl", "lld-link", "llvm-lib", "llvm-rc", "llvm-mt")
    touch(*(folder / f"{name}.exe" for name in names))
