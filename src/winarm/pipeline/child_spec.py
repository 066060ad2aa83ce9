"""The file that the child reads: what the target answers, and how to build for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.libraries.view import Native, as_json
from winarm.pipeline.launched import compilers
from winarm.target import PythonABI, Target

if TYPE_CHECKING:
    from winarm.plan import Build, EquippedBuild

#: What CPython's Windows builds say of their compiler; many a setup.py looks for "MSC" in it.
COMPILER = "MSC v.1944 {bits} bit ({processor})"
#: Windows 11 24H2, the newest that every Windows-on-Arm machine runs.
WINDOWS_VERSION = "10.0.26100"
PROCESSOR = "ARMv8 (64-bit) Family 8 Model 1 Revision 201, Qualcomm Technologies Inc"


def early_spec(build: Build, scratch: Path) -> dict[str, Any]:
    """Return what the child of a hook reads that comes before a build, as JSON has it."""
    return {
        **_common(build, scratch, build.interpreter.include, early_libraries(scratch)),
        "toolchain": _NO_TOOLCHAIN,
        "after": {"compile": [], "link": []},
        # A setup.py may ask where they are.
        "numpy": {"include": str(scratch / "numpy")},
        "instead_of": {},
        "native": as_json(Native()),
    }


def build_spec(build: EquippedBuild, scratch: Path) -> dict[str, Any]:
    """Return what the child of a build reads."""
    toolchain, python, settings = build.toolchain, build.target_python, build.settings
    return {
        **_common(build, scratch, python.include, python.libraries),
        "toolchain": {
            "kind": toolchain.kind,
            "style": toolchain.style,
            "compiler_type": toolchain.compiler_type,
            **{name: list(getattr(toolchain, name)) for name in _PROGRAMS},
            "compile": compilers(build, scratch)[0],
            "cflags": list(toolchain.compile_flags),
            "ldflags": list(toolchain.link_flags),
        },
        # After the project's own: the user's, then the target's Python. In GNU's spelling, which
        # the child translates as it does the project's.
        "after": {
            "compile": [*build.compile_flags, f"-I{python.include}"],
            "link": [
                *(f"-L{folder}" for folder in build.library_dirs),
                *(f"-l{library}" for library in settings.libraries),
                *settings.ldflags,
                f"-L{python.libraries}",
            ],
        },
        "numpy": dict(build.numpy),
        "instead_of": _instead_of(build),
        "native": as_json(build.native),
    }


def early_libraries(scratch: Path) -> Path:
    """Return where a hook that comes before the build sees the libraries of Python."""
    return scratch / "libs"


_PROGRAMS = ("cc", "cxx", "ar", "rc", "link", "mt")

_NOTHING = ("winarm-has-no-toolchain-in-this-hook",)
#: Metadata is made before a toolchain must be there: a hook that compiles then fails.
_NO_TOOLCHAIN: dict[str, Any] = {
    **dict.fromkeys(("cc", "cxx", "ar", "rc"), _NOTHING),
    "compile": {"c": _NOTHING, "c++": _NOTHING},
    "kind": "",
    "style": "gnu",
    "compiler_type": "mingw32",
    **dict.fromkeys(("link", "mt", "cflags", "ldflags"), ()),
}


def spec_path(scratch: Path) -> Path:
    """Return the file that the child reads."""
    return scratch / "spec.json"


def journal_path(scratch: Path) -> Path:
    """Return the file in which the child reports what happens."""
    return scratch / "journal"


def _common(build: Build, scratch: Path, include: Path, libraries: Path) -> dict[str, Any]:
    abi = build.interpreter.abi
    return {
        "journal": str(journal_path(scratch)),
        "project": [str(build.folder)],
        "cpu": build.target.cpu,
        "scratch": str(scratch),
        "build_base": str(scratch / "build"),
        "jobs": build.jobs,
        "target_view": list(build.settings.target_view),
        "drop_flags": list(build.settings.drop_flags),
        "answers": {
            **answers(abi, build.target, include, libraries),
            "environ": windows_variables(build.target, scratch),
        },
        "python_libraries": python_libraries(abi),
    }


def python_libraries(abi: PythonABI) -> dict[str, str]:
    """Return the import libraries of the target's Python by what they are for."""
    libraries = {"full": abi.library, "stable": abi.stable_library, "abi3t": abi.abi3t_library}
    return {kind: name for kind, name in libraries.items() if name is not None}


def _instead_of(build: EquippedBuild) -> dict[str, str]:
    """Return folders of the host that a project may give to the compiler, and the target's."""
    interpreter, python = build.interpreter, build.target_python
    instead = {
        str(interpreter.include): str(python.include),
        # distutils on Windows adds the `libs` folder of the Python that runs it.
        str(interpreter.dll_folder / "libs"): str(python.libraries),
    }
    if "include" in build.numpy:
        for folder in build.site_folders:
            for package in ("numpy/_core", "numpy/core"):
                instead[str(folder / package / "include")] = build.numpy["include"]
    return instead


def windows_variables(target: Target, scratch: Path) -> dict[str, str]:
    """Return the variables that are set on every Windows; their folders are empty ones."""
    drive = scratch / "windows"
    user = drive / "Users" / "user"
    local = user / "AppData" / "Local"
    programs, programs_x86 = drive / "Program Files", drive / "Program Files (x86)"
    folders = {
        "SystemDrive": drive,
        "SystemRoot": drive / "Windows",
        "windir": drive / "Windows",
        "ProgramFiles": programs,
        "ProgramW6432": programs,
        "ProgramFiles(x86)": programs_x86,
        "ProgramFiles(Arm)": drive / "Program Files (Arm)",
        "CommonProgramFiles": programs / "Common Files",
        "CommonProgramW6432": programs / "Common Files",
        "CommonProgramFiles(x86)": programs_x86 / "Common Files",
        "ProgramData": drive / "ProgramData",
        "ALLUSERSPROFILE": drive / "ProgramData",
        "PUBLIC": drive / "Users" / "Public",
        "USERPROFILE": user,
        "APPDATA": user / "AppData" / "Roaming",
        "LOCALAPPDATA": local,
        "TEMP": local / "Temp",
        "TMP": local / "Temp",
    }
    return {
        **{name: str(folder) for name, folder in folders.items()},
        "ComSpec": str(drive / "Windows" / "System32" / "cmd.exe"),
        "OS": "Windows_NT",
        "USERNAME": user.name,
        "COMPUTERNAME": "WINARM",
        "PROCESSOR_ARCHITECTURE": target.processor,
        "PROCESSOR_IDENTIFIER": PROCESSOR,
        "PROCESSOR_LEVEL": "1",
        "PROCESSOR_REVISION": "0201",
        "PATHEXT": ".COM;.EXE;.BAT;.CMD",
    }


#: Variables of `sysconfig` for the folder in which a Python for Windows is.
PREFIXES = (
    *("prefix", "exec_prefix", "base", "platbase", "installed_base", "installed_platbase"),
    *("projectbase", "BINDIR", "srcdir"),
)


def answers(abi: PythonABI, target: Target, include: Path, libraries: Path) -> dict[str, Any]:
    """Return what Python says of itself on the target, as far as a setup.py asks."""
    variables: dict[str, object] = {
        "EXT_SUFFIX": abi.extension_suffix(target),
        "SOABI": abi.soabi(target),
        **dict.fromkeys(PREFIXES, str(libraries.parent)),
        "EXE": ".exe",
        "VERSION": f"{abi.major}{abi.minor}",
        "INCLUDEPY": str(include),
        "CONFINCLUDEPY": str(include),
        "LIBDIR": str(libraries),
        "SIZEOF_VOID_P": target.bits // 8,
        "Py_GIL_DISABLED": int(abi.free_threaded),
        "Py_DEBUG": 0,
        "WITH_PYMALLOC": 1,
        "abiflags": "t" if abi.free_threaded else "",
    }
    return {
        "winver": abi.winver(target),
        # On Windows the libraries are in `libs` of the prefix.
        "prefix": str(libraries.parent),
        "platform": target.sysconfig_platform,
        "machine": target.processor,
        "processor": PROCESSOR,
        "compiler": COMPILER.format(bits=target.bits, processor=target.processor),
        "windows_version": WINDOWS_VERSION,
        "variables": variables,
    }
