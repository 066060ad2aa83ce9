"""A build backend that configures its folder with and without winarm and keeps the seconds."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from setuptools.build_meta import build_wheel as setuptools_build_wheel

ROUNDS = 7


def build_wheel(wheel_directory: str, *options: Any, **more: Any) -> str:  # noqa: ANN401 - as they come
    """Time both in turns; the wheel has nothing in it."""
    # The child's view of the target, which every Python gets that CMake starts.
    alone = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "WINARM_CHILD"}}
    rounds = [(seconds(os.environ), seconds(alone)) for _ in range(ROUNDS)]
    Path("seconds.json").write_text(json.dumps(list(zip(*rounds, strict=True))), "utf-8")
    return setuptools_build_wheel(wheel_directory, *options, **more)


def seconds(environ: Mapping[str, str]) -> float:
    """Return how long one configuration takes."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        command = ["cmake", "-S", ".", "-B", folder]
        subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
        return time.monotonic() - began
