"""Telling echoes of earlier lines from new ones."""

from __future__ import annotations

from clankbot.processing.speaking.repetition import NEARLY_REMOVED, fingerprint, repeats

SAID = "the volcano level was the best part of tonight"


def test_the_same_line_is_a_repeat_however_it_is_written() -> None:
    assert repeats("The Volcano level was the BEST part, of tonight!!", [fingerprint(SAID)])


def test_one_other_word_in_a_long_line_is_still_a_repeat() -> None:
    words = [f"word{number}" for number in range(14)]
    assert repeats(" ".join([*words[:-1], "other"]), [fingerprint(" ".join(words))])


def test_lines_of_one_pattern_are_no_repeats() -> None:
    said = [fingerprint(f"this is the generated answer number {n} for the chat") for n in (1, 2)]
    assert not repeats("this is the generated answer number 3 for the chat", said)


def test_another_line_is_no_repeat() -> None:
    assert not repeats("what a calm river that was", [fingerprint(SAID)])


def test_a_rewording_passes_unless_the_earlier_line_was_removed() -> None:
    reworded = "the volcano level was the best part by far"
    assert not repeats(reworded, [fingerprint(SAID)])
    assert repeats(reworded, [fingerprint(SAID)], NEARLY_REMOVED)


def test_a_line_without_words_repeats_only_itself() -> None:
    assert repeats("🦊🦊", [fingerprint("🦊🦊")])
    assert not repeats("🦊", [fingerprint("🦊🦊")])


def test_a_fingerprint_holds_no_word_of_the_line() -> None:
    assert not any(word in fingerprint(SAID) for word in SAID.split())


def test_scripts_without_blanks_are_compared_by_pairs_of_letters() -> None:
    removed = [fingerprint("今日はとてもいい天気ですね皆さん")]
    assert repeats("今日はとてもいい天気ですよ皆さん", removed, NEARLY_REMOVED)
    assert not repeats("明日は一緒にゲームをしましょう", removed, NEARLY_REMOVED)
    assert repeats("วันนี้อากาศดีมากครับ", [fingerprint("วันนี้อากาศดีมากค่ะ")], NEARLY_REMOVED)
