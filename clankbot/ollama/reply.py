"""From what a model wrote to one line fit for chat, or the reason why there is none.  Pure.

The answer is read to its end: thoughts and other turns go, what stands around a line is taken off,
and the judge says whether what is left is a chat line.  A line is tidied again and again until
nothing changes: what one step uncovers (a slash behind a quotation mark, a name behind a list mark)
the next round sees, and cleaning twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from clankbot.ollama.judge import is_flood, judged, tells_instructions
from clankbot.ollama.markdown import harmless_start, undressed, unpacked, unquoted, without_html
from clankbot.ollama.phrases import phrase_kind, words_of
from clankbot.ollama.speakers import Speakers, Whose
from clankbot.ollama.special_tokens import (
    holds_fence,
    own_turn,
    without_byte_tokens,
    without_thinking,
)
from clankbot.ollama.verdict import PASS, Refusal, Refused, Situation
from clankbot.records.speech import MAX_MESSAGE_UTF16
from clankbot.text import fitting, utf16_length, visible

# Ordinary answers need two; what still changes after so many is no chat line.
_ROUNDS: Final = 16
# A model that has not come to the point by then is not going to.
_LINES: Final = 20
# Four times the longest chat message and more: no more of a line is used.
_LINE_CHARS: Final = 2400

_BLANKS = re.compile(r"\s+")
_PREFACE = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|alright|absolutely|claro|klar|bien sûr|конечно|certo"
    r"|oczywiście|natürlich|tabii)\b[^:：]{0,20}\s)?"
    r"(?:here(?:['’]s| is| are| you go)|hier (?:ist|sind)|aquí (?:tienes|está|va)"
    r"|voici|aqui (?:está|vai)|ecco|oto|вот|işte|以下|这是|こちら|如下|这里|다음|여기)"
    r"[^:：]{0,60}"
    r"(?:chat|comment|line|message|post|remark|repl(?:y|ies)|response|one|answer|take|antwort"
    r"|nachricht|zeile|respuesta|mensaje|línea|réponse|ligne|phrase|resposta|mensagem|linha|risposta"
    r"|messaggio|frase|odpowiedź|wiadomość|linijka|ответ|сообщение|реплика|вариант|cevap|mesaj|yanıt"
    r"|回复|回答|消息|弹幕|返信|返答|メッセージ|コメント|답변|메시지|댓글)[^:：]{0,60}"
    r"(?::\s|[：:]\s*$|：|:(?=[^\x00-\x7f]))\s*",
    re.IGNORECASE,
)
_WOULD_SAY = re.compile(
    r"^(?:as \w+,? )?i(?:['’]d| would| will|['’]ll) (?:probably |just |simply )?"
    r"(?:say|reply|respond|write|answer|type|go with)(?: with| something like)?\s?:\s",
    re.IGNORECASE,
)
_WILLING = re.compile(
    r"^¡?(?:sure(?: thing)?|certainly|of course|absolutely|got it|understood|no problem|klar"
    r"|natürlich|gerne|selbstverständlich|claro(?: que s[íi])?|por supuesto|bien sûr|certainement"
    r"|avec plaisir|com certeza|certamente|certo|oczywiście|jasne|конечно|разумеется"
    r"|もちろん(?:です)?|かしこまりました|当然(?:可以)?|好的|물론(?:이죠|입니다)?|네|tabii(?: ki)?"
    r"|elbette|بالطبع|بالتأكيد)\s?[!！¡]+\s*"
    r"(?=\S+\s+\S|[^\x00-\x7f]{4})",
    re.IGNORECASE,
)
_DEAR = re.compile(
    r"^dear (?!god|lord|me\b)[^\s,:!]{1,25}(?:\s[^\s,:!]{1,25}){0,2}\s?[,:!]\s*(?=\S)"
    r"|^(?:liebe[rs]?|querid[oa]s?|cher(?:s|e|es)?|car[oia]|drog[ai]|дорог(?:ой|ая|ие)|sevgili"
    r"|estimad[oa]s?|prezad[oa]s?)\s(?:chat|alle|leute|freunde|zuschauer|todos|amigos|comunidad"
    r"|espectadores|comunidade|tous|amis|communauté|tutti|amici|wszyscy|przyjaciele|друзья|зрители"
    r"|чат|arkadaşlar|izleyiciler)\s?[,:!]\s*(?=\S)"
    r"|^(?:親愛なる|亲爱的|친애하는)[^,:!，、！：]{1,16}[,:!，、！：]\s*(?=\S)",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(r"\s[-–—~]\s?(?P<name>\S{1,40})$")
# As ``/me`` is written on the wire.
_ACTION = re.compile(r"\x01ACTION ?([^\x01]*)\x01?")
_SENTENCE_END = re.compile(r"""[.!?…]+["'”’»)]*(?=\s|$)|[。！？]+""")
_ANNOUNCES = re.compile(r"(?<!\b[cDBX])[:：]$")
# Alone in a line, or with a reason behind it; as a word it may stand in any line.
_PASSES = re.compile(rf"\W*{PASS}\s?(?:[.,:;!–—(\])-]|$)")
_PASSES_LOOSELY = re.compile(rf"\W*{PASS}\W*$", re.IGNORECASE)
# What an announcement may not be, though the line after it looks well.
_TELLING: Final = {Refused.THOUGHT, Refused.CANNED_REFUSAL, Refused.AS_AN_AI}


def line_of(raw: str, situation: Situation) -> str | Refusal:
    """The one line of an answer that may be said, or why none may be."""
    found = _line_of(raw, situation)
    return Refusal(found) if isinstance(found, Refused) else found


def _line_of(raw: str, situation: Situation) -> str | Refused:
    said = without_thinking(raw)
    if raw.strip() and not said.strip():
        return Refused.THOUGHT
    if tells_instructions(said, situation):
        return Refused.INSTRUCTIONS
    speakers = Speakers(situation)
    answer = without_byte_tokens(own_turn(said))
    whole = without_torn_end(answer) if situation.was_cut_off else answer
    limit = min(situation.limit_chars, MAX_MESSAGE_UTF16)
    lines = unpacked(without_html(whole), speakers.is_own).strip().splitlines()[:_LINES]
    is_others = False
    for number, line in enumerate(lines, start=1):
        whose, text = _tidy(line, speakers, limit)
        if any(_passes(each, situation) for each in (line, text)):
            return Refused.PASSED
        if whose is Whose.OTHERS:
            is_others = True
        elif not _says_something(text) or (is_others and whose is not Whose.OWN):
            continue
        elif _ANNOUNCES.search(text) and number < len(lines):
            kind = phrase_kind(words_of(text), situation.bot_names)
            if kind in _TELLING:
                return kind
        elif _ANNOUNCES.search(text):
            break
        elif is_flood(line[:_LINE_CHARS]):  # before it is cut
            return Refused.FLOOD
        else:
            return judged(text, situation) or text
    if is_others:
        return Refused.OTHER_SPEAKER
    return Refused.TORN if answer.strip() and not whole.strip() else Refused.NOTHING


def _passes(line: str, situation: Situation) -> bool:
    """Whether the model passes, which it was told how to do even where it should not.

    Then only the very word counts, and not if somebody asked for it.
    """
    if situation.may_pass:
        return bool(_PASSES.match(line) or _PASSES_LOOSELY.match(line))
    is_asked_for = PASS.casefold() in words_of(situation.asked or "")
    return not is_asked_for and _PASSES.match(line) is not None


def without_torn_end(raw: str) -> str:
    """What stands of an answer that was cut off in the middle: its last line up to a full stop."""
    lines = raw.splitlines(keepends=True)
    if not lines or lines[-1].splitlines() != [lines[-1]]:
        return raw
    ends = [match.end() for match in _SENTENCE_END.finditer(lines[-1])]
    return "".join(lines[:-1]) + (lines[-1][: ends[-1]] if ends else "")


def _tidy(line: str, speakers: Speakers, limit: int) -> tuple[Whose, str]:
    """Whose a line is, and what is left of it when nothing more can be taken off."""
    line = line[:_LINE_CHARS]
    whose = Whose.UNKNOWN
    for _ in range(_ROUNDS):
        before = line
        found, line = _round(line, speakers, limit)
        if found is Whose.OTHERS:
            return found, ""
        whose = found if found is Whose.OWN else whose
        if line == before:
            return whose, line
    return whose, ""


def _round(line: str, speakers: Speakers, limit: int) -> tuple[Whose, str]:
    line = visible(without_byte_tokens(_ACTION.sub(r"\1", line)))
    line = without_html(own_turn(without_thinking(line)).replace("\ufffd", ""))
    line = _BLANKS.sub(" ", line).strip()
    if holds_fence(line):
        return Whose.UNKNOWN, ""
    for opening in (_WILLING, _PREFACE, _WOULD_SAY, _DEAR):
        line = opening.sub("", line)
    whose, line = speakers.own_part(line)
    line = harmless_start(unquoted(undressed(line)))
    signed = _SIGNED.search(line)
    if signed and speakers.is_own(signed["name"]):
        line = line[: signed.start()]
    return whose, _cut(_BLANKS.sub(" ", line).strip(), limit)


def _cut(text: str, limit: int) -> str:
    """The text within ``limit`` UTF-16 units: up to a sentence, else a word, else a character."""
    if utf16_length(text) <= limit:
        return text
    end = fitting(text, limit)
    sentences = [m.end() for m in _SENTENCE_END.finditer(text) if end // 2 < m.end() <= end]
    if sentences:
        return text[: sentences[-1]]
    blank = text.rfind(" ", end // 2, end + 1)
    return text[: end if blank < 0 else blank].rstrip(" ,;:–-")


def _says_something(text: str) -> bool:
    """Whether there is more in a tidy line than signs, such as a ruler that models draw."""
    return any(unicodedata.category(char)[0] in "LN" or _is_picture(char) for char in text)


def _is_picture(char: str) -> bool:
    """Whether this is an emoji, one that is newer than this Python's tables included."""
    return unicodedata.category(char) in ("So", "Cn")
