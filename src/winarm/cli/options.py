"""What options of several verbs have in common."""

from __future__ import annotations

import argparse


def add_list(
    parser: argparse.ArgumentParser,
    names: str,
    metavar: str,
    help: str,  # noqa: A002 - argparse's word for it
    **others: object,
) -> None:
    """Add an option that may be given again; its value is the list of what it was given.

    :param names: as `-r, --requirement`.
    """
    facts = {"metavar": metavar, "help": f"{help}; may be given again", **others}
    parser.add_argument(*names.split(", "), action="append", default=[], **facts)  # type: ignore[arg-type]
