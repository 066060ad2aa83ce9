"""Make the target view in every Python of a cross build, then run the sitecustomize behind this.

This folder stands first on PYTHONPATH of a cross build. pip puts a sitecustomize of its own there
too, so the next one on the path is run as if this one were not there.
"""

import importlib.machinery
import importlib.util
import os
import sys


def _run_the_next_one() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    from winarm_child import start  # type: ignore[import-not-found]

    start.start()
except Exception:  # noqa: BLE001 - Python would go on with a warning, and build for the host
    import traceback

    traceback.print_exc()
    raise SystemExit("winarm: the target view cannot be made") from None
_run_the_next_one()
