from __future__ import annotations

import pytest
from verify_samples.image import (
    AMD64,
    ARM64,
    ARM64EC_OBJECT,
    ARM64X_OBJECT,
    BIGOBJ,
    LTCG,
    anonymous,
    coff,
    library,
    short_import,
)

from winarm.coff.buffer import MalformedError
from winarm.coff.library import read_library
from winarm.coff.machines import Kind


@pytest.mark.parametrize(
    ("data", "kind", "sort"),
    [
        (coff(ARM64), Kind.ARM64, "object"),
        (coff(ARM64EC_OBJECT), Kind.ARM64EC, "object"),
        (coff(ARM64X_OBJECT), Kind.ARM64X, "object"),
        (anonymous(AMD64, BIGOBJ), Kind.AMD64, "object"),
        (anonymous(ARM64, LTCG, 1), Kind.ARM64, "intermediate"),
        (short_import(AMD64), Kind.AMD64, "import"),
    ],
)
def test_object_file_tells_its_machine(data: bytes, kind: Kind, sort: str) -> None:
    found = read_library(data)

    assert found.kinds == {kind}
    assert found.sorts == {sort}


def test_bitcode_has_no_machine() -> None:
    found = read_library(library(("x.o/", b"BC\xc0\xde" + bytes(40))))

    assert found.kinds == set()
    assert found.sorts == {"intermediate"}


def test_library_of_arm64x_tells_both_machines_and_its_symbols() -> None:
    found = read_library(
        library(
            ("/", bytes(4)),
            ("/<ECSYMBOLS>/", bytes(4)),
            ("//", b"a_long_name.obj\0"),
            ("/0", coff(ARM64)),
            ("b.obj/", coff(ARM64EC_OBJECT)),
            ("x.dll/", short_import(ARM64)),
        )
    )

    assert found.kinds == {Kind.ARM64, Kind.ARM64EC}
    assert found.ec_symbols
    assert found.members == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither"),
        (b"some text that is long enough to be a header of something", "neither"),
        (b"!<thin>\n", "thin"),
        (library(("a/", coff()))[:-1], "cut off"),
        (library(("a/", coff())).replace(b"`\n", b"!\n"), "damaged"),
        (b"!<arch>\n" + b"x" * 20, "damaged"),
    ],
)
def test_what_is_no_library_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        read_library(data)
