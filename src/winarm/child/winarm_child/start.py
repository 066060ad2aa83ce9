"""Read what the parent wrote and put the target view in place."""

import json
import os
import sys

from . import distutils_, on_import, view
from .journal import Journal

#: Names the file that says everything.
VARIABLE = "WINARM_CHILD"

#: Programs that must keep the host's view: they would fetch win_arm64 wheels for the host.
INSTALLERS = ("pip", "uv", "__pip-runner__.py", "ensurepip", "virtualenv")


def start() -> None:
    """Make the target view in this process, unless it is an installer's."""
    path = os.environ.get(VARIABLE)
    if not path or is_installer(sys.orig_argv):
        return
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    journal = Journal(spec["journal"])
    view.install(spec)
    on_import.install({**distutils_.patches(spec, journal), **view.patches(spec)})


def is_installer(argv: list[str]) -> bool:
    """Return whether a Python with this command line installs packages.

    >>> is_installer(["python", "-m", "pip", "install", "x"])
    True
    >>> is_installer(["python", "setup.py", "build"])
    False
    """
    for position, word in enumerate(argv[1:], start=1):
        if word == "-m":
            return argv[position + 1 : position + 2] in [[name] for name in INSTALLERS]
        if not word.startswith("-"):
            return os.path.basename(word).removesuffix(".exe") in INSTALLERS
    return False
