"""The C table that the one-word tools are compiled with."""

from __future__ import annotations

import re

from winarm.locate.tools.table import table


def made(*, windows: bool = False, **settings: str) -> str:
    return table(settings, ["-target", "x"], windows=windows)


def test_settings_are_macros_whose_texts_are_c() -> None:
    text = made(ZIG='C:\\a "b"\\é')

    assert '#define ZIG "C:\\\\a \\"b\\"\\\\\\303\\251"' in text
    assert text.isascii()


def test_the_machine_that_runs_the_tools_is_a_macro() -> None:
    assert made(windows=True).startswith("#define WINDOWS 1\n")
    assert made().startswith("#define WINDOWS 0\n")


def test_flags_of_every_call_are_in_their_order() -> None:
    assert re.search(r'base_flags\[\] = {\n  "-target",\n  "x",\n  0\n};', made())


def test_a_rule_has_its_forms_what_it_becomes_and_its_verdict() -> None:
    """Rows as a person would write them for these flags."""
    lines = made().splitlines()

    assert '  {"/O2*", "-O2", "", 0, 0, 0},' in lines
    assert '  {"~arch:AVX*", "", "it is for x86 processors", 3, 1, 0},' in lines


def test_every_array_ends() -> None:
    text = made()
    arrays = re.findall(r"\[\] = {\n(.*?)\n};", text, re.DOTALL)

    assert len(arrays) == text.count("[] = {")
    assert all(body.splitlines()[-1] in {"  {0}", "  0"} for body in arrays)
