"""Where Windows finds the DLLs that an image needs, among the members of a wheel or folder.

A module's DLLs are looked for in its own folder, in folders that code has added, and in Windows
(CPython's Python/dynload_win.c; "Dynamic-link library search order" in Microsoft's documentation).
DLLs that are loaded already are found by their name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from winarm.coff.image import Image
from winarm.coff.imports import Import
from winarm.target import Target
from winarm.verify.dlls import LOADED_BY, Origin, is_never_bundled, origin_of
from winarm.verify.facts import Facts
from winarm.verify.member_names import installed, is_module, place_of
from winarm.verify.python_code import Code
from winarm.verify.python_places import ELSEWHERE, Place
from winarm.verify.python_visit import Does
from winarm.verify.wheel_code import MOST_COMPARED, Run, WheelCode

#: Images of one folder that are followed to one another.
_MOST_FOLLOWED = 1_000_000


class Found(IntEnum):
    """How sure it is that Windows finds a DLL of the wheel."""

    NOT = 0
    MAYBE = 1
    YES = 2


class Located(NamedTuple):
    """The member that is meant by a DLL's name, and whether Windows finds it there."""

    member: str
    found: Found


class _Importer(NamedTuple):
    """Who asks for a DLL: all images of one folder and distribution alike, each module for itself.

    A module is loaded by an import, before which code may have added folders.
    """

    #: The member, or "" where it is not a module.
    module: str
    #: The place of its folder.
    folder: tuple[str, ...]
    #: The distribution that it belongs to.
    owner: str


class DllSearch:
    """Finds the members that images of a subject import."""

    def __init__(self, subject: Facts, code: WheelCode) -> None:
        self._subject = subject
        self._code = code
        self._importers: dict[str, _Importer] = {}
        self._located: dict[tuple[_Importer, str], Located] = {}
        self._links: dict[str, tuple[tuple[Import, Located | None], ...]] = {}
        self._foreign: dict[tuple[str, ...], bool] = {}
        self._own: dict[Place, bool] = {}
        self._bringers: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
        self._compared = self._followed = 0

    @cached_property
    def _by_file(self) -> Mapping[str, list[str]]:
        """The members that a DLL's name (in lower case) may mean."""
        subject = self._subject
        found: dict[str, list[str]] = {}
        for member in chain(subject.images, subject.impostors, subject.damaged):
            found.setdefault(member.rpartition("/")[2].lower(), []).append(member)
        return {
            file: members
            for file, members in found.items()
            if not is_never_bundled(file, subject.target)
        }

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, ...], str]:
        """The first member of each place that a DLL's name may mean."""
        members = chain.from_iterable(self._by_file.values())
        return {place_of(member): member for member in reversed([*members])}

    def links(self, importer: str) -> tuple[tuple[Import, Located | None], ...]:
        """Return what an image imports, each with the member that it gets, if there is one."""
        if importer not in self._links:
            imports = self._subject.images[importer].imports
            self._links[importer] = tuple(
                (one, self.located(importer, one.file)) for one in imports
            )
        return self._links[importer]

    def located(self, importer: str, file: str) -> Located | None:
        """Return the member that an image gets when it imports `file` (in lower case), or None."""
        candidates = self._by_file.get(file)
        if candidates is None:
            return None
        if importer not in self._importers:
            self._importers[importer] = _Importer(
                importer if is_module(importer) else "",
                place_of(importer)[:-1],
                self._subject.owners.get(importer, ""),
            )
        asking = self._importers[importer]
        key = (asking, file)
        if key not in self._located:
            self._located[key] = self._locate(asking, file, candidates)
        return self._located[key]

    def _locate(self, asking: _Importer, file: str, candidates: Iterable[str]) -> Located:
        if beside := self._by_place.get((*asking.folder, file)):
            return Located(beside, Found.YES)
        found = [Located(member, self._found(asking, member)) for member in candidates]
        # A distribution's own DLL before another's, then one that fits.
        return max(
            found,
            key=lambda one: (
                one.found,
                bool(asking.owner) and self._subject.owners.get(one.member) == asking.owner,
                _is_own(asking.folder, one.member),
                self._fits(one.member),
            ),
        )

    def _fits(self, member: str) -> bool:
        image = self._subject.images.get(member)
        return image is not None and image.loads_on(self._subject.target)

    def _found(self, asking: _Importer, member: str) -> Found:
        place = place_of(member)
        if not self._subject.may_read or self._compared > MOST_COMPARED:
            return Found.MAYBE
        if asking.module and (sure := self._found_in_order(asking.module, member)) is not None:
            return sure
        best = Found.NOT
        for source, code in self._code.near(asking.folder):
            best = max(best, self._by_code(source, code, place))
            if best is Found.YES:
                return best
        for source, code in self._code.all_codes:
            if self._by_code(source, code, place):
                return Found.MAYBE
        return best if self._compared <= MOST_COMPARED else Found.MAYBE

    def _found_in_order(self, module: str, member: str) -> Found | None:  # noqa: C901, PLR0911, PLR0912 - a case each
        """Return whether a DLL is found when a module's package imports the module.

        None where it does not for certain, or where code before may add or load anything.
        """
        place = place_of(member)
        package = installed(module)[:-1]
        added: set[Place] = set()
        unsure = any(True for _ in self._code.started)
        run = Run()
        for count in range(2, len(package) + 1):
            for step, compiled in self._code.steps(package[:count], run):
                does, what, certain = step
                self._compared += 1
                if self._compared > MOST_COMPARED:
                    return None
                if compiled == module:
                    if added:
                        return Found.YES
                    if certain:
                        return None if unsure else Found.NOT
                elif compiled:
                    if place_of(compiled) in self._bringing(place):
                        return Found.YES
                    unsure = unsure or self._code.has_word(compiled)
                elif does is Does.DROP:
                    added.discard(what)
                elif does is Does.ADD and what.fits(place[:-1]):
                    if certain:
                        return Found.YES
                    added.add(what)
                elif does is Does.LOAD and self._brings(place, what):
                    return Found.YES if what.is_led else None
                else:
                    unsure = unsure or (does is not Does.IMPORT and what.is_unknown)
        return None

    def _brings(self, place: tuple[str, ...], loaded: Place) -> bool:
        """Return whether loading a DLL loads the one at `place`."""
        places = self._bringing(place)
        self._follow(len(places))
        return any(map(loaded.fits, places))

    def _bringing(self, place: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        """Return a DLL's place, and those of the images in its folder that load it."""
        if place not in self._bringers:
            found, pending = {place}, [place]
            while pending:
                importers = self._importing_beside.get(pending.pop(), [])
                self._follow(len(importers))
                pending += set(importers) - found
                found.update(importers)
            self._bringers[place] = frozenset(found)
        return self._bringers[place]

    @cached_property
    def _importing_beside(self) -> Mapping[tuple[str, ...], list[tuple[str, ...]]]:
        """The places of the images that import an image of their own folder, by its place."""
        found: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for member, image in self._subject.images.items():
            own = place_of(member)
            for item in image.imports:
                place = (*own[:-1], item.file)
                if not item.delayed and self._by_place.get(place, "") in self._subject.images:
                    found[place].append(own)
        return found

    def _follow(self, count: int) -> None:
        """Note that images are followed to one another; after too many, nothing is certain."""
        self._followed += count
        if self._followed > _MOST_FOLLOWED:
            self._compared = MOST_COMPARED + 1

    def _by_code(self, source: str, code: Code, place: tuple[str, ...]) -> Found:
        self._compared += 1 + len(code.added) + len(code.loaded)
        if any(one.fits(place[:-1]) for one in code.added):
            return Found.YES
        paths = [one for one in code.loaded if self._brings(place, one)]
        if any(one.is_led for one in paths):
            return Found.YES
        unknown = any(one.is_unknown for one in code.added)
        if not (unknown or paths) and any(one.is_unknown for one in code.loaded):
            # It may load anything, but it names what it looks for.
            text = self._code.text(source).lower()
            names = (place[-1].rpartition(".")[0], ".dll")
            unknown = any(name.lower().encode() in text for name in names)
        return Found.MAYBE if unknown or paths else Found.NOT

    def adds_foreign_folders(self, importer: str) -> bool:
        """Return whether code near an image adds folders that the wheel does not have."""
        own = place_of(importer)[:-1]
        if own not in self._foreign:
            self._foreign[own] = any(
                one.is_unknown or not self._has_folder(one)
                for _, code in self._code.near(own)
                for one in code.added
            )
        return self._foreign[own]

    def _has_folder(self, place: Place) -> bool:
        """Return whether a folder may be one of the wheel's."""
        if place not in self._own:
            self._own[place] = (place.is_exact and place.place in self._folders) or any(
                map(place.fits, self._folders)
            )
        return self._own[place]

    def has(self, place: Place) -> bool:
        """Return whether a file is there, or may be another distribution's."""
        path = place.place
        return path in self._subject.places or path[:-1] not in self._folders

    def unsearched(self, file: str) -> str:
        """Return the folder of a DLL that Windows does not find by its name, or ""."""
        members = self._by_file.get(file, ())
        if not members or file in self._imported or self._compared > MOST_COMPARED:
            return ""
        if origin_of(file, self._subject.target) is not Origin.UNKNOWN:
            return ""
        added, loaded = self._places
        for place in map(place_of, members):
            self._compared += len(added) + len(loaded)
            if self._compared > MOST_COMPARED or any(
                one.is_unknown or one.fits(path)
                for places, path in ((added, place[:-1]), (loaded, place))
                for one in places
            ):
                return ""
        return members[0].rpartition("/")[0] or "the root"

    @cached_property
    def _places(self) -> tuple[frozenset[Place], frozenset[Place]]:
        """The folders that code adds, and the DLLs that it loads from somewhere."""
        codes = [code for _, code in self._code.all_codes]
        loaded = (one for code in codes for one in code.loaded if one.root != ELSEWHERE)
        return frozenset(one for code in codes for one in code.added), frozenset(loaded)

    @cached_property
    def _imported(self) -> frozenset[str]:
        """The DLLs that images import, which may be loaded already."""
        return frozenset(
            one.file for image in self._subject.images.values() for one in image.imports
        )

    @cached_property
    def _folders(self) -> frozenset[tuple[str, ...]]:
        return frozenset(place[:-1] for place in self._subject.places)

    def is_loaded_by_python(self, file: str) -> bool:
        """Return whether code imports a module of Python that loads this DLL of Python's own."""
        if origin_of(file, self._subject.target) is not Origin.PYTHON_OWN:
            return False
        names = next((names for stem, names in LOADED_BY.items() if file.startswith(stem)), ())
        return any(
            name in code.required | code.optional
            for name in names
            for code in self._code.importing(name)
        )


def _is_own(folder: tuple[str, ...], member: str) -> bool:
    """Return whether a member is in a folder's package, or in what delvewheel puts beside it."""
    package = folder[1:2]
    return place_of(member)[1:2] in {package, tuple(f"{name}.libs" for name in package)}


def reached(
    images: Mapping[str, Image], target: Target, search: DllSearch, roots: Iterable[str]
) -> frozenset[str]:
    """Return `roots` and all members that loading them loads."""
    found: set[str] = set()
    pending = list(roots)
    while pending:
        member = pending.pop()
        if member in found:
            continue
        found.add(member)
        image = images.get(member)
        if image is None or not image.loads_on(target):
            continue
        pending += (
            located.member
            for needed, located in search.links(member)
            if located is not None and not needed.delayed
        )
    return frozenset(found)
