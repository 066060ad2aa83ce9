"""What winarm knows of the Python that builds: facts asked of it, never of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winarm.errors import InterpreterError
from winarm.host import Host, ProgramError
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON, PythonABI

#: Run in the interpreter; prints its facts as JSON. Standard library only, any Python 3.
QUESTION = """
import json, os, sys, sysconfig
print(json.dumps({
    "implementation": sys.implementation.name,
    "version": list(sys.version_info[:3]),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "platform": sysconfig.get_platform(),
    "include": sysconfig.get_path("include"),
    "prefix": sys.prefix,
    "base_prefix": sys.base_prefix,
    "dll_folder": os.path.dirname(getattr(sys, "_base_executable", "") or sys.executable),
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython that runs on the host and builds for the target."""

    executable: Path
    abi: PythonABI
    #: The full version: `3.13.0`.
    version: str
    #: Its own `sysconfig.get_platform()`: where its wheels run.
    platform: str
    #: Its C headers; the folder may not exist.
    include: Path
    #: Where python3XX.dll is, on Windows.
    dll_folder: Path

    @classmethod
    def from_facts(cls, executable: Path, facts: Mapping[str, Any]) -> Interpreter:
        """Return the interpreter whose answer to `QUESTION` is `facts`.

        :raises InterpreterError: it is no CPython, or one that winarm does not build for.
        """
        if facts["implementation"] != "cpython":
            raise InterpreterError(
                f"{executable} is {facts['implementation']}, not CPython.",
                cure="Name a CPython with --python.",
            )
        major, minor, micro = facts["version"]
        abi = PythonABI(minor, bool(facts["free_threaded"]), major)
        if major != OLDEST_PYTHON.major or not OLDEST_PYTHON.minor <= minor <= NEWEST_PYTHON.minor:
            supported = f"{OLDEST_PYTHON.version} to {NEWEST_PYTHON.version}"
            raise InterpreterError(
                f"winarm supports Python {supported}; {executable} is {abi.version}.",
                cure="Choose another one with --python.",
            )
        return cls(
            executable=executable,
            abi=abi,
            version=f"{major}.{minor}.{micro}",
            platform=facts["platform"],
            include=Path(facts["include"]),
            dll_folder=Path(facts["dll_folder"]),
        )


def ask(host: Host, executable: Path) -> Interpreter:
    """Ask the Python at `executable` what it is.

    :raises InterpreterError: it does not start, does not answer, or cannot be built with.
    """
    try:
        answer = host.run([executable, "-I", "-c", QUESTION], timeout=30)
        facts = json.loads(answer.stdout)
    except ProgramError as error:
        raise InterpreterError(error.what) from error
    except json.JSONDecodeError:
        said = (answer.stderr.strip() or answer.stdout.strip() or "nothing").splitlines()[0]
        raise InterpreterError(
            f"{executable} is not a working Python interpreter; it said: {said[:120]}",
            cure="--python takes a version such as 3.13, or the path of a Python.",
        ) from None
    return Interpreter.from_facts(executable, facts)
