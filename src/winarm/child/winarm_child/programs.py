"""`subprocess` as the Windows branch of a setup.py uses it.

There a command may be one text without a shell, a list may go through the shell, programs end in
`.exe`, and how a window is shown can be said. Each means the same here.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

#: Endings of programs on Windows.
ENDINGS = (".exe", ".cmd", ".bat", ".com")

#: What calls make, which chooses by `OS` what it makes.
MAKE = re.compile(r"(?:^|[\s;&|(])(?:\S*/)?(?:g|mingw32-)?make\b")

#: Constants that `subprocess` has on Windows only; none of them counts here.
CONSTANTS = {
    "CREATE_NEW_CONSOLE": 0x10,
    "CREATE_NEW_PROCESS_GROUP": 0x200,
    "CREATE_NO_WINDOW": 0x8000000,
    "CREATE_DEFAULT_ERROR_MODE": 0x4000000,
    "CREATE_BREAKAWAY_FROM_JOB": 0x1000000,
    "DETACHED_PROCESS": 0x8,
    "ABOVE_NORMAL_PRIORITY_CLASS": 0x8000,
    "BELOW_NORMAL_PRIORITY_CLASS": 0x4000,
    "HIGH_PRIORITY_CLASS": 0x80,
    "IDLE_PRIORITY_CLASS": 0x40,
    "NORMAL_PRIORITY_CLASS": 0x20,
    "REALTIME_PRIORITY_CLASS": 0x100,
    "STARTF_USESHOWWINDOW": 1,
    "STARTF_USESTDHANDLES": 0x100,
    "STARTF_FORCEONFEEDBACK": 0x40,
    "STARTF_FORCEOFFFEEDBACK": 0x80,
    "STD_INPUT_HANDLE": -10,
    "STD_OUTPUT_HANDLE": -11,
    "STD_ERROR_HANDLE": -12,
    "SW_HIDE": 0,
}


class StartupInfo:
    """What `subprocess.STARTUPINFO()` returns."""

    def __init__(self, **fields: Any) -> None:
        self.dwFlags = self.wShowWindow = 0
        self.hStdInput = self.hStdOutput = self.hStdError = None
        self.lpAttributeList: dict[str, Any] = {"handle_list": []}
        vars(self).update(fields)


def here(args: Any, options: dict[str, Any]) -> Any:
    """Return a command of Windows as this machine runs it; change the options likewise.

    >>> here("echo 'a b'", {}), here(["echo", "a b"], {"shell": True})
    (['echo', 'a b'], "echo 'a b'")
    """
    for name in ("startupinfo", "creationflags"):
        options.pop(name, None)
    shell = options.get("shell")
    if isinstance(args, str):
        words = [args] if shell or shutil.which(args) else shlex.split(args)
    elif isinstance(args, list | tuple) and args:
        words = [os.fspath(word) for word in args]
    else:
        return args
    if not shell:
        words[0] = program(words[0])
    elif not isinstance(args, str):
        words = [shlex.join([program(words[0]), *words[1:]])]
    if MAKE.search(words[0]):
        environ = options.get("env")
        options["env"] = {**(os.environ if environ is None else environ), "OS": "Windows_NT"}
    return words[0] if shell else words


def program(name: Any) -> Any:
    """Return the name under which this machine has a program of Windows."""
    if not isinstance(name, str) or os.path.dirname(name) or shutil.which(name):
        return name
    stem, ending = os.path.splitext(name)
    plain = (stem if ending.lower() in ENDINGS else name).removeprefix("mingw32-")
    return plain if shutil.which(plain) else name


class Popen(subprocess.Popen):  # type: ignore[type-arg]
    """A `subprocess.Popen` that takes commands of Windows."""

    def __init__(self, args: Any, *rest: Any, **options: Any) -> None:
        super().__init__(here(args, options), *rest, **options)


def subprocess_answers(_answers: object) -> dict[str, object]:
    """Return what `subprocess` has on the target; programs run on this machine."""

    def taking(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda args, *rest, **options: function(here(args, options), *rest, **options)

    names = ("run", "call", "check_call", "check_output")
    functions = {name: taking(getattr(subprocess, name)) for name in names}
    return {**CONSTANTS, **functions, "Popen": Popen, "STARTUPINFO": StartupInfo}
