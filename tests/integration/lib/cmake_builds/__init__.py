"""What builds of CMake projects end in, and small projects for them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pefile  # type: ignore[import-untyped]

ARM64 = 0xAA64

#: A module without a compiler's help.
SPAM = """\
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "spam", 0, 0, 0};
PyMODINIT_FUNC PyInit_spam(void) { return PyModule_Create(&module); }
"""


def head(policy: str = "4.0", languages: str = "C") -> str:
    """Return how a CMakeLists.txt begins."""
    return f"cmake_minimum_required(VERSION 3.15...{policy})\nproject(spam LANGUAGES {languages})\n"


HEAD = head()
#: A module without any of CMake's Python packages.
MODULE = "add_library(spam MODULE spam.c)\ninstall(TARGETS spam DESTINATION .)\n"


@dataclass(frozen=True)
class Built:
    """What a build ended in."""

    status: int
    said: str
    #: The images by their names.
    images: dict[str, pefile.PE]

    @property
    def python_dlls(self) -> set[str]:
        """The Python DLLs that the images need."""
        needed = (
            entry.dll.decode().lower()
            for image in self.images.values()
            for entry in image.DIRECTORY_ENTRY_IMPORT
        )
        return {name for name in needed if name.startswith("python")}

    @property
    def machines(self) -> set[int]:
        """The machines that the images are for."""
        return {image.FILE_HEADER.Machine for image in self.images.values()}


def images_in(wheel: Path) -> dict[str, pefile.PE]:
    """Read the images of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            Path(name).name: pefile.PE(data=archive.read(name))
            for name in archive.namelist()
            if name.endswith((".pyd", ".dll"))
        }


def outcome(case: Path) -> Built:
    """Read what `runs_of_cmake` has left of one case."""
    images = {file.name: pefile.PE(data=file.read_bytes()) for file in case.glob("build/*.pyd")}
    status = int((case / "status.txt").read_text("utf-8"))
    return Built(status, (case / "said.txt").read_text("utf-8", "replace"), images)
