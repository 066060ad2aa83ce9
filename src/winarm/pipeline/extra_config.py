"""What cibuildwheel says of the target's Python: its DIST_EXTRA_CONFIG.

cibuildwheel cross-builds for ARM64 on x64 Windows by a file in setup.cfg's format, which it names
in DIST_EXTRA_CONFIG; `library_dirs` of `[build_ext]` is the `libs` folder of the ARM64 Python.
"""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winarm.host import Host

#: A file of more bytes is not read; cibuildwheel's has some hundred.
MAX_SIZE = 2**20


def extra_library_dirs(host: Host) -> tuple[Path, ...]:
    """Return the folders with import libraries that DIST_EXTRA_CONFIG names."""
    named = host.variable("DIST_EXTRA_CONFIG")
    if named is None:
        return ()
    parser = configparser.RawConfigParser()
    try:
        with Path(named).open(encoding="utf-8") as file:
            parser.read_string(file.read(MAX_SIZE))
    except (OSError, ValueError, configparser.Error):
        # distutils ignores a file that is not there; what it cannot parse, it reports itself.
        return ()
    written = parser.get("build_ext", "library_dirs", fallback="")
    separator = ";" if host.system == "windows" else ":"
    folders = (part.strip() for part in written.replace("\n", separator).split(separator))
    return tuple(Path(folder) for folder in folders if folder)
