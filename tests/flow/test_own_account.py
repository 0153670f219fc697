"""A streamer signs the bot in on the own account: what set-up says, and what a run makes of it."""

from __future__ import annotations

from pathlib import Path

from tests.doubles.twitch_id import TwitchId
from tests.flow.program import live_program
from tests.flow.world import sql
from tests.waiting import wait_until

MIND = "#river is the bot's own account: it writes under the streamer's name"


def streamer(**how: object) -> TwitchId:
    """Twitch, where river signs in."""
    users = {"river": "555"}
    return TwitchId(login="river", users=users, interval_s=0.2, **how)  # type: ignore[arg-type]


def test_login_check_and_run_say_what_it_means(tmp_path: Path) -> None:
    with live_program(tmp_path, streamer(), TWITCH_CHANNELS="river") as live:
        signed_in = live.run("login")
        assert signed_in.status == 0
        assert f"Mind: {MIND}" in signed_in.output
        checked = live.run("check")
        assert checked.status == 0
        assert f"warn  channels   {MIND}" in checked.output
        live.start_and_join()
        live.wait_log(MIND)
        assert live.stop() == 0
    (tmp_path / "other").mkdir()
    with live_program(tmp_path / "other", streamer(), TWITCH_CHANNELS="alpha") as live:
        assert MIND not in live.run("login").output


def test_the_streamer_commands_it_and_talks_beside_it(tmp_path: Path) -> None:
    with live_program(tmp_path, streamer(), TWITCH_CHANNELS="river") as live:
        live.sign_in()
        live.start_and_join()
        live.room.say("river", "river", "!clank length 60", user_id="555")
        live.room.wait_for(lambda: live.room.messages, "an answer")
        assert live.room.messages[0].text == "length is now 60 characters"
        live.room.say("river", "river", "good evening, this is me", user_id="555")
        live.room.say("river", "vera", "@river what do you think?")
        live.room.wait_for(lambda: len(live.room.messages) == 2, "an answer to the mention")
        wait_until(lambda: bool(sql(tmp_path, "SELECT 1 FROM messages WHERE is_own = 1")))
        assert live.stop() == 0
        stored = sql(tmp_path, "SELECT user_login, is_own FROM messages ORDER BY id")
        assert stored == [("river", 0), ("vera", 0), ("river", 1)]
        assert "the streamer: good evening, this is me" in live.ollama.asked[-1].user
