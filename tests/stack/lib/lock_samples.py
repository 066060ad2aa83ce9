"""A lock of each kind for the same project, and what is read of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from winarm.stack.lock_file import Selection
from winarm.stack.locks import read_lock
from winarm.stack.wanted import TargetMarkers, WantedStack
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HASH = "a" * 64
UV = f"""
version = 1
requires-python = ">=3.11"
[[package]]
name = "mine"
version = "0.1"
source = {{ editable = "." }}
dependencies = [
    {{ name = "a" }},
    {{ name = "tux", marker = "sys_platform == 'linux'" }},
    {{ name = "arm", marker = "platform_machine == 'ARM64'" }},
]
[package.optional-dependencies]
web = [{{ name = "w", extra = ["fast"] }}]
[package.dev-dependencies]
dev = [{{ name = "d" }}]
[package.metadata]
requires-dist = [{{ name = "a", specifier = ">=1,<2" }}]
[[package]]
name = "a"
version = "1.5"
source = {{ registry = "https://pypi.org/simple" }}
dependencies = [{{ name = "b", version = "2.0", marker = "python_full_version < '3.14'" }},
                {{ name = "b", version = "3.0", marker = "python_full_version >= '3.14'" }}]
sdist = {{ url = "https://x/a-1.5.tar.gz", hash = "sha256:{HASH}" }}
[[package]]
name = "b"
version = "2.0"
[[package]]
name = "b"
version = "3.0"
[[package]]
name = "tux"
version = "1"
[[package]]
name = "arm"
version = "1"
source = {{ git = "https://example.org/arm" }}
[[package]]
name = "w"
version = "1"
[package.optional-dependencies]
fast = [{{ name = "f" }}]
[[package]]
name = "f"
version = "1"
[[package]]
name = "d"
version = "1"
"""
PYLOCK = f"""
lock-version = "1.0"
created-by = "test"
requires-python = ">=3.11"
extras = ["web"]
dependency-groups = ["dev"]
default-groups = []
[[packages]]
name = "a"
version = "1.5"
dependencies = [{{ name = "b" }}]
wheels = [{{ name = "a-1.5-py3-none-any.whl", url = "https://x/a", hashes.sha256 = "{HASH}" }}]
[[packages]]
name = "b"
version = "2.0"
[[packages]]
name = "w"
version = "1"
marker = "'web' in extras"
[[packages]]
name = "d"
version = "1"
marker = "'dev' in dependency_groups"
[[packages]]
name = "tux"
version = "1"
marker = "sys_platform == 'linux'"
"""
POETRY = f"""
[[package]]
name = "a"
version = "1.5"
optional = false
python-versions = ">=3.9"
groups = ["main"]
files = [{{ file = "a.whl", hash = "sha256:{HASH}" }}]
[package.dependencies]
b = ">=2,<3"
tux = {{ version = "*", markers = "sys_platform == \\"linux\\"" }}
[[package]]
name = "b"
version = "2.0"
optional = false
groups = ["main"]
[[package]]
name = "w"
version = "1"
optional = true
groups = ["main"]
[[package]]
name = "d"
version = "1"
groups = ["dev"]
[[package]]
name = "tux"
version = "1"
groups = ["main"]
markers = "sys_platform == \\"linux\\""
[extras]
web = ["w"]
[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
"""
PDM = f"""
[metadata]
groups = ["default", "dev"]
[[metadata.targets]]
requires_python = ">=3.11"
[[package]]
name = "a"
version = "1.5"
requires_python = ">=3.9"
groups = ["default"]
dependencies = ["b>=2,<3", "tux; sys_platform == \\"linux\\""]
files = [{{ file = "a.whl", hash = "sha256:{HASH}" }}]
[[package]]
name = "b"
version = "2.0"
groups = ["default"]
[[package]]
name = "tux"
version = "1"
groups = ["default"]
marker = "sys_platform == \\"linux\\""
[[package]]
name = "w"
version = "1"
groups = ["web"]
[[package]]
name = "d"
version = "1"
groups = ["dev"]
"""
PIPFILE = json.dumps(
    {
        "_meta": {"requires": {"python_version": "3.13"}},
        "default": {
            "A": {"version": "==1.5", "hashes": [f"sha256:{HASH}"]},
            "b": {"version": "==2.0"},
            "tux": {"version": "==1", "markers": "sys_platform == 'linux'"},
        },
        "develop": {"d": {"version": "==1"}},
    }
)
PIXI = f"""
version: 6
environments:
  default:
    packages:
      linux-64:
      - pypi: https://x/tux.whl
      win-arm64:
      - conda: https://conda.example/python.conda
      - pypi: https://x/a.whl
      - pypi: https://x/b.whl
packages:
- pypi: https://x/a.whl
  name: a
  version: '1.5'
  sha256: {HASH}
  requires_dist:
  - b>=2,<3
- pypi: https://x/b.whl
  name: b
  version: '2.0'
- pypi: https://x/tux.whl
  name: tux
  version: '1'
"""
LOCKS = {
    "uv.lock": UV,
    "pylock.toml": PYLOCK,
    "poetry.lock": POETRY,
    "pdm.lock": PDM,
    "Pipfile.lock": PIPFILE,
    "pixi.lock": PIXI,
}


def read(
    folder: Path,
    name: str,
    text: str,
    *,
    python: int = 13,
    extras: Iterable[str] = (),
    groups: Iterable[str] = (),
) -> WantedStack:
    path = folder / name
    path.write_text(text)
    markers = TargetMarkers(WIN_ARM64, PythonABI(python))
    stack = read_lock(path, markers, Selection(tuple(extras), tuple(groups)))
    assert stack is not None
    return stack


def versions(stack: WantedStack) -> dict[str, str]:
    return {package.name: str(package.version) for package in stack.packages}
