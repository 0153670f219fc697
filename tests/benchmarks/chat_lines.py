"""Chat as it looks, made up: any number of lines, the same for the same seed.

A few hundred words make up most of it, as in any language; the rest is a long tail of ordinary
words, and names of which a part were never seen before, so new lines keep bringing new words.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from tests.processing.filter.word_samples import ordinary_words

_COMMON = """
the to you a I it and is that of in he for this on lol be are so was not with do just what no have
like they but we if my can get all at your good one me out time now how go when game up why there
don't it's that's I'm gonna really think know going want see play stream chat would got she his did
too here some or an as from more right where who yeah yes need been them bro then man guys today day
back then still new love make way been look win lost over team even only should could him her their
us than well very much never always again first last next level boss run map build song music video
hello hi hey welcome thanks ty gg wp nice cool wow omg wtf ok okay pls please sorry same true
wait what? lol, yes! no. haha hahaha oh ah hmm uh well, nah yep idk tbh imo ngl rn btw w l u ur r n
"""
_EMOTES = """
LUL KEKW Kappa PogChamp Pog POGGERS monkaS monkaW PepeHands Sadge BibleThump OMEGALUL catJAM HeyGuys
NotLikeThis TriHard 4Head ResidentSleeper Kreygasm SwiftRage PJSalt CoolStoryBob EZ FeelsGoodMan
Clap FeelsBadMan WutFace cmonBruh VoHiYo <3 :) :D xD ;) :( D: :P B) R) O_o >( F W GG
😂 😭 🔥 💜 👏 🍖 👀
"""
EMOTES = _EMOTES.split()
_NAME_STARTS = "Dark Lil xX Real The Its Mr Captain Pixel Frosty Nova Turbo Sneaky Lunar Happy Zen"
_NAME_ENDS = "wolf panda gamer ninja toast potato knight fox raven storm wizard bean goose byte"
_ACTIVE_NAMES = 500  # people who are talked to again and again; every fourth mention is a new one
_NUMBERS = """
1 2 3 5 10 12 15 20 42 64 69 99 100 101 300 1000 2024 2k 5k 100k 1v1 2v2 4v4 8:00am 5am 7pm 20:30
1:01 3-2 5-0 1.5 99% $5 €10 £20 1st 2nd 3rd 4th 60fps 1080p 4k 3d 2x 10x +1 -1 #1 1/10 11/10 24/7
"""
_LINKS = """
https://www.twitch.tv/somebody https://youtu.be/dQw4w9WgXcQ https://discord.gg/abc123
https://store.example.com/app/1234/page?utm_source=chat clips.twitch.tv/xyz github.com/them/project
"""
_ELSEWHERE = """
Guten Abend zusammen, wie läuft es heute bei euch?
das war wirklich knapp, weiter so
ich glaube er schafft es dieses Mal
salut tout le monde, ça va bien ce soir ?
c'est trop bien joué là
hola a todos, qué tal va la partida
jajaja qué buena jugada
bom dia pessoal, kkkk que jogo
não acredito nisso
ciao ragazzi, come state stasera?
hej alla, hur går det idag
cześć wszystkim, jak leci dzisiaj
привет всем, как дела сегодня
ну это просто жесть, вот это да
καλησπέρα σε όλους, τι κάνετε
merhaba arkadaşlar nasılsınız
こんにちは、今日もよろしくお願いします
草 それはすごいですね
안녕하세요 오늘도 화이팅
ㅋㅋㅋㅋ 진짜 대박
你好，今天玩什么游戏
哈哈哈 太厉害了
مرحبا كيف الحال اليوم
नमस्ते सब लोग कैसे हैं
xin chào mọi người hôm nay thế nào
"""


def chat_lines(amount: int, seed: int, half: int | None = None) -> list[str]:
    """Lines of a lively English-speaking chat with guests.

    With ``half`` 0 or 1 all but the most common words, emotes and numbers are taken from one half
    of the vocabulary, so that what is rare in one half is never seen in the other.
    """
    return [*_Chatter(seed, half).lines(amount)]


class _Chatter:
    def __init__(self, seed: int, half: int | None) -> None:
        same = random.Random(0)  # what is common in one chat is common in the other
        tail = ordinary_words()
        same.shuffle(tail)
        names = [made_up_name(same) for _ in range(_ACTIVE_NAMES)]
        share = slice(half, None, 1 if half is None else 2)
        links, elsewhere = _LINKS.split()[share], _ELSEWHERE.strip().splitlines()[share]
        self._random = random.Random(seed)
        self._common = self._picker(_COMMON.split(), head=3)
        self._tail = self._picker(tail[share], head=20)
        self._active = self._picker(names[share], head=5)
        self._one_of = self._random.choice
        self._kinds: dict[Callable[[], str], int] = {
            self._sentence: 55,
            self._reaction: 14,
            self._to_somebody: 8,
            self._shout: 6,
            self._with_number: 5,
            self._common: 4,
            lambda: self._one_of(elsewhere): 4,
            lambda: f"{self._sentence()} {self._one_of(links)}": 2,
            self._stretched: 2,
        }

    def lines(self, amount: int) -> Iterator[str]:
        kinds = self._random.choices([*self._kinds], [*self._kinds.values()], k=amount)
        return (make() for make in kinds)

    def _picker(self, words: Sequence[str], head: int) -> Callable[[], str]:
        """Picks words by their rank, as speech does (Zipf); ``head`` tempers the first ones."""
        weights = [*accumulate(1 / (head + rank) for rank in range(len(words)))]
        return lambda: self._random.choices(words, cum_weights=weights)[0]

    def _word(self) -> str:
        return self._common() if self._random.random() < 0.72 else self._tail()

    def _sentence(self) -> str:
        words = [self._word() for _ in range(self._random.randint(2, 14))]
        if self._random.random() < 0.3:
            words[0] = words[0].capitalize()
        if len(words) > 6 and self._random.random() < 0.4:
            words[3] += ","
        return " ".join(words) + self._one_of(["", "", "", "", ".", "?", "!", "...", " lol"])

    def _reaction(self) -> str:
        return " ".join([self._one_of(EMOTES)] * self._one_of([1, 1, 2, 3]))

    def _to_somebody(self) -> str:
        is_new = self._random.random() < 0.25
        return f"@{made_up_name(self._random) if is_new else self._active()} {self._sentence()}"

    def _shout(self) -> str:
        return self._sentence().upper() + "!" * self._random.randint(0, 3)

    def _with_number(self) -> str:
        return f"{self._sentence()} {self._one_of(_NUMBERS.split())} {self._word()}"

    def _stretched(self) -> str:
        word = self._word()
        return word + word[-1] * self._random.randint(2, 8) + self._one_of(["", "!!", " lol"])


def made_up_name(chance: random.Random) -> str:
    """The display name of somebody in chat."""
    start, end = chance.choice(_NAME_STARTS.split()), chance.choice(_NAME_ENDS.split())
    number = chance.randint(1, 9999)
    return start + chance.choice(["", "_"]) + end + chance.choice(["", f"{number}", f"_{number}"])
