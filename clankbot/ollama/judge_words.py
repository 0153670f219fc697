"""Words by which the judge and the label reader tell speakers and languages.  Data only."""

from __future__ import annotations

from typing import Final

# --- who a label in front stands for ---

_OTHER_ROLES: Final = """
user human system viewer viewers you streamer moderator mod chatter guest host narrator player
commentator prompt customer person someone instruction input question? q broadcaster speaker
admin twitch audience caster another observer stranger friend a b action action_input observation
tool rules instructions task guidelines example member members participant contestant caller
benutzer nutzer zuschauer mensch frage? du moderation
usuario usuaria espectador humano tú tu vos moderador
utilisateur spectateur humain vous toi modérateur
utente spettatore umano moderatore
usuário espectadora humana você
użytkownik widz człowiek moderacja
пользователь зритель человек модератор стример ты вы користувач
ユーザー 視聴者 人間 配信者 あなた リスナー
用户 用戶 观众 人类 主播 你 提问者
사용자 시청자 사람 스트리머
kullanıcı izleyici insan yayıncı sen
المستخدم المشاهد الإنسان أنت
gebruiker kijker användare tittare uživatel divák pengguna penonton
"""
OTHER_ROLES: Final = frozenset(_OTHER_ROLES.split())
_OWN_LABELS: Final = """
reply response answer output assistant bot ai chatbot message comment line chat remark model
twitch_chat chatline chat_line chat_message final_answer final_line final_response final_reply
my_reply my_response my_line my_answer my_message bot_reply bot_response ai_response bots_reply
the_line next_line one_liner text content post tweet suggestion draft solution result? here
chat_response chat_reply suggested_reply suggested_response
possible_reply possible_response your_reply your_line short_reply short_answer assistant_reply
antwort nachricht chatnachricht bemerkung kommentar ausgabe
respuesta mensaje comentario salida asistente
réponse commentaire sortie assistante
resposta mensagem comentário saída assistente
risposta messaggio commento
odpowiedź wiadomość komentarz asystent
ответ сообщение комментарий ассистент бот реплика відповідь
回答 返信 返答 答え コメント メッセージ アシスタント 発言 ボット
回复 消息 答 评论 助手 回應 弹幕 回应 机器人
답변 메시지 대답 댓글 어시스턴트 봇 응답
cevap yanıt mesaj yorum asistan
الجواب الرد رسالة رد المساعد الإجابة
antwoord bericht svar meddelande odpověď zpráva jawaban pesan
"""
OWN_LABELS: Final = frozenset(_OWN_LABELS.split())
_ORDINARY_LABELS: Final = """
error traceback warning note psa fact funfact spoiler spoilers edit update reminder question theory
plottwist twist
protip tip hottake breaking news breakingnews conclusion verdict result results translation
warning rule step correction me alsome meanwhile nobody everyone noone also so and but ok okay
wait oh lol yes no maybe honestly today tonight tomorrow day score mood vibe status goal
objective quest level rank round moral lesson unpopularopinion opinion hint trivia caption
title headline scene plot summary pros cons cause reason problem solution fix true false pov
tldr imo fyi btw ps nb quote context bonus challenge dare bet prediction poll vote wishlist
frage achtung wichtig tipp fakt hinweis fazit erinnerung merke plan idee problem ergebnis info
pregunta ojo dato nota conclusión recordatorio opinión yo resumen teoría importante aviso plan
attention rappel fait conseil moi théorie constat astuce info idée question
pergunta atenção lembrete eu dica fato teoria resumo
domanda attenzione io consiglio fatto teoria promemoria
pytanie uwaga ciekawostka ja wniosek plan teoria rada
вопрос внимание факт спойлер вывод итог совет теория я план
soru dikkat not gerçek ben teori
vraag let tip fråga obs otázka pozor
"""
ORDINARY_LABELS: Final = frozenset(_ORDINARY_LABELS.split())

# --- languages that share a script ---

FUNCTION_WORDS: Final[dict[str, str]] = {
    "English": (
        "the and is are was you that this with for not what its have they of to my your just "
        "would there been we he she but how when who from about will dont im thats it on like "
        "were still every at be do did can all out has her his them our than why i so no as if "
        "more me say now get got good go one or by an am see know think too then only us want "
        "some here very yeah in could should also back again never always really going way day "
        "time make over down off need"
    ),
    "German": (
        "der das und ist nicht ich du wir mit ein eine auch aber wie schon noch mal dass auf "
        "fur sind hab habe kann wenn jetzt hier den dem im von zu sich es sie ihr mir dir mich "
        "dich wieder immer nur oder doch einfach gerade heute ja nein was wer warum bin hat"
    ),
    "Spanish": (
        "el la los las que de en un una por con para esta pero como muy mas es y lo se no si yo "
        "tu mi este eso esto ya hay te me al del cuando quien donde porque tambien todo nada "
        "hoy siempre solo creo hola estoy soy"
    ),
    "French": (
        "le la les des et est pas que qui un une dans pour avec sur ce cest je tu il elle on "
        "nous vous mais ou plus tres jai du au aux ca moi toi cette tout bien fait quand encore "
        "jamais deja ya trop sont suis etait"
    ),
    "Portuguese": (
        "o os as e que de em um uma por com para esta mas como muito mais nao eu voce ele ela "
        "isso esse essa ta ja tem vai foi do da no na dos das meu minha aqui hoje sempre so "
        "quando quem onde porque tambem tudo nada sou ser"
    ),
    "Italian": (
        "il lo la gli le che di in un una per con non e ma come molto piu sono io tu lui lei "
        "questo questa quello si ci mi ti del della nel al anche quando chi dove perche tutto "
        "niente oggi sempre solo ho hai ha siamo dai cosa era"
    ),
    "Polish": (
        "i w na z sie nie to jest ze co jak ale tak czy ja ty on ona my wy do od po za jestem "
        "jestes byl byla juz tylko tez bo dla mnie ciebie tego ten ta te kiedy kto gdzie "
        "dlaczego dzis dzisiaj zawsze moze bardzo teraz mam masz"
    ),
    "Turkish": (
        "bir ve bu da de ne icin cok ama var yok mi mu gibi daha ben sen biz siz o kadar hic "
        "simdi bugun neden nasil kim nerede her zaman sadece degil olarak iyi guzel oyun ya "
        "evet hayir"
    ),
    "Dutch": (
        "de het een en van ik je niet dat is op te zijn met voor maar wat er aan ook nog wel "
        "naar bij dit die ze wij jij mijn zo heb heeft kan als dan nu al geen waar waarom "
        "altijd"
    ),
    "Swedish": (
        "och att det som en ett ar jag du inte med pa for av den har om vi ni han hon men sa "
        "kan nar vad var min din mig dig bara ocksa nu aldrig alltid vill ska"
    ),
    "Danish": (
        "og at det som en et er jeg du ikke med pa for af den har om vi han hun men sa kan nar "
        "hvad hvor min din mig dig bare ogsa nu aldrig altid vil skal der til"
    ),
    "Finnish": (
        "ja on ei se etta mutta kun mina sina han me te he tama niin mita kuka missa miksi nyt "
        "vain myos jos oli olen olet ole kuin aina joo"
    ),
    "Czech": (
        "a je to se na v ze co jak ale ja ty on ona my vy do od po za jsem jsi byl byla uz jen "
        "taky protoze pro me tebe ten ta kdy kdo kde proc dnes vzdy velmi ted mam mas neni"
    ),
    "Indonesian": (
        "yang dan di ini itu tidak ada dengan untuk dari aku kamu saya dia kita juga sudah bisa "
        "mau apa siapa kenapa gimana banget lagi aja nggak gak udah sama ya kalau tapi"
    ),
    "Vietnamese": (
        "la cua va co khong toi ban nay do duoc cho mot nguoi voi cac nhung roi den di cung nhu "
        "the gi ai sao hom qua"
    ),
    "Romanian": (
        "si este nu ca sa un o de la in cu pe din care mai dar eu tu el ea noi voi imi iti asta "
        "acum foarte bine cine unde cand sunt esti am ai are"
    ),
    "Hungarian": (
        "a az es nem hogy egy ez van is de meg csak mar volt ki mi en te ha most mint nagyon jo "
        "itt ott lesz vagy igen mert miert"
    ),
}
# What people call languages in a persona: whoever asks for one gets it.
LANGUAGE_NAMES: Final[dict[str, str]] = {
    "English": (
        "english englisch ingles anglais inglese angielski angielsku английский английском "
        "ingilizce"
    ),
    "German": "german deutsch aleman allemand alemao tedesco niemiecku немецком",
    "Spanish": (
        "spanish spanisch espanol castellano espagnol espanhol spagnolo hiszpansku испанском"
    ),
    "French": "french franzosisch frances francais francese francusku французском",
    "Portuguese": "portuguese portugiesisch portugues portugais portoghese brazilian",
    "Italian": "italian italienisch italiano italien wlosku итальянском",
    "Polish": "polish polnisch polaco polonais polacco polsku polski польском",
    "Turkish": "turkish turkisch turco turc turkce",
    "Dutch": "dutch niederlandisch holandes neerlandais nederlands",
    "Swedish": "swedish schwedisch svenska",
    "Danish": "danish danisch dansk",
    "Finnish": "finnish finnisch suomi suomeksi",
    "Czech": "czech tschechisch cesky cestina",
    "Indonesian": "indonesian indonesisch bahasa",
    "Vietnamese": "vietnamese vietnamesisch",
    "Romanian": "romanian rumanisch romana",
    "Hungarian": "hungarian ungarisch magyar magyarul",
    "cyrillic": (
        "russian russisch ruso russe russo rosyjsku russkii ukrainian bulgarian serbian русскии "
        "русском по-русски украинском украінською"
    ),
    "kana": "japanese japanisch japones japonais giapponese",
    "han": "chinese chinesisch chino chinois cinese mandarin cantonese",
    "hangul": "korean koreanisch coreano coreen",
    "arabic": "arabic arabisch arabe arabo persian farsi",
    "hebrew": "hebrew hebraisch hebreo",
    "greek": "greek griechisch griego",
    "thai": "thai",
    "devanagari": "hindi marathi nepali",
}

# --- register ---

# Words of articles and manuals: a chat line holds one, seldom two.  Of Chinese, Japanese and Korean
# words the first two characters.
FORMAL: Final = """
overall various numerous several natural naturally quite seems seem appears challenging challenge
challenges intense intensity invested engaging engaged entertaining fascinating frustrating
frustrated frustration performance experience experiences opportunity opportunities approach
difficulty difficult player players viewer viewers community message messages question topic topics
context content situation comment comments important essential particular specific certainly indeed
truly remarkable incredible incredibly wonderful fantastic delightful delicious flavor exciting
excitement journey victory skill skills effort process progress provide provides understand
appreciate consider suggest ensure improve helpful healthy gradually properly successfully
definitely especially usually generally typically often potential available different possible
everyone individuals discussing sharing enjoy enjoying enjoys moments moment atmosphere energy
support supportive hilarious amusing relatable enthusiasm anticipation tension dynamic memorable
options option choose such joking excited character characters gameplay game strategy strategic
zuschauer nachricht nachrichten kommentar situation herausforderung spannend spannende spannender
wichtig verschiedene besonders erfahrung moglichkeit ausserdem insgesamt spieler unterhaltsam
faszinierend gemeinsam freude erlebnis stimmung diskussion uberraschungen emotionen
situacion mensaje mensajes desafio emocionante experiencia importante diferentes jugador jugadores
espectadores comunidad ademas divertido interesante disfrutar disfruten momento estrategia
paciencia
practica general emocion ambiente
situation message messages defi passionnant passionnante experience importante differents joueur
joueurs spectateurs communaute egalement interessant profiter moment strategie patience ambiance
situacao mensagem mensagens desafio emocionante experiencia importante diferentes jogador jogadores
espectadores comunidade alem divertido interessante aproveitar momento estrategia paciencia
situazione messaggio messaggi sfida emozionante esperienza importante diversi giocatore giocatori
spettatori comunita inoltre divertente interessante godere momento strategia pazienza atmosfera
sytuacja wiadomosc wyzwanie ekscytujace doswiadczenie wazne rozne gracz gracze widzowie spolecznosc
ponadto ciekawe interesujace moment strategia cierpliwosc atmosfera emocje
ситуация сообщение сообщения вызов захватывающии захватывающая опыт важно различные игрок игроки
зрители сообщество кроме интересно момент стратегия терпение атмосфера эмоции впечатляет сложность
durum mesaj mesajlar zorluk heyecan heyecanli deneyim onemli farkli oyuncu oyuncular izleyiciler
topluluk ayrica ilginc strateji sabir atmosfer
الموقف رسالة تحدي مثير تجربة مهم مختلفة اللاعب اللاعبين المشاهدين المجتمع ايضا ممتع استراتيجية
الصبر
視聴 配信 状況 挑戦 経験 重要 様々 雰囲 興味 戦略 忍耐 緊張 非常 素晴
观众 游戏 情况 挑战 经验 重要 各种 气氛 有趣 策略 耐心 紧张 非常 精彩 玩家 主题 内容
시청 상황 도전 경험 중요 다양 분위 흥미 전략 인내 긴장 매우 훌륭 흥미진
"""
VERY_FORMAL: Final = """
chatters participants assist assistance enhance enhances enhancing additionally furthermore however
therefore moreover consequently regarding concerning lighthearted humorous witty remark acknowledge
acknowledges acknowledging perseverance determination dedication persistence techniques technique
effective effectively strategies misunderstanding respond responding response crucial valuable
encourage encouraging encourages demonstrate demonstrates showcase showcases highlight highlights
thrilling captivating immersive utilize facilitate foster fosters camaraderie resilience testament
nutritious ingredient ingredients showcasing expressing reflects conversation discussion
dementsprechend daruber hinaus bereichern wertvoll entscheidend gewahrleisten ermoglicht
asimismo ademas perseverancia determinacion fundamental garantizar fomentar enriquecedor
neanmoins toutefois perseverance determination essentiel garantir favoriser enrichissant
perseveranca determinacao fundamental garantir promover enriquecedor
perseveranza determinazione fondamentale garantire favorire coinvolgente
wytrwalosc determinacja kluczowe zapewnic wciagajaca
настоичивость решимость необходимо обеспечить способствует увлекательныи увлекательная
"""
