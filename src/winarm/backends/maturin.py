"""maturin: Rust, which winarm leaves to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.errors import BackendError

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.backends.provision import Provision
    from winarm.plan import Build, EquippedBuild


def early_provision(build: Build) -> Provision:
    """Explain what can build the project.

    :raises BackendError: always; cargo would make code for this machine.
    """
    message = f"{build.folder.name} is built by maturin: it is written in Rust."
    raise BackendError(
        message,
        why="winarm configures compilers of C and C++; maturin configures Rust's, and can build "
        "for another machine by itself.",
        cure="maturin build --release --target aarch64-pc-windows-msvc (on Linux and macOS it "
        "uses cargo-xwin for that), then winarm verify on the wheel.",
    )


def provision(build: EquippedBuild, scratch: Path) -> Provision:  # noqa: ARG001
    """Explain the same.

    :raises BackendError: always.
    """
    return early_provision(build)
