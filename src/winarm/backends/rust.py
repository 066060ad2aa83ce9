"""maturin and setuptools-rust: Rust, which winarm leaves to them."""

from __future__ import annotations

from winarm.errors import BackendError
from winarm.project.build_system import Project
from winarm.project.facts import RUST_TOOLS

#: Rust's name for ARM64 Windows.
TRIPLE = "aarch64-pc-windows-msvc"


def refuse(project: Project) -> None:
    """Explain what can build a project in Rust, as its backend or build requirements say it is.

    :raises BackendError: it is in Rust; cargo would make code for this machine.
    """
    if project.backend.package == "maturin":
        name = "maturin"
        call = f"maturin build --release --target {TRIPLE} (on Linux and macOS it uses cargo-xwin)"
    elif not RUST_TOOLS.isdisjoint(project.system.required_names):
        name = "setuptools-rust"
        call = (
            f"CARGO_BUILD_TARGET={TRIPLE} python -m build --wheel on Windows with Visual Studio's "
            "tools for ARM64"
        )
    else:
        return
    raise BackendError(
        f"{project.folder.name} is written in Rust and built by {name}.",
        why=f"winarm configures compilers of C and C++. {name} configures Rust's, and can build "
        "for another machine by itself.",
        cure=f"rustup target add {TRIPLE}, then {call}, then winarm verify on the wheel.",
    )
