from __future__ import annotations

import hashlib

import pytest
from verify_samples.content import Counted
from verify_samples.image import module

from winarm.verify.collect import Collector
from winarm.verify.options import Budget, Limits


def collector(*, hashes: bool) -> Collector:
    return Collector(hashes=hashes, budget=Budget(Limits()), wants_symbols=bool)


def test_what_follows_the_tables_of_an_image_is_not_read() -> None:
    image = module()
    content = Counted(image + bytes(10**6))
    taken = collector(hashes=False)

    taken.take("_x.pyd", len(image) + 10**6, content)

    assert taken.images["_x.pyd"].imports
    assert content.taken <= max(4096, len(image))


def test_text_and_media_are_not_read_unless_they_are_hashed() -> None:
    content = Counted(b"x = 1\n")

    collector(hashes=False).take("x.py", 6, content)

    assert content.taken == 0


def test_whole_image_is_hashed_whatever_is_read_of_it() -> None:
    data = module() + bytes(10**6)
    taken = collector(hashes=True)

    taken.take("_x.pyd", len(data), Counted(data, 5000))

    assert taken.digests["_x.pyd"] == hashlib.sha256(data).digest()


@pytest.mark.parametrize("content", [b"\x7fELF\2\1\1" + bytes(20), b"\xcf\xfa\xed\xfe" + bytes(20)])
@pytest.mark.parametrize("hashes", [True, False])
def test_native_code_of_other_systems_is_noted(content: bytes, *, hashes: bool) -> None:
    taken = collector(hashes=hashes)

    taken.take("pkg/_x.so", len(content), Counted(content))

    assert set(taken.natives) == {"pkg/_x.so"}


def test_image_that_claims_no_headers_at_all_is_damaged_or_read() -> None:
    image = bytearray(module())
    start = int.from_bytes(image[0x3C:0x40], "little")
    image[start + 24 + 60 : start + 24 + 64] = bytes(4)  # SizeOfHeaders
    image[start + 24 + 108 : start + 24 + 112] = bytes(4)  # NumberOfRvaAndSizes
    taken = collector(hashes=False)

    taken.take("_x.pyd", len(image), Counted(bytes(image)))

    assert {*taken.images, *taken.damaged} == {"_x.pyd"}
