from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm.errors import UsageError
from winarm.stack.places import Place, configured_places, with_credentials

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host


def with_variables(host: Host, **variables: str) -> Host:
    kept = {name: value for name, value in host.environ.items() if name != "PIP_INDEX_URL"}
    return replace(host, environ={**kept, **variables})


@pytest.mark.parametrize(
    ("variables", "urls"),
    [
        ({}, ["https://pypi.org/simple/"]),
        ({"PIP_INDEX_URL": "https://one"}, ["https://one"]),
        ({"UV_DEFAULT_INDEX": "https://two", "PIP_INDEX_URL": "https://one"}, ["https://two"]),
        ({"UV_INDEX_URL": "https://two"}, ["https://two"]),
        (
            {"UV_INDEX": "https://a corp=https://b", "UV_EXTRA_INDEX_URL": "https://c"},
            ["https://pypi.org/simple/", "https://a", "https://b", "https://c"],
        ),
        (
            {"PIP_EXTRA_INDEX_URL": "https://a"},
            ["https://pypi.org/simple/", "https://a"],
        ),
        ({"PIP_NO_INDEX": "1"}, []),
    ],
)
def test_indexes_are_those_of_pip_and_uv(
    host: Host, variables: dict[str, str], urls: list[str]
) -> None:
    assert [place.url for place in configured_places(with_variables(host, **variables)).all] == urls


def test_uv_tables_of_the_project_count(host: Host) -> None:
    tool = {
        "index": [
            {"name": "corp", "url": "https://corp", "default": True},
            {"name": "more", "url": "https://more"},
        ],
        "find-links": ["https://links"],
    }

    places = configured_places(with_variables(host), tool).all

    assert places == (
        Place("https://corp"),
        Place("https://more"),
        Place("https://links", is_index=False),
    )


def test_credentials_of_uv_variables_are_used_and_never_shown(host: Host) -> None:
    secret = with_variables(
        host,
        UV_INDEX="corp=https://corp/simple",
        UV_INDEX_CORP_USERNAME="me",
        UV_INDEX_CORP_PASSWORD="p@ss",
    )

    place = configured_places(secret).all[1]

    assert place.url == "https://me:p%40ss@corp/simple"
    assert place.name == "https://***@corp/simple"


def test_credentials_in_an_address_stay(host: Host) -> None:
    assert with_credentials(host, "corp", "https://a:b@corp") == "https://a:b@corp"


def test_options_replace_and_add(host: Host, tmp_path: Path) -> None:
    places = configured_places(with_variables(host)).with_options(
        index="https://one", extra=("https://two",), links=(str(tmp_path),)
    )

    assert places.all == (
        Place("https://one"),
        Place("https://two"),
        Place(str(tmp_path), is_index=False),
    )
    assert places.with_options(no_index=True).all == (Place(str(tmp_path), is_index=False),)


@pytest.mark.parametrize(
    "variables",
    [
        {"PIP_INDEX_URL": "https://me:secret@[a/simple"},
        {"PIP_FIND_LINKS": "https://[::1"},
        {"UV_INDEX": "corp=https://x/\udc80"},
    ],
)
def test_an_address_that_is_none_is_one_error(host: Host, variables: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="is not an address") as caught:
        configured_places(with_variables(host, **variables))

    assert "secret" not in str(caught.value)


def test_a_folder_may_have_a_name_that_is_no_text(host: Host) -> None:
    found = configured_places(with_variables(host, UV_FIND_LINKS="/x\udc80"))

    assert found.all[-1].url == "/x\udc80"
