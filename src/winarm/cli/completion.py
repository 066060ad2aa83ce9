"""`winarm completion`: a script that completes winarm's options in a shell."""

from __future__ import annotations

import argparse

from winarm.cli.console import Console
from winarm.errors import UsageError
from winarm.host import Host

DESCRIPTION = """\
Print a script that completes winarm's verbs and options in a shell.
"""

EPILOG = """\
where to put it:
  bash        winarm completion bash > ~/.local/share/bash-completion/completions/winarm
  zsh         winarm completion zsh > DIR/_winarm, with DIR in fpath
  fish        winarm completion fish > ~/.config/fish/completions/winarm.fish
  powershell  winarm completion powershell >> $PROFILE
  tcsh        winarm completion tcsh > FILE, sourced by ~/.tcshrc
"""

#: Those that shtab writes for.
SHELLS = ("bash", "zsh", "fish", "powershell", "tcsh")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verb's options."""
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def run(args: argparse.Namespace, _host: Host, console: Console) -> int:
    """Print the script.

    :raises UsageError: shtab is not installed.
    """
    try:
        import shtab  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "shell completion needs shtab.", cure='python -m pip install "winarm[cli]"'
        ) from None
    from winarm.cli import parser  # noqa: PLC0415 - which imports this module

    script = shtab.complete(parser(), args.shell)
    console.exact(script.rstrip("\n") + "\n")
    return 0
