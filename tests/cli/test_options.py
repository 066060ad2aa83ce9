"""What options of several verbs have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from winarm.cli.options import add_list


def test_an_option_that_may_be_given_again_is_a_list() -> None:
    parser = argparse.ArgumentParser()
    add_list(parser, "-r, --requirement", "FILE", "a file", type=Path)

    assert parser.parse_args([]).requirement == []
    assert parser.parse_args(["-r", "a", "--requirement", "b"]).requirement == [
        *(Path("a"), Path("b"))
    ]
    assert "a file; may be given again" in parser.format_help()
