"""What is remembered of viewers' lines: of what kind they were, and none of the words.

Pure.  Words and phrases are of the languages that chats are in most; a language without them has
its names and marks all the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from clankbot.records.chat import ChatMessage

# So many lines of each channel.
REMEMBERED: Final = 50

_NAME: Final = re.compile(r"@(\w{2,25})")
_WORD: Final = re.compile(r"[^\W_]+")
_ASKS: Final = re.compile(r"[?\uff1f\u061f]")
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
# Longer lines are told by how they begin; the most that Twitch takes would cost a millisecond.
_LOOKED_AT: Final = 150
# A farewell is short: "good night all", not a tale of one.
_MOST_WORDS_OF_CLOSING: Final = 6
_MOST_WORDS_OF_CHEER: Final = 6


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Whoever is asked by these words and by no name is the streamer ...
_YOU: Final = _words(
    "you your u ur youre du dein deine dich dir tu te vous votre toi tienes vas puedes juegas"
    " usted vc você voce hai sei puoi giochi je jij jouw masz jesteś możesz grasz sen senin"
    " ты вы тебя тебе вас твой"
)
# ... unless all are.
_ALL: Final = _words(
    "chat guys everyone everybody anyone anybody someone somebody folks yall all leute alle jemand"
    " wer ihr euch gente alguien todos vosotros pessoal alguém alguem ragazzi qualcuno quelqu"
    " gens iemand ktoś ktos herkes кто все ребята"
)
_CLOSING_WORDS: Final = (
    r"gn|g'?night|goodnight|nighty|cya|cu|bye|byebye|goodbye|g2g|gtg|ttyl|peace\s+out|n8|tschüss"
    r"|tschuess|tschau|bisous|adiós|adios|chao|tchau|falou|buonanotte|arrivederci|welterusten|doei"
    r"|dobranoc|narka|görüşürüz|пока|споки|good\s+night|night\s+(?:all|everyone|chat|guys)|good\s+bye"
    r"|see\s+(?:ya|you|u)|gotta\s+go|got\s+to\s+go|(?:off|heading|going)\s+to\s+bed|take\s+care"
    r"|gute?\s+nacht|bis\s+(?:morgen|dann|bald|später)|schlaft?\s+gut|macht'?s\s+gut|bonne\s+(?:nuit|soirée)"
    r"|au\s+revoir|[àa]\s+(?:demain|plus)|hasta\s+(?:mañana|luego|pronto)|nos\s+vemos"
    r"|até\s+(?:amanhã|logo|mais)|buona\s+notte|a\s+domani|slaap\s+lekker|tot\s+(?:morgen|ziens)"
    r"|do\s+jutra|iyi\s+geceler|hoşça\s+kal|спокойной\s+ночи|до\s+(?:завтра|свидания)"
)
_CLOSING: Final = re.compile(
    rf"(?<!\w)(?:{_CLOSING_WORDS})(?!\w)|おやすみ|お疲れ|おつかれ|またね|ばいばい|バイバイ|잘\s?자|안녕히|굿나잇|바이바이"
    r"|晚安|拜拜|再见",
    re.IGNORECASE,
)
_LAUGH: Final = re.compile(
    r"(?<!\w)(?:lo+l\w*|lmf?ao+|rofl|lul+|kekw?|omegalul|icant|x+d+|a?(?:ha){2,}h?|(?:he){2,}|(?:hi){2,}"
    r"|(?:ja){2,}|(?:rs){2,}|k{3,}|w{3,}|5{3,}|mdr+|ptdr+)(?!\w)|[😂🤣😹💀]|草|笑|ㅋㅋ|ㅎㅎ|哈哈|(?:ха){2,}|(?:ах){2,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of a viewer, without its words."""

    message_id: str
    user_id: str
    login: str
    display_name: str  # in lower case
    at: float  # when it was taken in, in monotonic seconds
    # Whom it addresses, but for the bot: by ``@name`` in lower case, and by a reply.
    to: frozenset[str] = frozenset()
    to_user_id: str | None = None
    begins_with: str = ""  # its first word, in lower case: often a name
    asks_streamer: bool = False
    is_closing: bool = False
    is_cheer: bool = False
    is_laugh: bool = False

    @property
    def addresses_viewer(self) -> bool:
        """Whether it is for somebody else than the room and the bot."""
        return bool(self.to) or self.to_user_id is not None

    def addresses(self, other: Heard) -> bool:
        """Whether it is for whoever wrote that line."""
        is_named = other.login in self.to or other.display_name in self.to
        return is_named or self.to_user_id == other.user_id


def heard(message: ChatMessage, own_names: Collection[str], own_id: str | None, at: float) -> Heard:
    """What is remembered of a message whose author and id are known."""
    text = message.text[:_LOOKED_AT].casefold()
    to = frozenset(_NAME.findall(text)) - frozenset(own_names)
    words = _WORD.findall(_NAME.sub(" ", text))
    reply_to = message.reply_to_user_id if message.reply_to_user_id != own_id else None
    return Heard(
        message.message_id or "",
        message.user_id or "",
        message.login,
        message.display_name.casefold(),
        at,
        to,
        reply_to,
        begins_with=words[0] if words else "",
        asks_streamer=_asks_streamer(message, text, words, to),
        is_closing=len(words) <= _MOST_WORDS_OF_CLOSING and _CLOSING.search(text) is not None,
        is_cheer=_is_cheer(text, words),
        is_laugh=_LAUGH.search(text) is not None,
    )


def _asks_streamer(
    message: ChatMessage, text: str, words: Collection[str], to: Collection[str]
) -> bool:
    """Whether it asks the streamer, by name or, where nobody is named, as the one who is there."""
    if not _ASKS.search(text):
        return False
    if message.channel in to or message.channel in words or {"streamer", "host"} & {*words}:
        return True
    is_for_all = message.reply_to_user_id or to or _ALL.intersection(words)
    return not is_for_all and not _YOU.isdisjoint(words)


def _is_cheer(text: str, words: list[str]) -> bool:
    """Whether it is one word, maybe again and again, or nothing but pictures and marks."""
    if _ASKS.search(text):
        return False
    kinds = {_STRETCHED.sub(r"\1", word) for word in words}
    return len(kinds) <= 1 and len(words) <= _MOST_WORDS_OF_CHEER
