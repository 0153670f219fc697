"""What Twitch says of the bot's channels."""

from __future__ import annotations

import pytest

from clankbot.auth.channel_names import look_at_channels, own_channel
from clankbot.errors import AuthUnavailable
from clankbot.records.accounts import Identity
from clankbot.records.answers import ChannelName
from tests.auth.rig import Rig
from tests.auth.test_helix import helix
from tests.doubles.twitch_id import Trouble

OWN = Identity("clankbot", "100")


def named(channel_id: str, login: str, last_seen_ms: int = 1, *, now: bool = True) -> ChannelName:
    """A name in the database."""
    return ChannelName(channel_id, login, now, 1, last_seen_ms)


def findings(rig: Rig, *channels: str, names: tuple[ChannelName, ...] = ()) -> list[str]:
    """What is said of the channels."""
    rig.signed_in()
    return [
        f"{verdict}: {sentence}"
        for verdict, sentence in look_at_channels(helix(rig), channels, names, OWN)
    ]


def test_of_channels_that_are_called_so_nothing_is_said_after_one_request(rig: Rig) -> None:
    rig.twitch.users |= {"river": "111", "lake": "222"}
    assert findings(rig, "river", "lake", names=(named("111", "river"),)) == []
    assert rig.twitch.count("users") == 1
    assert rig.twitch.heard[-1].given == {"login": ["river", "lake"]}


def test_a_hundred_channels_are_one_request(rig: Rig) -> None:
    logins = [f"channel{number}" for number in range(100)]
    rig.twitch.users |= {login: f"1{number}" for number, login in enumerate(logins)}
    assert findings(rig, *logins) == []
    assert rig.twitch.count("users") == 1


def test_a_channel_that_does_not_exist_is_named(rig: Rig) -> None:
    (told,) = findings(rig, "alpha", "nosuch")
    assert told.startswith("fail: #nosuch does not exist on Twitch, or is closed: TWITCH_CHANNELS")
    assert rig.twitch.count("users") == 1


@pytest.mark.parametrize("now", [True, False], ids=["last seen as", "was before"])
def test_a_channel_that_was_renamed_is_told_with_its_new_name(rig: Rig, now: bool) -> None:
    rig.twitch.users |= {"lake": "111"}
    (told,) = findings(rig, "river", names=(named("111", "river", now=now),))
    assert told == (
        "fail: #river is called #lake now: write lake in its place in TWITCH_CHANNELS, and all"
        " that is stored of it comes along"
    )
    assert rig.twitch.heard[-1].given == {"id": ["111"]}


def test_an_old_name_beside_the_new_one_is_to_be_taken_off(rig: Rig) -> None:
    rig.twitch.users |= {"lake": "111"}
    names = (named("111", "river", now=False), named("111", "lake"))
    assert findings(rig, "river", "lake", names=names) == [
        "fail: #river is called #lake now: take river off TWITCH_CHANNELS"
    ]


def test_a_name_that_somebody_else_has_by_now_is_told(rig: Rig) -> None:
    rig.twitch.users |= {"river": "222"}
    (told,) = findings(rig, "river", names=(named("111", "river"),))
    assert told.startswith("warn: #river is another channel by now (id 222, was 111)")
    rig.twitch.users |= {"lake": "111"}
    (told,) = findings(rig, "river", names=(named("111", "river"),))
    assert told.startswith("fail: #river is called #lake now")


def test_the_newest_owner_of_a_name_counts(rig: Rig) -> None:
    rig.twitch.users |= {"lake": "111", "pond": "222"}
    names = (named("222", "river", 5), named("111", "river", 9, now=False))
    (told,) = findings(rig, "river", names=names)
    assert "is called #pond now" in told


def test_the_bots_own_account_is_told_for_what_it_means(rig: Rig) -> None:
    assert findings(rig, "clankbot") == ["warn: " + own_channel("clankbot")]


@pytest.mark.parametrize(
    "body", [b"{}", b'{"data": [7]}', b'{"data": [{"login": "alpha"}]}', b'{"data": [{"id": "1"}]}']
)
def test_disorder_is_told_as_such(rig: Rig, body: bytes) -> None:
    rig.twitch.trouble("users", Trouble(200, body))
    with pytest.raises(AuthUnavailable, match="out of order"):
        findings(rig, "alpha")
