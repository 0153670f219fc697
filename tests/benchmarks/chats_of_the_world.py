"""Chat rooms in several languages and manners, made up: any number of lines, the same for a seed.

For what a line costs a model, it matters which characters and words a room uses.  A line is as it
stands in a prompt: ``speaker: text`` and a line break.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.benchmarks.chat_lines import EMOTES, chat_lines, made_up_name

_GERMAN: Final = """
ich du er sie es wir ihr das der die ein eine nicht und ist war hat so wie was auch mal noch nur
schon mit auf für aber doch ja nein immer wieder heute morgen gestern jetzt gleich echt voll
krass geil stark schön über können müssen würde hätte wäre läuft spielt gewinnt verloren
gegner runde stream chat mannschaft geschwindigkeit schwierigkeitsgrad entschuldigung herzlichen
glückwunsch zuschauer gesundheit feierabend wochenende mittagessen tastatur bildschirm
lautstärke größer schließlich natürlich eigentlich unglaublich übrigens hallo moin servus
tschüss danke bitte gerne weiß heißt wahrscheinlich sehenswürdigkeit unterschied aufgabe
lösung rätsel kämpfen höhle drachen zauberer digga alter junge mensch leute zusammen genau
stimmt richtig falsch warum wieso weshalb welche
"""
_FRENCH_SPANISH_PORTUGUESE: Final = """
je tu il elle nous c'est pas que qui dans pour avec très bien ça va où être était après
déjà même trop joué génial équipe à côté peut-être français bientôt j'espère n'importe
quoi bonsoir salut él ella está más también qué cómo así aquí mañana después jugó
ganó perdió corazón canción niño buenísimo increíble vamos hola gracias partida nivel
señor jajaja todavía acción fácil difícil você não é está muito obrigado também já até
amanhã coração ninguém jogada época música porém então mão irmão kkkk demais bom noite
galera vocês avó força possível três saudade atenção
"""
_RUSSIAN: Final = """
я ты он она мы вы это что как так не да нет ну вот же
ещё уже только очень просто всем привет пока сегодня
завтра вчера сейчас почему зачем когда где кто
сколько играть играет выиграл проиграл стрим чат
команда раунд уровень красиво круто жесть лол кек
капец блин наверное конечно спасибо пожалуйста
хорошо плохо нормально понимаю знаю думаю кажется
смотрю слушаю музыка песня ребята народ друзья
чувак братан невозможно удивительно поздравляю
здравствуйте скорость победа поражение противник
вопрос ответ получилось давайте собственно
действительно интересно погода работа выходные
ахахаха
"""
_JAPANESE: Final = """
こんにちは こんばんは 今日も よろしく お願いします それは すごい ですね かわいい 草 www 笑
うまい ナイス がんばって 応援してます 配信 ありがとう 初見です おつかれさま また明日 たのしい
面白い やばい まじで なるほど 強すぎる ドラゴン ゲーム ボス 勝った 負けた 惜しい もう一回
何時まで やりますか 音楽 いいね この曲 好き 大好き 日本語 上手 待って 後ろ 危ない 右に 左に 敵が
来た 逃げて 回復 アイテム 取り忘れ そういえば 昨日の 続き 見てました 仕事 終わった ご飯 食べた
お腹すいた 眠い 寝ます おやすみなさい は が を に で の と も から まで だけど ちょっと たぶん
絶対 無理 8888 パチパチ ｗｗｗ ！ ？ 、 。 ー 難易度 最高
"""
_CHINESE: Final = """
你好 今天 玩 什么 游戏 哈哈哈 太厉害了 主播 加油 666 牛 真的 吗 我 觉得 不行 可以 等一下 这个
那个 怎么 打 赢了 输了 对面 队友 厉害 好听 这首歌 谢谢 晚安 明天 再见 为什么 没有 知道 喜欢 大家
新人 报到 快跑 小心 后面 的 了 是 在 就 都 也 很 还 会 能 要 去 来 看 说 想 笑死 我了 草 绝了 稳
这波 操作 可以的 直播 时间 几点 下班 吃饭 回复 道具 难度 太高 简单 再来一次 运气 不错 ， 。 ！
？ 國語 臺灣 應該 沒關係 遊戲 實況 開台 厲害 謝謝
"""
_KOREAN: Final = """
안녕하세요 오늘도 화이팅 ㅋㅋㅋㅋ 진짜 대박 게임 방송 잘 보고 있어요 감사합니다 형님 누나 이거
뭐예요 왜 그래 아니 그게 아니라 다시 한번 이겼다 졌다 아깝다 보스 레벨 음악 노래 좋아요 사랑해요
내일 봐요 안녕히 주무세요 배고프다 밥 먹었어요 퇴근 했어요 몇시까지 하세요 처음 왔습니다
반가워요 ㅠㅠ ㅎㅎ ㄷㄷ 어제 이어서 볼게요 너무 재밌다 귀여워 조심해 뒤에 도망가 회복 아이템
어렵다 쉽다 운이 좋네 최고 미쳤다 팀원 상대 실력 연습 하면 됩니다 그런데 그리고 그래서 저는 우리
여러분 시청자 알겠습니다 축하드립니다
"""
_ARABIC: Final = """
مرحبا كيف الحال اليوم يا شباب والله هذا جميل جدا شكرا لك على البث لعبة حلوة متى تنتهي غدا ان شاء
الله الحمد لله فزنا خسرنا الفريق اللاعب المرحلة صعبة سهلة ممتاز رائع ههههه لا نعم لماذا اين من
ماذا هل انت السلام عليكم وعليكم مساء الخير صباح تصبحون خير موسيقى اغنية احب كثير قليل الان بعد
قبل امس سرعة مبروك استمر احسنت عيب حرام صحيح غلط ممكن اكيد طبعا اخي صديقي العالم السماء المدرسة
العمل البيت
"""
_HINDI_THAI: Final = """
नमस्ते सब लोग कैसे हैं आज बहुत अच्छा खेल रहे हो भाई क्या बात है धन्यवाद हाँ नहीं क्यों कब कहाँ
जीत गए हार मज़ा आ गया संगीत गाना दोस्त कल मिलेंगे शुभ रात्रि सावधान पीछे दुश्मन मुश्किल आसान
สวัสดีครับ วันนี้เล่นเกมอะไร สนุกมาก ขอบคุณครับ สู้ๆ ชนะแล้ว แพ้แล้ว เพลงนี้ชอบมาก
พรุ่งนี้เจอกัน ราตรีสวัสดิ์ ระวังข้างหลัง ยากจัง ง่ายมาก โชคดี ห้าห้า 555 ทำไม ที่ไหน เมื่อไหร่
"""
_EMOJI: Final = """
😂 😭 🔥 💜 👏 🍖 👀 ❤️ 😍 🤣 😎 🙏 💀 🥺 😱 🎉 ✨ 👍 😅 🤔 💯 🙌 😤 🫡 🥳 🐸 🦊 🍕 🎮 🏆 ⚡
☠️ ☕ 🌙 🐉 🪄 🧙‍♂️ 👨‍👩‍👧 🇩🇪 🇯🇵 👋🏽 🤦🏻‍♀️ 🫠 🪿 🧌 ⭐ ♥️ 🅱️ 🎵 🤡
"""
_MORE_EMOTES: Final = """
LULW PepeLaugh pepeD peepoHappy peepoSad widepeepoHappy BOOBA GIGACHAD Madge Susge Aware ICANT
modCheck monkaTOS forsenE xqcL sodaDead summit1g shroudLUL ludwigGun hasPray KEKWait
OMEGALULiguess PauseChamp WAYTOODANK Prayge Bedge Stare NODDERS NOPERS catKISS FeelsStrongMan
HYPERCLAP AYAYA TwitchUnity GlitchCat StinkyCheese bttvNice BrokeBack KappaPride KomodoHype
DinoDance PopNemo
"""
_KAOMOJI: Final = """
¯\\_(ツ)_/¯ (╯°□°)╯︵┻━┻ ┬─┬ノ(º_ºノ) ʕ•ᴥ•ʔ (◕‿◕) ლ(ಠ益ಠლ) (ง'̀-'́)ง
(づ｡◕‿‿◕｡)づ ( ͡°͜ʖ͡°) ᕙ(⇀‸↼‶)ᕗ ヽ(´▽`)/ (´・ω・`) ♪~ ᕕ(ᐛ)ᕗ ಠ_ಠ (ʘ‿ʘ) (¬‿¬) ★彡
▄︻̷̿┻̿═━一 ˙͜ʟ˙ ◉_◉ ▲▼▲ ███▓▒░ ｡ﾟ(ﾟ´Д｀ﾟ)ﾟ｡ (✿◠‿◠) ༼つ◕_◕༽つ ⊂(▀¯▀⊂)
𝓁𝑜𝓋𝑒 𝕨𝕒𝕨 ⓦⓞⓦ ｗｏｗ
"""

_HYPED_WORDS: Final = "this is so good I love it wow no way go let's win hype"
_SHOUTS: Final = "W L GG LETS GO POG HYPE NO WAY CLUTCH wow lol nice EZ CLIP IT"
_VOID: Final = "he comes the void calls you zalgo run away"

_Make = Callable[[random.Random], str]


def room_lines(room: str, amount: int, seed: int) -> list[str]:
    """Lines of one of the ``ROOMS``."""
    chance = random.Random(f"{room} {seed}")
    speakers = [made_up_name(chance) for _ in range(60)]
    speakers += [name.lower() for name in speakers[:20]]
    make = ROOMS[room]
    texts = (make(chance) for _ in range(amount)) if make else chat_lines(amount, seed)
    # A few people say most of it.
    return [f"{speakers[int(80 * chance.random() ** 2)]}: {text}\n" for text in texts]


def _of(words: str, at_most: int, between: str = " ", ends: str = ". ! ? ...") -> _Make:
    """Sentences of these words; the first ones are the most frequent."""
    listed, endings = words.split(), ["", "", "", *ends.split()]

    def make(chance: random.Random) -> str:
        if chance.random() < 0.08:
            return " ".join([chance.choice(EMOTES)] * chance.randint(1, 3))
        picked = chance.choices(listed, k=chance.randint(1, at_most))
        if chance.random() < 0.25:
            picked[0] = picked[0].capitalize()
        if chance.random() < 0.1:
            picked.insert(0, f"@{made_up_name(chance)} ")
        return between.join(picked) + chance.choice(endings)

    return make


def _emoji(chance: random.Random) -> str:
    some = chance.choices(_EMOJI.split(), k=chance.choice([1, 1, 2, 3, 5, 8]))
    if chance.random() < 0.3:
        some = some[:1] * chance.randint(3, 20)
    words = chance.choices(_HYPED_WORDS.split(), k=3)
    return "".join(some) if chance.random() < 0.6 else f"{' '.join(words)} {''.join(some)}"


def _emotes(chance: random.Random) -> str:
    every = [*EMOTES, *_MORE_EMOTES.split()]
    some = [chance.choice(every)] * chance.choice([1, 1, 1, 2, 3, 6, 12])
    words = chance.choices(_HYPED_WORDS.split(), k=3)
    return " ".join(some if chance.random() < 0.7 else [*words, *some])


def _hype(chance: random.Random) -> str:
    word = chance.choice(_SHOUTS.split())
    return (word + word[-1] * chance.choice([0, 0, 2, 9])) + "!" * chance.choice([0, 0, 1, 4])


def _numbers(chance: random.Random) -> str:
    kinds = (
        "{}",
        "{} {} {}",
        "{}:{}",
        "{}-{}",
        "{}%",
        "${}.{}",
        "I say {}",
        "{},{},{},{}",
        "x{} = {}",
    )
    values = [chance.randint(0, 10 ** chance.randint(1, 8)) for _ in range(4)]
    return chance.choice(kinds).format(*values)


def _kaomoji(chance: random.Random) -> str:
    some = [chance.choice(_KAOMOJI.split()) for _ in range(chance.choice([1, 1, 2]))]
    return " ".join(some if chance.random() < 0.7 else ["wow nice", *some])


def _zalgo(chance: random.Random) -> str:
    text = " ".join(chance.choices(_VOID.split(), k=3))
    depth = chance.randint(1, 6)
    return "".join(
        char + "".join(chr(chance.randint(0x300, 0x36F)) for _ in range(depth)) for char in text
    )


def _mixed(chance: random.Random) -> str:
    kinds = [kind for name, kind in ROOMS.items() if kind and name not in ("mixed", "zalgo")]
    return chance.choice(kinds)(chance)


# None: the lively English one.
ROOMS: Final[dict[str, _Make | None]] = {
    "English": None,
    "German": _of(_GERMAN, 12),
    "Romance": _of(_FRENCH_SPANISH_PORTUGUESE, 11),
    "Russian": _of(_RUSSIAN, 11),
    "Japanese": _of(_JAPANESE, 6, "", "www ！ ？ 笑 。"),
    "Chinese": _of(_CHINESE, 8, "", "！ ？ 。 哈哈"),
    "Korean": _of(_KOREAN, 7, " ", "ㅋㅋ ㅠㅠ ! ? ~"),
    "Arabic": _of(_ARABIC, 9, " ", "ههه ؟ !"),
    "Hindi, Thai": _of(_HINDI_THAI, 6, " ", "! ?"),
    "emoji": _emoji,
    "emotes": _emotes,
    "hype": _hype,
    "numbers": _numbers,
    "kaomoji": _kaomoji,
    "zalgo": _zalgo,
    "mixed": _mixed,
}
