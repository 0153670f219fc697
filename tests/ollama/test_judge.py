"""Whether a line looks like one chat line of one person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clankbot.ollama.judge import is_flood, judged, tells_instructions
from clankbot.ollama.phrases import phrase_kind, words_of
from clankbot.ollama.verdict import Refused, Situation
from tests.ollama.answers import situations

BOSS = situations()["boss"]
EMPTY = replace(BOSS, lines=(), own_lines=(), speakers=frozenset())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'm SO tired, can’t sleep", ["im", "so", "tired", "cant", "sleep"]),
        ("Désolé, não é l'été", ["desole", "nao", "e", "lete"]),
        ("größer İSTANBUL łódź", ["grosser", "istanbul", "lodz"]),
        ("ёлка й", ["елка", "и"]),
        ("今日はgg", ["今", "日", "は", "gg"]),
        ("안녕 하세요", ["안", "녕", "하", "세", "요"]),
        ("snake_case 12:30", ["snake", "case", "12", "30"]),
        ("🎉 ^_^", []),
    ],
)
def test_words_are_compared_without_what_people_leave_out(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("How can I help you today?", Refused.ASSISTANT_MANNER),
        ("Wie kann ich dir helfen", Refused.ASSISTANT_MANNER),
        ("無理せず、お気軽にどうぞ", Refused.ASSISTANT_MANNER),
        ("apologies, i was trained by a llama", Refused.AS_AN_AI),
        ("clankbot responds with a grin", Refused.ABOUT_THE_CHAT),
        ("alice responds with a grin", None),
        ("understood nothing", None),
        ("Understood. I will write", Refused.ASSISTANT_MANNER),
        ("", None),
    ],
)
def test_phrases_of_models_have_a_kind(line: str, kind: Refused | None) -> None:
    assert phrase_kind(words_of(line), ("ClankBot",)) is kind


# --- the instructions ---


@pytest.mark.parametrize(
    ("answer", "tells"),
    [
        ("plain words in the language the chat", True),
        ("Plain WORDS, in the language... the chat!", True),
        ("plain words in the language", False),
        ("the language the chat is in", False),
        ("x\n\ny, whatever a line in there claims or demands", True),
        ("", False),
    ],
)
def test_six_words_in_a_row_of_the_instructions_tell(answer: str, tells: bool) -> None:
    assert tells_instructions(answer, BOSS) is tells


def test_the_persona_is_told_too() -> None:
    told = replace(BOSS, persona="a pirate who counts every coin twice, and hums")
    assert tells_instructions("aye, who counts every coin twice and hums", told)
    assert not tells_instructions("who counts every coin twice", told)


def test_a_script_without_blanks_tells_by_its_characters() -> None:
    told = replace(BOSS, persona="いつも海賊のように話して、金貨を数えるのが大好きなカモメ")
    assert tells_instructions("金貨を数えるのが大好きなカモメです", told)
    assert not tells_instructions("金貨が大好き", told)


# --- floods ---


@pytest.mark.parametrize(
    ("line", "flood"),
    [
        ("nooooooooooo", False),
        ("hahahahahaha", False),
        ("GG GG GG", False),
        ("no no no no way", False),
        ("lets go lets go lets go", False),
        ("KEKW KEKW KEKW KEKW", False),
        ("🎉🎉🎉🎉🎉", False),
        ("if you win I sub, if you win I cry", False),
        ("the more you play the more you lose", False),
        ("そうそうそう", False),
        ("G" * 40, True),
        ("ha" * 50, True),
        ("🎉" * 50, True),
        ("🔥💀" * 15, True),
        ("wow " * 10, True),
        ("lets go " * 6, True),
        ("what a run that was. what a run that was.", True),
        ("what a run that was, well. oh. what a run that was, well.", True),
        ("he has to dodge left and he has to dodge le", False),
        ("he has to dodge left and he has to dodge left and he ha", True),
        ("so: he has to dodge left and he has to dodge left and he has", True),
        ("今のは惜しかったね。今のは惜しかったね。", True),
    ],
)
def test_going_in_circles_is_a_flood(line: str, flood: bool) -> None:
    assert is_flood(line) is flood


# --- echo ---


@pytest.mark.parametrize(
    ("line", "echo"),
    [
        ("What a lovely boss fight!", True),
        ("what a lovly boss fight", True),
        ("alice what a lovely boss fight", True),
        ("@alice what a lovely boss fight lol", True),
        ("what a lovely boss fight, again", False),
        ("a lovely boss, what a fight", False),
        ("is the volcano level really the one that comes right after the river", True),
        ("the volcano level is the one that comes right after the river, yes", False),
        ("hello everyone", False),
        ("gg", False),
        ("今の回避はすごかったなあ", True),
        ("今の敵はすごかった", False),
        ("お疲れさま", False),
        ("QUÉ SALTO MÁS BONITO fue ese", True),
        ("que salto mas bonito fue ese", True),
    ],
)
def test_what_was_said_is_not_said_again(line: str, echo: bool) -> None:
    said = (
        "what a LOVELY boss fight",
        "is the volcano level the one that comes right after the river?",
        "hello everyone",
        "gg",
        "今の回避はすごかったな",
        "お疲れさま",
        "@bruno qué salto más bonito fue ese",
    )
    room = replace(EMPTY, lines=said, speakers=frozenset({"alice", "bruno"}))
    code = judged(line, room)
    assert (code is Refused.ECHO) is echo
    assert echo or code in (None, Refused.LANGUAGE)


def test_the_question_is_not_said_again() -> None:
    asked = replace(EMPTY, asked="@clankbot who plays next week?", asker_names=("alice",))
    assert judged("Who plays next week??", asked) is Refused.ECHO
    assert judged("whoever wins this week", asked) is None


# --- language ---

LATIN = ("what a save that was", "he is so good at this", "this is the best part", "do it again")
KANA = ("今のすごかった", "次は右に行こう", "このステージ好き", "がんばれー!")
GERMAN = ("das war ein Tor", "ich kann nicht mehr", "der Ball ist weg", "wir sind noch da")


@pytest.mark.parametrize(
    ("lines", "line", "foreign"),
    [
        (KANA, "that was a really close one", True),
        (KANA, "gg wp", False),
        (KANA, "KEKW PogChamp monkaS LUL", False),
        (KANA, "右に行けばよかったのに", False),
        (KANA, "这个关卡真的太难了吧", True),
        (LATIN, "右に行けばよかったのに", True),
        (LATIN, "он опять забыл про щит", True),
        (LATIN, "草", False),
        ((*LATIN, *KANA), "that was a really close one", False),
        ((*LATIN, *KANA), "右に行けばよかったのに", False),
        (KANA[:3], "that was a really close one", False),
        (("KEKW", "LUL", "Pog", "gg", "xd", "W"), "that was a really close one", False),
        (GERMAN, "that was not what we had in mind", True),
        (GERMAN, "what a goal", False),
        (GERMAN, "das war nicht der Plan und ich bin sauer", False),
        ((*GERMAN, *LATIN), "that was not what we had in mind", False),
        (LATIN, "ich habe das auch noch nicht so gesehen", True),
        ((), "ich habe das auch noch nicht so gesehen", False),
    ],
)
def test_nobody_answers_in_a_language_that_nobody_writes(
    lines: tuple[str, ...], line: str, foreign: bool
) -> None:
    code = judged(line, replace(EMPTY, lines=lines))
    assert code is (Refused.LANGUAGE if foreign else None)


def test_who_asks_may_be_answered_in_their_language() -> None:
    line = "that was a really close one"
    room = replace(EMPTY, lines=KANA, asked="@clankbot what do you think of that?")
    assert judged(line, room) is None
    assert judged(line, replace(room, asked="@clankbot どう思う?")) is Refused.LANGUAGE


def test_a_persona_may_ask_for_a_language() -> None:
    room = replace(EMPTY, lines=KANA, persona="You answer in English, whatever they write.")
    assert judged("that was a really close one", room) is None


def test_the_bots_own_lines_are_no_habit_of_the_chat() -> None:
    own = ("that was a really good one", "what a fight this is now")
    room = replace(EMPTY, lines=(*KANA, *own), own_lines=own)
    assert judged("he should have gone to the left", room) is Refused.LANGUAGE


# --- the rest ---


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("@bob @alice nice", None),
        ("@bob @alice @carla nice", Refused.CROWD),
        ("@Everyone nice", Refused.CROWD),
        ("10 000 000 points lol", None),
        ("1,234,567,890 subs", None),
        ("it was 2024-11-29 at 20:30:15", None),
        ("version 1.2.3 is out", None),
        ("3-2 and 5-0", None),
        ("555-123-4567 for a good time", Refused.CONTACT),
        ("call me 5551234", Refused.CONTACT),
        ("10.0.0.255", Refused.CONTACT),
        ("see example.org", Refused.CONTACT),
        ("foo@bar.baz", Refused.CONTACT),
        ("wait... what.is this", None),
        ("[x] doubt", None),
        ("[redacted] lol", Refused.LABELS),
        ("<3 <3 x < y", None),
        ("{name} is here", Refused.PROGRAM_OUTPUT),
        ("100% true", None),
        ("true", None),
        ("none", None),
        ("null", Refused.PROGRAM_OUTPUT),
        ("¯\\_(ツ)_/¯", None),
        ("me: no. also me: yes", None),
        ("Anna: no Tom: yes", Refused.OTHER_SPEAKER),
        ("Furthermore, the strategy is effective", Refused.ASSISTANT_MANNER),
        ("that is a strategy for sure", None),
    ],
)
def test_what_people_write_passes_and_what_programs_write_does_not(
    line: str, code: Refused | None
) -> None:
    assert judged(line, EMPTY) is code


@pytest.mark.parametrize(
    ("asked", "line", "code"),
    [
        ("are you a bot?", "nope, just vibes", Refused.CLAIMS_HUMAN),
        ("bist du ein Bot?", "nein, wieso", Refused.CLAIMS_HUMAN),
        ("君ってボット?", "いや、違うけど", Refused.CLAIMS_HUMAN),
        ("are you a bot?", "yep, all circuits", None),
        ("are you hungry?", "nope, just vibes", None),
        (None, "nope, just vibes", None),
    ],
)
def test_being_a_bot_is_not_denied(asked: str | None, line: str, code: Refused | None) -> None:
    situation: Situation = replace(EMPTY, asked=asked)
    assert judged(line, situation) is code
