"""The one form in which searches end."""

from __future__ import annotations

from winarm.search import Search, first, miss


def test_the_first_find_has_the_misses_before_it() -> None:
    looked = iter([miss("a: no"), Search("b", ("b: old",)), miss("c: no")])

    search = first(looked, cure="install it")

    assert search == Search("b", ("a: no", "b: old"))
    # What comes after a find is not looked at.
    assert list(looked) == [miss("c: no")]


def test_without_a_find_every_miss_is_there_and_the_first_cure() -> None:
    searches: list[Search[str]] = [miss("a: no"), miss("b: no", cure="get b"), miss(cure="get c")]

    assert first(searches) == miss("a: no", "b: no", cure="get b")
    assert first(searches[:1], cure="install it") == miss("a: no", cure="install it")


def test_a_search_goes_on_in_what_was_found() -> None:
    found = Search("folder", ("elsewhere: no",))

    assert found.then(lambda name: Search(len(name))) == Search(6, ("elsewhere: no",))
    assert found.then(lambda _: miss("no headers", cure="get them")) == miss(
        "elsewhere: no", "no headers", cure="get them"
    )


def test_a_search_that_found_nothing_does_not_go_on() -> None:
    nothing: Search[str] = miss("no", cure="get it")

    assert nothing.then(lambda name: Search(len(name))) == miss("no", cure="get it")


def test_a_place_is_named_once_for_all_its_misses() -> None:
    assert miss("no cl", "no link").at("MSVC").misses == ("MSVC: no cl; no link",)
    assert Search(1).at("MSVC") == Search(1)
