"""Whether a line looks like one chat line of one person; if not, why not.  Pure.

Silence costs nothing, while a leaked thought is read by an audience: a line that only looks like
what models write and people do not is refused.  Every check is linear in the line's length.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Sequence
from typing import Final

from clankbot.ollama import judge_words
from clankbot.ollama.honesty import claims_when_asked
from clankbot.ollama.languages import SLANG, is_foreign
from clankbot.ollama.phrases import SINGLE, phrase_kind, words_of
from clankbot.ollama.verdict import Refused, Situation
from clankbot.text import utf16_length


def judged(line: str, situation: Situation) -> Refused | None:
    """Why a tidy line is not to be said, None if it may be."""
    words = words_of(line)
    if any(pattern.search(line) for pattern in _PROGRAM_OUTPUT):
        return Refused.PROGRAM_OUTPUT
    if _holds_contact(line):
        return Refused.CONTACT
    if _calls_crowd(line):
        return Refused.CROWD
    if _LABELS.search(line):
        return Refused.LABELS
    if is_flood(line):
        return Refused.FLOOD
    if _is_transcript(line):
        return Refused.OTHER_SPEAKER
    if _is_echo(line, situation):
        return Refused.ECHO
    if _speaks_of_instructions(words, situation):
        return Refused.INSTRUCTIONS
    if claims_when_asked(line, situation):
        return Refused.CLAIMS_HUMAN
    kind = phrase_kind(words, situation.bot_names)
    if kind is not None:
        return kind
    if _register(words) >= _REGISTER_MAX:
        return Refused.ASSISTANT_MANNER
    return Refused.LANGUAGE if is_foreign(line, words, situation) else None


# --- the instructions ---

_PLAIN_WORDS: Final = """
that this with what your they have from about people chat stream never little when where will would
there their them then than been were just like only even more some other into also very here know
says said think play game time good great always today rather hardly newest lines line everybody
"""
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
_LEAK_WORDS: Final = 6
_LEAK_CHARACTERS: Final = 14  # of a script without blanks


def tells_instructions(answer: str, situation: Situation) -> bool:
    """Whether an answer holds six words in a row of what the model was told, or of its persona."""
    told = f" {' '.join(_told(situation))} "
    said = words_of(answer)
    for start in range(len(said) - _LEAK_WORDS + 1):
        run = said[start : start + _LEAK_WORDS]
        if any(map(SINGLE.match, run)):
            run = said[start : start + _LEAK_CHARACTERS]
            if len(run) < _LEAK_CHARACTERS:
                continue
        if f" {' '.join(run)} " in told:
            return True
    return False


def _speaks_of_instructions(words: Sequence[str], situation: Situation) -> bool:
    """Whether half of a line's longer words, and four of them, are of what the model was told."""
    said = {word for word in words if len(word) > 3} - _PLAIN
    shared = said.intersection(_told(situation))
    return len(shared) >= 4 and len(shared) * 2 >= len(said)


def _told(situation: Situation) -> list[str]:
    return words_of(f"{situation.instructions} {situation.persona or ''}")


# --- program output ---

_PROGRAM_OUTPUT: Final = (
    # JSON, tags, templates, escapes
    re.compile(
        r"""^[\[{]\s*["'{\[]|["']\w{1,30}["']\s*:\s*["'\d\[{tfn]|^\{|\}$|```|\[\[|\]\]"""
        r"|</?[a-z!][^<>\s]{0,40}(?:\s[^<>]{0,80})?/?>|<[@#:][^<>\s]{1,60}>|<\|"
        r"|\{\{|\}\}|\$\{|\{[\w. -]{1,30}\}|%\(\w+\)s|(?<!\w)%[sd](?!\w)|(?:%[0-9a-f]{2}){2}"
        r"|&(?:nbsp|amp|lt|gt|quot|apos|\#x?[0-9a-f]{2,6});"
        r'|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[nrt](?=\W|[A-Z]|\\|$)|\\"|\$\$'
        r"|\\(?:frac|text|begin|boxed|mathrm|sqrt|cdot)\b|^\|.*\|$|\|\s?:?-{3,}",
        re.IGNORECASE,
    ),
    # code and commands
    re.compile(
        r"\w{2}\(\s*\w+\s*=\s*[\"'\d\[{]|\w{2}\.\w{2,}\([\"'\w]*[\"')]|^(?:return\s|\w+\s?=\s?)"
        r"[\"'\d\[{]|\b(?:def|function)\s\w*\(|\bconsole\.log\b|\b(?:print|printf|echo|alert)\("
        r"|#include\b|\b(?:const|let|var)\s\w+\s?=|\bimport\s\w+\s(?:from|as)\b|^import\s\w+$"
        r"|^from\s\w+\simport\b|\bselect\s.{1,60}\sfrom\s\w+\s(?:where|limit|order)\b"
        r"|=>\s?[{(\w]|\);\s*$|\bself\.\w|\.\w+\(\)|\b(?:public|private)\s(?:static|void|class)\b"
        r"|^#!/|^\$\s\w|^>>>|\btodo:|\b(?:tool_?calls?|function_?calls?|to=functions|tool_response)\b"
        r"|^(?:sudo|pip install|npm|git (?:clone|commit)|curl|docker|ollama (?:run|pull))\s",
        re.IGNORECASE,
    ),
    # errors, empty values, text decoded wrongly, ciphers
    re.compile(
        r"\btraceback\b|\b(?:internal server error|cuda error|out of memory)\b"
        r"|(?:error|exception):"
        r"|\b(?:error|status)\s?(?:code\s?)?:?\s?[45]\d\d\b|\[object object\]"
        r"|^(?:null|undefined|nan|n/a|\W*empty\W*)[.!]?$|â€|Ã[\u0080-\u00bf©¨¤¶¼]|ï»¿",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\S)(?=\S*\d)(?=\S*[A-Z])(?=\S*[a-z])[\w+/=-]{40,}(?!\S)", re.ASCII),
    # placeholders
    re.compile(
        r"@(?:user(?:_?name)?\d{0,3}|name|viewer\d{0,3}|streamer|display_?name|insert\w*)\b"
        r"|\((?:user ?name|name|insert [^()]{1,40}|your name|channel name)\)"
        r"|\b(?:hello|hi|hey|hallo|hola|bonjour|ciao|thanks|dear),? (?:username|user_?name|user"
        r"|name)\b",
        re.IGNORECASE,
    ),
)


# --- contact ---

_TLDS: Final = (
    "app|art|biz|blog|bot|cc|chat|click|cloud|club|co|com|cz|de|dev|dk|edu|eu|fi|fm|fun|game|games"
    "|gg|gl|gle|gov|info|io|jp|kr|lat|link|live|lol|ly|me|mobi|moe|name|net|news|nl|online|org|page"
    "|pl|pro|ru|sh|shop|site|space|store|stream|team|tech|tk|to|top|tube|tv|uk|us|vip|website|wiki"
    "|win|world|ws|wtf|xyz|zone|рф|ком"
)
_ADDRESS = re.compile(
    r"\w{2,}:/{2}|\bwww\.\w|\bmailto:|\blocalhost\b|\bt\.me\b|\byoutu\.be\b"
    r"|(?<![\w@.-])(?!(?:asp|vb)\.net\b)(?:[^\W_][\w-]{0,62}[.．｡]){1,5}"
    rf"(?:{_TLDS})(?![\w-])"
    r"|(?<![\w@.-])(?:[^\W_][\w-]{0,62}\.){1,5}[a-z]{2,12}/\S"
    r"|[\w.+-]{1,64}[@＠][\w-]{1,63}\.[a-z]{2,}"
    r"|\w\s?(?:\[\s?(?:\.|dot|at)\s?\]|\(\s?(?:\.|dot|at|punkt|punto)\s?\))\s?\w"
    r"|\w\s(?:dot|punkt|punto|point|точка)\s(?:com|net|org|gg|tv|io|de|ru)\b"
    r"|\b(?:dm|pm) me\b|\b(?:insta|instagram|snap|snapchat|telegram|whatsapp|tiktok|kik)\b\W{0,3}"
    r"(?:is\s|at\s|:\s?)?@\w|\bwhatsapp\b.{0,4}\d|\bgmail\b|\bhotmail\b|\bdiscord\.?\s?gg\b"
    r"|\w{2,32}#\d{4}\b"
    r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]?\d)|(?:\b[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b"
    r"|[0-9a-f]{1,4}::[0-9a-f]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d(?:[\s().\-–/]{0,2}\d){6,16}(?![\w%])")
_GROUPED = re.compile(
    r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+|\d{1,9}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d"
)
_TO_CALL = re.compile(
    r"\b(?:call|text|phone|tel|whats ?app|ring|dial|anruf\w*|ruf|llama|appelle\w*|liga|chiama\w*"
    r"|zadzwoń|звони\w*|позвони\w*|número|numero|nummer|number|номер)\b|電話|电话|전화|tel\.",
    re.IGNORECASE,
)


def _holds_contact(line: str) -> bool:
    if _ADDRESS.search(line):
        return True
    for number in _NUMBER.finditer(line):
        is_dialled = number[0][0] in "+(" or not _GROUPED.fullmatch(number[0])
        digits = sum(char.isdigit() for char in number[0])
        if (is_dialled and digits >= 9) or _TO_CALL.search(line):
            return True
    return False


# --- calls, labels, several speakers ---

_CALLED = re.compile(r"(?<![\w@＠])[@＠](\w{2,40})")
_EVERYBODY_WORDS: Final = """
everyone everybody here all channel viewers subs followers todos todas alle tous tutti wszyscy все
herkes 全員 みんな 全体 所有人 大家 모두 الجميع
"""
_EVERYBODY: Final = frozenset(_EVERYBODY_WORDS.split())
_CALLED_MAX: Final = 2
_LABELS = re.compile(
    r"[\[［]\s*[#/]?[^\W\d_]{2}|[^\W\d_]{2}\s*[\]］]|<<|>>\s*$|^[-=]{3,}|[=%#]{3,}"
    r"|^[-=_~#*%]{2,}\s?\w.{0,80}\w\s?[-=_~#*%]{2,}$|^\W*(?:end|fin|ende|the end of chat)\W*$",
    re.IGNORECASE,
)
_SPEAKING = re.compile(r"(?:(?<=\s)|^)([^\W\d_][\w.'’-]{1,24})\s?[:：](?=\s)")
_SPEAKERS_MAX: Final = 1


def _calls_crowd(line: str) -> bool:
    called = {name.casefold() for name in _CALLED.findall(line)}
    return len(called) > _CALLED_MAX or not called.isdisjoint(_EVERYBODY)


def _is_transcript(line: str) -> bool:
    """Whether several names with a colon stand in the line."""
    names = {name.casefold() for name in _SPEAKING.findall(line)}
    return len(names - judge_words.ORDINARY_LABELS) > _SPEAKERS_MAX


# --- floods ---

_REPEATED = re.compile(r"(\S{1,12}?)(?:\s?\1){9,}")
_REPEATED_UNITS: Final = 20
_SENTENCES = re.compile(r"[.!?…。！？\n]+")
# Rounds that a period of one, two and three words may have; cheers are short.
_ROUNDS_MAX: Final = (7, 4, 3)
_LONG_PERIOD: Final = 4
_MANY_WORDS: Final = 16


def is_flood(line: str) -> bool:
    """Whether a model went in circles: characters, words, or sentences again and again."""
    if any(utf16_length(run[0]) >= _REPEATED_UNITS for run in _REPEATED.finditer(line)):
        return True
    words = words_of(line)
    scale = 1 + (sum(map(bool, map(SINGLE.match, words))) * 2 > len(words))
    sentences = [
        tuple(told) for part in _SENTENCES.split(line) if len(told := words_of(part)) >= 4 * scale
    ]
    if len(set(sentences)) < len(sentences):
        return True
    if len(words) >= _MANY_WORDS * scale and len(set(words)) * 4 <= len(words):
        return True
    return any(_goes_round(row, scale) for row in (words, words[::-1]))


def _goes_round(words: Sequence[str], scale: int) -> bool:
    """Whether a row begins with a loop, or is one that was cut off in mid-round."""
    border = 0
    borders = [0]
    for length in range(2, len(words) + 1):
        while border and words[length - 1] != words[border]:
            border = borders[border - 1]
        border += words[length - 1] == words[border]
        borders.append(border)
        period = length - border
        if period >= _LONG_PERIOD * scale:
            is_torn = length == len(words) and border >= max(_LONG_PERIOD * scale, period // 2)
            if border >= period or is_torn:
                return True
        elif period <= len(_ROUNDS_MAX) and length > period * _ROUNDS_MAX[period - 1] * scale:
            return length >= 8 * scale
    return False


# --- register ---

_REGISTER_MAX: Final = 3


@functools.cache
def _weights() -> dict[str, int]:
    words = ((1, judge_words.FORMAL), (2, judge_words.VERY_FORMAL))
    return {"".join(words_of(word)): weight for weight, text in words for word in text.split()}


def _register(words: Sequence[str]) -> int:
    """How much a line sounds of an article, a manual, or a report of a chat."""
    weights = _weights()
    pairs = (one + other for one, other in itertools.pairwise(words) if SINGLE.match(one))
    return sum(weights.get(word, 0) for word in {*words, *pairs})


# --- echo ---

_ECHO_WORDS: Final = 4
_ECHO_CHARACTERS: Final = 8  # of a script without blanks
_SHOWN_WORDS = re.compile(r"\w+")
_NAME_IN_FRONT = re.compile(r"^\s*(?:@\w{2,40}[,:]?|[^\s:：]{1,40}[:：])\s*|\s*@\w{2,40}\s*$")


def _is_echo(line: str, situation: Situation) -> bool:
    """Whether the line was said before, by whomever, save for a word or some letters.

    Short lines are said by many people, "hello everyone" is no copy.
    """
    words = _without_names(line, situation)
    single = sum(map(bool, map(SINGLE.match, words)))
    if len(words) - single < _ECHO_WORDS and single < _ECHO_CHARACTERS:
        return False
    letters = "".join(words)
    pairs = _pairs(letters)
    near = 0.8 if single * 2 > len(words) else 0.95
    ends = 0.8 if len(words) > _ECHO_WORDS + 2 else 0.85
    asked = () if situation.asked is None else (situation.asked,)
    for other in _with_pieces_of(line, {*situation.lines, *asked}):
        said = "".join(words_of(_NAME_IN_FRONT.sub("", other)))
        longer = max(len(said), len(letters))
        if min(len(said), len(letters)) < 0.75 * longer:
            continue
        theirs = _pairs(said)
        alike = 2 * len(pairs & theirs) / ((len(pairs) + len(theirs)) or 1)
        if alike >= near or (alike > 0.6 and _shared_ends(said, letters) >= ends * longer):
            return True
    return False


def _with_pieces_of(text: str, lines: Collection[str]) -> list[str]:
    """The lines that hold some pieces of a text, as all do that are nearly the same.

    Accents are left as they are, which is quicker; so some pieces may be missing.
    """
    words = _SHOWN_WORDS.findall(text.casefold())
    if SINGLE.search(text):
        letters = "".join(words)
        pieces = [letters[at : at + 2] for at in range(0, len(letters) - 1, 1 + len(letters) // 8)]
        folded = {line: "".join(line.casefold().split()) for line in lines}
    else:
        pieces = sorted(words, key=len)[-5:]
        folded = {line: line.casefold() for line in lines}
    least = len(pieces) // 2
    everything = "\n".join(folded.values())
    if sum(piece in everything for piece in pieces) < least:  # most often
        return []
    return [line for line in lines if sum(piece in folded[line] for piece in pieces) >= least]


def _without_names(line: str, situation: Situation) -> list[str]:
    """The words of a line without a call or a known name in front, and emotes behind."""
    line = _NAME_IN_FRONT.sub("", line)
    folded = line.casefold()
    for name in (*situation.speakers, *situation.bot_names):
        if folded.startswith(f"{name.casefold()} "):
            line = line[len(name) :]
            break
    words = words_of(line)
    while words and words[-1] in SLANG:
        words.pop()
    return words


def _pairs(letters: str) -> set[str]:
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def _shared_ends(one: str, other: str) -> int:
    """How many characters two texts share at their beginning and end together."""
    shortest = min(len(one), len(other))
    front = next((at for at in range(shortest) if one[at] != other[at]), shortest)
    rest = shortest - front
    back = next((at for at in range(rest) if one[-1 - at] != other[-1 - at]), rest)
    return front + back
