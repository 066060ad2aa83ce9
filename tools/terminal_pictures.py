"""Draws the pictures of terminals in docs/_static from what the commands really print.

    python tools/terminal_pictures.py

Each picture runs its commands in a copy of an example; run it again when an output changes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
WIDTH = 110

#: Each picture's name, the example that it is made in, and its commands.
PICTURES = {
    "build": ("setuptools-cpp", ("winarm build --python 3.13", "winarm verify dist")),
    "findings": ("broken", ("winarm verify dist",)),
    "explain": ("setuptools-c", ("winarm verify --explain WA408",)),
}

#: rich's own template without the fonts that it would have a page fetch from elsewhere.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def main() -> None:
    """Draw every picture."""
    for name, (example, commands) in PICTURES.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary, example)
            if example == "broken":
                make_broken(folder)
            else:
                shutil.copytree(ROOT / "examples" / example, folder)
            draw(name, commands, folder)


def make_broken(folder: Path) -> None:
    """Make a folder with a wheel whose module is x64 code under an ARM64 name."""
    sys.path.insert(0, str(ROOT / "tests" / "verify" / "lib"))
    from verify_samples import image, wheel  # noqa: PLC0415

    module = image.module("_spam", machine=0x8664)
    (folder / "dist").mkdir(parents=True)
    files = {"spam/_spam.cp313-win_arm64.pyd": module}
    wheel.wheel(folder / "dist", files, "spam-1.0-cp313-cp313-win_arm64.whl")


def draw(name: str, commands: tuple[str, ...], folder: Path) -> None:
    """Run the commands and write docs/_static/NAME.svg."""
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for command in commands:
            console.print(Text(f"$ {command}", style="bold"))
            done = subprocess.run(
                command.split(), cwd=folder, capture_output=True, text=True, check=False
            )
            console.print(Text((done.stderr + done.stdout).rstrip()), soft_wrap=False)
        svg = console.export_svg(title="winarm", code_format=FORMAT, unique_id=f"winarm-{name}")
    (ROOT / "docs" / "_static" / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
