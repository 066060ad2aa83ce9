"""Every message says what happened, what it usually means and what to do."""

from __future__ import annotations

import errno
import os

import pytest

from winarm.errors import (
    EXIT_FAILURE,
    EXIT_USAGE,
    BuildFailedError,
    CacheError,
    CrossEditableError,
    FileSystemError,
    MissingExtensionsError,
    SettingsError,
    ToolchainNotFoundError,
    UsageError,
    VerificationError,
    WinarmError,
    bullets,
    printable,
)


def test_a_message_has_three_parts() -> None:
    error = WinarmError("It broke.", why="It was old.", cure="Take a new one.")

    assert str(error) == "It broke.\nIt was old.\nTake a new one."
    assert (error.what, error.why, error.cure) == ("It broke.", "It was old.", "Take a new one.")


def test_of_which_some_may_be_missing() -> None:
    assert str(WinarmError("It broke.", cure="Take a new one.")) == "It broke.\nTake a new one."
    assert str(WinarmError("It broke.")) == "It broke."


def test_lists_are_indented() -> None:
    assert bullets(["a", "b"]) == "  - a\n  - b"
    assert bullets([]) == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WinarmError("x"), EXIT_FAILURE),
        (BuildFailedError("x"), EXIT_FAILURE),
        (UsageError("x"), EXIT_USAGE),
        (SettingsError(["x"]), EXIT_USAGE),
    ],
)
def test_a_wrong_request_is_told_from_work_that_failed(error: WinarmError, status: int) -> None:
    assert error.exit_status == status


@pytest.mark.parametrize(
    ("problems", "said"),
    [(["a"], "a setting is wrong:\n  - a"), (["a", "b"], "2 settings are wrong:\n  - a\n  - b")],
)
def test_all_settings_that_are_wrong_are_said_at_once(problems: list[str], said: str) -> None:
    assert str(SettingsError(problems)) == said


def test_a_missing_toolchain_tells_every_place() -> None:
    error = ToolchainNotFoundError("zig", ["here: no", "there: no"], "Install it.")

    assert "'zig'" in str(error)
    assert str(error).endswith("  - here: no\n  - there: no\nInstall it.")
    assert error.misses == ("here: no", "there: no")


def test_any_toolchain_is_called_by_what_it_does() -> None:
    assert "that makes ARM64 Windows code" in str(ToolchainNotFoundError("auto", [], ""))


@pytest.mark.parametrize(
    ("names", "said"), [(["a"], "1 extension "), (["a", "b"], "2 extensions ")]
)
def test_missing_extensions_are_named_with_the_setting_that_accepts_it(
    names: list[str], said: str
) -> None:
    error = MissingExtensionsError(names, ["compile of a.c failed"], "error: why")

    assert said in str(error)
    assert ", ".join(names) in str(error)
    assert "  - compile of a.c failed" in str(error)
    assert f"-C winarm.allow-missing={','.join(names)}," in error.cure
    assert error.output == "error: why"


def test_a_wheel_that_is_not_good_lists_what_is_wrong() -> None:
    error = VerificationError("a.whl", ["E1 x", "E2 y"])

    assert str(error).startswith("a.whl failed verification:\n  - E1 x\n  - E2 y")
    assert error.findings == ("E1 x", "E2 y")


def test_a_wheel_tagged_for_this_machine_names_the_setting_that_helps() -> None:
    assert "target-view" in VerificationError("a.whl", ["WA601 error: x"]).cure
    assert "target-view" not in VerificationError("a.whl", ["WA602 error: x"]).cure


def test_an_editable_install_names_its_target() -> None:
    assert "for win_arm64" in str(CrossEditableError("win_arm64"))


def test_a_file_system_speaks_in_its_own_words() -> None:
    reason = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert str(FileSystemError("/x", reason)) == (
        f"cannot use /x: {os.strerror(errno.ENOSPC)}.\nFree space, or choose another folder."
    )
    assert FileSystemError("/x", FileExistsError(errno.EEXIST, "exists")).cure == (
        "A file is where a folder is wanted. Choose another folder."
    )
    assert "Make it writable" in FileSystemError("/x", OSError(errno.EROFS, "read-only")).cure
    assert str(FileSystemError("/x", OSError("odd"), cure="Do.")) == "cannot use /x: odd.\nDo."


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "Free space, or choose another folder"),
        (errno.EROFS, "Make it writable, or choose another folder"),
        (errno.ENOTDIR, "A file is where a folder is wanted. Choose another folder"),
    ],
)
def test_a_cache_that_cannot_be_used_names_the_variable(number: int, cure: str) -> None:
    error = CacheError("/x", OSError(number, os.strerror(number)))

    assert error.cure == f"{cure} for winarm's caches: WINARM_CACHE_DIR=DIR."


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    assert printable("grün\x1b[2J\u202e") == "grün\ufffd[2J\ufffd"
    assert printable("x" * 2000) == "x" * 1000 + "..."
