"""Make the folder `site` beside this one the only site-packages of the target's Python.

Python imports this module when it starts, because its folder is on PYTHONPATH; the programs that
a test starts inherit that. Unlike a folder on PYTHONPATH, the folder comes after the standard
library, and its .pth files are read.
"""

import os
import site
import sys

_here = os.path.dirname(os.path.abspath(__file__))
_site = os.path.join(os.path.dirname(_here), "site")


def activate() -> None:
    """Replace the Python's own site-packages by the trial's."""
    others = {os.path.normcase(folder) for folder in (*site.getsitepackages(), _here)}
    if site.ENABLE_USER_SITE:
        others.add(os.path.normcase(site.getusersitepackages()))
    sys.path[:] = [folder for folder in sys.path if os.path.normcase(folder) not in others]
    site.addsitedir(_site)


def _chain() -> None:
    # The trial's environment may have a module of this name, too.
    own = sys.modules.pop(__name__, None)
    try:
        __import__(__name__)
    except ImportError:
        if own is not None:
            sys.modules[__name__] = own


if __name__ == "sitecustomize":
    activate()
    _chain()
