"""Files are found and fetched from a real index over HTTP, and checked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from winarm.errors import FileSystemError, SourceError, UsageError
from winarm.project.index import (
    IndexFile,
    Listing,
    PackageIndex,
    PlaceFiles,
    best,
    package_index,
)
from winarm.project.pip_config import pip_configuration
from winarm.target import PythonABI

from .conftest import CONTENT, SHA256

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from winarm.host import Host

    from .conftest import MakeHost, Server


def opened(host: Host) -> AbstractContextManager[PackageIndex]:
    return package_index(pip_configuration(host))


def fetch(host: Host, folder: Path, said: list[str] | None = None) -> Path:
    with opened(host) as index:
        (file,) = index.files("thing", "sdist").files
        return index.fetch(file, folder, progress=(said if said is not None else []).append)


def test_a_file_is_fetched_and_kept(server: Server, make_host: MakeHost, tmp_path: Path) -> None:
    server.offer("thing-1.tar.gz", hashes={"sha256": SHA256})
    said: list[str] = []
    host = make_host(PIP_INDEX_URL=server.url)
    path = fetch(host, tmp_path / "cache", said)
    assert path.read_bytes() == CONTENT
    assert path.relative_to(tmp_path / "cache").parts == (SHA256, "thing-1.tar.gz")
    assert said[-1].startswith("fetching thing-1.tar.gz")
    assert fetch(host, tmp_path / "cache") == path
    assert server.fetched() == ["/files/thing-1.tar.gz"]


def test_a_kept_file_that_has_changed_is_fetched_again(
    server: Server, make_host: MakeHost, tmp_path: Path
) -> None:
    server.offer("thing-1.tar.gz", hashes={"sha256": SHA256})
    host = make_host(PIP_INDEX_URL=server.url)
    fetch(host, tmp_path).write_bytes(b"half of")
    assert fetch(host, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "md5"])
def test_a_file_that_is_not_what_was_promised_is_refused(
    server: Server, make_host: MakeHost, tmp_path: Path, algorithm: str
) -> None:
    server.offer("thing-1.tar.gz", hashes={algorithm: "0" * 64})
    with pytest.raises(SourceError, match=f"its {algorithm} is"):
        fetch(make_host(PIP_INDEX_URL=server.url), tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("thing*"))


def test_a_checksum_that_is_a_path_leads_nowhere(
    server: Server, make_host: MakeHost, tmp_path: Path
) -> None:
    server.offer("thing-1.tar.gz", hashes={"sha256": "/../../outside"})
    cache = tmp_path / "a/b/c"
    with pytest.raises(SourceError, match="its sha256 is"):
        fetch(make_host(PIP_INDEX_URL=server.url), cache)
    assert not [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_without_a_checksum_a_file_is_fetched_every_time(
    server: Server, make_host: MakeHost, tmp_path: Path
) -> None:
    server.offer("thing-1.tar.gz")
    host = make_host(PIP_INDEX_URL=server.url)
    assert fetch(host, tmp_path) == fetch(host, tmp_path)
    assert len(server.fetched()) == 2


def test_an_html_index_with_checksums_in_fragments_is_read(
    server: Server, make_host: MakeHost, tmp_path: Path
) -> None:
    server.offer("thing-1.tar.gz")
    page = f'<a href="../../files/thing-1.tar.gz#sha256={SHA256}">thing-1.tar.gz</a>'
    server.pages["/simple/thing/"] = ("text/html", page.encode())
    assert fetch(make_host(PIP_INDEX_URL=server.url), tmp_path).read_bytes() == CONTENT


def test_redirects_are_followed(server: Server, make_host: MakeHost, tmp_path: Path) -> None:
    server.offer("thing-1.tar.gz")
    server.redirects["/old/thing/"] = "/simple/thing/"
    host = make_host(PIP_INDEX_URL=server.url.replace("/simple", "/old"))
    assert fetch(host, tmp_path).read_bytes() == CONTENT


def test_the_name_and_password_of_an_index_are_used_and_not_shown(
    server: Server, make_host: MakeHost
) -> None:
    server.offer("thing-1.tar.gz")
    url = server.url.replace("//", "//name:secret@")
    with opened(make_host(PIP_INDEX_URL=url)) as index:
        listing = index.files("thing", "sdist")
    assert len(listing.files) == 1
    assert server.asked[-1][1] is not None
    assert "secret" not in "".join(listing.looked_at)


def test_an_index_that_is_down_does_not_hide_the_others(
    server: Server, make_host: MakeHost
) -> None:
    server.offer("thing-1.tar.gz")
    down = "http://127.0.0.1:9/simple"
    host = make_host(PIP_INDEX_URL=down, PIP_EXTRA_INDEX_URL=f"{server.url} file:///nowhere")
    with opened(host) as index:
        listing = index.files("thing", "sdist")
    assert [file.name for file in listing.files] == ["thing-1.tar.gz"]
    assert not listing.unreachable
    assert any(line.startswith(down) for line in listing.looked_at)


def test_no_index_at_all_is_told_from_a_project_that_nobody_has(
    server: Server, make_host: MakeHost
) -> None:
    with opened(make_host(PIP_INDEX_URL="http://127.0.0.1:9/simple")) as index:
        assert index.files("thing", "sdist").unreachable
    with opened(make_host(PIP_INDEX_URL=server.url)) as index:
        listing = index.files("thing", "sdist")
    assert not listing.unreachable
    assert "404" in listing.looked_at[0]


def test_a_plain_address_that_is_not_trusted_says_so(make_host: MakeHost) -> None:
    with opened(make_host(PIP_INDEX_URL="http://192.0.2.1/simple")) as index:
        (line,) = index.files("thing", "sdist").looked_at
    assert "trusted" in line


def test_a_page_that_is_no_index_is_survived(server: Server, make_host: MakeHost) -> None:
    server.pages["/simple/thing/"] = ("application/vnd.pypi.simple.v1+json", b"{broken")
    with opened(make_host(PIP_INDEX_URL=server.url)) as index:
        listing = index.files("thing", "sdist")
    assert listing.files == ()
    assert listing.looked_at


def test_a_server_that_fails_while_fetching_is_one_message(
    server: Server, make_host: MakeHost, tmp_path: Path
) -> None:
    server.offer("thing-1.tar.gz")
    del server.pages["/files/thing-1.tar.gz"]
    with pytest.raises(SourceError, match=r"thing-1\.tar\.gz cannot be fetched"):
        fetch(make_host(PIP_INDEX_URL=server.url), tmp_path)


def test_a_name_that_would_leave_the_folder_is_no_file(server: Server, make_host: MakeHost) -> None:
    server.offer("..%5Cthing-1.tar.gz")
    with opened(make_host(PIP_INDEX_URL=server.url)) as index:
        assert index.files("thing", "sdist").files == ()


def test_kinds_are_kept_apart_and_the_python_of_a_release_is_heeded(
    server: Server, make_host: MakeHost
) -> None:
    names = ("thing-1.tar.gz", "thing-1-cp313-cp313-win_arm64.whl")
    server.offer(*names, **{"requires-python": ">=3.12"})
    with opened(make_host(PIP_INDEX_URL=server.url)) as index:
        assert [file.name for file in index.files("thing", "sdist").files] == [names[0]]
        assert [file.name for file in index.files("thing", "wheel").files] == [names[1]]
        assert index.files("thing", "sdist", python=PythonABI(11)).files == ()
        assert len(index.files("thing", "sdist", python=PythonABI(13)).files) == 1


def test_a_cache_that_cannot_be_written_is_one_message(
    server: Server, make_host: MakeHost, tmp_path: Path
) -> None:
    server.offer("thing-1.tar.gz", hashes={"sha256": SHA256})
    (tmp_path / "file").touch()
    with pytest.raises(FileSystemError, match="WINARM_CACHE_DIR"):
        fetch(make_host(PIP_INDEX_URL=server.url), tmp_path / "file/cache")


def test_a_certificate_file_that_is_not_there_is_named(make_host: MakeHost) -> None:
    host = make_host(PIP_CERT="/nowhere/certificates.pem")
    with pytest.raises(FileSystemError, match=r"certificates\.pem"), opened(host):
        pass


def test_without_unearth_the_extra_is_named(
    make_host: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "unearth.auth", None)
    with pytest.raises(UsageError, match=r"winarm\[cli\]"), opened(make_host()):
        pass


def offered(version: str, *, yanked: bool = False, sha256: str = "") -> IndexFile:
    hashes = {"sha256": sha256} if sha256 else {}
    return IndexFile(f"thing-{version}.tar.gz", Version(version), "", hashes, yanked)


@pytest.mark.parametrize(
    ("requirement", "files", "expected"),
    [
        ("thing", [offered("1.9"), offered("1.10"), offered("2.0rc1")], "1.10"),
        ("thing", [offered("2.0rc1")], "2.0rc1"),
        ("thing>=2.0rc1", [offered("1.0"), offered("2.0rc1")], "2.0rc1"),
        ("thing<2", [offered("1.0"), offered("2.0")], "1.0"),
        ("thing", [offered("1.0"), offered("2.0", yanked=True)], "1.0"),
        ("thing==2.0", [offered("1.0"), offered("2.0", yanked=True)], "2.0"),
        ("thing==2.0", [offered("2.0", yanked=True), offered("2.0")], "2.0"),
        ("thing>=2", [offered("1.0"), offered("2.0", yanked=True)], None),
        ("thing", [], None),
    ],
)
def test_the_newest_fitting_version_is_the_best(
    requirement: str, files: list[IndexFile], expected: str | None
) -> None:
    found = best(Requirement(requirement), files)
    assert (found and str(found.version)) == expected


def test_of_two_equal_files_the_one_with_a_checksum_is_better() -> None:
    files = [offered("1.0"), offered("1.0", sha256=SHA256), offered("1.0")]
    assert best(Requirement("thing"), files) == files[1]


def test_a_listing_has_the_files_of_all_places_and_what_each_said() -> None:
    one, two = offered("1.0"), offered("2.0")
    answers = (PlaceFiles("https://a", (one,)), PlaceFiles("https://b", (two,), "slow"))

    listing = Listing(answers)

    assert listing.files == (one, two)
    assert listing.looked_at == ("https://a: 1 files", "https://b: slow")


@pytest.mark.parametrize(
    ("reached", "unreachable"), [((True, False), False), ((False, False), True), ((), False)]
)
def test_only_where_no_place_answers_none_is_reachable(
    reached: tuple[bool, ...], *, unreachable: bool
) -> None:
    listing = Listing(tuple(PlaceFiles("a", reached=one) for one in reached))

    assert listing.unreachable is unreachable
