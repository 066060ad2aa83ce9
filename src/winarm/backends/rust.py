"""maturin and setuptools-rust: Rust, which winarm leaves to them."""

from __future__ import annotations

from pathlib import Path

from winarm.backends.provision import Provision
from winarm.errors import BackendError
from winarm.plan import Build, EquippedBuild
from winarm.project.build_system import Project
from winarm.project.facts import RUST_TOOLS

#: Rust's name for ARM64 Windows.
TRIPLE = "aarch64-pc-windows-msvc"


def is_needed(project: Project) -> bool:
    """Return whether a project is written in Rust, as its backend or build requirements say."""
    return project.backend.package == "maturin" or not RUST_TOOLS.isdisjoint(
        project.system.required_names
    )


def early_provision(build: Build) -> Provision:
    """Explain what can build the project.

    :raises BackendError: always; cargo would make code for this machine.
    """
    name = "maturin" if build.project.backend.package == "maturin" else "setuptools-rust"
    call = f"maturin build --release --target {TRIPLE} (on Linux and macOS it uses cargo-xwin)"
    if name == "setuptools-rust":
        call = (
            f"CARGO_BUILD_TARGET={TRIPLE} python -m build --wheel on Windows with Visual Studio's "
            "tools for ARM64"
        )
    raise BackendError(
        f"{build.folder.name} is written in Rust and built by {name}.",
        why=f"winarm configures compilers of C and C++. {name} configures Rust's, and can build "
        "for another machine by itself.",
        cure=f"rustup target add {TRIPLE}, then {call}, then winarm verify on the wheel.",
    )


def provision(build: EquippedBuild, scratch: Path) -> Provision:  # noqa: ARG001
    """Explain the same.

    :raises BackendError: always.
    """
    return early_provision(build)
