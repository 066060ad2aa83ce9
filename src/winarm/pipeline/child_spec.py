"""The file that tells the child everything: what the target answers, and how to build for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winarm.config import Settings
    from winarm.environment.interpreter import Interpreter
    from winarm.locate.toolchain import Toolchain
    from winarm.target import PythonABI, Target
    from winarm.target_python.target_python import TargetPython

#: What CPython's ARM64 builds say of their compiler; many a setup.py looks for "MSC" in it.
COMPILER = "MSC v.1944 64 bit (ARM64)"
#: Windows 11 24H2, the newest that every Windows-on-Arm machine runs.
WINDOWS_VERSION = "10.0.26100"
PROCESSOR = "ARMv8 (64-bit) Family 8 Model 1 Revision 201, Qualcomm Technologies Inc"

#: For every compilation, before the project's own flags.
COMPILE_FLAGS = (
    "-O2",
    "-DNDEBUG",
    # zig writes debug information unasked, for a third of the time; the link throws it away.
    "-g0",
    # As CPython compiles itself and, elsewhere, its extensions.
    "-fwrapv",
    # zig adds checks of its own to what is not optimised, which need a runtime library.
    "-fno-sanitize=undefined",
    # MSVC and the gcc that projects were tried with accept these; clang 16 made them errors.
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=implicit-int",
    "-Wno-error=int-conversion",
    "-Wno-error=incompatible-function-pointer-types",
    # zig makes it an error; SOURCE_DATE_EPOCH makes it harmless.
    "-Wno-error=date-time",
    "-Wno-unused-command-line-argument",
)
#: For every link. One level of optimisation, since zig makes its C library anew for each.
LINK_FLAGS = ("-O2",)
#: llvm-mingw links libc++ and libunwind as DLLs that no machine has (llvm-mingw#500).
LLVM_MINGW_LINK_FLAGS = ("-Wl,-Bstatic",)

#: What setuptools compiles with, without /GL, which makes objects for one version of the tools
#: only; /Brepro leaves the time of day out.
MSVC_COMPILE_FLAGS = ("/nologo", "/O2", "/W3", "/MD", "/DNDEBUG", "/Brepro")
#: The same leniency as `COMPILE_FLAGS`, for C that MSVC takes.
CLANG_CL_FLAGS = (
    "/clang:-fwrapv",
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=implicit-int",
    "-Wno-error=int-conversion",
    "-Wno-error=incompatible-function-pointer-types",
    "-Wno-unused-command-line-argument",
)
#: No manifest, which mt.exe would have to merge, and nothing that a second link would reuse.
MSVC_LINK_FLAGS = ("/NOLOGO", "/INCREMENTAL:NO", "/MANIFEST:NO", "/Brepro")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a build needs beside the target view; early hooks have none yet."""

    toolchain: Toolchain
    python: TargetPython
    #: The include folder of the target's NumPy, or why there is none.
    numpy: Mapping[str, str]


def child_spec(
    *,
    project: Path,
    scratch: Path,
    journal: Path,
    target: Target,
    interpreter: Interpreter,
    settings: Settings,
    workshop: Workshop | None,
    instead_of: Mapping[str, str],
    jobs: int,
) -> dict[str, Any]:
    """Return what the child reads, as JSON has it.

    :param instead_of: folders of the host, and those of the target that stand in for them.
    """
    abi = interpreter.abi
    include = workshop.python.include if workshop else interpreter.include
    libraries = workshop.python.libraries if workshop else scratch
    return {
        "journal": str(journal),
        "project": [str(project)],
        "cpu": target.cpu,
        "scratch": str(scratch),
        "build_base": str(scratch / "build"),
        "jobs": jobs,
        "target_view": list(settings.target_view),
        "answers": answers(abi, target, include, libraries),
        "toolchain": _programs(workshop.toolchain if workshop else None, project),
        "python_libraries": {"full": abi.library, "stable": abi.stable_library},
        # After the project's own: the user's word, then the target's Python.
        "after": {
            "compile": [*compile_flags(settings), f"-I{include}"],
            "link": [*link_flags(settings), f"-L{libraries}"],
        },
        # An early hook may ask where they are, as a setup.py does, and compiles nothing.
        "numpy": dict(workshop.numpy) if workshop else {"include": str(scratch / "numpy")},
        "instead_of": dict(instead_of),
    }


def compile_flags(settings: Settings) -> list[str]:
    """Return what the user adds to every compilation."""
    folders = [f"-I{folder}" for folder in settings.include_dirs]
    macros = [f"-D{macro}" for macro in settings.defines]
    return [*folders, *macros, *settings.cflags]


def link_flags(settings: Settings) -> list[str]:
    """Return what the user adds to every link."""
    folders = [f"-L{folder}" for folder in settings.library_dirs]
    libraries = [f"-l{library}" for library in settings.libraries]
    return [*folders, *libraries, *settings.ldflags]


def answers(abi: PythonABI, target: Target, include: Path, libraries: Path) -> dict[str, Any]:
    """Return what Python says of itself on the target, as far as a setup.py asks."""
    variables: dict[str, object] = {
        "EXT_SUFFIX": abi.extension_suffix(target),
        "SOABI": abi.soabi(target),
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
        "platform": target.sysconfig_platform,
        "machine": target.processor,
        "processor": PROCESSOR,
        "compiler": COMPILER,
        "windows_version": WINDOWS_VERSION,
        "variables": variables,
    }


def _programs(toolchain: Toolchain | None, project: Path) -> dict[str, Any]:
    if toolchain is None:
        # Metadata is made before any toolchain need be there: whoever compiles then, fails.
        absent = ["winarm-has-no-toolchain-in-this-hook"]
        programs: dict[str, Sequence[str]] = dict.fromkeys(("cc", "cxx", "ar", "rc"), absent)
        unknown = {"kind": "", "style": "gnu", "compiler_type": "mingw32"}
        return {**programs, **unknown, "link": [], "mt": [], "cflags": [], "ldflags": []}
    compile_flags, link_flags = style_flags(toolchain, project)
    return {
        "kind": toolchain.kind,
        "style": toolchain.style,
        "cc": list(toolchain.cc),
        "cxx": list(toolchain.cxx),
        "ar": list(toolchain.ar),
        "rc": list(toolchain.rc),
        "compiler_type": toolchain.compiler_type,
        "link": list(toolchain.link),
        "mt": list(toolchain.mt),
        "cflags": compile_flags,
        "ldflags": link_flags,
    }


def style_flags(toolchain: Toolchain, project: Path) -> tuple[list[str], list[str]]:
    """Return winarm's own flags of every compilation and every link, in the toolchain's style.

    No path of the build stays in the image: `__FILE__` counts from the project.
    """
    if toolchain.style == "msvc":
        # Named, so that an object for another machine is an error here and not on the target.
        machine = f"/MACHINE:{toolchain.target.vs_arch.upper()}"
        trimmed = [f"/d1trimfile:{project}{os.sep}"]
        if toolchain.kind == "clang-cl":
            trimmed = [*CLANG_CL_FLAGS, f"/clang:-ffile-prefix-map={project}=."]
        return [*MSVC_COMPILE_FLAGS, *trimmed], [*MSVC_LINK_FLAGS, machine]
    link = LLVM_MINGW_LINK_FLAGS if toolchain.kind == "llvm-mingw" else LINK_FLAGS
    return [*COMPILE_FLAGS, f"-ffile-prefix-map={project}=."], list(link)
