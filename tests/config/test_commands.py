"""The grammar of `!clank`, line by line."""

from __future__ import annotations

import random
import time

import pytest

from clankbot.config.channel_settings import CHANNEL_SETTINGS
from clankbot.config.commands import VERBS, is_bot_command, key, parse_command
from clankbot.records.settings import Command, Verb

THRESHOLD = ("threshold", "message_threshold")
QUIET_HOURS = ("quiet", "quiet_hours")

CORPUS: list[tuple[str, Command]] = [
    # verbs
    ("!clank", Command(Verb.STATUS)),
    ("!clank status", Command(Verb.STATUS)),
    ("!clank STATUS please", Command(Verb.STATUS)),
    ("!clank help", Command(Verb.HELP)),
    ("!clank ?", Command(Verb.HELP)),
    ("!clank help Threshold", Command(Verb.HELP, argument="threshold")),
    ("!clank help persona", Command(Verb.HELP, argument="prompt")),
    ("!clank help opt-out", Command(Verb.HELP, argument="optout")),
    ("!clank on", Command(Verb.ON)),
    ("!clank off", Command(Verb.OFF)),
    ("!clank off now", Command(Verb.OFF)),
    ("!clank stop it please", Command(Verb.OFF)),
    ("!clank off messages", Command(Verb.OFF)),
    ("!clank on delay", Command(Verb.ON)),
    ("!clank on quiet", Command(Verb.ON)),
    ("!clank off quiet", Command(Verb.QUIET, value=0)),
    ("!clank why", Command(Verb.WHY)),
    ("!clank undo", Command(Verb.UNDO)),
    ("!clank speak", Command(Verb.SPEAK)),
    ("!clank say something", Command(Verb.SPEAK)),
    ("!clank about", Command(Verb.ABOUT)),
    ("!clank optout", Command(Verb.OPT_OUT)),
    ("!clank opt-out", Command(Verb.OPT_OUT)),
    ("!clank opt out", Command(Verb.OPT_OUT)),
    ("!clank OptIn thanks", Command(Verb.OPT_IN)),
    ("!clank opt in", Command(Verb.OPT_IN)),
    ("!clank forget alice", Command(Verb.FORGET, argument="alice")),
    ("!clank forget @Alice,", Command(Verb.FORGET, argument="@Alice")),
    ("!clank forget id:4711", Command(Verb.FORGET, argument="id:4711")),
    ("!clank forget Alice(alice)", Command(Verb.FORGET, argument="Alice(alice)")),
    (
        "!clank forget @テスト계정420 (test420),",
        Command(Verb.FORGET, argument="@テスト계정420 (test420)"),
    ),
    ("!clank forget Дмитрий", Command(Verb.FORGET, argument="Дмитрий")),
    ("!clank forget 4711", Command(Verb.FORGET, argument="4711")),
    ("!clank block bad Word*", Command(Verb.BLOCK, argument="bad Word*", names_term=True)),
    ("!clank block :) \u034f", Command(Verb.BLOCK, argument=":)", names_term=True)),
    ("!clank block a  b", Command(Verb.BLOCK, argument="a  b", names_term=True)),
    (
        "!clank unblock Bad word \U000e0000",
        Command(Verb.UNBLOCK, argument="Bad word", names_term=True),
    ),
    # settings
    ("!clank threshold", Command(Verb.SHOW, *THRESHOLD)),
    ("!clank threshold 5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank set threshold 5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank set threshold", Command(Verb.SHOW, *THRESHOLD)),
    ("!clank reset", Command(Verb.RESET)),
    ("!clank reset all", Command(Verb.RESET)),
    ("!clank reset threshold", Command(Verb.RESET, *THRESHOLD)),
    ("!clank mentions", Command(Verb.SHOW, "mentions", "mentions")),
    ("!clank off mentions", Command(Verb.SET, "mentions", "mentions", False)),
    ("!clank on spontaneous", Command(Verb.SET, "spontaneous", "spontaneous", True)),
    ("!clank prompt: Be kind", Command(Verb.SET, "prompt", "persona", "Be kind")),
    ("!clank prompt=Be kind", Command(Verb.SET, "prompt", "persona", "Be kind")),
    ("!clank model=tiny:1b", Command(Verb.SET, "model", "ollama_model", "tiny:1b")),
    ("!clank model : tiny:1b", Command(Verb.SET, "model", "ollama_model", "tiny:1b")),
    ("!clank top-p 0.5", Command(Verb.SET, "top_p", "top_p", 0.5)),
    ("!clank live_only on", Command(Verb.SET, "liveonly", "live_only", True)),
    ("!clank MAX_LENGTH 60", Command(Verb.SET, "length", "max_length", 60)),
    ("!clank tz UTC", Command(Verb.SET, "timezone", "timezone", "UTC")),
    ("!clank param", Command(Verb.HELP, argument="param")),
    ("!clank set", Command(Verb.HELP, argument="set")),
    ("!clank param threshold 5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank param top_k", Command(Verb.SHOW, "top_k", "top_k")),
    ("!clank param topk=40", Command(Verb.SET, "top_k", "top_k", 40)),
    ("!clank param temperature 1.2", Command(Verb.SET, "temperature", "temperature", 1.2)),
    # quiet, which is a verb and a setting
    ("!clank quiet", Command(Verb.SHOW, *QUIET_HOURS)),
    ("!clank quiet 30m", Command(Verb.QUIET, value=1800)),
    ("!clank quiet: 1h 30m", Command(Verb.QUIET, value=5400)),
    ("!clank quiet 0.5", Command(Verb.QUIET, value=1)),
    ("!clank quiet 30d", Command(Verb.QUIET, value=2_592_000)),
    ("!clank set quiet 30m", Command(Verb.QUIET, value=1800)),
    ("!clank quiet off", Command(Verb.QUIET, value=0)),
    ("!clank quiet for 30 min", Command(Verb.QUIET, value=1800)),
    ("!clank mute 10m", Command(Verb.QUIET, value=600)),
    ("!clank off 10 min", Command(Verb.QUIET, value=600)),
    ("!clank off for 1h", Command(Verb.QUIET, value=3600)),
    ("!clank stop 5m", Command(Verb.QUIET, value=300)),
    ("!clank pause 10m", Command(Verb.QUIET, value=600)),
    ("!clank pause", Command(Verb.QUIET, value=600)),
    ("!clank pause off", Command(Verb.QUIET, value=0)),
    ("!clank silence 5m", Command(Verb.QUIET, value=300)),
    ("!clank silence 23:00-08:00", Command(Verb.SET, *QUIET_HOURS, "23:00-08:00")),
    ("!clank shut up", Command(Verb.QUIET, value=600)),
    ("!clank shut up please", Command(Verb.QUIET, value=600)),
    ("!clank Shut Up 1h", Command(Verb.QUIET, value=3600)),
    ("!clank shutup", Command(Verb.QUIET, value=600)),
    ("!clank be quiet", Command(Verb.QUIET, value=600)),
    ("!clank off 0", Command(Verb.OFF)),
    ("!clank terms", Command(Verb.TERMS)),
    ("!clank models", Command(Verb.MODELS)),
    ("!clank changed", Command(Verb.CHANGED)),
    ("!clank version", Command(Verb.VERSION)),
    ("!clank quiet 23:00-08:00", Command(Verb.SET, *QUIET_HOURS, "23:00-08:00")),
    ("!clank reset quiet", Command(Verb.RESET, *QUIET_HOURS)),
    # forgiven
    ("!CLANK ThReShOlD 5", Command(Verb.SET, *THRESHOLD, 5)),
    ("  !clank   threshold \t 5  ", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank threshold=5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank threshold = 5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank threshold =5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank threshold: 5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank threshold :5", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank why?", Command(Verb.WHY)),
    ("!clank status!", Command(Verb.STATUS)),
    ("!clank on!", Command(Verb.ON)),
    ("!clank off.", Command(Verb.OFF)),
    ("!clank help mentions?", Command(Verb.HELP, argument="mentions")),
    ("!clank @threshold", Command(Verb.SHOW, *THRESHOLD)),
    ("!clank threshold\u00a05", Command(Verb.SET, *THRESHOLD, 5)),
    ("!clank \u2800threshold\u2800 5", Command(Verb.SET, *THRESHOLD, 5)),
]

FORGET_WHOM = "forget takes one viewer: login, id or display name, such as: forget @alice"
NO_PERSONA = (
    "prompt takes a text of at most 400 characters;"
    " !clank reset prompt goes back to the built-in one"
)
QUIET_TAKES = "quiet takes a time such as 30m (at most 30d), hours such as 23:00-08:00, or off"

NOT_UNDERSTOOD: list[tuple[str, str]] = [
    ("!clank treshold 4", "unknown command or setting 'treshold'; did you mean threshold?"),
    ("!clank stauts", "unknown command or setting 'stauts'; did you mean stats?"),
    ("!clank set modle x", "unknown setting 'modle'; did you mean model?"),
    ("!clank reset tresholds", "unknown setting 'tresholds'; did you mean threshold?"),
    ("!clank help dealy", "unknown command or setting 'dealy'; did you mean delay?"),
    ("!clank param tempratur 1", "unknown setting 'tempratur'; did you mean temperature?"),
    ("!clank mesages 5", "unknown command or setting 'mesages'; did you mean messages?"),
    ("!clank minpp 1", "unknown command or setting 'minpp'; did you mean min_p?"),
    ("!clank prompt off", NO_PERSONA),
    ("!clank set prompt = None", NO_PERSONA),
    ("!clank off 31d", QUIET_TAKES),
    ("!clank shut up for 90 days", QUIET_TAKES),
    ("!clank set stauts", "unknown setting 'stauts'; try !clank help"),
    ("!clank zzz", "unknown command or setting 'zzz'; try !clank help"),
    ("!clank ☃", "unknown command or setting; try !clank help"),
    ("!clank =", "unknown command or setting; try !clank help"),
    ("!clank reset =", "unknown setting; try !clank help"),
    ("!clank block", "block takes a word or a phrase"),
    ("!clank unblock \u034f", "unblock takes a word or a phrase"),
    ("!clank forget", FORGET_WHOM),
    ("!clank forget @", FORGET_WHOM),
    ("!clank forget alice and bob", FORGET_WHOM),
    ("!clank forget " + "я" * 81, FORGET_WHOM),
]


def parse(line: str) -> Command | None:
    """What the line asks for if a moderator says it."""
    return parse_command(line, is_moderator=True)


@pytest.mark.parametrize(("line", "expected"), CORPUS)
def test_a_line_means_what_it_says(line: str, expected: Command) -> None:
    assert parse(line) == expected


@pytest.mark.parametrize(("line", "answer"), NOT_UNDERSTOOD)
def test_a_line_that_is_not_understood_is_answered_briefly(line: str, answer: str) -> None:
    assert parse(line) == Command(Verb.WRONG, argument=answer)


@pytest.mark.parametrize(("line", "expected"), CORPUS)
def test_a_viewer_is_understood_only_in_what_any_viewer_may_ask(
    line: str, expected: Command
) -> None:
    may = expected.verb in (Verb.OPT_OUT, Verb.OPT_IN, Verb.ABOUT)
    assert parse_command(line, is_moderator=False) == (expected if may else Command(Verb.DENIED))


@pytest.mark.parametrize(
    "line", ["!clank nonsense", "!clank threshold many", "!clank block", "!clank =", "!clank opt"]
)
def test_a_viewer_who_is_not_understood_is_not_told_so(line: str) -> None:
    assert parse_command(line, is_moderator=False) == Command(Verb.DENIED)


@pytest.mark.parametrize("text", ["Q1", "Nowhere/At_All", "x" * 400])
@pytest.mark.parametrize("verb", ["timezone", "set timezone", "param tz"])
def test_a_viewers_time_zone_is_not_looked_for(verb: str, text: str) -> None:
    line = f"!clank {verb} {text}"
    started = time.process_time()
    for _ in range(100):
        parse_command(line, is_moderator=False)
    assert time.process_time() - started < 0.1, "one look through the zone files takes 10 ms"


@pytest.mark.parametrize("text", ["Q1", "Nowhere/At_All", "x" * 400, "europe/berlin", "berlin"])
def test_the_time_zones_are_listed_once_and_not_for_each_command(text: str) -> None:
    parse_command("!clank timezone UTC", is_moderator=True)
    parse_command("!clank timezone berlin", is_moderator=True)
    started = time.process_time()
    for _ in range(100):
        parse_command(f"!clank timezone {text}", is_moderator=True)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "tail",
    ["\u034f", " \u034f", "\U000e0000", "\u2800", "\u200b\u200d", "\u206d", "\ufe0f", "\u3164"],
)
@pytest.mark.parametrize(
    "line", ["!clank", "!clank status", "!clank threshold 5", "!clank forget a"]
)
def test_what_clients_append_changes_nothing(line: str, tail: str) -> None:
    assert parse(line + tail) == parse(line)
    assert parse(tail + line) == parse(line)
    assert parse(line.replace(" ", tail + " ", 1)) == parse(line)


@pytest.mark.parametrize(
    "line",
    ["", " ", "!", "clank", "!clanky hello", "!clank! hello", "! clank", "hey !clank", "!cl ank"],
)
def test_other_lines_are_not_ours(line: str) -> None:
    assert parse(line) is None


def test_no_word_means_two_things() -> None:
    settings = [
        word for s in CHANNEL_SETTINGS for word in {key(w) for w in (s.name, s.column, *s.aliases)}
    ]
    verbs = [key(w) for v in VERBS for w in (v.name, *v.aliases)]
    assert len(set(settings)) == len(settings)
    assert len(set(verbs)) == len(verbs)
    assert set(settings) & set(verbs) == {"quiet"}


def test_viewers_have_the_verbs_about_their_own_words() -> None:
    assert [verb.name for verb in VERBS if verb.for_viewers] == ["optout", "optin", "about"]


@pytest.mark.parametrize("word", [w for v in VERBS for w in (v.name, *v.aliases)])
def test_every_verb_and_its_aliases_lead_somewhere(word: str) -> None:
    for rest in ("", " threshold 5"):
        command = parse(f"!clank {word}{rest}")
        assert command is not None
        assert not command.argument.startswith("unknown")


@pytest.mark.parametrize(
    "text", ["!discord", "!1", "!Ä", " !so @x", "\u034f!clank", "!\u200bso", "\u2800!so"]
)
def test_a_command_to_any_bot_is_known_as_one(text: str) -> None:
    assert is_bot_command(text)


@pytest.mark.parametrize("text", ["", "!", "!!", "!?", "! so", "wow !so", "!\u034f", "so!"])
def test_an_exclamation_is_no_command(text: str) -> None:
    assert not is_bot_command(text)


def test_no_line_breaks_the_parser_and_none_is_repeated_at_length() -> None:
    chance = random.Random(20)  # the same lines on every run
    pieces = [
        *(word for s in CHANNEL_SETTINGS for word in (s.name, *s.aliases)),
        *(word for v in VERBS for word in (v.name, *v.aliases)),
        *("=", ":", " ", "-", "@", "9" * 60, "-1", "1e9", "nan", "5m", "23:00-08:00", "\0", "\x01"),
        *("\u034f", "\u2800", "\U000e0000", "\ud800", "é", "🦊", "x" * 300, "<script>", "İ", "½"),
    ]
    for _ in range(3000):
        tail = "".join(
            chance.choice((" ", "")) + chance.choice(pieces) for _ in range(chance.randrange(9))
        )
        for line in (f"!clank {tail}", tail):
            is_bot_command(line)
            command = parse(line)
            if command is not None and command.verb is Verb.WRONG:
                assert 0 < len(command.argument) <= 200
                assert command.argument.isascii()
                assert "xxxxxxxxxxxxxxxxxxxxx" not in command.argument


def test_a_huge_line_takes_no_time_worth_mentioning() -> None:
    for junk in ("\u034f", "\u2800", " ", "=", ": ", "1h", "9", "!"):
        command = parse("!clank quiet " + junk * 100_000 + "x")
        assert command is not None
