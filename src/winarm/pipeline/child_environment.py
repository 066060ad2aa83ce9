"""The environment of the child: the host's without what would leak, and the target's added."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from winarm.libraries.view import Native
from winarm.pipeline.child_spec import journal_path, spec_path
from winarm.plan import CHILD, Build, EquippedBuild

#: Variables through which the host's compilers, headers, libraries or settings would get in.
LEAKS = frozenset(
    (
        # cl and link read these by themselves.
        *("CL", "_CL_", "LINK", "_LINK_", "INCLUDE", "EXTERNAL_INCLUDE", "LIB", "LIBPATH"),
        # GNU-style compilers and linkers do so with these.
        *("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH", "LIBRARY_PATH"),
        *("COMPILER_PATH", "GCC_EXEC_PREFIX", "LD_RUN_PATH", "SDKROOT"),
        *("MACOSX_DEPLOYMENT_TARGET", "ARCHFLAGS", "DEPENDENCIES_OUTPUT"),
        # make's, configure's and distutils's names for programs and flags.
        *("CC", "CXX", "CPP", "CXXCPP", "LD", "AR", "AS", "NM", "RANLIB", "STRIP", "RC"),
        *("WINDRES", "DLLTOOL", "OBJCOPY", "FC", "F77", "F90"),
        *("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LDLIBS", "LIBS", "ARFLAGS", "RCFLAGS"),
        *("CONFIG_SITE", "host_alias", "build_alias", "target_alias", "OBJDUMP"),
        *("FFLAGS", "OPT", "BASECFLAGS", "LDSHARED", "LDCXXSHARED"),
        # setuptools' and CPython's own switches, which the child answers itself.
        *("DISTUTILS_USE_SDK", "MSSDK", "DIST_EXTRA_CONFIG", "SETUPTOOLS_EXT_SUFFIX"),
        *("_PYTHON_HOST_PLATFORM", "_PYTHON_SYSCONFIGDATA_NAME", "_PYTHON_PROJECT_BASE"),
        *("_PYTHON_SYSCONFIGDATA_PATH",),
    )
)

#: Families of such variables.
LEAKING_PREFIXES = ("PKG_CONFIG", "CMAKE_", "WINARM_", "WINARMTOOLS_", "MESON_")

#: For archives and `__DATE__` where the user names no other time: the first that a zip file can
#: hold, so that the same source makes the same wheel. https://reproducible-builds.org/specs/
EPOCH = "315532800"


def early_environment(build: Build, scratch: Path) -> dict[str, str]:
    """Return the environment of hooks that come before a build and compile nothing.

    :param scratch: a private folder that exists as long as the child.
    """
    kept = {name: value for name, value in build.environ.items() if not leaks(name)}
    programs = (programs_folder(scratch), build.native.programs, kept.get("PATH"))
    return {
        **kept,
        # An empty variable is an unset one.
        "SOURCE_DATE_EPOCH": kept.get("SOURCE_DATE_EPOCH") or EPOCH,
        # pip's build isolation uses PYTHONPATH too: it goes on working after ours.
        "PYTHONPATH": os.pathsep.join(filter(None, (str(CHILD), kept.get("PYTHONPATH")))),
        "WINARM_CHILD": str(spec_path(scratch)),
        # The name that Visual Studio and cibuildwheel have for the target.
        "VSCMD_ARG_TGT_ARCH": build.target.vs_arch,
        # Without a prefix an empty place, so that pkg-config finds none of the host's libraries.
        "PKG_CONFIG_LIBDIR": str(build.native.pkgconfig_dir or scratch),
        "PATH": os.pathsep.join(map(str, filter(None, programs))),
        **search_folders(build.native, kept),
    }


def programs_folder(scratch: Path) -> Path:
    """Return the folder of programs such as `xml2-config` that answer in place of the host's."""
    return scratch / "library-programs"


def build_environment(build: EquippedBuild, scratch: Path) -> dict[str, str]:
    """Return the environment of a build, in which tools find the toolchain's programs."""
    of_prefixes = [build.native.library_dir] if build.native.library_dir else []
    libraries = [*build.settings.library_dirs, *of_prefixes]
    variables = {
        **early_environment(build, scratch),
        "ZIG_LOCAL_CACHE_DIR": str(scratch / "zig"),
        **build.toolchain.build_variables(build.host.system),
        # The one-word tools report what they translate, and leave out `drop-flags`.
        "WINARMTOOLS_JOURNAL": str(journal_path(scratch)),
        "WINARMTOOLS_DROP": "\n".join(build.settings.drop_flags),
        "WINARMTOOLS_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        "WINARMTOOLS_ROOTS": os.pathsep.join(map(str, build.native.roots)),
        "WINARMTOOLS_OPENMP": str(build.native.openmp or ""),
    }
    own = {name: text for name, text in variables.items() if name not in {"INCLUDE", "LIB"}}
    complete = build.toolchain.environment(own)
    # After the toolchain's own folders.
    return {**complete, **search_folders(build.native, complete)}


def search_folders(native: Native, base: Mapping[str, str]) -> dict[str, str]:
    """Return INCLUDE and LIB, where a setup.py looks for libraries on Windows.

    :param base: the variables that there are; lists of folders in them are made longer.
    """
    added: dict[str, Sequence[Path]] = {
        "INCLUDE": native.include_dirs,
        "LIB": [native.library_dir] if native.library_dir else [],
    }
    return {
        name: os.pathsep.join([*filter(None, [base.get(name)]), *map(str, folders)])
        for name, folders in added.items()
        if folders
    }


def leaks(name: str) -> bool:
    """Return whether a variable of this name would bring the host into the target's build."""
    upper = name.upper()
    return upper in LEAKS or name in LEAKS or upper.startswith(LEAKING_PREFIXES)
