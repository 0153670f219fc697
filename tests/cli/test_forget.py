"""`forget` from outside: a viewer however called, and nobody by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.records.writes import Append, StoredMessage
from tests.cli.command import clankbot, fill, said


def named(user_id: str, login: str, display_name: str) -> Append:
    """A message in alpha of a viewer who is called so."""
    return Append(
        StoredMessage(f"m-{user_id}", "alpha", user_id, login, display_name, "hello", 1000)
    )


@pytest.mark.parametrize("name", ["@Вера", "вера", "Вера(vera)", "VERA", "7", "id:7"])
def test_a_viewer_is_found_however_the_name_is_written(tmp_path: Path, name: str) -> None:
    fill(tmp_path, [named("7", "vera", "Вера"), said("stays")])
    done = clankbot(tmp_path, "forget", name)
    assert done.status == 0
    assert done.out.startswith("Deleted 1 message of vera (user id 7) in any channel")
    assert clankbot(tmp_path, "forget", name).status == 1


def test_if_several_match_they_are_listed_and_nothing_is_deleted(tmp_path: Path) -> None:
    database = fill(tmp_path, [named("7", "vera", "Vera"), named("8", "vera", "Vera")])
    done = clankbot(tmp_path, "forget", "@Vera")
    assert done.status == 1
    assert done.out.splitlines() == [
        "Several viewers match @Vera, and nothing is deleted:",
        "  vera (user id 7)",
        "  vera (user id 8)",
        "Say which of them, such as: clankbot.py forget id:7",
    ]
    with database.open() as store:
        assert len(store.recent_messages("alpha", 9)) == 2
    assert clankbot(tmp_path, "forget", "id:8").status == 0
    with database.open() as store:
        assert [line.user_id for line in store.recent_messages("alpha", 9)] == ["7"]


def test_what_is_put_aside_of_a_channel_can_be_forgotten_by_its_name(tmp_path: Path) -> None:
    aside = StoredMessage("m", "id:111", "7", "vera", "Vera", "hello", 1000)
    fill(tmp_path, [Append(aside), said("stays")])
    assert clankbot(tmp_path, "forget", "vera", "--channel", "alpha").status == 1
    assert clankbot(tmp_path, "forget", "vera", "--channel", "id:111").status == 0
