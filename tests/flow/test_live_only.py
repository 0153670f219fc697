"""``liveonly``: the bot asks Twitch's API who is live, and is silent elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.twitch_id import Trouble, TwitchId
from tests.flow.program import live_program
from tests.flow.world import sql
from tests.waiting import wait_until


@pytest.mark.parametrize(("live", "asks"), [({"alpha"}, True), (set[str](), False)])
def test_a_channel_set_to_liveonly_is_spoken_in_only_while_it_is_live(
    tmp_path: Path, live: set[str], asks: bool
) -> None:
    with live_program(tmp_path, TwitchId(live=live), MESSAGE_THRESHOLD="1") as program:
        program.sign_in()
        program.start_and_join()
        program.room.say("alpha", "mona", "!clank liveonly on", is_mod=True)
        program.room.wait_message("alpha")
        wait_until(lambda: program.twitch.count("streams") == 1)
        silent = "SELECT 1 FROM decisions WHERE reason = 'the channel is not live'"

        def is_decided() -> bool:
            # Again and again, since the answer that was counted may not have been read yet.
            program.room.say("alpha", "alice", "is anybody there?")
            return bool(program.ollama.asked or sql(tmp_path, silent))

        wait_until(is_decided)
        assert bool(program.ollama.asked) is asks
        for asked in program.ollama.asked:
            assert 'the stream is called "A quiet evening with alpha"' in asked.user
        assert program.stop() == 0


def test_a_refusal_of_twitchs_api_is_logged_once_and_ends_nothing(tmp_path: Path) -> None:
    with live_program(tmp_path) as program:
        program.sign_in()
        program.twitch.trouble("streams", *[Trouble(403, b'{"message": "not like this"}')] * 9)
        program.start_and_join()
        program.room.say("alpha", "mona", "!clank liveonly on", is_mod=True)
        program.wait_log("Twitch's API refuses streams: not like this")
        said = len(program.room.messages)
        program.room.say("alpha", "mona", "!clank help", is_mod=True)
        program.room.wait_message("alpha", since=said)
        assert program.stop() == 0
        assert program.log.count("refuses streams") == 1
