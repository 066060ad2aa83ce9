"""Where settings may be written, what each source has, and the field that defines a setting."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from winarm.config.values import Flag, InvalidValueError, ValueKind

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from winarm.host import Host, System

#: As front-ends pass them: text, several texts when one is given again, or a switch.
ConfigSettings = Mapping[str, str | list[str] | bool]

#: A variable of winarm that is not a setting, and what the names of others begin with.
_CACHE_DIR, _OTHER_PREFIXES = "WINARM_CACHE_DIR", ("WINARM_CHILD", "WINARM_TEST_")


class Source(Enum):
    """Where settings are written, the weakest first; the value describes the place to people."""

    PYPROJECT = "pyproject.toml [tool.winarm]"
    ENVIRONMENT = "environment variable"
    CONFIG = "config setting"

    @property
    def prefix(self) -> str:
        """Return what every name of a setting begins with here."""
        return _PREFIXES[self]

    def spelling(self, name: str) -> str:
        """Return how the setting `name` (kebab-case) is written here: `WINARM_INCLUDE_DIRS`."""
        if self is Source.ENVIRONMENT:
            name = name.replace("-", "_").upper()
        return self.prefix + name


_PREFIXES = {Source.PYPROJECT: "", Source.CONFIG: "winarm.", Source.ENVIRONMENT: "WINARM_"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sources may set something, the weakest first, and why the others may not."""

    sources: tuple[Source, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A setting as one source has it."""

    source: Source
    spelling: str
    value: object

    @property
    def place(self) -> str:
        """Return where it is written, for messages."""
        return f"{self.source.value} {self.spelling}".rstrip()

    @property
    def likely_name(self) -> str:
        """Return the setting's name in kebab-case, as far as it can be guessed."""
        return self.spelling.removeprefix(self.source.prefix).replace("_", "-").lower()


def written_in_pyproject(document: Mapping[str, Any]) -> list[Written]:
    """Return what `[tool.winarm]` has; with an empty name, a value that is not a table."""
    table: object = document
    for name in ("tool", "winarm"):
        table = table.get(name, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        return [Written(Source.PYPROJECT, "", table)]
    return [Written(Source.PYPROJECT, key, value) for key, value in table.items()]


def written_in_environment(host: Host) -> list[Written]:
    """Return the variables that set, or are meant to set, something of winarm's."""
    return [
        Written(Source.ENVIRONMENT, name, text)
        for name, text in host.environ.items()
        # An empty variable is an unset one.
        if name.startswith(Source.ENVIRONMENT.prefix)
        and text.strip()
        and name != _CACHE_DIR
        and not name.startswith(_OTHER_PREFIXES)
    ]


def written_in_config_settings(config_settings: ConfigSettings) -> list[Written]:
    """Return the config settings that are for winarm."""
    return [
        Written(Source.CONFIG, key, value)
        for key, value in config_settings.items()
        if key.startswith(Source.CONFIG.prefix)
    ]


def is_unset(kind: ValueKind, value: object) -> bool:
    """Return whether a front-end was given nothing: `-C winarm.jobs=`.

    `-C winarm.verbose` arrives as an empty text too, and switches on.
    """
    texts = value if isinstance(value, list) else [value]
    empty = all(isinstance(text, str) and not text.strip() for text in texts)
    return empty and not isinstance(kind, Flag)


def from_front_end(kind: ValueKind, value: object, system: System) -> object:
    """Return what TOML would have for what front-ends pass: text, texts or a switch.

    :raises InvalidValueError: it is of another type, or more texts than the setting can take.
    """
    if isinstance(value, bool):
        return value
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InvalidValueError("must be text")
    return kind.from_texts(texts, system)


ALL = Scope(tuple(Source))
PROJECT = Scope((Source.PYPROJECT,), "it is a property of the project")
PROJECT_OR_BUILD = Scope((Source.PYPROJECT, Source.CONFIG), "it is a property of the project")
BUILD = Scope((Source.ENVIRONMENT, Source.CONFIG), "it is for one build, not for the project")
MACHINE = Scope(
    (Source.ENVIRONMENT, Source.CONFIG),
    "a published source would then build for that machine wherever it is installed",
)
WORKPLACE = Scope(
    (Source.ENVIRONMENT, Source.CONFIG), "it is a property of the machine that builds"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What one setting is: the metadata of its field, or of one key of a table."""

    #: What its value may be. Of a table, it may be the module that has it as `TABLE`.
    written_as: ValueKind | str
    help: str
    scope: Scope = PROJECT
    default: object = None
    #: The setting, in kebab-case, that it requires.
    needs: str = ""

    @property
    def kind(self) -> ValueKind:
        """Return what its value may be.

        The module of a table is imported when a project has the table: importing `winarm.verify`
        takes 60 to 80 ms, every build hook reads the settings, and most projects do not have
        `[tool.winarm.verify]`.
        """
        if isinstance(self.written_as, ValueKind):
            return self.written_as
        table: ValueKind = importlib.import_module(self.written_as).TABLE
        return table


def setting(
    kind: ValueKind | str,
    help: str,  # noqa: A002 - argparse's word for it
    scope: Scope = ALL,
    *,
    default: object = (),
    needs: str = "",
) -> Any:  # noqa: ANN401 - a value of the field's own type
    """Return the field of a setting with its definition."""
    definition = Definition(kind, help, scope, default, needs)
    return field(default=default, metadata={"definition": definition})


def table_key(kind: ValueKind, help: str, default: object = ()) -> Any:  # noqa: A002, ANN401 - as setting
    """Return the field of a setting that only a table of the project has."""
    return setting(kind, help, PROJECT, default=default)


def definitions_of(made: type[DataclassInstance]) -> dict[str, Definition]:
    """Return the definition of each field by its name in kebab-case, in the order of the fields."""
    return {item.name.replace("_", "-"): item.metadata["definition"] for item in fields(made)}
