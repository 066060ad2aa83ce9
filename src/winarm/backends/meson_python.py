"""meson-python: a cross file for Meson, and a PEP 739 file that describes the target's Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from winarm.backends.cmake import compiler_commands, emulator
from winarm.backends.provision import Provision
from winarm.errors import BackendError
from winarm.libraries.view import pkg_config_program
from winarm.plan import Build, EquippedBuild
from winarm.target import STABLE_SUFFIX

#: The option of Meson (since 1.10) that names a description of the target's Python.
_OPTION = "python.build_config"

#: Where a project may have a Meson of its own.
VENDORED = ("vendored-meson/meson", "vendored-meson")

#: Programs of packages that Meson asks where these are. In a cross build it takes those alone that
#: the cross file names.
CONFIG_TOOLS = ("numpy-config", "pybind11-config")


def provision(build: EquippedBuild, scratch: Path) -> Provision:
    """Return the files, and the arguments of `meson setup` that name them.

    :raises BackendError: the Meson that is installed has no option for the target's Python.
    """
    folder = scratch / "meson"
    cross, python = folder / "cross.ini", folder / "build-details.json"
    if not knows_build_details(build.site_folders, build.folder):
        raise BackendError(
            "this project's Meson has no option for the target's Python.",
            why=f"It is older than 1.10, which has the option {_OPTION}; without it Meson takes "
            "the Python that builds for the target's.",
            cure="Require a newer one in [build-system] requires: meson>=1.10.",
        )
    arguments = [f"--cross-file={cross}", f"-D{_OPTION}={python}"]
    # The user's own come last, so that they win.
    arguments += words(build.config_settings.get("setup-args"))
    return Provision(
        config_settings={"setup-args": arguments},
        files={cross: cross_file(build, scratch), python: build_details(build)},
    )


def knows_build_details(site_folders: Iterable[Path], project: Path) -> bool:
    """Return whether the build's Meson takes a PEP 739 file.

    It is installed, or the project brings its own, as NumPy does.
    """
    folders = (*site_folders, *(project / place for place in VENDORED))
    options = (folder / "mesonbuild" / "options.py" for folder in folders)
    return any(file.is_file() and _OPTION in file.read_text("utf-8") for file in options)


def words(value: object) -> list[str]:
    """Return a config setting that may be given once or several times as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(word) for word in value]  # type: ignore[attr-defined]


def cross_file(build: EquippedBuild, scratch: Path) -> str:
    """Return the cross file: programs, flags, and the machine that the code runs on."""
    toolchain, target = build.toolchain, build.target
    flags = [
        *toolchain.tolerant_flags,
        *build.compile_flags,
        *toolchain.prefix_map(build.folder),
    ]
    link, packages = build.link_flags, build.native.pkgconfig_dir
    sections: dict[str, dict[str, object]] = {
        "binaries": binaries(build, scratch),
        "built-in options": {
            "c_args": flags,
            "cpp_args": flags,
            "c_link_args": link,
            "cpp_link_args": link,
        },
        "properties": {
            "needs_exe_wrapper": True,
            # NumPy asks for it and cannot run a program to find out; `long double` is `double`.
            "longdouble_format": "IEEE_DOUBLE_LE",
            # It keeps pkg-config to the prefixes.
            **({"pkg_config_libdir": [str(packages)]} if packages else {}),
        },
        "host_machine": {
            "system": "windows",
            "cpu_family": target.cpu,
            "cpu": target.cpu,
            "endian": "little",
        },
    }
    return "# Made by winarm for one build.\n" + "".join(
        f"\n[{section}]\n" + "".join(f"{name} = {literal(value)}\n" for name, value in rows.items())
        for section, rows in sections.items()
    )


def binaries(build: EquippedBuild, scratch: Path) -> dict[str, object]:
    """Return the programs that Meson calls, those that there are."""
    toolchain = build.toolchain
    launcher = (build.settings.launcher,) if build.settings.launcher else ()
    compilers = compiler_commands(build, scratch)
    program = pkg_config_program(build.host, build.native)
    commands = {
        "c": [*launcher, *compilers["C"]],
        "cpp": [*launcher, *compilers["CXX"]],
        # Where the linker is a program of its own, Meson would look for one on PATH.
        "c_ld": toolchain.link,
        "cpp_ld": toolchain.link,
        "ar": toolchain.ar,
        "windres": toolchain.rc,
        "dlltool": toolchain.dlltool,
        "python": [str(build.python)],
        # Without a prefix no pkg-config: it knows the host's libraries.
        "pkg-config": [str(program)] if program else [],
        **config_tools(build),
        "exe_wrapper": emulator(build),
    }
    return {name: list(command) for name, command in commands.items() if command}


def config_tools(build: Build) -> dict[str, list[str]]:
    """Return those of `CONFIG_TOOLS` that are in the build environment; the host's do not count."""
    found = {name: build.environment_host.which(name) for name in CONFIG_TOOLS}
    return {
        name: [str(program)]
        for name, program in found.items()
        if program
        and any(folder.is_relative_to(program.parent.parent) for folder in build.site_folders)
    }


def literal(value: object) -> str:
    """Return `value` as a machine file has it, in which strings have no escapes.

    >>> literal(["plain", True])
    "['plain', true]"

    :raises BackendError: it is a text that a machine file cannot hold.
    """
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            text = str(value)
            if "'" not in text:
                return f"'{text}'"
            # Only a multi-line string holds apostrophes, and Meson doubles backslashes in it.
            parts = filter(None, re.split(r"(\\+)", text))
            return " + ".join(_multi_line(part) if "'" in part else f"'{part}'" for part in parts)


def _multi_line(text: str) -> str:
    if text.endswith("'") or "'''" in text:
        raise BackendError(
            f"Meson's machine files cannot hold {text!r}, because of its apostrophe.",
            cure="Use a path or a flag without one.",
        )
    return f"'''{text}'''"


def build_details(build: EquippedBuild) -> str:
    """Return `build-details.json` of the target's Python, as PEP 739 has it.

    libpython names import libraries, which are what a linker takes on Windows. Meson 1.12 reads
    the stable ABI's under another spelling than the PEP's, so it is there under both.
    """
    python, abi, target = build.target_python, build.interpreter.abi, build.target
    stable = str(python.libraries / f"{abi.stable_library}.lib")
    details: dict[str, Any] = {
        "schema_version": "1.0",
        "base_prefix": str(python.include.parent),
        "base_interpreter": str(build.python),
        "platform": target.sysconfig_platform,
        "language": {"version": abi.version},
        "implementation": {"name": "cpython"},
        "abi": {
            "flags": ["t"] if abi.free_threaded else [],
            "extension_suffix": abi.extension_suffix(target),
            "stable_abi_suffix": STABLE_SUFFIX,
        },
        "libpython": {
            "dynamic": str(python.libraries / f"{abi.library}.lib"),
            "dynamic_stableabi": stable,
            "dynamic-stableabi": stable,
            "link_extensions": True,
        },
        "c_api": {"headers": str(python.include)},
    }
    return json.dumps(details, indent=2) + "\n"
