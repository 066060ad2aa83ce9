from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fake_host import touch
from hypothesis import given
from hypothesis import strategies as st
from windows_trees.visual_studio import FakeWindows, entry

from winarm.host import Answer, ProgramError
from winarm.locate.vswhere import ARGUMENTS, TIMEOUT, find_instances, parse_instances

if TYPE_CHECKING:
    from pathlib import Path


def test_one_call_asks_for_everything(windows: FakeWindows) -> None:
    windows.visual_studio()
    host = windows.host()

    find_instances(host)

    ((program, *arguments),) = host.calls
    assert program.endswith("vswhere.exe")
    assert arguments == list(ARGUMENTS)
    # Without these: no Build Tools, no previews, nothing that awaits a reboot.
    assert {"-all", "-prerelease", "-products", "*", "-utf8"} <= set(arguments)
    # It would select the newest before anybody has looked for ARM64 files.
    assert "-latest" not in arguments
    assert TIMEOUT == 10


def test_what_vswhere_prints_is_understood(windows: FakeWindows) -> None:
    path = windows.visual_studio(
        "18/Insiders",
        version="18.7.11822.327",
        isPrerelease=True,
        isComplete=False,
        displayName="Visual Studio Community 2026 Insiders",
    )

    search = find_instances(windows.host())

    assert search.found is not None

    (instance,) = search.found

    misses = search.misses

    assert (instance.path, instance.version) == (path, "18.7.11822.327")
    assert (instance.prerelease, instance.complete) == (True, False)
    assert misses == ()
    assert str(instance) == (
        f"Visual Studio Community 2026 Insiders 18.7.11822.327 in {path}, a preview, "
        "not installed completely"
    )


@pytest.mark.parametrize("folder", ["2022/Community", "18/BuildTools", "2026/Community", "x y/é"])
def test_the_folders_name_is_not_read(windows: FakeWindows, folder: str) -> None:
    path = windows.visual_studio(folder)

    search = find_instances(windows.host())

    assert search.found is not None

    (instance,) = search.found

    assert instance.path == path


def test_properties_may_be_absent() -> None:
    search = parse_instances('[{"installationPath": "C:\\\\VS"}]')

    assert search.found is not None
    (instance,) = search.found
    assert (str(instance.path), instance.version, instance.complete) == ("C:\\VS", "", True)
    assert search.misses == ()


def test_control_characters_and_a_byte_order_mark_are_taken(tmp_path: Path) -> None:
    text = json.dumps([entry(tmp_path, "17.1", displayName="a\tb")]).replace("a\\tb", "a\tb")

    search = parse_instances("\ufeff" + text)

    assert search.found is not None
    assert [instance.name for instance in search.found] == ["a\tb"]
    assert search.misses == ()


@pytest.mark.parametrize(
    ("text", "miss"),
    [
        ('[{"installationPath": "C:', "its answer is not JSON"),
        ("Visual Studio Locator", "its answer is not JSON"),
        ('{"a": 1}', "its answer is not a list of instances"),
        ("[" * 100_000, "its answer is not JSON"),
        ("[]", "it knows of no Visual Studio"),
        ("", "it knows of no Visual Studio"),
        ("[1]", "it lists an instance without a folder"),
        ('[{"installationPath": 7}]', "it lists an instance without a folder"),
        ('[{"installationPath": "C:\\u0000"}]', "it lists an instance without a folder"),
    ],
)
def test_a_broken_answer_is_a_miss(text: str, miss: str) -> None:
    search = parse_instances(text)

    assert not search.found
    assert [line.partition(" (")[0] for line in search.misses] == [miss]


@given(st.text())
def test_no_answer_is_too_strange(text: str) -> None:
    parse_instances(text)


@pytest.mark.parametrize(
    ("answer", "miss"),
    [
        (ProgramError("vswhere.exe did not answer within 10 s."), "did not answer within 10 s"),
        (Answer(87, "Usage: vswhere", "Error 0x57: ?"), "ended with exit status 87: Error 0x57"),
        (Answer(1, "", ""), "ended with exit status 1"),
    ],
)
def test_a_vswhere_that_fails_leaves_the_disk(
    windows: FakeWindows, answer: Answer | ProgramError, miss: str
) -> None:
    path = windows.visual_studio()

    search = find_instances(windows.host(vswhere=answer))

    instances = search.found

    misses = search.misses

    assert [instance.path for instance in instances or ()] == [path]
    assert miss in misses[0]


def test_noise_on_stderr_changes_nothing(windows: FakeWindows) -> None:
    windows.visual_studio()
    said = Answer(0, json.dumps(windows.entries), "warning: something\n")

    search = find_instances(windows.host(vswhere=said))

    instances = search.found

    misses = search.misses

    assert instances is not None
    assert len(instances) == 1
    assert misses == ()


def test_an_instance_whose_folder_is_gone_is_a_miss(windows: FakeWindows) -> None:
    windows.entries.append(entry(windows.root / "gone", "17.1"))

    search = find_instances(windows.host())

    instances = search.found

    misses = search.misses

    assert instances is None
    assert misses[0].endswith("gone: the folder is gone")


def test_a_path_in_another_code_page_is_found_on_the_disk(windows: FakeWindows) -> None:
    # vswhere 3.0.1 ignores -utf8 and prints the console's code page (vswhere#262).
    path = windows.visual_studio("Zażółć/BuildTools", listed=False)
    undecoded = str(path).replace("ż", "\ufffd").replace("ó", "\ufffd\ufffd")
    windows.entries.append(entry(path, "17.1", installationPath=undecoded))

    search = find_instances(windows.host())

    assert search.found is not None

    (instance,) = search.found

    misses = search.misses

    assert instance.path == path
    assert misses == ()


def test_an_undecodable_path_that_fits_two_folders_is_a_miss(windows: FakeWindows) -> None:
    for name in ("aéb", "aèb"):
        windows.visual_studio(name, listed=False, toolsets=())
    home = windows.programs_x86 / "Microsoft Visual Studio"
    windows.entries.append(entry(home, "17.1", installationPath=str(home / "a\ufffdb")))

    search = find_instances(windows.host())

    instances = search.found

    misses = search.misses

    assert instances is None
    assert "the folder is gone" in misses[0]


def test_without_vswhere_the_disk_is_searched(windows: FakeWindows) -> None:
    path = windows.visual_studio(listed=False)
    host = windows.host()
    (windows.programs_x86 / "Microsoft Visual Studio" / "Installer" / "vswhere.exe").unlink()

    search = find_instances(host)

    instances = search.found

    misses = search.misses

    assert [instance.path for instance in instances or ()] == [path]
    assert misses[0].startswith("vswhere.exe: not in ")
    assert host.calls == []


def test_an_arm64_machine_where_com_knows_nothing_is_searched(windows: FakeWindows) -> None:
    # cc-rs#597: the installer does not register the COM class; vswhere prints [] and succeeds.
    path = windows.visual_studio(listed=False)

    search = find_instances(windows.host("arm64"))

    instances = search.found

    misses = search.misses

    assert [instance.path for instance in instances or ()] == [path]
    assert "it knows of no Visual Studio" in misses[0]


@pytest.mark.parametrize(
    ("variable", "below"),
    [
        ("CHOCOLATEYINSTALL", "bin"),
        ("LOCALAPPDATA", "Microsoft/WinGet/Links"),
        ("USERPROFILE", "scoop/shims"),
        ("SCOOP", "shims"),
    ],
)
def test_a_package_managers_vswhere_will_do(
    windows: FakeWindows, variable: str, below: str
) -> None:
    windows.visual_studio()
    folder = windows.root / "elsewhere"
    touch(folder / below / "vswhere.exe")
    windows.environ[variable] = str(folder)
    host = windows.host()
    (windows.programs_x86 / "Microsoft Visual Studio" / "Installer" / "vswhere.exe").unlink()

    find_instances(host)

    assert host.calls[0][0] == str(folder / below / "vswhere.exe")


def test_a_machine_with_nothing_says_so(windows: FakeWindows) -> None:
    windows.environ.clear()

    search = find_instances(windows.host())

    instances = search.found

    misses = search.misses

    assert instances is None
    assert misses == (
        "vswhere.exe: not in any program folder",
        "Microsoft Visual Studio in the program folders: not there",
    )
