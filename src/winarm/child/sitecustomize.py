"""Make the target view in every Python of a cross build, then run the sitecustomize behind this.

This folder stands first on PYTHONPATH of a cross build. pip puts a sitecustomize of its own there
too, so the next one on the path is run as if this one were not there.
"""

import importlib.machinery
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


import importlib.util  # noqa: E402 - the function above is the point of this file

from winarm_child import start  # type: ignore[import-not-found]  # noqa: E402

start.start()
_run_the_next_one()
