"""What follows from what was read: the one value that every check looks at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import islice

from winarm.coff.image import Image
from winarm.target import Target
from winarm.verify.dll_search import DllSearch, reached
from winarm.verify.facts import Facts
from winarm.verify.member_names import (
    base_name,
    init_names,
    is_module,
    module_of,
    place_of,
    suffix_of,
)
from winarm.verify.wheel_code import WheelCode
from winarm.verify.wheels.metadata import (
    header_fields,
    requirements,
    same_name,
    same_version,
)

#: Launchers that setuptools and distlib (and pip, which vendors it) carry for every machine and
#: copy out for the one they run on.
_LAUNCHER = re.compile(
    r"(.*/)?(setuptools/(cli|gui)(-32|-64|-arm64)?|distlib/[tw](32|64|64-arm))\.exe"
)
#: Folders of modules whose DLLs are followed; the largest wheels have some forty.
_MOST_FOLDERS = 256
#: Required distributions that a finding names, and characters of each.
_MOST_NAMED = 16
_LONGEST_NAME = 64
_TEST_FOLDERS = frozenset({"test", "tests", "testing", "testdata", "test_data"})

#: How other systems' extension modules end (`.abi3.so`, `.cpython-313-darwin.so`).
_FOREIGN_MODULE = re.compile(r"\.(abi3t?|cpython-[^/]*|pypy[^/]*|graalpy[^/]*)\.so$")


class Subject(Facts):
    """What the checks look at: what was read, and what follows from it."""

    @cached_property
    def checked(self) -> Mapping[str, Image]:
        """Return the images that are for the target, and not allowed to be as they are.

        In a wheel that is tagged for two machines, those of the other one are not.
        """
        others = tuple(one for one in self.own_targets if one != self.target)
        if self.target not in self.own_targets:
            others = ()
        needed = {
            item.file
            for image in self.images.values()
            if others and image.loads_on(self.target)
            for item in image.imports
        }
        suffixes = tuple(f"-{one.wheel_platform}.pyd" for one in others)
        return {
            member: image
            for member, image in self.images.items()
            if not self.allows(member)
            and not (
                member.lower().endswith(suffixes)
                if is_module(member)
                else any(image.loads_on(one) for one in others)
                and not image.loads_on(self.target)
                and base_name(member).lower() not in needed
            )
        }

    @cached_property
    def loadable(self) -> Mapping[str, Image]:
        """Return those of `checked` that processes of the target can load."""
        return {
            member: image for member, image in self.checked.items() if image.loads_on(self.target)
        }

    @cached_property
    def required(self) -> tuple[tuple[str, str], ...]:
        """Return the distributions that the wheel requires whatever is chosen, and versions."""
        metadata = self.texts.get(f"{self.dist_info}/METADATA", b"")
        return requirements(header_fields(metadata))

    @cached_property
    def required_names(self) -> str:
        """Return the names of these distributions, the first of many, in words."""
        names = sorted({name for name, _ in self.required})
        first = ", ".join(name[:_LONGEST_NAME] for name in names[:_MOST_NAMED])
        more = len(names) - _MOST_NAMED
        return f"{first} and {more} more" if more > 0 else first

    @property
    def own_targets(self) -> tuple[Target, ...]:
        """Return the targets that a wheel is tagged for."""
        return self.name.targets if self.name is not None else ()

    @cached_property
    def packages(self) -> frozenset[str]:
        """Return the folders of site-packages that have an `__init__`, of Python or compiled."""
        return frozenset(
            place[1]
            for place in self.places
            if place[0] == "site" and len(place) > 2 and place[2].startswith("__init__.")  # noqa: PLR2004 - a file in it
        )

    @cached_property
    def dist_info_folders(self) -> tuple[str, ...]:
        """Return every `.dist-info` folder at the top of the wheel.

        Only these count: setuptools carries the ones of what it vendors further down.
        """
        tops = {name.partition("/")[0] for name in self.names if "/" in name}
        return tuple(sorted(top for top in tops if top.endswith(".dist-info")))

    @cached_property
    def dist_info(self) -> str | None:
        """Return the `.dist-info` folder of the wheel's own name and version, or None."""
        if self.name is None:
            return None
        for folder in self.dist_info_folders:
            name, _, version = folder.removesuffix(".dist-info").rpartition("-")
            if same_name(name, self.name.distribution) and same_version(version, self.name.version):
                return folder
        return None

    @cached_property
    def search(self) -> DllSearch:
        """Return where Windows finds the subject's DLLs."""
        return DllSearch(self, self.code)

    @cached_property
    def code(self) -> WheelCode:
        """Return the subject's Python code."""
        return WheelCode(self)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Return the extension modules, those that cannot be read included."""
        members = (*self.checked, *self.impostors, *self.damaged)
        return tuple(
            member for member in members if is_module(member) and not self.is_test_data(member)
        )

    @cached_property
    def foreign_modules(self) -> tuple[str, ...]:
        """Return the extension modules for other systems than Windows."""
        return tuple(
            member
            for member in self.natives
            if not (self.allows(member) or self.is_test_data(member))
            and (
                _FOREIGN_MODULE.search(member) is not None
                # Linux imports a plain suffix, too; only a module names its init function.
                or (suffix_of(member) == ".so" and self._has_init_name(member))
            )
        )

    def _has_init_name(self, member: str) -> bool:
        content = self.read(member)
        return any(name.encode() in content for name in init_names(module_of(member)))

    @cached_property
    def essential(self) -> frozenset[str]:
        """Return the members without which the wheel is nothing: modules and all that they load.

        Where there is no module, these are the DLLs that Python code may load, or the programs.
        """
        roots = self.modules
        if not roots:
            dlls = [member for member, image in self.checked.items() if image.is_dll]
            roots = self.code.loaded_of(dlls) or tuple(self.checked.keys() - set(dlls))
        return reached(self.checked, self.target, self.search, roots)

    @cached_property
    def loaded_from(self) -> Mapping[tuple[str, ...], frozenset[str]]:
        """Return what the modules of each folder load, by the place of the folder."""
        modules: dict[tuple[str, ...], list[str]] = {}
        for module in self.modules:
            modules.setdefault(place_of(module)[:-1], []).append(module)
        return {
            folder: reached(self.checked, self.target, self.search, inside)
            for folder, inside in islice(modules.items(), _MOST_FOLDERS)
        }

    def is_test_data(self, member: str) -> bool:
        """Return whether a file is data of tests: in a folder of theirs that is no package."""
        folder = place_of(member)[:-1]
        return not _TEST_FOLDERS.isdisjoint(folder) and (*folder, "__init__.py") not in self.places

    def allows(self, member: str) -> bool:
        """Return whether `member` is a known launcher, or allowed by the user."""
        return _LAUNCHER.fullmatch(member) is not None or self.is_allowed(member)

    def is_allowed(self, member: str) -> bool:
        """Return whether the user allows `member` to be for any machine."""
        return any(fnmatchcase(member, pattern) for pattern in self.options.allow)
