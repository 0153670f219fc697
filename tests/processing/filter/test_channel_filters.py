"""The global word list and, beside it, each channel's own terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.parts import NoWords
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.content_filter import FilterFile


@pytest.fixture
def file(tmp_path: Path) -> FilterFile:
    path = tmp_path / "words.txt"
    path.write_text("shed\n")
    return FilterFile(path)


@pytest.fixture
def filters(file: FilterFile) -> ChannelFilters:
    return ChannelFilters(file)


def test_a_channels_terms_hold_there_beside_the_global_list(filters: ChannelFilters) -> None:
    filters.load({"alpha": ("barn", "old mill")})
    assert filters.terms("alpha") == ("barn", "old mill")
    assert filters.terms("beta") == ()
    found = [filters("alpha").check(text) for text in ("a barn", "a shed", "the old mill", "fine")]
    assert found == ["barn", "shed", "old mill", None]
    assert filters("beta").check("a barn") is None


def test_terms_are_replaced_as_a_whole(filters: ChannelFilters) -> None:
    filters.set_terms("alpha", ["barn"])
    filters.set_terms("alpha", ["mill"])
    assert filters("alpha").check("barn") is None
    assert filters("alpha").check("mill") == "mill"
    filters.set_terms("alpha", ())
    assert filters("alpha").check("mill") is None
    assert filters("alpha").check("shed") == "shed"


def test_what_is_loaded_takes_the_place_of_all_that_was_there(filters: ChannelFilters) -> None:
    filters.load({"alpha": ["barn"], "beta": ["mill"]})
    filters.load({"beta": ["barn"]})
    assert (filters.terms("alpha"), filters.terms("beta")) == ((), ("barn",))
    assert filters("alpha").check("barn") is None
    assert filters("beta").check("mill") is None


def test_a_reloaded_list_holds_everywhere(filters: ChannelFilters, tmp_path: Path) -> None:
    filters.set_terms("alpha", ["barn"])
    (tmp_path / "words.txt").write_text("attic\n")
    assert filters("beta").check("attic") is None
    filters.reload(force=True)
    for channel in ("alpha", "beta"):
        assert filters(channel).check("attic") == "attic"
        assert filters(channel).check("shed") is None
    assert filters("alpha").check("barn") == "barn"


def test_a_list_that_did_not_change_is_not_compiled_anew(filters: ChannelFilters) -> None:
    filters.set_terms("alpha", ["barn"])
    before = filters("alpha")
    filters.reload(force=False)
    assert filters("alpha") is before


def test_with_the_filter_switched_off_no_term_holds() -> None:
    filters = ChannelFilters(NoWords())
    filters.set_terms("alpha", ["barn"])
    assert filters("alpha").check("barn") is None
    assert filters.terms("alpha") == ("barn",)
