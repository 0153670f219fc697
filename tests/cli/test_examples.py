"""From a history to training examples, and from viewers' names to pseudonyms."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from clankbot.cli.export import Example, Pseudonyms, examples
from clankbot.records.writes import StoredMessage

_numbers = itertools.count(1)


def said(text: str, user: str = "7", name: str = "Alice", *, is_own: bool = False) -> StoredMessage:
    """A stored message; the login is the name in lower case."""
    login = name.lower()
    return StoredMessage(f"m-{next(_numbers)}", "alpha", user, login, name, text, 1000, is_own)


def own(text: str) -> StoredMessage:
    return said(text, "99", "ClankBot", is_own=True)


def parts(example: Example) -> tuple[str, str]:
    """The transcript and the answer."""
    system, user, assistant = example["messages"]
    assert [part["role"] for part in (system, user, assistant)] == ["system", "user", "assistant"]
    assert "alpha" in system["content"]
    return user["content"], assistant["content"]


def made(messages: Iterable[StoredMessage], line_count: int) -> list[tuple[str, str]]:
    return [parts(example) for example in examples(messages, "alpha", line_count)]


def test_each_message_is_the_answer_to_the_lines_before_it() -> None:
    messages = [said("one"), said("two", "8", "Bob"), said("three"), said("four", "8", "Bob")]
    assert made(messages, 2) == [
        ("Alice: one", "two"),
        ("Alice: one\nBob: two", "three"),
        ("Bob: two\nAlice: three", "four"),
    ]


def test_the_bots_own_messages_are_lines_but_never_answers() -> None:
    messages = [said("one"), own("beep"), said("two"), own("boop"), said("three")]
    assert made(messages, 2) == [
        ("Alice: one\nClankBot: beep", "two"),
        ("Alice: two\nClankBot: boop", "three"),
    ]


def test_a_message_alone_makes_no_example() -> None:
    assert made([said("one")], 2) == []
    assert made([said("one"), own("beep")], 2) == []


def test_a_name_cannot_pass_for_the_end_of_a_name() -> None:
    ((transcript, _),) = made([said("hi", name="Bob: me"), said("x")], 1)
    assert transcript == "Bob  me: hi"


def test_only_a_few_messages_are_read_ahead() -> None:
    def endless() -> Iterator[StoredMessage]:
        for number in itertools.count():
            assert number < 2, "read too far"
            yield said(f"text {number}")

    assert parts(next(examples(endless(), "alpha", 9)))[1] == "text 1"


def disguised(*messages: StoredMessage, key: bytes = b"key") -> list[StoredMessage]:
    ids = {message.login: message.user_id for message in messages}
    pseudonyms = Pseudonyms(key, ids.get)
    return [pseudonyms.disguised(message) for message in messages]


def test_a_viewer_has_one_pseudonym_across_a_change_of_name() -> None:
    first, other, second = disguised(said("a"), said("b", "8", "Bob"), said("c", "7", "Alicia"))
    assert re.fullmatch(r"viewer_[0-9a-f]{10}", first.display_name)
    assert first.display_name == second.display_name == second.login
    assert first.display_name != other.display_name
    assert first.user_id == ""


def test_pseudonyms_of_another_export_are_others() -> None:
    ((one,), (two,)) = (disguised(said("a"), key=key) for key in (b"one", b"two"))
    assert one.display_name != two.display_name


def test_names_in_a_text_become_the_speakers_pseudonyms() -> None:
    alice, bob = disguised(said("hi all"), said("hey @ALICE, Alice's cat!", "8", "Bob"))
    name = alice.display_name
    assert bob.text == f"hey @{name}, {name}'s cat!"


def test_a_mention_of_somebody_unknown_is_replaced_too() -> None:
    first, second = disguised(said("@carol and carol"), said("@Carol"))
    assert re.fullmatch(r"@(viewer_\w{10}) and carol", first.text)
    assert first.text.startswith(second.text)


def test_a_mention_of_digits_is_not_taken_for_a_user_id() -> None:
    (message,) = disguised(said("@7", "7", "Alice"))
    assert message.text != f"@{message.display_name}"


def test_the_bot_keeps_its_name() -> None:
    alice, bot, again = disguised(said("hi"), own("hi Alice"), said("@clankbot hi"))
    assert (bot.display_name, bot.text) == ("ClankBot", f"hi {alice.display_name}")
    assert again.text == "@clankbot hi"


def test_bare_names_are_known_for_a_while_only() -> None:
    crowd = [said("x", str(n), f"Guest{n}") for n in range(1800)]
    crowd[0] = crowd[900] = said("x", "7", "Regular")
    messages = disguised(*crowd, said("guest3 and guest1799 and @guest1799 and regular"))
    guest, regular = messages[1799].display_name, messages[0].display_name
    assert messages[-1].text == f"guest3 and {guest} and @{guest} and {regular}"


def test_a_viewer_called_before_the_first_word_has_that_pseudonym_throughout() -> None:
    hi, fine, bye = disguised(said("hi @bob"), said("fine", "8", "Bob"), said("bye @bob"))
    assert hi.text == f"hi @{fine.display_name}"
    assert bye.text == f"bye @{fine.display_name}"


def test_a_viewer_who_was_silent_for_long_keeps_the_pseudonym_when_called() -> None:
    crowd = [said("x", str(n), f"Guest{n}") for n in range(1200)]
    messages = disguised(*crowd, said("where is @guest3 ?"))
    assert messages[-1].text == f"where is @{messages[3].display_name} ?"
