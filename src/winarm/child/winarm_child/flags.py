"""Turn the flags that projects pass into those that a GNU-style toolchain takes.

A project that sees Windows adds MSVC's flags, whatever the compiler; one that was written for gcc
adds some that clang's MinGW target or zig reject. `flag_rules` has the table that says what is
translated, left out or refused; each is reported to the parent.
"""

import itertools
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from .flag_rules import (
    APART,
    HANDED_ON,
    HOST_FOLDERS,
    INSTALLED,
    LIBRARY_FORMS,
    LINKER_VALUED,
    VALUED,
    Found,
    find_linker_rule,
    find_openmp_rule,
    find_rule,
)
from .journal import Journal
from .paths import ours

#: What names a folder: option and folder.
FOLDER = re.compile(r"(-I|-L|-isystem|-iquote|-idirafter)(.*)", re.DOTALL)

#: A macro whose text is in quotation marks as old releases of distutils wanted them on Windows.
_ESCAPED = re.compile(r'\A([-/]D\w+=)\\"([^"\\]*)\\"\Z')

#: What build_ext names on a Windows host: the libraries of the Python that builds.
_PYTHON_HOMES = frozenset(map(os.path.realpath, (sys.exec_prefix, sys.base_exec_prefix)))
_PYTHON_FOLDERS = tuple(
    os.path.join(home, name) for home in _PYTHON_HOMES for name in ("libs", "PCbuild")
)

#: Options of GNU's that write which files a source depends on; their `-MT` has a value.
DEPENDENCIES = frozenset(("-M", "-MM", "-MD", "-MMD", "-MF", "-MP"))

#: Endings of the files that a compiler reads.
SOURCES = (".c", ".cc", ".cpp", ".cxx", ".c++", ".cp", ".C", ".i", ".ii", ".m", ".mm", ".S", ".s")


class RefusedFlagError(Exception):
    """A flag of the project's would change the code, and that cannot be had here."""

    def __init__(self, argument: str, why: str) -> None:
        super().__init__(
            f"{argument} is refused: {why}. It would change the code, its layout or how it is "
            f"loaded. To build without it: -C winarm.drop-flags={argument}"
        )


class LibraryRefusedError(ValueError):
    """A library that a project links is there and cannot be linked."""


class Translator:
    """Translates whole command lines for one build, and reports what it changed."""

    c_standard = re.compile(r"-std=(?:c|gnu|iso9899:)\d\w*")
    cxx_standard = re.compile(r"-std=(?:c|gnu)\+\+\w+")

    def __init__(self, spec: Mapping[str, Any], journal: Journal) -> None:
        self._journal = journal
        self._reported: set[str] = set()
        self._native = spec["native"]
        #: Folders with headers of another toolchain's C library among those of libraries.
        self._late = {os.path.realpath(one) for one in self._native["late_include_dirs"]}
        self._drop = tuple(spec["drop_flags"])
        self._instead = {os.path.realpath(k): v for k, v in spec["instead_of"].items()}
        after = [arg for args in spec["after"].values() for arg in args]
        named = [match[2] for arg in after if (match := FOLDER.fullmatch(arg))]
        self._projects = [os.path.realpath(p) for p in (*spec["project"], spec["build_base"])]
        #: What may be anywhere: the project, what winarm made, and what the user has named.
        self._allowed = [
            os.path.realpath(path)
            for path in (*spec["project"], spec["build_base"], *named, *self._native["roots"])
        ]

    def language(self, argv: Sequence[str], language: str | None) -> str | None:
        """Return the language that flags such as /TP make of a source's own."""
        become = [found.becomes for found in map(find_rule, argv) if found]
        chosen = [words[1] for words in become if words[:1] == ("-x",) and len(words) == 2]  # noqa: PLR2004
        return chosen[-1] if chosen else language

    def compile(self, argv: Sequence[str], language: str | None) -> list[str]:
        """Return the command line that compiles a source of `language` (`c` or `c++`).

        :raises RefusedFlagError: a flag cannot be had here.
        """
        wrong = self.c_standard if language == "c++" else self.cxx_standard
        argv = [arg for arg in self._translated(argv) if not wrong.fullmatch(arg)]
        return _language_first(argv)

    def link(self, argv: Sequence[str], exports: str) -> list[str]:
        """Return the command line that links.

        :param exports: the `.def` file that names exported on the command line go to.
        :raises RefusedFlagError: a flag cannot be had here.
        """
        argv = list(self._translated(self._without_exports(argv, exports)))
        own = [arg for arg in argv if arg.lower().endswith(".def") and arg != exports]
        if own and exports in argv:
            # One export list is all that a linker takes; Microsoft's takes names beside it.
            argv.remove(exports)
            argv[argv.index(own[0])] = joined_exports(own[0], exports)
        folders = [arg[2:] for arg in argv if arg.startswith("-L")]
        found = [self._of_prefix(arg, folders) or _library(arg, folders) for arg in argv]
        named = self._with_needs(found)
        return [part for arg in named for part in (self._one(arg) if arg[:2] == "-l" else (arg,))]

    def _of_prefix(self, argument: str, folders: Sequence[str]) -> str | None:
        """Return the prefix's file of a library that an argument asks for.

        None where the project has one itself, and where no prefix has one.

        :raises LibraryRefusedError: the only one of that name cannot be linked.
        """
        name = library_name(argument)
        own = [folder for folder in folders if self._is_projects(folder)]
        if name is None or file_in(own, name):
            return None
        known = self._native["libraries"].get(name.lower())
        if known is not None:
            return str(known)
        why = self._native["refused"].get(name.lower())
        if why is not None and not file_in(folders, name):
            raise LibraryRefusedError(why)
        return None

    def _with_needs(self, argv: Sequence[str]) -> Iterator[str]:
        """Return the arguments, and after all of them what static libraries among them need."""
        names = {file: name for name, file in self._native["libraries"].items()}
        needed = [
            name
            for argument in argv
            for name in self._native["closure"].get(names.get(argument, ""), ())
        ]
        yield from argv
        # The last of each: a library comes after all that need it.
        for name in reversed(list(dict.fromkeys(reversed(needed)))):
            yield self._native["libraries"].get(name) or self._unknown_library(name)

    @staticmethod
    def _unknown_library(name: str) -> str:
        return f"-l{name}"

    def _is_projects(self, folder: str) -> bool:
        real = os.path.realpath(folder)
        return any(is_inside(real, root) for root in self._projects)

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return a command line of the project's own with flags that the toolchain takes.

        :raises RefusedFlagError: a flag cannot be had here.
        """
        return _language_first(list(self._translated(argv)))

    def _translated(self, argv: Sequence[str]) -> Iterator[str]:
        lists_dependencies = not DEPENDENCIES.isdisjoint(argv)
        # Microsoft's programs ignore an empty argument, others take it for a file.
        arguments = filter(None, argv)
        for argument in arguments:
            if argument in VALUED or (argument == "-MT" and lists_dependencies):
                yield argument
                yield from itertools.islice(arguments, 1)
            elif argument == "-Xlinker":
                yield from self._linker([next(arguments, "")])
            elif argument.startswith("-Wl,"):
                yield from self._linker(argument.split(",")[1:])
            elif argument.startswith("-Wp,"):
                for part in argument.split(",")[1:]:
                    yield from self._one(part)
            elif argument in HANDED_ON:
                yield from self._handed_on(argument, next(arguments, ""))
            elif argument in APART:
                yield from self._one(APART[argument] + next(arguments, ""))
            else:
                yield from self._one(argument)

    def _handed_on(self, option: str, value: str) -> Iterator[str]:
        found = find_rule(value)
        if found is None or found.becomes:
            yield from (option, value)
        else:
            self._tell(f"{option} {value}", found)

    def _one(self, argument: str) -> Iterator[str]:
        argument = _ESCAPED.sub(r'\1"\2"', argument)
        if argument.startswith(("-", "/")) and self._is_dropped(argument):
            return
        found = self._find(argument)
        becomes = (argument,) if found is None else found.becomes
        if found is not None and becomes != (argument,):
            self._tell(argument, found)
        for part in becomes:
            folder = FOLDER.fullmatch(part)
            yield from (
                self._folder(folder[1], folder[2]) if folder else (self._with_our_file(part),)
            )

    def _find(self, argument: str) -> Found | None:
        return (self._native["openmp"] and find_openmp_rule(argument)) or find_rule(argument)

    @staticmethod
    def _with_our_file(argument: str) -> str:
        """Return an argument with the file that it is, or names, as this machine has it."""
        return argument if argument.startswith(("-", "/")) else ours(argument)

    def _linker(self, options: Sequence[str]) -> Iterator[str]:
        """Yield what becomes of options of the linker's, as they are between commas."""
        rest = iter(options)
        for option in rest:
            apart = option in LINKER_VALUED and "=" not in option
            value = next(rest, None) if apart else None
            whole = option if value is None else f"{option}={value}"
            if option.startswith("-Xlink="):
                # LLD's own way to say what only it knows; the rest of it may have commas.
                yield from ("-Xlinker", ",".join((option, *rest)))
            elif self._is_dropped(f"-Wl,{whole}"):
                pass
            elif (found := find_linker_rule(whole)) is not None:
                self._tell(f"-Wl,{whole}", found)
                yield from found.becomes
            elif option.startswith(("-l", "-L", "/")) and value is None:
                yield from self._one(option)
            else:
                yield f"-Wl,{option}" if value is None else f"-Wl,{option},{value}"

    def _is_dropped(self, argument: str) -> bool:
        """Return whether the user has said that this flag is to be left out."""
        if not any(fnmatchcase(argument, pattern) for pattern in self._drop):
            return False
        self._write(argument, (), "dropped as asked", shown=True)
        return True

    def _folder(self, option: str, written: str) -> Iterator[str]:
        written = ours(written)
        argument, folder = option + written, os.path.realpath(written or ".")
        option = "-I" if option == "-isystem" else option
        if option == "-I" and folder in self._late:
            option = "-idirafter"
        instead = self._instead.get(folder)
        if instead is not None:
            self._write(argument, (option + instead,), "the host's describe the host")
            yield option + instead
        elif self._is_of_host(folder):
            self._write(argument, (), "the host's headers and libraries are not the target's")
        else:
            yield option + written

    def _is_of_host(self, folder: str) -> bool:
        if any(is_inside(folder, allowed) for allowed in self._allowed):
            return False
        parts = folder.split(os.sep)
        hosts = (*HOST_FOLDERS, *_PYTHON_FOLDERS)
        return folder in _PYTHON_HOMES or (
            any(is_inside(folder, host) for host in hosts)
            and not any(part in INSTALLED for part in parts)
        )

    def _without_exports(self, argv: Sequence[str], exports: str) -> list[str]:
        named = [match for arg in argv if (match := re.fullmatch(r"(?i)[/-]EXPORT:(.+)", arg))]
        if not named:
            return list(argv)
        new = not os.path.exists(exports)
        with open(exports, "a", encoding="utf-8") as file:
            file.writelines(["EXPORTS\n"] if new else [])
            file.writelines(f"{match[1].replace(',', ' ')}\n" for match in named)
        kept = [arg for arg in argv if not re.fullmatch(r"(?i)[/-]EXPORT:.+", arg)]
        return [*kept, exports] if exports not in kept else kept

    def _tell(self, argument: str, found: Found) -> None:
        if found.rule.verdict == "refused":
            raise RefusedFlagError(argument, found.rule.why)
        self._write(argument, found.becomes, found.rule.why, shown=found.rule.shown)

    def _write(
        self, argument: str, becomes: Sequence[str], why: str, *, shown: bool = False
    ) -> None:
        if argument not in self._reported:
            self._reported.add(argument)
            self._journal.write("flag", was=argument, becomes=list(becomes), why=why, shown=shown)


def joined_exports(own: str, more: str) -> str:
    """Return a `.def` file that has what two of them export; `more` becomes it.

    What the project's own says of a name counts, and a list that is not there is the linker's to
    report.
    """
    if not os.path.isfile(own):
        return own
    with open(own, "rb") as first, open(more, "r+b") as both:
        text, names = first.read(), both.read().partition(b"EXPORTS\n")[2].splitlines()
        there = {re.split(rb"[\s=]", line.strip(), maxsplit=1)[0] for line in text.splitlines()}
        added = [name for name in names if name.partition(b" ")[0] not in there]
        both.seek(0)
        both.truncate()
        both.write(b"\n".join([text, b"EXPORTS" if added else b"", *added, b""]))
    return more


def is_inside(path: str, folder: str) -> bool:
    """Return whether `path` is `folder` or in it, as far as their names tell.

    >>> is_inside("/usr/lib/x", "/usr/lib"), is_inside("/usr/library", "/usr/lib")
    (True, False)
    """
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _language_first(argv: list[str]) -> list[str]:
    """Return a command line with the language that it chooses before the sources.

    MSVC's /TP counts wherever it is, GNU's -x for what comes after it.
    """
    last = next((at for at in reversed(range(len(argv))) if argv[at] == "-x"), None)
    source = next((at for at, arg in enumerate(argv) if arg.endswith(SOURCES)), None)
    if last is None or source is None or last < source or argv[last + 1 :][:1] == ["none"]:
        return argv
    chosen = argv[last : last + 2]
    rest = [*argv[:last], *argv[last + 2 :]]
    return [*rest[:source], *chosen, *rest[source:]]


def _library(argument: str, folders: Sequence[str]) -> str:
    """Return a library argument in the spelling under which it can be found.

    Windows ignores case and MSVC wants the ending: `WS2_32.lib` is MinGW's `-lws2_32`.
    """
    name = library_name(argument)
    if name is None or (argument[:2] != "-l" and os.path.exists(argument)):
        return argument
    return f"-l{name}" if file_in(folders, name) else f"-l{name.lower()}"


def library_name(argument: str) -> str | None:
    """Return the name of the library that an argument asks for, or None.

    >>> library_name("-lz"), library_name("zlib.lib"), library_name("dir/zlib.lib")
    ('z', 'zlib', None)
    """
    if argument.startswith("-l"):
        name = argument[2:]
    elif argument.lower().endswith(".lib") and os.path.basename(argument) == argument:
        name = argument
    else:
        return None
    return name[:-4] if name.lower().endswith(".lib") else name


def file_in(folders: Sequence[str], name: str) -> str | None:
    """Return the file of a library in one of the folders, in any spelling."""
    paths = (
        os.path.join(folder, form.format(name)) for folder in folders for form in LIBRARY_FORMS
    )
    return next(filter(os.path.exists, paths), None)
