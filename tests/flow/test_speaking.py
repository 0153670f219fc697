"""Chat in, stored, a message from the model out: the whole bot, end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.fake_ollama import Behaviour
from tests.flow.world import BLOCKED, living, sql
from tests.waiting import AT_ONCE_S, wait_until


@pytest.mark.usefixtures("on_each_engine")
def test_it_stores_every_message_once_and_speaks_at_the_threshold(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=4) as world:
        world.ollama.say("what a lovely stack of pancakes")
        texts = world.chat(3)
        world.settle()
        spoken = world.room.wait_message("alpha")
        assert spoken.text == "what a lovely stack of pancakes"
        world.wait_stored(spoken.text)
        assert world.texts()[:3] == texts
        own = world.stored()[-1]
        assert (own.user_id, own.message_id) == (world.room.bot_user_id, spoken.message_id)
        assert own.is_own


def test_a_message_delivered_twice_is_stored_and_counted_once(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=3) as world:
        for _ in range(5):
            world.room.say("alpha", "alice", "again and again", message_id="m-1")
        world.room.say("alpha", "bruno", "something else")
        world.wait_stored("something else")
        assert world.texts() == ["again and again", "something else"]
        assert not world.ollama.asked


@pytest.mark.usefixtures("on_each_engine")
def test_a_mention_is_answered_as_a_reply_whatever_the_threshold(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        world.ollama.say("very well, thank you")
        asked = world.room.say("alpha", "alice", "hey @ClankBot, how are you?")
        answer = world.room.wait_message("alpha")
        assert (answer.text, answer.reply_to) == ("very well, thank you", asked)
        assert "how are you?" in world.ollama.asked[0].prompt


def test_what_the_word_list_blocks_is_neither_stored_nor_seen_nor_said(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        world.ollama.say(f"well, {BLOCKED} to you all")
        world.room.say("alpha", "alice", f"such a {BLOCKED.upper()} day")
        world.room.say("alpha", "bruno", "a fine day", display_name=BLOCKED)
        world.chat(2)
        asked = world.ollama.wait_asked()
        assert BLOCKED not in asked.prompt.lower()
        wait_until(lambda: sql(tmp_path, "SELECT 1 FROM decisions WHERE reason LIKE 'blocked%'"))
        assert not world.room.messages
        assert len(world.stored()) == 2


def test_chat_is_stored_and_forgotten_while_the_model_thinks(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        world.ollama.once(Behaviour(delay_s=30))
        world.chat(2, "slow")
        world.ollama.wait_asked()
        texts = world.chat(50, "meanwhile")
        world.wait_stored(*texts, timeout_s=AT_ONCE_S)


def test_it_speaks_again_when_ollama_is_back(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        world.ollama.down()
        world.chat(2, "dark")
        wait_until(lambda: sql(tmp_path, "SELECT 1 FROM decisions WHERE reason LIKE '%Ollama%'"))
        world.ollama.up()

        def spoken() -> bool:
            world.chat(1, "light")
            return bool(world.room.messages)

        wait_until(spoken)


def test_of_what_ollama_says_of_an_error_only_its_kind_is_public(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = "model requires more system memory for quendolin at 10.20.30.40 in /srv/sekrit"
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        world.ollama.behave(Behaviour(status=500, error=said))
        world.chat(2)
        kind = "SELECT 1 FROM decisions WHERE reason LIKE 'Ollama is out of memory (since %'"
        wait_until(lambda: sql(tmp_path, kind))
        for command in ("!clank status", "!clank why", "!clank speak"):
            assert "Ollama is out of memory (since " in world.order(command)
        public = [message.text for message in world.room.messages]
        public += [reason for (reason,) in sql(tmp_path, "SELECT reason FROM decisions")]
        assert not [text for text in public if "sekrit" in text or "quendolin" in text]
    assert any("/srv/sekrit" in str(record.__dict__.get("detail")) for record in caplog.records)


def test_a_shadow_run_says_nothing_and_keeps_its_pace(tmp_path: Path) -> None:
    with living(tmp_path, moderates=False, MESSAGE_THRESHOLD=3, DRY_RUN="true") as world:
        world.chat(3, "first")
        wait_until(lambda: sql(tmp_path, "SELECT shadow FROM spoken") == [(1,)])
        world.chat(2, "second")
        world.settle()
        wait_until(lambda: len(sql(tmp_path, "SELECT shadow FROM spoken")) == 2)
        assert not world.room.messages
        assert not any(message.is_own for message in world.stored())


def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=4) as world:
        world.chat(4, "first")
        world.wait_stored(world.room.wait_message("alpha").text)
        world.chat(2, "second")
        world.settle()
    with living(tmp_path, MESSAGE_THRESHOLD=4) as world:
        world.ollama.say("something new entirely")
        world.room.say("alpha", "alice", "the fourth since then")
        assert world.room.wait_message("alpha").text == "something new entirely"


@pytest.mark.usefixtures("on_each_engine")
def test_a_setting_survives_a_restart(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        assert "2" in world.order("!clank threshold 2")
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        world.ollama.say("two are enough")
        world.chat(2)
        assert world.room.wait_message("alpha").text == "two are enough"


def test_the_delay_survives_a_restart(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2, TIME_DELAY=60) as world:
        world.chat(2, "first")
        world.wait_stored(world.room.wait_message("alpha").text)
    with living(tmp_path, MESSAGE_THRESHOLD=2, TIME_DELAY=60) as world:
        world.chat(3, "second")
        delayed = "SELECT 1 FROM decisions WHERE reason LIKE '%of the delay left'"
        wait_until(lambda: sql(tmp_path, delayed))
        assert not world.ollama.asked


def test_two_channels_do_not_mix(tmp_path: Path) -> None:
    with living(tmp_path, TWITCH_CHANNELS="alpha,beta", MESSAGE_THRESHOLD=5) as world:
        world.chat(4, "pancake", "alpha")
        world.chat(5, "volcano", "beta")
        world.room.wait_message("beta")
        assert "pancake" not in world.ollama.asked[0].prompt
        assert len(world.ollama.asked) == 1


def test_everything_received_is_stored_when_it_is_stopped(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=1) as world:
        world.ollama.behave(Behaviour(delay_s=30))
        world.chat(1)
        world.ollama.wait_asked()
        late = world.chat(300, "late")
        wait_until(lambda: world.texts())
        database = world.database
    with database.open() as store:
        texts = [message.text for message in store.export_rows("alpha")]
    assert texts[1:] == late[: len(texts) - 1]
    assert world.room.wait_line("QUIT") == "QUIT"
