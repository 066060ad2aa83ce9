"""Import modules one after the other and report each; run by the target's Python.

plan.json, in this folder, says what to do. Reports are lines on stdout, a token and JSON. What
modules print goes into the file said.txt, of which the end of what a failed one printed is
reported. When a module crashes or hangs, the process ends, and winarm starts it again with the
rest.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import importlib.machinery
import json
import os
import sys
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
#: Bytes that modules may print before the process is stopped.
MOST_OUTPUT = 16 * 2**20
#: Bytes that are reported of them.
TOLD = 4000
#: LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR and LOAD_LIBRARY_SEARCH_DEFAULT_DIRS, as Python itself loads.
SEARCH = 0x1100


def main() -> None:
    """Do what plan.json says, and end without running what modules registered for the end."""
    with open(os.path.join(HERE, "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    report = reporter(plan["token"])
    report(
        hello=sys.version,
        suffix=importlib.machinery.EXTENSION_SUFFIXES[0],
        version=list(sys.version_info[:3]),
        emulated=is_wine(),
    )
    site = os.path.realpath(os.path.join(HERE, "site"))
    if site not in map(os.path.realpath, sys.path):
        activate()
    sys.stdout.flush()
    said = os.path.join(HERE, "said.txt")
    with open(said, "w+b", buffering=0) as capture:
        faulthandler.enable(capture)
        threading.Thread(target=watch, args=(capture.fileno(), report), daemon=True).start()
        for name in plan["modules"]:
            capture.truncate(0)
            restore_streams(capture.fileno())
            report(begin=name)
            # Ends the process with a traceback of every thread, even where the GIL is held.
            faulthandler.dump_traceback_later(plan["timeout"], exit=True, file=capture)
            outcome = tried(name, said)
            faulthandler.cancel_dump_traceback_later()
            report(end=name, **outcome)
    report(done=True)
    os._exit(0)


def reporter(token: str) -> Callable[..., None]:
    """Return a function that writes a report to what is stdout now."""
    out = os.dup(1)

    def report(**what: object) -> None:
        os.write(out, f"\n{token}{json.dumps(what)}\n".encode())

    return report


def activate() -> None:
    """Do what Python does when it starts with the stage's PYTHONPATH, which not every runner sets.

    The Python may have imported a sitecustomize of its own.
    """
    sys.path.insert(0, os.path.join(HERE, "start"))
    sys.modules.pop("sitecustomize", None)
    importlib.import_module("sitecustomize")


def restore_streams(descriptor: int) -> None:
    """Let what is printed go to a file, whatever an earlier module has done to the streams."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(descriptor, number)
        stream = getattr(sys, name)
        if stream is None or getattr(stream, "closed", False):
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))
        # What is printed before a crash or a hang must not stay in a buffer.
        with contextlib.suppress(AttributeError, OSError, ValueError):
            getattr(sys, name).reconfigure(line_buffering=True)


def is_wine() -> bool:
    """Return whether this Windows is Wine's."""
    return os.path.exists(os.path.expandvars(r"%SystemRoot%\system32\winecfg.exe"))


def tried(name: str, said: str) -> dict[str, Any]:
    """Import a module and return what came of it."""
    began = time.perf_counter()
    problem: dict[str, Any] = {}
    try:
        module = importlib.import_module(name)
        problem = elsewhere(module)
    except BaseException as error:
        problem = failure(error)
    for stream in (sys.stdout, sys.stderr):
        # A module may have put anything in their place.
        with contextlib.suppress(Exception):
            stream.flush()
    if problem:
        problem["said"] = tail(said)
    return {"seconds": round(time.perf_counter() - began, 3), **problem}


def elsewhere(module: ModuleType) -> dict[str, Any]:
    """Return where a module is, unless it is in the trial's environment."""
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    if not origin or not os.path.isabs(origin):
        return {"kind": "elsewhere", "text": f"{origin or 'a namespace package'}"}
    inside = os.path.normcase(os.path.join(HERE, "site")) + os.sep
    if os.path.normcase(os.path.abspath(origin)).startswith(inside):
        return {}
    return {"kind": "elsewhere", "text": origin}


def failure(error: BaseException) -> dict[str, Any]:
    """Return what an exception says, where it was raised, and what the loader's number is."""
    import traceback

    path = getattr(error, "path", None)
    found: dict[str, Any] = {
        "kind": "exception",
        "type": type(error).__name__,
        "text": str(error)[:2000],
        "missing": getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None,
        "traceback": "".join(traceback.format_exception(error, limit=-12))[-TOLD:],
    }
    if isinstance(error, ImportError) and path and str(error).startswith("DLL load failed"):
        found["kind"] = "loader"
        found["winerror"] = loader_error(path)
        found["path"] = os.path.relpath(path, os.path.join(HERE, "site")).replace("\\", "/")
    return found


def loader_error(path: str) -> int | None:
    """Return the number of the error that Windows has for loading a DLL, in any language."""
    try:
        import ctypes

        ctypes.CDLL(path, winmode=SEARCH)
    except OSError as error:
        number: int | None = getattr(error, "winerror", None)
        return number
    except ImportError:
        return None
    return None


def tail(path: str) -> str:
    """Return the end of a file as text."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - TOLD))
            return file.read(TOLD).decode("utf-8", "replace")
    except OSError:
        return ""


def watch(descriptor: int, report: Callable[..., None]) -> None:
    """End the process when modules print without end."""
    while os.fstat(descriptor).st_size < MOST_OUTPUT:
        time.sleep(0.2)
    report(flood=MOST_OUTPUT)
    os._exit(1)


if __name__ == "__main__":
    main()
