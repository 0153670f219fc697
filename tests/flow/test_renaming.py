"""A channel is renamed: the whole program, signed in and anonymous."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.program import live_program
from tests.flow.world import sql
from tests.waiting import wait_until


@pytest.mark.parametrize("dry_run", ["false", "true"], ids=["signed in", "anonymous"])
def test_what_is_kept_of_a_channel_follows_it_and_check_and_stats_tell(
    tmp_path: Path, dry_run: str
) -> None:
    with live_program(tmp_path, DRY_RUN=dry_run) as live:
        if dry_run == "false":
            live.sign_in()
        live.start_and_join()
        live.room.say("alpha", "mona", "!clank off", is_mod=True)
        live.room.say("alpha", "alice", "before the rename")
        wait_until(lambda: bool(sql(tmp_path, "SELECT 1 FROM messages")))
        assert live.stop() == 0
        channel_id = live.twitch.users.pop("alpha")
        live.twitch.users["beta"] = channel_id
        live.room.room_state("beta", room_id=int(channel_id))
        live.settings["TWITCH_CHANNELS"] = "beta"
        live.start_and_join()
        live.wait_log("channel carried over")
        assert live.stop() == 0
        assert sql(tmp_path, "SELECT channel FROM messages") == [("beta",)]
        assert sql(tmp_path, "SELECT channel, enabled FROM channel_config") == [("beta", 0)]
        told = f"#beta (id {channel_id}) was #alpha until 20"
        checked = live.run("check").output
        assert f"ok    channels   {told}" in checked
        assert "all that is stored of it has come along" in checked
        stats = live.run("stats").output
        assert told in stats
        assert f"#beta    {channel_id}" in stats
        assert "does not exist" not in checked


def test_a_rename_while_the_bot_runs_is_told_and_does_no_harm(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.start_and_join()
        live.room.say("alpha", "alice", "before the rename")
        wait_until(lambda: bool(sql(tmp_path, "SELECT 1 FROM messages")))
        channel_id = live.twitch.users.pop("alpha")
        live.twitch.users["beta"] = channel_id
        live.room.drop()
        live.room.wait_for(lambda: len(live.room.joins) > 1, "a JOIN", 60)
        assert live.stop() == 0
        live.start_and_join()
        live.wait_log("#alpha is called #beta now: write beta in its place in TWITCH_CHANNELS")
        assert live.stop() == 0
        assert sql(tmp_path, "SELECT channel FROM messages") == [("alpha",)]


def test_an_api_that_is_down_does_not_hold_up_the_start(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.settings["TWITCH_API_URL"] = "http://127.0.0.1:9/helix"
        live.start_and_join()
        live.wait_log("periodic task failed")
        live.room.say("alpha", "alice", "hello")
        wait_until(lambda: bool(sql(tmp_path, "SELECT 1 FROM messages")))
        assert live.stop() == 0
