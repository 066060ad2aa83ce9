"""Python code that adds folders to those that are searched for DLLs."""

from __future__ import annotations

from winarm.verify.python_code import read_code
from winarm.verify.python_places import Place

#: The folder of the file, as code has it.
HERE = "import os\nhere = os.path.dirname(os.path.abspath(__file__))\n"


def added(text: str) -> tuple[Place, ...]:
    """Return the folders that a file adds, which is installed as `pkg/sub/__init__.py`."""
    code = read_code(("pkg", "sub", "__init__.py"), text.encode())
    assert code is not None
    return code.added


def place(*parts: str | None) -> Place:
    """Return a path below the folder where wheels are installed."""
    return Place("site", parts)
