"""A request to provide for a backend, with whatever a test is about changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.backends.request import Request
from winarm.config import Settings
from winarm.pipeline.child_spec import Workshop
from winarm.target import WIN_ARM64, PythonABI
from winarm.target_python.target_python import TargetPython

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winarm.environment.interpreter import Interpreter
    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain

    MakeRequest = Callable[..., Request]

CP313 = PythonABI(13)


@pytest.fixture
def request_for(
    tmp_path: Path,
    make_host: Callable[..., Host],
    make_interpreter: Callable[[PythonABI], Interpreter],
    fake_toolchain: Toolchain,
) -> MakeRequest:
    def make(
        backend: str = "scikit_build_core.build",
        *,
        abi: PythonABI = CP313,
        early: bool = False,
        system: str = "linux",
        environ: Mapping[str, str] | None = None,
        config_settings: Mapping[str, object] | None = None,
        toolchain: Mapping[str, object] | None = None,
        numpy: Mapping[str, str] | None = None,
        **settings: object,
    ) -> Request:
        python = TargetPython(abi, WIN_ARM64, Path("/t/include"), Path("/t/libs"), "a test")
        tools = replace(fake_toolchain, **(toolchain or {}))  # type: ignore[arg-type]
        workshop = Workshop(tools, python, numpy or {"error": "no NumPy"})
        return Request(
            host=make_host(
                environ={"PATH": str(tmp_path / "bin"), **(environ or {})}, system=system
            ),
            project=tmp_path / "project",
            settings=replace(Settings(), **settings),  # type: ignore[arg-type]
            target=WIN_ARM64,
            interpreter=make_interpreter(abi),
            python=Path("/env/bin/python"),
            backend=backend,
            site_folders=(tmp_path / "site-packages",),
            workshop=None if early else workshop,
            scratch=tmp_path / "scratch",
            jobs=3,
            config_settings=config_settings or {},
        )

    return make


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Put a program on the PATH of the requests."""

    def put(name: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    return put
