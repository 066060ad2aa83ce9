"""Read what the parent wrote and put the target view in place."""

import json
import os
import re
import sys

from . import distutils_, on_import, packages, stubs, view
from .journal import Journal

#: Names the file that says everything.
VARIABLE = "WINARM_CHILD"

#: Programs that must keep the host's view: they would fetch win_arm64 wheels for the host.
INSTALLERS = re.compile(
    r"(pip[\d.]*|uv|__pip-runner__|ensurepip|easy_install[\d.-]*|virtualenv|venv)(\.(py|pyz|exe))?"
)

#: Variables that winarm sets for the target, after it has removed the host's.
FOR_THE_TARGET = re.compile(
    r"WINARM(TOOLS)?_.*|CC|CXX|AR|RC|LD|NM|RANLIB|STRIP|OBJDUMP|WINDRES|DLLTOOL|CONFIG_SITE|"
    r"host_alias|VSCMD_ARG_TGT_ARCH|(PKG_CONFIG|CMAKE|MESON)_.*"
)


def start() -> None:
    """Make the target view in this process, unless it is an installer's."""
    path = os.environ.get(VARIABLE)
    if not path:
        return
    if is_installer(sys.orig_argv):
        # What it builds on the way runs here, too, in processes of its own.
        for name in filter(FOR_THE_TARGET.fullmatch, list(os.environ)):
            del os.environ[name]
        return
    stub = stubs.generator_arguments(sys.orig_argv)
    if stub is not None:
        stubs.write_incomplete(stub)
        sys.stderr.flush()
        # Before the program itself begins; an exception here would look like a broken Python.
        os._exit(0)
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    journal = Journal(spec["journal"])
    by_name, seen = view.install(spec)
    patches = {**by_name, **distutils_.patches(spec, journal), **packages.patches(spec)}
    on_import.install(patches, seen)
    journal.write("view")


def is_installer(argv: list[str]) -> bool:
    """Return whether a Python with this command line installs packages.

    >>> is_installer(["python", "-m", "pip", "install", "x"])
    True
    >>> is_installer(["python", "setup.py", "build"])
    False
    """
    words = iter(argv[1:])
    for word in words:
        if word in {"-", "-c"}:
            return False
        if not word.startswith("-"):
            return INSTALLERS.fullmatch(os.path.basename(word)) is not None
        # Letters may stand together: `-Im pip`, `-mpip`, `-Werror`.
        option = re.fullmatch(r"-[^-mcWX]*([mcWX])(.*)", word)
        if option is None:
            continue
        value = option[2] or next(words, "")
        if option[1] == "m":
            return INSTALLERS.fullmatch(value.partition(".")[0]) is not None
        if option[1] == "c":
            return False
    return False
