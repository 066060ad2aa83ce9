"""Run a script in this Python, which must be one for ARM64 Windows.

    python tools/winpy_native.py -p FOLDER script.py

FOLDER (unpacked wheels) comes first on sys.path. This is what WINARM_TEST_ARM64_PYTHON names on a
machine that is the target itself; an emulator's command keeps to the same contract.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path


def main() -> int:
    """Run the script and return its exit status."""
    match sys.argv[1:]:
        case ["-p", folder, script, *arguments]:
            pass
        case _:
            print(f"usage: {sys.argv[0]} -p FOLDER script.py", file=sys.stderr)
            return 2
    # Not platform.machine(): under emulation an x64 Python may be told that the machine is Arm.
    if sysconfig.get_platform() != "win-arm64":
        print(f"this Python is for {sysconfig.get_platform()}, not win-arm64", file=sys.stderr)
        return 2
    environ = {**os.environ, "PYTHONPATH": str(Path(folder).resolve())}
    command = [sys.executable, script, *arguments]
    return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
