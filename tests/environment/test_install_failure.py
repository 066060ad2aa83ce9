"""An installer's last words, and what they usually mean."""

from __future__ import annotations

import pytest

from winarm.environment.install_failure import LastLines, not_installed, not_made


def lines(*chunks: bytes) -> str:
    last = LastLines()
    for chunk in chunks:
        last.add(chunk)
    return last.text()


def test_lines_that_come_in_pieces_are_put_together() -> None:
    assert lines(b"one\ntw", b"o\n\n", b"three") == "one\ntwo\nthree"


def test_only_the_last_ones_are_kept_and_none_is_long() -> None:
    text = lines(*(b"line %d\n" % number for number in range(100)), b"x" * 100_000)

    assert "line 99" in text
    assert "line 1\n" not in text
    assert max(map(len, text.splitlines())) <= 500


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    assert lines(b"caf\xe9\n") == "caf\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("words", "why", "cure"),
    [
        ("OSError: No space left on device", "disk is full", "TMPDIR"),
        ("error: dns error", "cannot be reached", "PIP_FIND_LINKS"),
        ("No solution found when resolving", "no such package", "pip's index-url"),
        ("gcc: error", "built for this machine", "its own build"),
    ],
)
def test_known_words_have_a_meaning_and_a_cure(words: str, why: str, cure: str) -> None:
    error = not_installed(["x"], words)

    assert (why in error.why, cure in error.cure) == (True, True), error
    assert words in error.what


def test_an_environment_that_could_not_be_made_says_what_to_try() -> None:
    assert "--python" in not_made("something").cure
