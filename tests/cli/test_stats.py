"""`stats` from outside: what is stored, the last decisions, the last changes of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.clock import Clock
from clankbot.records.settings import SettingValue
from clankbot.records.writes import IdentifyChannel, RecordDecision, SetSetting, Tally
from tests.cli.command import bot_said, clankbot, fill, said

MINUTE_MS = 60_000


def changed(
    column: str,
    value: SettingValue | None,
    minute: int,
    *,
    by: tuple[str, str] = ("77", "mona"),
    undoes: int | None = None,
) -> SetSetting:
    """A change of a setting in alpha, so many minutes after the beginning of 1970."""
    return SetSetting("alpha", column, value, *by, minute * MINUTE_MS, undoes)


def rows(out: str) -> list[str]:
    """The lines with the blanks between their cells made two."""
    return ["  ".join(filter(None, map(str.strip, line.split("  ")))) for line in out.splitlines()]


def test_each_channel_is_told_with_its_own_retention(tmp_path: Path) -> None:
    fill(tmp_path, [said("one"), said("two", "2"), bot_said("beep")])
    fill(tmp_path, [changed("retention_days", 1, 0)])
    done = clankbot(tmp_path, "stats")
    assert (done.status, done.err) == (0, "")
    head, alpha, _, foot = rows(done.out)
    assert head == "channel  id  messages  speakers  the bot's  first (UTC)  last (UTC)  kept"
    assert alpha == "#alpha  -  3  2  1  1970-01-01 00:00  1970-01-01 00:00  1 day"
    assert foot.endswith(" MB; of each channel the newest 10,000 messages at most.")
    unlimited = {"MESSAGE_RETENTION_COUNT": "0", "MESSAGE_RETENTION_DAYS": "0"}
    fill(tmp_path, [changed("retention_days", None, 1)])
    _, alpha, _, foot = rows(clankbot(tmp_path, "stats", **unlimited).out)
    assert alpha.endswith("  no limit")
    assert foot.endswith(" MB.")


def test_decisions_are_told_oldest_first(tmp_path: Path) -> None:
    decisions = [RecordDecision("alpha", n * MINUTE_MS, f"{n}/30 messages") for n in (1, 2)]
    fill(tmp_path, decisions)
    assert clankbot(tmp_path, "stats", "--why", "#Alpha").out.splitlines() == [
        "1970-01-01 00:01 UTC  1/30 messages",
        "1970-01-01 00:02 UTC  2/30 messages",
    ]
    assert "Nothing has been decided in #beta yet." in clankbot(tmp_path, "stats", "--why=beta").out


def test_what_was_refused_today_stands_below_the_decisions(tmp_path: Path) -> None:
    day = Clock().utc_day()
    fill(
        tmp_path,
        [
            RecordDecision("alpha", MINUTE_MS, "the model only repeated what was said"),
            Tally("alpha", day, "refused_echo", 2),
            Tally("alpha", day, "refused_claims_human"),
            Tally("alpha", day, "said"),
            Tally("alpha", day, "passed", 3),
            Tally("alpha", "2020-01-01", "refused_flood"),
        ],
    )
    assert clankbot(tmp_path, "stats", "--why=alpha").out.splitlines()[1:] == [
        "",
        "Refused today of what the model wrote: claims human 1, echo 2.",
        "Today it had nothing to add: 3.",
    ]


def test_changes_are_told_oldest_first_from_and_to_as_chat_is_told_them(tmp_path: Path) -> None:
    database = fill(
        tmp_path,
        [
            changed("message_threshold", 20, 1),
            changed("enabled", False, 2, by=("", "")),
            changed("quiet_until", 1_790_000_000_000, 3),
        ],
    )
    with database.open() as store:
        (last,) = store.last_changes("alpha")
        store.apply([changed("quiet_until", None, 4, undoes=last.change_id)])
    for channel in ((), ("#Alpha",)):
        assert rows(clankbot(tmp_path, "stats", "--changes", *channel).out) == [
            "when (UTC)  channel  setting  from  to  by",
            "1970-01-01 00:01  #alpha  threshold  default  20 messages  mona (77)",
            "1970-01-01 00:02  #alpha  bot  default  off  -",
            "1970-01-01 00:03  #alpha  quiet until  default  21 September, 14:13 UTC"
            "  mona (77), undone",
            "1970-01-01 00:04  #alpha  quiet until  21 September, 14:13 UTC  default  mona (77)",
        ]
    assert clankbot(tmp_path, "stats", "--changes", "beta").out == (
        "No setting has been changed yet.\n"
    )


def test_a_long_prompt_is_cut_and_none_drives_the_terminal(tmp_path: Path) -> None:
    fill(tmp_path, [changed("persona", "You are \x1b[2J\x9ba cat. " + "Purr. " * 60, 1)])
    fill(tmp_path, [changed("persona", "Short.", 2, by=("77", "mo\x1b[31mna"))])
    out = clankbot(tmp_path, "stats", "--changes").out
    assert not any(char in out for char in "\x1b\x9b")
    assert max(map(len, out.splitlines())) < 160


@pytest.mark.parametrize("command", [["stats"], ["export", "alpha"], ["forget", "alice"]])
def test_looking_into_a_folder_without_a_database_makes_none(
    tmp_path: Path, command: list[str]
) -> None:
    done = clankbot(tmp_path, *command)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("clankbot: there is no database at ")
    assert not (tmp_path / "chatbot.db").exists()


def test_ids_and_former_names_are_told(tmp_path: Path) -> None:
    day_ms = 86_400_000
    fill(tmp_path, [IdentifyChannel("alpha", "111", day_ms), said("one")])
    fill(tmp_path, [IdentifyChannel("gamma", "111", 3 * day_ms)])
    fill(tmp_path, [IdentifyChannel("gamma", "222", 5 * day_ms)])
    _, aside, first, *_ = rows(clankbot(tmp_path, "stats").out)
    assert aside.startswith("id:111  -  1  1")
    assert first == "id:111 was #gamma until 1970-01-04, #alpha until 1970-01-02."
    fill(tmp_path, [IdentifyChannel("delta", "111", 7 * day_ms)])
    _, delta, first, *_ = rows(clankbot(tmp_path, "stats").out)
    assert delta.startswith("#delta  111  1  1")
    assert first == "#delta (id 111) was #gamma until 1970-01-04, #alpha until 1970-01-02."


@pytest.mark.parametrize(
    "command",
    [["stats", "--why=alpha"], ["export", "alpha"], ["forget", "vera", "--channel=alpha"]],
    ids=["stats", "export", "forget"],
)
def test_who_asks_for_a_former_name_is_told_the_new_one(tmp_path: Path, command: list[str]) -> None:
    fill(tmp_path, [IdentifyChannel("alpha", "111", 1), said("one")])
    fill(tmp_path, [IdentifyChannel("alpha", "222", 2)])
    done = clankbot(tmp_path, *command)
    assert "#alpha, which" not in done.out + done.err, "another channel has the name"
    fill(tmp_path, [IdentifyChannel("beta", "222", 3)])
    done = clankbot(tmp_path, *command)
    assert "#alpha, which is called #beta now" in done.out + done.err
    fill(tmp_path, [IdentifyChannel("beta", "333", 4)])
    done = clankbot(tmp_path, *command)
    assert "#alpha, which is kept as id:222 now" in done.out + done.err
