"""A command line's parts."""

from __future__ import annotations

import pytest

from winarm.locate.tools.programs.one_word.layer import parsed


@pytest.mark.parametrize("argv", [["-f", "posix", "-g", "a.o"], ["-fposix", "-g", "a.o"]])
def test_a_value_stands_alone_or_after_its_letter(argv: list[str]) -> None:
    line = parsed(argv, ("-f",))

    assert line.value("-f") == "posix"
    assert line.files == ["a.o"]
    # The letters of a value are no options.
    assert (line.has("g"), line.has("p"), line.has("f")) == (True, False, False)


def test_letters_may_stand_together_and_long_options_have_values() -> None:
    line = parsed(["-gP", "--format=bsd", "--", "-u"], ())

    assert line.has("P", "--portability")
    assert line.has("--format")
    assert line.value("-f", "--format") == "bsd"
    assert line.files == ["-u"]
    assert not line.has("u", "--undefined-only")
