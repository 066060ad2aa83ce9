from __future__ import annotations

from pathlib import Path

import pytest

from winarm.errors import UsageError
from winarm.trial import TrialOptions
from winarm.trial.stage import stage_for


def test_copies_keep_their_place_and_what_is_outside_has_its_name(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "data"
    (project / "tests" / "__pycache__").mkdir(parents=True)
    (project / "tests" / "test_a.py").touch()
    outside.mkdir()
    (outside / "a.txt").touch()
    wanted = TrialOptions(project=project, copy=(Path("tests"), Path("../data")))

    with stage_for(wanted) as stage:
        copied = {
            path.relative_to(stage / "work").as_posix() for path in (stage / "work").rglob("*")
        }

    assert copied == {"tests", "tests/test_a.py", "data", "data/a.txt"}
    assert not stage.exists()


def test_a_copy_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="--copy nowhere: there is no such file"),
        stage_for(TrialOptions(project=tmp_path, copy=(Path("nowhere"),))),
    ):
        pytest.fail("a stage without the copy was made")
