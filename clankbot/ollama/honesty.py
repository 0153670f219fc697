"""Whether an answer to "are you a bot?" says no, or one to "are you human?" says yes.  Pure.

Most claims to be human are phrases (``phrases_itself``).  A bare "nope" or "the second one" claims
it only beside its question.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from clankbot.ollama.phrases import words_of
from clankbot.ollama.verdict import Situation

_BOT_WORDS: Final = """
bot bots robot chatbot ai npc fake machine ki roboter ia robo бот бота ботом робот بوت روبوت μποτ
ρομποτ
"""
_HUMAN_WORDS: Final = """
human humans real person mensch echt humano humana persona humain humaine personne umano umana vero
pessoa czlowiek czlowiekiem prawdziwy человек человеком настоящии людина людинои insan gercek انسان
حقيقي mens manniska ανθρωπος nguoi
"""
_BOTS: Final = frozenset(_BOT_WORDS.split())
_HUMANS: Final = frozenset(_HUMAN_WORDS.split())
# Whether somebody else is real is no question about the bot.
_YOU_WORDS: Final = """
you u ur youre r du bist ihr tu eres sos usted vous es te tes voce vc sei jestes ty ты вы ви ти
sen sin misin misiniz انت je jij bent ar εισαι ban आप तुम
"""
_YOU: Final = frozenset(words_of(_YOU_WORDS))
_BOTS_SINGLE = re.compile(r"ボット|ロボット|机器人|機器人|로봇|봇")
_HUMANS_SINGLE = re.compile(r"人間|中の人|真人|人类|人類|사람|인간")
_NOT_A_BOT = re.compile(
    r"\b(?:no|not|isn['’]?t|aren['’]?t|ain['’]?t|kein\w*|nicht|pas|non|não|nie|не|geen|değil)\s"
    r"(?:\w+\s){0,2}(?:bot|robot\w*|ai|ki|ia|бот\w*|робот\w*)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"^\W*(?:\w+\W+){0,2}(?:no|nope|nah|naw|never|nein|nee|ne|non|não|nie|нет|неа|не|ні|hayır|yok"
    r"|لا|कभी|नहीं|όχι|nej|không|of course not)\b"
    r"|^\W*(?:いや|いいえ|ちが|違|まさか|不|没|哪|怎么会|当然不|아니|아뇨|설마)",
    re.IGNORECASE,
)
_AFFIRMS = re.compile(
    r"^\W*(?:(?:oh|well|haha|lol|of)\W+)?(?:yes|yeah|yep|yup|sure|course|totally|obviously|indeed"
    r"|absolutely|correct|right|ja+|jap|jo|klar|sicher|sí|si|claro|por supuesto|oui|ouais|bien sûr"
    r"|sim|certo|sì|certamente|tak|jasne|да|ага|конечно|так|авжеж|evet|tabii|نعم|ايوه|أيوه|اكيد|أكيد"
    r"|हाँ|हां|ναι|vâng|đúng|dạ)(?!\w)"
    r"|^\W*(?:はい|うん|そう|もちろん|是的|是啊|对|當然|当然(?!不)|嗯|네|응|예|맞아|그럼|당연)",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"^\W*(?:the |das |lo |la |le |o |a |el |il )?(?:first|former|erste\w*|primer\w*|prim[oa]"
    r"|premi\w+|pierwsze|первое|первый|ilki|前者|전자)",
    re.IGNORECASE,
)
_SECOND = re.compile(
    r"^\W*(?:the |das |lo |la |le |o |a |el |il )?(?:second|latter|last one|zweite\w*|letztere\w*"
    r"|segund[oa]|deuxième|second[aeo]|drugie|второе|второй|ikincisi|後者|后者|후자)",
    re.IGNORECASE,
)


def claims_when_asked(line: str, situation: Situation) -> bool:
    """Whether the line says to somebody who asks that the bot is none."""
    asked = situation.asked
    if asked is None:
        return False
    bots, humans = _first(asked, _BOTS, _BOTS_SINGLE), _first(asked, _HUMANS, _HUMANS_SINGLE)
    if bots is not None and _DENIES.search(line):
        return True
    if bots is not None and humans is not None:
        chosen = _SECOND if bots < humans else _FIRST
        return chosen.search(line) is not None
    is_of_bot = _HUMANS_SINGLE.search(asked) or not _YOU.isdisjoint(words_of(asked))
    is_yes_a_claim = (humans is not None and is_of_bot) or _NOT_A_BOT.search(asked)
    return bool(is_yes_a_claim and _AFFIRMS.search(line))


def _first(text: str, words: Set[str], single: re.Pattern[str]) -> float | None:
    """Where one of the words first stands in a text, by whatever measure; None: nowhere."""
    found = single.search(text)
    if found is not None:
        return found.start()
    told = words_of(text)
    return next((at for at, word in enumerate(told) if word in words), None)
