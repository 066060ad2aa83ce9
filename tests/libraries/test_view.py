from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prefix_samples import dll, imports, static, tree
from verify_samples.image import AMD64

from winarm.errors import LibraryError, SettingsError, UsageError
from winarm.libraries.view import Native, as_json, native_libraries
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.host import Host
    from winarm.libraries.lookup import Linkage

PC = "prefix=/old\nlibdir=${prefix}/lib\nName: x\nDescription: x\nVersion: 1.3\n"
ZLIB: dict[str, bytes | str] = {
    "include/zlib.h": "",
    "lib/libzlib.dll.a": imports(),
    "lib/libzlibstatic.a": static(),
    "lib/pkgconfig/zlib.pc": PC + "Libs: -L${libdir} -lz\nCflags: -I${prefix}/include\n",
}
XML: dict[str, bytes | str] = {
    "include/libxml2/libxml/tree.h": "",
    "lib/libxml2.lib": imports(),
    "lib/pkgconfig/libxml-2.0.pc": PC
    + "Requires.private: zlib\nLibs: -L${libdir} -lxml2\nCflags: -I${prefix}/include/libxml2\n",
}


def pkgconf() -> Path:
    spec = find_spec("pkgconf")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / ".bin" / "pkgconf"


@pytest.fixture
def host(make_host: Callable[..., Host]) -> Host:
    return make_host()


def view(host: Host, *named: Path, **wishes: Any) -> Native:  # noqa: ANN401 - native_libraries'
    style = wishes.pop("style", "gnu")
    wishes.setdefault("pkgconf", pkgconf())
    return native_libraries(host, WIN_ARM64, style, named=list(map(str, named)), **wishes)


def test_without_a_prefix_there_is_nothing(host: Host) -> None:
    assert view(host) == Native()
    assert not host.cache.exists()


@pytest.mark.parametrize(
    ("linkage", "chosen"), [("shared", "libzlib.dll.a"), ("static", "libzlibstatic.a")]
)
def test_every_name_is_the_one_file_that_linkage_chooses(
    host: Host, tmp_path: Path, linkage: Linkage, chosen: str
) -> None:
    found = view(host, tree(tmp_path / "p", ZLIB), linkage=linkage)

    assert found.library_dir is not None
    for name in ("z", "zlib", "libz"):
        assert Path(found.libraries[name]).resolve().name == chosen
        assert (found.library_dir / f"{name}.lib").resolve().name == chosen
    # Whoever asks a MinGW linker for a static library gets one.
    assert (found.library_dir / "libz.a").resolve().name == "libzlibstatic.a"
    assert (found.library_dir / "libz.dll.a").exists() is (linkage == "shared")


def test_pkg_config_answers_with_the_view(host: Host, tmp_path: Path) -> None:
    found = view(host, tree(tmp_path / "my libs", {**ZLIB, **XML}))

    assert found.programs is not None
    answer = subprocess.run(
        [found.programs / "pkg-config", "--cflags", "--libs", "libxml-2.0"],
        env={"PKG_CONFIG_LIBDIR": str(found.pkgconfig_dir)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    include = f"{tmp_path}/my\\ libs/include"
    assert answer.split(" -L")[0].strip() == f"-I{include}/libxml2 -I{include}"
    assert f"-L{found.library_dir} -lxml2" in answer


def test_the_way_to_a_prefix_may_lead_through_other_folders(host: Host, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    by_path: dict[str, bytes | str] = {
        "lib/pkgconfig/x.pc": PC + "Libs: ${libdir}/libzlib.dll.a -L${libdir}\n"
    }
    tree(tmp_path / "p", {**ZLIB, **by_path})

    found = view(host, tmp_path / "other" / ".." / "p")

    assert found.pkgconfig_dir is not None
    (libs,) = re.findall("^Libs: (.*)$", (found.pkgconfig_dir / "x.pc").read_text(), re.MULTILINE)
    assert str(tmp_path / "other") not in libs


@pytest.mark.parametrize(("style", "is_found"), [("gnu", True), ("msvc", False)])
def test_a_dll_without_an_import_library_is_linked_itself(
    host: Host, tmp_path: Path, style: str, *, is_found: bool
) -> None:
    prefix = tree(
        tmp_path / "p",
        {
            **ZLIB,
            "bin/zlib1.dll": dll(),
            "bin/libfoo2-0.dll": dll(),
            "bin/other.dll": dll(machine=AMD64),
            "lib/pkgconfig/libfoo.pc": PC + "Libs: -L${libdir} -lfoo2\n",
        },
    )

    found = view(host, prefix, style=style)

    assert ("foo2" in found.libraries) is is_found
    assert "other" not in found.libraries
    assert Path(found.libraries["z"]).resolve().name == "libzlib.dll.a"
    if is_found:
        assert Path(found.libraries["foo2"]).resolve().name == "libfoo2-0.dll"


def test_packages_that_require_each_other_are_one_answer(host: Host, tmp_path: Path) -> None:
    loop = {
        f"lib/pkgconfig/{name}.pc": PC + f"Requires: {other}\nLibs: -l{name}\n"
        for name, other in (("a", "b"), ("b", "a"), ("c", "gone"))
    }
    found = view(host, tree(tmp_path / "p", {**ZLIB, **loop}))
    assert found.programs is not None

    def ask(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(found.programs / "pkg-config"), "--libs", name],  # type: ignore[operator]
            env={"PKG_CONFIG_LIBDIR": str(found.pkgconfig_dir)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ask("a").stdout.split()[-2:] == ["-la", "-lb"]
    assert "Package 'gone', required by 'c', not found" in ask("c").stderr


def test_a_static_library_is_linked_with_what_it_needs(host: Host, tmp_path: Path) -> None:
    png: dict[str, bytes | str] = {
        "lib/libpng16.a": static(),
        "lib/pkgconfig/libpng.pc": PC
        + "Requires.private: zlib\nLibs: -lpng16\nLibs.private: -lm\n",
    }

    found = view(host, tree(tmp_path / "p", {**ZLIB, **png}), linkage="static")

    assert found.closure["png"] == ("m", "z")
    assert found.library_dir is not None
    for file in ("png.lib", "libpng16.a"):
        assert (found.library_dir / f"{file}.needs").read_text("utf-8") == "m\nz"


def test_folders_of_headers_below_the_prefixs_own_are_known(host: Host, tmp_path: Path) -> None:
    prefix = tree(tmp_path / "p", {**ZLIB, **XML})

    found = view(host, prefix)

    assert found.include_dirs == (prefix / "include",)
    assert found.late_include_dirs == (prefix / "include" / "libxml2",)


def test_another_toolchains_headers_come_after_the_toolchains_own(
    host: Host, tmp_path: Path
) -> None:
    prefix = tree(tmp_path / "clangarm64", {**ZLIB, "include/_mingw.h": ""})

    found = view(host, prefix)

    assert (found.include_dirs, found.late_include_dirs) == ((), (prefix / "include",))


def test_packages_are_known_for_the_programs_that_they_answer(host: Host, tmp_path: Path) -> None:
    assert view(host, tree(tmp_path / "p", XML)).packages == ("libxml-2.0",)


def test_nothing_is_written_to_a_prefix(host: Host, tmp_path: Path) -> None:
    prefix = tree(tmp_path / "p", ZLIB)
    before = sorted(prefix.rglob("*"))
    for folder in (prefix / "lib", prefix):
        folder.chmod(0o555)

    view(host, prefix)

    assert sorted(prefix.rglob("*")) == before


def test_a_changed_prefix_has_another_view(host: Host, tmp_path: Path) -> None:
    prefix = tree(tmp_path / "p", ZLIB)
    # As an installation for another system may leave one.
    (prefix / "lib" / "libgone.so").symlink_to("libgone.so.1")
    first, again = view(host, prefix), view(host, prefix)
    tree(prefix, {"lib/libnew.a": static()})

    changed = view(host, prefix)

    assert first == again
    assert changed.library_dir != first.library_dir
    assert "new" in changed.libraries


def test_windows_gets_copies(host: Host, tmp_path: Path) -> None:
    found = view(replace(host, system="windows"), tree(tmp_path / "p", ZLIB))

    assert not Path(found.libraries["z"]).is_symlink()
    assert found.programs is not None
    assert (found.programs / "pkg-config.exe").is_file()


def test_microsofts_linker_gets_its_own_spelling_alone(host: Host, tmp_path: Path) -> None:
    found = view(host, tree(tmp_path / "p", ZLIB), style="msvc")

    assert found.library_dir is not None
    assert {file.suffix for file in found.library_dir.iterdir()} == {".lib"}


def test_library_dirs_are_searched_for_every_spelling_too(host: Host, tmp_path: Path) -> None:
    folder = tree(tmp_path / "libs", {"libyaml.dll.a": imports()})

    found = view(host, library_dirs=[str(folder)])

    assert Path(found.libraries["yaml"]).resolve() == folder / "libyaml.dll.a"


class TestBadInput:
    def test_a_prefix_of_another_machine_is_an_error(self, host: Host, tmp_path: Path) -> None:
        prefix = tree(tmp_path / "p", {"lib/z.lib": imports(machine=AMD64)})

        with pytest.raises(LibraryError, match=r"z\.lib: it is for AMD64, not for ARM64"):
            view(host, prefix)

    def test_one_such_library_is_told_and_refused(self, host: Host, tmp_path: Path) -> None:
        prefix = tree(tmp_path / "p", {**ZLIB, "lib/bad.lib": imports(machine=AMD64)})

        found = view(host, prefix)

        assert "bad.lib is not used: it is for AMD64" in found.notes[0]
        assert "it is for AMD64" in found.refused["bad"]
        assert "bad" not in found.libraries

    def test_two_prefixes_with_one_library_are_told(self, host: Host, tmp_path: Path) -> None:
        one, two = tree(tmp_path / "one", ZLIB), tree(tmp_path / "two", ZLIB)

        found = view(host, one, two)

        assert f"in the prefixes {one} and {two}; the first is used" in found.notes[0]
        assert Path(found.libraries["z"]).resolve().parent == one / "lib"

    def test_a_package_with_a_missing_requirement_is_told(self, host: Host, tmp_path: Path) -> None:
        prefix = tree(tmp_path / "p", {**ZLIB, "lib/pkgconfig/x.pc": "Requires: gone\nLibs: -lx"})

        assert "x.pc: it requires gone, and there is no gone.pc" in view(host, prefix).details

    def test_a_missing_folder_is_a_wrong_setting(self, host: Host, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"library-dirs: .* is not a folder"):
            view(host, library_dirs=[str(tmp_path / "none")])

    def test_without_pkgconf_the_message_says_what_to_install(
        self, host: Host, tmp_path: Path
    ) -> None:
        prefix = tree(tmp_path / "p", ZLIB)

        with pytest.raises(UsageError, match=r"pkgconf is not installed\.\npip install"):
            view(host, prefix, pkgconf=None)
        assert view(host, prefix, pkgconf=None, must_have_pkgconf=False).programs is not None

    @pytest.mark.parametrize("name", ["with spaces", 'it\'s "quoted"', "Bücher-日本", "a&b;c$d"])
    def test_any_name_of_a_folder_will_do(self, host: Host, tmp_path: Path, name: str) -> None:
        found = view(host, tree(tmp_path / name, {**ZLIB, **XML}))

        assert found.programs is not None
        words = subprocess.run(
            [found.programs / "pkg-config", "--variable=prefix", "zlib"],
            env={"PKG_CONFIG_LIBDIR": str(found.pkgconfig_dir)},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout.strip()
        assert words == str(tmp_path / name)

    def test_a_damaged_view_is_made_again(self, host: Host, tmp_path: Path) -> None:
        prefix = tree(tmp_path / "p", ZLIB)
        first = view(host, prefix)
        assert first.library_dir is not None
        shutil.rmtree(first.library_dir.parent)

        assert view(host, prefix) == first


def test_the_child_gets_texts_alone(host: Host, tmp_path: Path) -> None:
    native = view(host, tree(tmp_path / "p", {**ZLIB, **XML}))

    assert json.loads(json.dumps(as_json(native))) == as_json(native)
