"""`winarm repair`: copy the DLLs that wheels need into them, on any host."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.cli.console import Console
from winarm.cli.options import add_list
from winarm.errors import UsageError, VerificationError
from winarm.host import Host
from winarm.storage import deliver, scratch_folder
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from winarm.config import Settings
    from winarm.libraries.bundle import Bundled
    from winarm.libraries.prefix import Prefix
    from winarm.verify import VerifyOptions

DESCRIPTION = """\
Copy the DLLs that win_arm64 wheels need, and that a prefix has, into the wheels; then verify them.

It works on any machine and does not run what is in the wheels. Licences of what is copied go into
.dist-info/licenses, and an SBOM names it. A wheel that needs nothing is copied as it is.
"""

EPILOG = """\
examples:
  winarm repair dist/*.whl --prefix deps/arm64
  winarm repair x.whl --msvcp140                also Visual C++'s msvcp140.dll, from the index
  repair-wheel-command = "winarm repair {wheel} -o {dest_dir}"      for cibuildwheel

exit status: 0 the wheels are good, 1 one is not, 2 a mistake in options or settings
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.add_argument("wheels", metavar="WHEEL", nargs="+", type=Path, help="what to repair")
    add_list(parser, "--prefix", "DIR", "a tree with the target's DLLs (the setting `prefix`)")
    parser.add_argument(
        "--msvcp140",
        action="store_true",
        help="copy Visual C++'s C++ runtime, too, from the msvc-runtime wheel of the package index",
    )
    add_list(parser, "--external", "DLL", "a DLL that something else brings")
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("wheelhouse"),
        help="where the wheels go (wheelhouse)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show what is copied")


def run(args: argparse.Namespace, host: Host, console: Console) -> int:
    """Repair every wheel that was named; stop at the first that cannot be.

    :raises WinarmError: it cannot.
    """
    from winarm.config import read_settings  # noqa: PLC0415 - `--help` needs none of it
    from winarm.libraries.prefix import prefixes  # noqa: PLC0415
    from winarm.libraries.target_packages import cpp_runtime  # noqa: PLC0415
    from winarm.project.pip_config import pip_configuration  # noqa: PLC0415

    settings = read_settings(Path.cwd(), None, host)
    folders = [str(Path(folder).absolute()) for folder in args.prefix] or settings.prefix
    trees = prefixes(folders, WIN_ARM64)
    options = _options(settings, args.external)
    runtime = None
    if args.msvcp140 or settings.bundle == "msvcp140":
        runtime = cpp_runtime(host, WIN_ARM64, pip_configuration(host))
    for wheel in args.wheels:
        done = _repaired(host, wheel, args.output, trees=trees, options=options, runtime=runtime)
        for note in done.notes:
            console.err(f"winarm: {note}")
        for dll in done.dlls if args.verbose else ():
            console.err(f"winarm: copied {dll.path} for {dll.chain[-1]}")
        names = ", ".join(dll.path.name for dll in done.dlls)
        what = f"copied {names}" if names else "needs no DLL of a prefix"
        console.out(f"{done.wheel}: {what}")
    return 0


def _options(settings: Settings, external: Sequence[str]) -> VerifyOptions:
    from winarm.verify import VerifyOptions  # noqa: PLC0415 - as in run()

    options = settings.verify or VerifyOptions()
    known = (*options.external, *external)
    return dataclasses.replace(options, target=WIN_ARM64, external=known)


def _repaired(
    host: Host,
    wheel: Path,
    output: Path,
    *,
    trees: Sequence[Prefix],
    options: VerifyOptions,
    runtime: Path | None,
) -> Bundled:
    """Repair, verify and deliver one wheel; return it where it is now.

    :raises VerificationError: it is not good, even so; it is not delivered.
    """
    from winarm.libraries.bundle import bundle, epoch  # noqa: PLC0415 - as in run()
    from winarm.verify import verify  # noqa: PLC0415

    if not wheel.is_file():
        raise UsageError(f"there is no file {wheel}.")
    with scratch_folder() as scratch:
        done = bundle(
            host,
            wheel,
            scratch,
            trees,
            WIN_ARM64,
            external=options.external,
            cpp_runtime=runtime,
            stamp=epoch(host),
        )
        report = verify(done.wheel, options)
        if report.reaches(options.fail_on):
            failing = options.fail_on or 0
            lines = [found.line() for found in report.findings if found.severity >= failing]
            raise VerificationError(wheel.name, lines)
        return dataclasses.replace(done, wheel=deliver(done.wheel, output))
