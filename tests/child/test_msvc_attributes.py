"""What projects change of setuptools' compiler for Visual Studio."""

from __future__ import annotations

from winarm.child.winarm_child.msvc_attributes import MsvcAttributes


def made() -> MsvcAttributes:
    attributes = MsvcAttributes()
    attributes.set_msvc_attributes({"cc": "zig", "ar": "zig", "rc": "zig"})
    return attributes


def test_nothing_is_added_before_a_project_changes_something() -> None:
    assert made().compile_options_added() == []
    assert made().link_options_added(executable=False) == []
    assert made().link_options_added(executable=True) == []


def test_what_a_project_adds_is_handed_on() -> None:
    attributes = made()
    attributes.compile_options.remove("/GL")
    attributes.compile_options += ["/std:c++17", "/DX=1"]
    attributes.ldflags_shared.append("/STACK:9999")
    attributes.ldflags_exe.append("/SUBSYSTEM:CONSOLE")

    assert attributes.compile_options_added() == ["/std:c++17", "/DX=1"]
    assert attributes.link_options_added(executable=False) == ["/STACK:9999"]
    assert attributes.link_options_added(executable=True) == ["/SUBSYSTEM:CONSOLE"]


def test_assertions_are_compiled_where_a_project_asks_for_them() -> None:
    attributes = made()
    attributes.compile_options = ["/nologo", "/Od"]

    assert attributes.compile_options_added() == ["-UNDEBUG", "/Od"]
