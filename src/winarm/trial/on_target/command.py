"""Run the target's Python with the arguments in command.json, in the folder `work`.

For a runner that can run scripts only.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Run it, and end as it ends."""
    with open(os.path.join(HERE, "command.json"), encoding="utf-8") as file:
        arguments = json.load(file)
    temporary = os.path.join(HERE, "tmp")
    environ = {
        **os.environ,
        "PYTHONPATH": os.path.join(HERE, "start"),
        "TEMP": temporary,
        "TMP": temporary,
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=os.path.join(HERE, "work"), env=environ, check=False
    )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
