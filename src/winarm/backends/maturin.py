"""maturin: Rust, which winarm leaves to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.errors import BackendError

if TYPE_CHECKING:
    from winarm.backends.request import Provision, Request


def provision(request: Request) -> Provision:
    """Explain who can build the project.

    :raises BackendError: always; cargo would make code for this machine.
    """
    message = f"{request.project.name} is built by maturin: it is written in Rust."
    raise BackendError(
        message,
        why="winarm configures C and C++ compilers; maturin configures Rust's, and knows how to "
        "build for another machine by itself.",
        cure="maturin build --release --target aarch64-pc-windows-msvc (on Linux and macOS it "
        "takes cargo-xwin for that), then winarm verify on what comes out.",
    )
