from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stack_samples import sdist

from winarm.errors import SourceError
from winarm.stack.build_metadata import built_metadata

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def test_a_backend_tells_what_its_sdist_does_not(tmp_path: Path) -> None:
    file = tmp_path / "dyn-1.0.tar.gz"
    setup = "from setuptools import setup\nsetup(name='dyn', install_requires=['i' + 'dna'])\n"
    file.write_bytes(sdist("dyn-1.0", {"setup.py": setup}, dynamic=True))

    assert "Requires-Dist: idna" in built_metadata(file)


def test_a_backend_that_fails_is_one_error(tmp_path: Path) -> None:
    file = tmp_path / "dyn-1.0.tar.gz"
    file.write_bytes(sdist("dyn-1.0", {"setup.py": "raise SystemExit(3)\n"}, dynamic=True))

    with pytest.raises(SourceError, match=r"the metadata of dyn-1\.0\.tar\.gz cannot be built"):
        built_metadata(file)
