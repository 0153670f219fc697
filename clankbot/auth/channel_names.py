"""What Twitch says of the bot's channels: whether they exist, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from clankbot.own_command import own_command
from clankbot.records.accounts import Identity
from clankbot.records.answers import ChannelName

# ``ok``, ``warn`` or ``fail``, and a sentence.
Finding = tuple[str, str]


def own_channel(login: str) -> str:
    """What it means that the bot is signed in as one of its channels, and how to change that."""
    return (
        f"#{login} is the bot's own account: it writes under the streamer's name, whoever writes"
        f" @{login} is answered by it, and what the streamer types counts as a viewer's words and"
        " commands; an account of its own is better (or: !clank mentions off). If it was signed in"
        " by mistake, open the address of the next login in a private window of the browser, signed"
        f" in to Twitch as the bot; run: {own_command('login')}"
    )


class Users(Protocol):
    """Twitch's API."""

    def users(self, *, logins: Sequence[str] = (), user_ids: Sequence[str] = ()) -> list[Identity]:
        """Those of the accounts that exist, as they are called now."""


def look_at_channels(
    api: Users, channels: Sequence[str], names: Sequence[ChannelName], own: Identity
) -> Iterator[Finding]:
    """What is to be said of each channel with something to say, by one or two requests.

    ``names`` is what is stored of channels' names.  Raises what the API raises.
    """
    found = {user.login: user.user_id for user in api.users(logins=channels)}
    ids = {name.login: name.channel_id for name in sorted(names, key=_newest_last)}
    lost = {
        login: ids[login] for login in channels if login in ids and found.get(login) != ids[login]
    }
    elsewhere = api.users(user_ids=tuple(lost.values())) if lost else []
    names_now = {user.user_id: user.login for user in elsewhere}
    for login in channels:
        new_name = names_now.get(lost.get(login, ""))
        if found.get(login) == own.user_id:
            yield "warn", own_channel(login)
        elif new_name and new_name in channels:
            yield "fail", f"#{login} is called #{new_name} now: take {login} off TWITCH_CHANNELS"
        elif new_name:
            yield (
                "fail",
                f"#{login} is called #{new_name} now: write {new_name} in its place in"
                " TWITCH_CHANNELS, and all that is stored of it comes along",
            )
        elif login in lost and login in found:
            yield (
                "warn",
                f"#{login} is another channel by now (id {found[login]}, was {lost[login]}): it"
                " gets nothing of what is stored",
            )
        elif login not in found:
            yield (
                "fail",
                f"#{login} does not exist on Twitch, or is closed: TWITCH_CHANNELS takes the name"
                " that stands in the address of the channel's page",
            )


def _newest_last(name: ChannelName) -> tuple[bool, int]:
    return name.is_current, name.last_seen_ms
