"""`winarm env`: the environment of a toolchain, for any shell; what vcvarsall is run for."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from winarm.cli.console import Console
from winarm.cli.shells import SHELLS, ShellVariables, github_variables, script
from winarm.config import TOOLCHAINS, Settings, read_settings
from winarm.errors import FileSystemError, UsageError
from winarm.host import Host, ProgramError
from winarm.locate.toolchain import Toolchain, command_text

DESCRIPTION = """\
Print what sets up a shell for a toolchain that makes ARM64 Windows code: CC, CXX, AR, RC and
PATH; for zig also NM, RANLIB, STRIP, OBJDUMP, LD, WINDRES, CONFIG_SITE and host_alias, so that an
unchanged ./configure cross-compiles; for msvc and clang-cl also INCLUDE, LIB, LIBPATH and the
names of a developer prompt. PKG_CONFIG and PKG_CONFIG_LIBDIR find no package of this machine. With
the setting `prefix` they find those of the prefix, and CPPFLAGS and LDFLAGS its libraries.
No batch file is run to find it out, only vswhere or a compiler's --version: it takes a fraction
of the seconds that vcvarsall takes.
"""

EPILOG = """\
examples:
  eval "$(winarm env)"                                    bash, zsh
  winarm env -- ./configure --prefix=/opt/arm64           run one command in it
  winarm env --shell fish | source                        fish
  winarm env --shell powershell | Out-String | iex        PowerShell
  winarm env --shell cmd > env.cmd && call env.cmd        cmd
  winarm env --shell github                               a step of GitHub Actions: later ones
                                                          have it

exit status: 0 printed (of COMMAND: its own), 1 no toolchain, 2 a mistake in options or settings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.add_argument("--toolchain", choices=TOOLCHAINS, help="the toolchain to take (auto)")
    parser.add_argument(
        "argv",
        nargs="*",
        metavar="COMMAND",
        help="after --: run this in the environment instead of printing it",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--shell", choices=SHELLS, help="whose language to speak (bash; cmd)")
    form.add_argument("--json", action="store_true", help="print it as JSON")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Print the environment of the toolchain that the settings, or the option, ask for.

    :raises WinarmError: there is none, or the shell cannot take it.
    """
    asked = {"winarm.toolchain": args.toolchain} if args.toolchain else None
    settings = read_settings(Path.cwd(), asked, host)
    toolchain = chosen(host, settings)
    libraries = library_variables(host, toolchain, settings)
    variables = {**toolchain.variables(host.system), **libraries}
    found = ShellVariables(variables, tuple(map(str, toolchain.path)))
    for note in toolchain.notes:
        console.err(f"winarm: {note}")
    if args.argv:
        return run_command(host, toolchain, found, args.argv)
    if args.json:
        console.exact(json.dumps(as_json(toolchain, found), indent=2, ensure_ascii=False) + "\n")
        return 0
    shell = args.shell or ("cmd" if host.system == "windows" else "bash")
    if shell == "github":
        tell_github(host, found)
        console.err(f"winarm: later steps use {toolchain.kind} {toolchain.version}")
    else:
        console.exact(script(shell, found, host.variable("PATH") or ""))
    return 0


def run_command(
    host: Host, toolchain: Toolchain, found: ShellVariables, command: Sequence[str]
) -> int:
    """Run a command in the environment and return its exit status.

    :raises UsageError: there is no such program.
    """
    environ = toolchain.environment({**host.environ, **found.variables})
    try:
        return replace(host, environ=environ).attend(command)
    except ProgramError as error:
        raise UsageError(error.what) from error


def chosen(host: Host, settings: Settings) -> Toolchain:
    """Return the toolchain that the settings ask for.

    :raises WinarmError: there is none.
    """
    from winarm.locate.zig import zig_folders  # noqa: PLC0415 - `--help` needs none of it
    from winarm.pipeline.equip import toolchain_for  # noqa: PLC0415
    from winarm.plan import build_target  # noqa: PLC0415

    return toolchain_for(host, build_target(settings), settings, zig_folders(host), lasting=True)


def library_variables(host: Host, toolchain: Toolchain, settings: Settings) -> dict[str, str]:
    """Return what makes a build find the libraries of the prefixes that the settings name.

    :raises WinarmError: one of them is missing, or has nothing for the target.
    """
    from winarm.libraries.view import (  # noqa: PLC0415 - most have no prefix
        native_libraries,
        pkg_config_program,
    )
    from winarm.pipeline.equip import pkgconf_program  # noqa: PLC0415

    pkgconf = pkgconf_program(host)
    if not settings.prefix:
        # Of the host's packages none is for the target: it looks where nothing is.
        nowhere = host.variable("PKG_CONFIG_LIBDIR") or str(host.cache / "prefixes" / "none")
        return {"PKG_CONFIG": str(pkgconf), "PKG_CONFIG_LIBDIR": nowhere} if pkgconf else {}
    native = native_libraries(
        host,
        toolchain.target,
        toolchain.style,
        named=settings.prefix,
        linkage="static" if settings.linkage == "static" else "shared",
        pkgconf=pkgconf,
    )
    own = "/LIBPATH:" if toolchain.style == "msvc" else "-L"
    program = pkg_config_program(host, native)
    flags = {
        "CPPFLAGS": [f"-I{folder}" for folder in native.include_dirs],
        "LDFLAGS": [f"{own}{native.library_dir}"],
    }
    of_tools = {
        "WINARMTOOLS_LIBRARY_PATH": str(native.library_dir),
        "WINARMTOOLS_ROOTS": os.pathsep.join(map(str, native.roots)),
        "WINARMTOOLS_OPENMP": str(native.openmp or ""),
    }
    return {
        **({name: text for name, text in of_tools.items() if text} if toolchain.tools else {}),
        **({"PKG_CONFIG": str(program)} if program else {}),
        "PKG_CONFIG_LIBDIR": str(native.pkgconfig_dir),
        **{name: command_text(words, host.system) for name, words in flags.items() if words},
    }


def as_json(toolchain: Toolchain, found: ShellVariables) -> dict[str, object]:
    """Return the environment as JSON has it."""
    return {
        "toolchain": {
            "kind": toolchain.kind,
            "version": toolchain.version,
            "origin": toolchain.origin,
            "target": toolchain.target.wheel_platform,
        },
        "variables": dict(found.variables),
        "path": list(found.path),
        "notes": list(toolchain.notes),
    }


def tell_github(host: Host, found: ShellVariables) -> None:
    """Write the variables where a runner of GitHub Actions reads them after the step.

    :raises UsageError: this is no step of GitHub Actions.
    :raises FileSystemError: a file cannot be written.
    """
    variables, path = host.variable("GITHUB_ENV"), host.variable("GITHUB_PATH")
    if variables is None or path is None:
        raise UsageError(
            "--shell github is for a step of GitHub Actions, and GITHUB_ENV is not set.",
            cure="Elsewhere use --shell bash, cmd, fish or powershell.",
        )
    # The runner puts each line before those that it has: the last comes first.
    folders = "".join(f"{folder}\n" for folder in reversed(found.path))
    for name, text in ((variables, github_variables(found.variables)), (path, folders)):
        try:
            with Path(name).open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise FileSystemError(name, error) from error
