from __future__ import annotations

import contextlib

from verify_samples.image import AMD64, module

from winarm.coff.buffer import MalformedError
from winarm.coff.image import read_image

IL_ONLY, REQUIRES_32, PREFERS_32 = 0x1, 0x2, 0x20000


def test_every_cut_of_an_image_is_read_or_refused() -> None:
    data = module(pdb="x.pdb", delay_imports={"a.dll": ["f"]}, chpe=True, x64_view=AMD64)
    whole = read_image(data)

    for end in range(0, len(data), 7):
        with contextlib.suppress(MalformedError):
            assert read_image(data[:end]).headers.machine == whole.headers.machine
