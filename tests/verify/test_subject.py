"""What checks ask of a wheel, folder or file that was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.facts import Shape
from winarm.verify.options import VerifyOptions
from winarm.verify.subject import Subject
from winarm.verify.wheels.filename import WheelName

ARM64 = read_image(im.module())
X64 = read_image(im.module(machine=im.AMD64))


def subject(filename: str = "pkg-1.0-cp313-cp313-win_arm64.whl", **facts: Any) -> Subject:  # noqa: ANN401
    return Subject(Path(filename), Shape.WHEEL, WIN_ARM64, name=WheelName.parse(filename), **facts)


def test_launchers_and_what_the_user_allows_are_not_checked() -> None:
    images = {"setuptools/cli-64.exe": X64, "own/x64.dll": X64, "pkg/_x.pyd": X64}

    assert set(subject(images=images, options=VerifyOptions(allow=("own/*",))).checked) == {
        "pkg/_x.pyd"
    }


class TestTwoMachines:
    """A wheel that is tagged for two machines has images of both."""

    NAME = "pkg-1.0-cp313-cp313-win_amd64.win_arm64.whl"

    def test_those_of_the_other_machine_are_not_checked(self) -> None:
        images = {
            "pkg/_x.cp313-win_arm64.pyd": ARM64,
            "pkg/_x.cp313-win_amd64.pyd": X64,
            "pkg/other.dll": X64,
        }

        assert set(subject(self.NAME, images=images).checked) == {"pkg/_x.cp313-win_arm64.pyd"}

    def test_but_one_that_a_module_of_ours_needs_is(self) -> None:
        needing = read_image(im.module(imports={"Other.dll": ["f"]}))
        images = {"pkg/_x.cp313-win_arm64.pyd": needing, "pkg/other.dll": X64}

        assert set(subject(self.NAME, images=images).checked) == set(images)

    def test_a_module_without_a_tag_counts_for_both(self) -> None:
        assert set(subject(self.NAME, images={"pkg/_x.pyd": X64}).checked) == {"pkg/_x.pyd"}


@pytest.mark.parametrize(
    ("folder", "own"),
    [
        ("pkg-1.0.dist-info", True),
        ("PKG-1.dist-info", True),
        ("pkg-2.0.dist-info", False),
        ("other-1.0.dist-info", False),
        ("vendor/pkg-1.0.dist-info", False),
    ],
)
def test_its_own_metadata_is_that_of_its_name_and_version_at_the_top(
    folder: str,
    own: bool,  # noqa: FBT001 - a parameter
) -> None:
    found = subject(sizes={f"{folder}/METADATA": 1}).dist_info

    assert found == (folder if own else None)


def test_what_it_requires_whatever_is_chosen() -> None:
    lines = ("numpy>=2", "pytest; extra == 'test'")
    metadata = "".join(f"Requires-Dist: {line}\n" for line in lines) + "\nRequires-Dist: x\n"
    name = "pkg-1.0.dist-info/METADATA"

    required = subject(sizes={name: 1}, texts={name: metadata.encode()}).required
    assert required == (("numpy", ">=2"),)


@pytest.mark.parametrize(("names", "words"), [("", ""), ("b a b", "a, b"), ("x" * 99, "x" * 64)])
def test_required_distributions_are_named(names: str, words: str) -> None:
    metadata = "".join(f"Requires-Dist: {name}\n" for name in names.split())
    name = "pkg-1.0.dist-info/METADATA"

    assert subject(sizes={name: 1}, texts={name: metadata.encode()}).required_names == words


def test_very_many_required_distributions_are_counted() -> None:
    metadata = "".join(f"Requires-Dist: n{number:04}\n" for number in range(2000))
    name = "pkg-1.0.dist-info/METADATA"

    found = subject(sizes={name: 1}, texts={name: metadata.encode()}).required_names
    assert found.startswith("n0000, n0001, ")
    assert found.endswith("n0015 and 1984 more")


def test_data_of_tests_is_no_module() -> None:
    images = {"pkg/tests/data/x.pyd": ARM64, "pkg/tests/_y.pyd": ARM64, "pkg/_z.pyd": ARM64}
    sizes = dict.fromkeys((*images, "pkg/tests/__init__.py"), 1)

    assert subject(images=images, sizes=sizes).modules == ("pkg/tests/_y.pyd", "pkg/_z.pyd")


def test_modules_that_cannot_be_read_are_modules_all_the_same() -> None:
    damaged = {"pkg/_x.pyd": "it is cut off", "pkg/data.bin": "it is cut off"}

    assert subject(damaged=damaged).modules == ("pkg/_x.pyd",)


def test_without_a_module_a_wheel_is_nothing_without_its_programs() -> None:
    tool = read_image(im.image(dll=False))

    assert subject(images={"scripts/tool.exe": tool}).essential == {"scripts/tool.exe"}
    # Next to a DLL that Python code may load, they are not what it is for.
    assert subject(images={"pkg/x.dll": ARM64, "scripts/t.exe": tool}).essential == {"pkg/x.dll"}
