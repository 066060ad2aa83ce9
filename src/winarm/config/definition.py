"""What one setting is: its help, its kind, who may set it; and the field that says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from winarm.config.sources import Scope, Source

if TYPE_CHECKING:
    from winarm.config.values import Kind

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
    """What one setting is: the metadata of its field in `Settings`."""

    help: str
    kind: Kind
    scope: Scope
    default: object
    #: The setting, in kebab-case, without which it says nothing.
    needs: str


def setting(
    kind: Kind,
    help: str,  # noqa: A002 - argparse's word for it
    scope: Scope = ALL,
    *,
    default: object = (),
    needs: str = "",
) -> Any:  # noqa: ANN401 - it stands for a value of the field's own type
    """Return the field of a setting with its definition."""
    definition = Definition(help, kind, scope, default, needs)
    return field(default=default, metadata={"definition": definition})
