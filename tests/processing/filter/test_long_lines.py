"""No honest line is too costly to judge, be it as long as Twitch allows and all of it new."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest

from clankbot.processing.filter import folding
from clankbot.processing.filter.matcher import TOO_COSTLY, Matcher
from clankbot.processing.filter.word_list import parse_list
from tests.benchmarks.chat_lines import EMOTES, chat_lines
from tests.benchmarks.chats_of_the_world import ROOMS, room_lines
from tests.benchmarks.dearest_messages import cut
from tests.benchmarks.filter_benchmark import word_list
from tests.processing.filter.nasty import SHIPPED

COPYPASTA = [
    "What did you just say about me, you little viewer? I'll have you know I graduated top of my "
    "class in the emote academy, and I've been involved in numerous secret raids, and I have over "
    "300 confirmed subs. I am trained in chat warfare and I'm the top lurker of the entire server! "
    "You are nothing to me but just another target (really). You think you can get away with it? ",
    "ᴅᴏ ɴᴏᴛ ᴄᴏᴘʏ ᴛʜɪs 𝓽𝓱𝓲𝓼 𝓲𝓼 𝓯𝓪𝓷𝓬𝔂 𝕥𝕙𝕚𝕤 𝕚𝕤 𝕕𝕠𝕦𝕓𝕝𝕖 🅣🅗🅘🅢 ⓘⓢ ⓡⓞⓤⓝⓓ ｗｉｄｅ ｔｅｘｔ ",
    "W I D E  P E E P O   V A P O R W A V E  A E S T H E T I C  ",
    "h.e.l.l.o. e.v.e.r.y.o.n.e. h-o-w a-r-e y-o-u d_o_i_n_g ",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s https://clips.twitch.tv/Some-Clip_d3fGh1jK ",
    "1337 h4x0r 5p34k 4r3 y0u s3r10u5 r16h7 n0w l0l w00t pwn3d n00b5 ",
    "if (x && y || !z) { foo->bar(); } return [a[i] += b[j]*c[k] for $i in @list]; ",
    "@alice @bob_1 @Carol99 @dave__ @Eve_xX @frank123 @heidi_ivan @mallory77 @rupert ",
    "ok|ok|no|!yes|!no|@me|$5|a|b|c|i|l ",
    "a ", "1 2 3 4 5 ", "草", "lol ", "AAAA! ", "!!!! ", "ㅋㅋㅋ ", "?! ",
]  # fmt: skip
ART = [
    "░░░░░░▄▄▄▄▀▀▀▀▄▄▄▄ ░░░█░░░░░░▄██▀▄▄░░░░▄▄▄░░█ ░▄▀░▄▄▄░░█▀▀▀▀▄▄█░░░██▄▄█░░░█ ",
    "(╯°□°)╯︵ ┻━┻ ┬─┬ ノ( ゜-゜ノ) ¯\\_(ツ)_/¯ (ง'̀-'́)ง ʕ•ᴥ•ʔ (づ｡◕‿‿◕｡)づ ᕦ(ò_óˇ)ᕤ ಠ_ಠ ",
    "|\\__/,|   (`\\ |_ _  |.--.) ) ( T   )     / (((^_(((/(((_/ ",
    "_____ ___ __ | | | | /\\ /\\ [===] <(^_^)> \\o/ |-O-| d(o_o)b -=[ ]=- :::...::: ~*~*~* ",
    "$$$$$$\\ $$  __$$\\ $$ /  \\__|$$ |$$$$\\ $$ |\\_$$ |$$ |  $$ |\\$$$$$$  |\\______/ ",
    "@@@@@@@@ @@! @@! !@@ !@! !@! !!: :!: ::: :: !!! |||| $$$$ @!@ !!@ ",
]
PICTURES = ["👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "❤️", "👍🏽", "🤷🏽‍♀️", "🇩🇪", "😂", "🔥"]


def full(lines: Iterable[str]) -> Iterator[str]:
    """The lines put together to messages of full length."""
    text = ""
    for line in lines:
        text += f"{line.strip()} "
        if len(text) >= 500:
            yield cut(text)
            text = ""


def honest() -> Iterator[str]:
    """Messages of all kinds of chat."""
    choose = random.Random(5)
    yield from full(chat_lines(1200, seed=2))
    for room in ROOMS:
        yield from full(line.partition(": ")[2] for line in room_lines(room, 250, 3))
    for text in (*COPYPASTA, *ART):
        yield cut(text * 500)
    emoji = [chr(code) for code in (*range(0x1F600, 0x1F64F), *range(0x1F300, 0x1F5FF))]
    braille = [chr(code) for code in range(0x2800, 0x2900)]
    for few, between in ((emoji, ""), (emoji, " "), (PICTURES, ""), (PICTURES, " "), (EMOTES, " ")):
        yield cut(between.join(choose.choices(few, k=500)))
    yield cut(" ".join("".join(choose.choices(braille, k=30)) for _ in range(20)))
    marks = [chr(code) for code in range(0x300, 0x370)]
    for most in (2, 15):  # "Zalgo"
        text = " ".join(chat_lines(60, seed=most))
        yield cut("".join(each + "".join(choose.choices(marks, k=most)) for each in text))


def lists() -> dict[str, list[str]]:
    """Lists as streamers have them."""
    ordinary = {f"{size} entries": word_list(size) for size in (60, 500, 5000)}
    return ordinary | {"shipped": SHIPPED.read_text(encoding="utf-8").splitlines()}


@pytest.mark.parametrize("name", lists())
def test_no_honest_line_is_too_costly_with_any_ordinary_list(name: str) -> None:
    word_lines = [*lists()[name], "傻逼", "ควย", "🖕", "🍆💦"]
    matcher = Matcher(parse_list("\n".join(word_lines), name), most_pieces=0)
    texts = [*honest()]
    assert len(texts) > 300
    for text in texts:
        folding.FOLDED.clear()
        assert matcher.match(text) != TOO_COSTLY, text
