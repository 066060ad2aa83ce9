"""Turn the flags that projects pass into those that an MSVC-style toolchain takes.

Most projects that see Windows pass MSVC's own. Those for x86, for debugging or for the host are
left out; those of gcc are said in MSVC's words, or left out, and the parent is told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .flags import FOLDER, Translator
from .journal import Journal
from .msvc_rules import find_rule
from .paths import ours

#: Options whose value is a file.
_FILE = re.compile(
    r"(?P<option>[/-](?:(?i:DEF:|WHOLEARCHIVE:|MANIFESTINPUT:|ORDER:@)|FI)|/T[cp])?(?P<file>.+)"
)

_CXX_STANDARD = re.compile(r"[/-]std:c\+\+\w+")
_C_STANDARD = re.compile(r"[/-]std:c\d\w*")


class MsvcTranslator(Translator):
    """Translates arguments (not the program before them) for cl, clang-cl, link and lld-link."""

    def __init__(self, spec: Mapping[str, Any], journal: Journal) -> None:
        super().__init__(spec, journal)
        self._clang = spec["toolchain"]["kind"] == "clang-cl"
        self._mt = bool(spec["toolchain"]["mt"])
        #: winarm's own flags, which are right as they are.
        self._own = frozenset((*spec["toolchain"]["cflags"], *spec["toolchain"]["ldflags"]))

    def compile(self, argv: Sequence[str], language: str | None) -> list[str]:
        """Return the arguments that compile a source of `language` (`c` or `c++`)."""
        wrong = _C_STANDARD if language == "c++" else _CXX_STANDARD
        return [arg for arg in self._translated(argv) if not wrong.fullmatch(arg)]

    def link(self, argv: Sequence[str], exports: str = "") -> list[str]:
        """Return the arguments that link; what is exported stays on the command line."""
        del exports
        argv = list(self._translated(argv))
        folders = [arg[9:] for arg in argv if arg.startswith("/LIBPATH:")]
        return list(self._with_needs([self._of_prefix(arg, folders) or arg for arg in argv]))

    def _translated(self, argv: Sequence[str]) -> Iterator[str]:
        arguments = iter(argv)
        for argument in arguments:
            if argument == "-include":
                yield f"/FI{ours(next(arguments, ''))}"
            elif argument in {"-Xpreprocessor", "-Xcompiler", "-Xlinker", "-Xassembler", "-arch"}:
                value = next(arguments, "")
                self._write(f"{argument} {value}", (), "only a GNU-style compiler has it")
            elif argument in {"-D", "-U", "-I", "-L", "-isystem", "/D", "/U", "/I", "-Xclang"}:
                yield from self._joined(argument, next(arguments, ""))
            else:
                yield from self._one(argument)

    def _joined(self, option: str, value: str) -> Iterator[str]:
        if option == "-Xclang":
            yield from (option, value) if self._clang else ()
        else:
            yield from self._one(f"-{option[1:]}{value}")

    def _one(self, argument: str) -> Iterator[str]:
        if argument.startswith(("-", "/")) and self._is_dropped(argument):
            return
        becomes: tuple[str, ...] = (argument,)
        if argument in self._own:
            rule = None
        else:
            rule = find_rule(argument, clang=self._clang, mt=self._mt)
        if rule is not None:
            match = rule.form.fullmatch(argument)
            becomes = tuple(match.expand(part) for part in rule.becomes) if match else ()
            if not all(map(FOLDER.fullmatch, becomes)) or not becomes:
                # What becomes of a folder is told where it is decided.
                self._write(argument, becomes, rule.why)
        for part in becomes:
            folder = FOLDER.fullmatch(part)
            yield from self._folder(folder[1], folder[2]) if folder else (_with_our_file(part),)

    @staticmethod
    def _unknown_library(name: str) -> str:
        return f"{name}.lib"

    def _folder(self, option: str, written: str) -> Iterator[str]:
        for part in super()._folder(option, written):
            yield f"/LIBPATH:{part[2:]}" if part.startswith("-L") else part


def _with_our_file(argument: str) -> str:
    """Return an argument with the file that it is, or names, as this machine has it."""
    match = _FILE.fullmatch(argument)
    if match is None or (match["option"] is None and argument.startswith(("-", "/"))):
        return argument
    return f"{match['option'] or ''}{ours(match['file'])}"


def translator(spec: Mapping[str, Any], journal: Journal) -> Translator:
    """Return the translator of flags for a toolchain's style."""
    style = MsvcTranslator if spec["toolchain"]["style"] == "msvc" else Translator
    return style(spec, journal)
