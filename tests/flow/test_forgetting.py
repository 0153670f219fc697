"""Moderated means gone, and viewers own their words: the whole bot against the loopback room."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.doubles.fake_ollama import Behaviour
from tests.flow.program import Program
from tests.flow.world import World, living, sql
from tests.waiting import wait_until

FINE = "a fine remark about the weather here"


def decided(folder: Path, like: str) -> bool:
    """Whether the bot has recorded such a decision."""
    return bool(sql(folder, "SELECT 1 FROM decisions WHERE reason LIKE ?", like))


def remove_message(world: World, message_id: str) -> None:
    world.room.delete("alpha", message_id)


def time_out(world: World, message_id: str) -> None:
    world.room.ban("alpha", "alice", 60)


def ban(world: World, message_id: str) -> None:
    world.room.ban("alpha", "alice")


def clear(world: World, message_id: str) -> None:
    world.room.clear("alpha")


REMOVALS = [remove_message, time_out, ban, clear]


@pytest.mark.parametrize("remove", REMOVALS)
def test_what_is_removed_is_gone_within_a_second(tmp_path: Path, remove: object) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        secret = world.room.say("alpha", "alice", "my secret address")
        world.room.say("alpha", "bruno", "good evening")
        world.wait_stored("my secret address", "good evening")
        remove(world, secret)  # type: ignore[operator]
        world.wait_gone("my secret address")
        if remove is not clear:
            assert world.texts() == ["good evening"]


@pytest.mark.parametrize("remove", REMOVALS)
def test_a_removal_in_the_same_breath_as_the_message_leaves_nothing(
    tmp_path: Path, remove: object
) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        for number in range(20):
            secret = world.room.say("alpha", "alice", f"secret {number}", message_id=f"s-{number}")
            remove(world, secret)  # type: ignore[operator]
        world.room.say("alpha", "bruno", "good evening")
        world.wait_stored("good evening")
        assert world.texts() == ["good evening"]


def test_messages_that_were_under_way_at_a_ban_do_not_slip_in_behind_it(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        world.room.ban("alpha", "alice")
        world.room.say("alpha", "alice", "too late")
        world.room.say("alpha", "bruno", "good evening")
        world.wait_stored("good evening")
        assert world.texts() == ["good evening"]


def test_a_deleted_message_that_comes_again_stays_deleted(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        world.room.say("alpha", "alice", "my secret", message_id="m-1")
        world.room.delete("alpha", "m-1")
        world.room.say("alpha", "alice", "my secret", message_id="m-1")
        world.room.say("alpha", "bruno", "good evening")
        world.wait_stored("good evening")
        assert world.texts() == ["good evening"]


@pytest.mark.parametrize("remove", REMOVALS)
def test_a_generation_is_called_off_when_its_context_is_removed(
    tmp_path: Path, remove: object
) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=3) as world:
        world.ollama.once(Behaviour(text=FINE, delay_s=30))
        secret = world.room.say("alpha", "alice", "my secret address")
        world.chat(2)
        asked = world.ollama.wait_asked()
        assert "my secret address" in asked.prompt
        remove(world, secret)  # type: ignore[operator]
        world.ollama.wait_until(lambda: asked.hung_up, 1.0)
        wait_until(lambda: decided(tmp_path, "moderated%"))
        assert not world.room.messages


def test_a_removal_in_another_channel_calls_nothing_off(tmp_path: Path) -> None:
    with living(tmp_path, TWITCH_CHANNELS="alpha,beta", MESSAGE_THRESHOLD=3) as world:
        gate = threading.Event()
        world.ollama.once(Behaviour(text=FINE, after=gate))
        world.chat(3)
        world.ollama.wait_asked()
        world.room.clear("beta")
        world.settle("beta")
        gate.set()
        assert world.room.wait_message("alpha").text == FINE


def test_a_finished_line_that_waits_to_be_sent_falls_with_its_context(tmp_path: Path) -> None:
    with living(tmp_path, moderates=False, MESSAGE_THRESHOLD=2) as world:
        world.order("!clank tact off")
        world.ollama.say("something to start with", FINE)
        world.chat(2)
        world.wait_stored(world.room.wait_message("alpha", since=1).text)
        world.room.room_state("alpha", slow=30)
        secret = world.room.say("alpha", "alice", "my secret address")
        world.chat(1)
        asked = world.ollama.wait_asked(2)
        world.ollama.wait_until(lambda: asked.finished)
        world.room.delete("alpha", secret)
        world.room.room_state("alpha", slow=0)
        wait_until(lambda: decided(tmp_path, "moderated%"))
        assert len(world.room.messages) == 2


@pytest.mark.usefixtures("on_each_engine")
def test_a_removed_mention_is_not_answered(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        gate = threading.Event()
        world.ollama.once(Behaviour(text=FINE, after=gate))
        world.room.say("alpha", "bruno", "@clankbot good evening")
        world.ollama.wait_asked()
        secret = world.room.say("alpha", "alice", "@clankbot my secret address")
        world.wait_stored("@clankbot my secret address")
        world.room.delete("alpha", secret)
        world.wait_gone("@clankbot my secret address")
        gate.set()
        world.room.wait_message("alpha")
        world.settle()
        assert len(world.ollama.asked) == 1


def test_its_own_deleted_message_leaves_the_context_and_is_not_said_again(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        world.ollama.say(FINE, "a fine remark about the weather there", "now something else")
        world.chat(2)
        said = world.room.wait_message("alpha")
        world.wait_stored(FINE)
        world.room.delete("alpha", said.message_id)
        world.wait_gone(FINE)
        wait_until(lambda: sql(tmp_path, "SELECT 1 FROM hints"))
        world.chat(4, "later")  # one hint: twice the threshold
        wait_until(lambda: decided(tmp_path, "like a message that moderators removed"))
        assert FINE not in world.ollama.asked[1].prompt
        assert len(world.room.messages) == 1


def test_three_hints_in_an_hour_silence_it_across_a_restart_until_it_is_forgiven(
    tmp_path: Path,
) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=1) as world:
        for hints in ([(1,)], [(2,)], [(3,)]):
            world.room.ban("alpha", world.room.bot_login, 1)
            wait_until(lambda hints=hints: sql(tmp_path, "SELECT COUNT(*) FROM hints") == hints)
    with living(tmp_path, MESSAGE_THRESHOLD=1) as world:
        world.chat(20)
        wait_until(lambda: decided(tmp_path, "quiet for % since moderators removed its messages"))
        assert not world.ollama.asked
        world.order("!clank on")
        world.chat(1, "again")
        world.ollama.wait_asked()


def test_its_own_timeout_silences_it_until_it_is_over(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=1) as world:
        world.room.ban("alpha", world.room.bot_login, 1)
        world.chat(3)
        wait_until(lambda: decided(tmp_path, "timed out for%"))
        assert not world.room.messages

        def spoken() -> bool:
            world.chat(1, "on and on")
            return bool(world.room.messages)

        wait_until(spoken)


def test_mirrored_messages_are_neither_stored_nor_counted_nor_answered(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        for number in range(4):
            world.room.say("alpha", "carla", f"from afar {number}", source_room_id="12826")
        world.room.say("alpha", "carla", "@clankbot from afar", source_room_id="12826")
        world.room.say("alpha", "carla", "!clank off", source_room_id="12826", is_mod=True)
        world.room.say("alpha", "bruno", "from here")
        world.wait_stored("from here")
        assert world.texts() == ["from here"]
        assert not world.ollama.asked
        world.room.say("alpha", "bruno", "from here again")
        world.ollama.wait_asked()


@pytest.mark.usefixtures("on_each_engine")
def test_an_optout_deletes_in_every_channel_and_holds_across_a_restart_and_a_rename(
    tmp_path: Path,
) -> None:
    both = {"TWITCH_CHANNELS": "alpha,beta", "MESSAGE_THRESHOLD": 100}
    with living(tmp_path, **both) as world:
        for channel in ("alpha", "beta"):
            world.room.say(channel, "alice", "words of mine", user_id="77")
            world.wait_stored("words of mine", channel=channel)
        world.room.say("alpha", "alice", "!clank optout", user_id="77")
        assert "deleted" in world.room.wait_message("alpha").text
        for channel in ("alpha", "beta"):
            world.wait_gone("words of mine", channel=channel)
    with living(tmp_path, **both) as world:
        world.room.say("beta", "alicia", "words under a new name", user_id="77")
        world.room.say("beta", "alicia", "@clankbot hello", user_id="77")
        world.settle("beta")
        assert world.texts("beta") == ["barrier 0"]
        assert not world.ollama.asked
        world.room.say("beta", "alicia", "!clank optin", user_id="77")
        assert "welcome back" in world.room.wait_message("beta").text
        world.room.say("beta", "alicia", "here again", user_id="77")
        world.wait_stored("here again", channel="beta")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("chatbot.db*"))
    assert b"words of mine" not in stored


def test_a_moderator_forgets_a_viewer_without_a_ban(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        for number in range(3):
            world.room.say("alpha", "alice", f"words {number}")
        world.room.say("alpha", "bruno", "good evening")
        world.wait_stored("good evening")
        assert "3 messages" in world.order("!clank forget @Alice")
        world.wait_gone("words 0", "words 1", "words 2")
        assert world.texts() == ["good evening"]
        world.room.say("alpha", "alice", "new words")
        world.wait_stored("new words")


def test_the_operator_forgets_a_viewer_while_something_is_being_made_of_the_words(
    tmp_path: Path,
) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        held = threading.Event()
        world.ollama.once(Behaviour(after=held))
        world.room.say("alpha", "alice", "words of mine")
        world.room.say("alpha", "bruno", "@clankbot what do you think of that?")
        asked = world.ollama.wait_asked()
        assert "words of mine" in asked.prompt
        child = Program(tmp_path, {"TWITCH_CHANNELS": "alpha"})
        assert "Deleted 1 message of alice" in child.run("forget", "Alice").output
        world.ollama.wait_until(lambda: asked.hung_up)
        held.set()
        world.settle()
        assert not world.room.messages


def test_a_ban_of_the_bot_is_one_line_however_twitch_tells_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    refused = "SELECT 1 FROM decisions WHERE channel = 'beta' AND reason LIKE '%banned%'"
    with living(tmp_path, TWITCH_CHANNELS="alpha,beta", MESSAGE_THRESHOLD=4) as world:
        world.room.refuse_messages("beta", "msg_banned", "You are permanently banned.")
        wait_until(lambda: [r.message for r in caplog.records].count("channel joined") == 2)
        caplog.clear()
        world.room.ban("alpha", world.room.bot_login)
        for _ in range(2):
            for channel in ("alpha", "beta"):
                world.chat(4, channel=channel)
                world.settle(channel)
            wait_until(lambda: sql(tmp_path, refused))
    told = [r for r in caplog.records if r.message != "generation started"]
    assert [r.message for r in told if r.__dict__.get("channel") == "alpha"] == [
        "moderated, holding back"
    ]
    assert [r.message for r in told if r.__dict__.get("channel") == "beta"] == [
        "channel not joined"
    ]


def test_a_moderation_is_logged_with_counts_and_without_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"), living(tmp_path, MESSAGE_THRESHOLD=100) as world:
        for number in range(3):
            world.room.say("alpha", "alice", f"secret words {number}")
        world.wait_stored("secret words 2")
        caplog.clear()
        world.room.ban("alpha", "alice", 600)
        world.wait_gone("secret words 0")
        wait_until(lambda: any(r.msg == "moderated" for r in caplog.records))
        (record,) = (r for r in caplog.records if r.msg == "moderated")
        assert (record.kind, record.channel, record.rows) == ("UserCleared", "alpha", 3)
        assert not any("secret words" in str(r.__dict__) for r in caplog.records)
