"""`winarm completion`: scripts that real shells can read."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from winarm.cli import VERBS, main
from winarm.cli.completion import SHELLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_every_verb(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0

    script = capsys.readouterr().out
    assert [verb for verb in VERBS if verb not in script] == []


def test_bash_completes_a_verb(capsys: pytest.CaptureFixture[str], lacking: Lacking) -> None:
    bash = shutil.which("bash")
    if bash is None:
        lacking("bash", "apt-get install bash")
    main(["completion", "bash"])
    typed = (
        "COMP_WORDS=(winarm verif); COMP_CWORD=1; _shtab_winarm winarm verif; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )

    done = subprocess.run(
        [bash, "-c", f"{capsys.readouterr().out}\n{typed}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["verify"]
