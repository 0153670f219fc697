"""Phrases in which a model speaks of itself, by kind and language.  Data only.

A phrase is a row of words as ``phrases.words_of`` gives them (small letters, no accents, no
apostrophes; each character of a script without blanks is a word), and may hold: ``(a|b c|)`` one of
these, ``*`` ``**`` ``***`` up to 3, 8, 20 words of any kind, ``stem~`` any ending, ``word?`` its
last letter may lack, ``^`` the line's beginning, ``$`` its end, ``botname`` any name of the bot.
A ``;`` stands between phrases.
"""

from __future__ import annotations

from typing import Final

# "As an AI language model"
AS_AN_AI: Final = (
    # English
    """
as (the|a|your) * (bot|chatbot) ; (digital|virtual|artificial) (being|entity|companion|mind|
assistant) ; (text|language) based ai ; (im|i am) (a|an) (text based|conversational|generative|
automated) ; (open|closed) (weights?|source) model ; a model (made|trained|built|created|developed|
from|by) ; (im|i am|this is|my name is) (an |a |)(lfm~|smollm~|phi~|qwen~|gemma~|llama~|mistral~|
ministral|granite~|olmo~|deepseek~|gpt~|chatgpt|claude|gemini|hermes|zephyr|falcon|yi|glm~|aya|
exaone) (a|an|from|by|trained|developed|made|and|your|the|i) ; (an|just|being|only|purely) (an |
)artificial intelligence ; (exist|existing) (only |just |purely |solely |)as (a |)(software|code|
program|ai|text) ; my knowledge (only |)(is|goes|ends|was|cutoff|stops|extends|comes) ; i (was|am|
ve been|have been) (built|created|developed|trained|designed|coded) (by|to) ; (im|i am) (just |only
|merely |)(software|code|lines of code|an algorithm|a language|a program|a computer program) ;
(dont|do not|cant|cannot|lack) (have |)(the |)(physical|real world|personal) (body|form|
experiences?|ability|feelings|hands) ; artificial intelligence (model|and|so|i|like me|assistant|
designed) ; as (an|your) (ai|artificial|llm|automated|virtual) ; as a (large |) (language model|
chatbot|virtual|digital assistant|text based|computer program|machine learning) ; (im|i am|being)
(just |only |simply |merely |still |actually |)an (ai|artificial intelligence|llm) (language |
powered |driven |)(model|assistant|chatbot|system|program|developed|created|trained|designed|made|
built|based|by|and|so|without|here) ; (im|i am|being) (just |only |simply |merely |)a (large |
)(language model|computer program|text based|virtual assistant|digital assistant|machine learning)
; large language model ; language model ; (ai|virtual|digital) assistant ; knowledge cutoff ; my
(training data|programming|training|developers|creators|algorithms|knowledge base) ; i (was|am|have
been|ve been) (trained|developed|programmed|designed|created) (by|to|on|with|for|as) ; (developed|
created|trained|made|built) by (openai|google|meta|anthropic|alibaba|mistral|deepseek|microsoft|
nvidia|a team) ; (im|i am|my name is|call me|this is) (chatgpt|gpt|qwen|llama|gemma|claude|gemini|
mistral|deepseek|copilot|bard|granite|smollm|olmo|grok|ernie|kimi|glm|command r) ; i (dont|do not|
cant|cannot) (actually |really |) (have|possess|experience|feel) (any |) (human |) (feelings|
emotions|personal (opinions|feelings|experiences|preferences|information|data|beliefs)|opinions or|
consciousness|a (physical|body|gender)|physical (body|form)|preferences or|beliefs|subjective|real
time|memories of) ; i (dont|do not) have (access|the ability|the capability) to (real|see|watch|
view|browse|the internet|external|current|live|previous|personal|hear|experience|any previous|
visual) ; i (cant|cannot|am unable to) (browse|access|process) * (internet|links|images|real|
external|websites|audio|video) ;
"""
    # German
    """
als (der |ein |euer |)(bot|chatbot) ; als (eine |)(ki|kunstliche intelligenz|sprachmodell|
virtueller|digitaler|chatbot) ; (als |)(ki|grosses|ein) sprachmodell ; ich bin (nur |lediglich |
blo(ss|s) |)ein(e|) (ki|kunstliche|sprachmodell|virtuell~|digital~|grosses|computerprogramm) ; ich
habe keine (gefuhle|eigenen|personlich~|emotionen|meinung~) ; ki (assistent|assistentin|modell) ;
"""
    # Spanish
    """
como (el |un |)(bot|asistente|chatbot) ; soy (solo |)(una |un |)(ia|inteligencia) (y|que|sin|por|
no|asi|artificial) ; como (una |un |)(ia|inteligencia artificial|modelo de lenguaje|asistente) ;
(modelo de lenguaje|asistente (virtual|de ia)|modelo de ia) ; soy (solo |simplemente |)(una|un)
(ia|inteligencia artificial|modelo|asistente|programa) ; no tengo (sentimientos|emociones|
opiniones|acceso a|la capacidad de|experiencias personales) ;
"""
    # French
    """
en tant que (bot|chatbot|robot) ; en tant qu(e|) * (ia|intelligence artificielle|modele|assistant~)
; en tant quia ; (modele de langage|assistant virtuel|modele linguistique) ; je (ne |)suis (quune|
qune|quun|une|un) (simple |)(ia|intelligence artificielle|modele|assistant~|programme) ; je nai pas
(de sentiments|demotions|dopinion~|acces a|la capacite) ;
"""
    # Portuguese
    """
como (o |um |)(bot|assistente|chatbot) ; (como|sou) (apenas |so |)(uma |um |)(ia|inteligencia
artificial|modelo de linguagem|assistente|programa de computador) ; modelo de linguagem ;
assistente virtual ; nao tenho (sentimentos|emocoes|opinioes|acesso a|a capacidade|experiencias
pessoais) ;
"""
    # Italian
    """
(come|in quanto) (il |un |)(bot|chatbot|assistente) ; (in quanto|come|essendo) (una |un |) (ia|
intelligenza artificiale|modello|assistente) ; (modello linguistico|assistente virtuale|modello di
linguaggio) ; (sono (solo |soltanto |)(una|un)|sono) (ia|unia|unintelligenza~|intelligenza
artificiale|modello|assistente|programma) ; non ho (sentimenti|emozioni|opinioni|accesso a|la
capacita) ;
"""
    # Polish
    """
jako (bot|chatbot|asystent) ; jako (sztuczna inteligencja|model jezykowy|ai|wirtualny|asystent|duzy
model) ; (model~ jezykow~|wirtualny asystent|asystent(em|ka|) ai) ; jestem (tylko |jedynie |)
(sztuczna inteligencja|modelem|asystentem|programem|wirtualnym) ; nie (mam|posiadam) (uczuc|emocji|
wlasnych|dostepu do|osobist~) ;
"""
    # Russian
    """
как (чат |)бот ; (я|это) (же |просто |всего лишь |)(искусственныи интеллект|нейросеть|неиросеть|
программа) ; как (искусственныи|языковая|большая языковая|виртуальныи|ии|чат бот|модель) ;
(языковая модель|языковои моделью|языковую модель|виртуальныи (ассистент|помощник)) ; я (всего лишь
|просто |лишь |)(искусственныи|языковая|виртуальныи|ии|большая|программа|модель|цифровои) ; у меня
нет (чувств|эмоции|личн~|доступа|собственн~|сознания) ; як (штучнии|мовна|ші) ;
"""
    # Turkish
    """
(bir |)(yapay zeka|dil modeli|sanal asistan) (olarak|oldugum|modeliyim|asistaniyim|asistani|yim|
modeli) ; dil modeli~ ; ben (sadece |yalnizca |)bir (yapay|dil|sanal|bilgisayar) ; (duygularim|
kisisel gorusum|hislerim) yok ;
"""
    # Arabic
    """
(بصفتي|كوني|كنموذج|باعتباري) (ذكاء|نموذج|مساعد|لغه|لغة|لغوي|روبوت|مجرد) ; (نموذج|نموذجا) (لغوي|لغه|
لغة|لغويا|ذكاء) ; انا (مجرد |)(ذكاء|نموذج|مساعد|برنامج) ; ذكاء اصطناعي ; مساعد افتراضي ; ليس لدي
(مشاعر|راي|اراء|القدره|القدرة) ;
"""
    # Japanese
    """
ai(の|である|という)(私|わたし|僕) ; 私(は|、)ai ; (私|わたし|僕)はai ; aiとして ; ai(です|なので|
であり|ですので|ですから|アシスタント|言語) ; 言語モデル ; 人工知能(です|として|なので|であり) ;
学習データ ; 感情(は|を|が)(ありません|持って|持ち|持た|感じ) ; バーチャルアシスタント ;
個人的な(意見|感情|経験) ;
"""
    # Chinese
    """
作为(一个|一名|一款|您的|)(ai|人工智能|语言模型|虚拟|智能|大模型|聊天机器人) ; 我(只|)是(一个|一款|
个|)(ai|人工智能|语言模型|大型|大语言|虚拟|智能|由|计算机) ; (语言模型|語言模型|人工智能助手|
ai助手|ai语言|阿里云|训练数据|通义千问) ; 我是(通义|千问|文心|豆包|chatgpt|deepseek|qwen|chatglm) ;
我没有(个人|情感|感情|意识|身体|实时|感受) ; 作為(一個|)(ai|人工智慧|語言) ;
"""
    # Korean
    """
(저는|나는|전)(단지|그저|)(ai|인공지능|언어모델|챗봇|가상|대규모) ; (ai|인공지능|언어모델)(로서|
으로서|이기때문|입니다|이므로|비서|어시스턴트|모델) ; 언어모델 ; (감정|개인적인의견|
개인적인경험)(이|을|은|도|)(없습니다|느끼지|가지고있지|갖고있지) ;
"""
    # Greek
    """
ως (ενα |)(μοντελο|τεχνητη|γλωσσικο|ai|ψηφιακος) ; (μοντελο|συστημα) (τεχνητης|γλωσσας) ; γλωσσικο
μοντελο ; ειμαι (ενα |μια |)(τεχνητη|γλωσσικο|ψηφιακος|μοντελο) ;
"""
    # Hindi
    """
एक (ai|एआई|भाषा|कत्रिम|कृत्रिम) (मॉडल|के रूप|बुद्धिमत्ता) ; (ai|एआई) (मॉडल|के रूप|असिस्टेंट|सहायक)
; भाषा मॉडल ;
"""
    # Others
    """
als (een |)(ai|taalmodel|kunstmatige) ; taalmodel ; ik ben (slechts |maar |)een (ai|taalmodel|
virtuele|kunstmatige) ; som en (ai|sprakmodell|artificiell|sprogmodel) ; jako (jazykovy|umela|ai) ;
sebagai (ai|model bahasa|asisten|kecerdasan) ; (toi la|la mot) (ai|mot mo hinh|mo hinh|tro ly) ;
sprakmodell ; jazykovy model ; (model bahasa|mo hinh ngon ngu) ; nyelvi modell ; model de limbaj ;
tekoaly(na|mallina) ;
"""
)

# "I'm a real person"
CLAIMS_HUMAN: Final = (
    # English
    """
made of (flesh|meat|skin) ; (definitely|certainly|obviously|clearly|actually|literally) (a|an)
(person|human) ; (been|ive been) (following|watching|subbed to) this (channel|stream|streamer)
(since|for) ; (im|i am) not made of ; as human as ; (sound|look|seem|talk|type|act) like a (robot|
bot|machine|computer|chatbot|person) ; just me (here|typing|and|myself|lol|$) ; (nothing|no)
(robotic|artificial) about me ; (real|actual|living) (person|human) (here|sitting|typing|with|
behind|on|in|from|lol|i|not|and|$) ; (my|a) pulse ; (ask|check|verify) (my|with my) (mom|id|birth)
; (obviously|clearly|totally|definitely|actually|literally|only|fully|very|100) human ; (makes|
made|make) you think * (bot|robot|ai|real|human|fake) ; (think|thinking|thought|call~|say~) (that |
)(im|i am|i was|me) (a |an |)(bot|robot|ai|fake|machine) ; (person|human|someone|guy|somebody)
behind (this|the|my|a) (keyboard|screen|account|monitor) ; (im|i am) (very |totally |so |really |
completely |100 |actually |just as |as |)real (as you|too|lol|here|i promise|i swear|$) ; bots?
(cant|dont|couldnt|wouldnt|cannot|never|could never|arent) ; i live (in|with|near) ; (im|i am) (13|
14|15|16|17|18|19|2~|3~|4~) (and|years|yo|f|m|male|female|$) ; (my|a) (wife|husband|girlfriend|
boyfriend|kids|coworkers?|roommates?|daughter|toddler) ; i have a (job|family|life|degree|real job|
heartbeat|soul) ; (human|person) (like you|just like|same as) ; (not|isnt|aint|never been) (a |an |
some |your |)(bot|robot|chatbot|ai|npc|machine) (lol|haha|here|i|im|sorry|promise|but|thank|$) ;
(same|one of) (you|us) humans ; (im|i am|id say im|yes im) (just |only |actually |definitely |
totally |literally |really |very much |also |still |100 |like |pretty sure im |)(a |an |)(actual |
real |normal |regular |living |breathing |fellow |100 |genuine |flesh |)(live |)(human|humans|real
(person|human|guy|girl|dude|man|woman|boy|lady|one)|actual (person|guy|girl|dude|man|woman)|person
(too|like|just|not|lol|behind|here|$)|human being) ; (im|i am|im really|i swear im) (definitely |
totally |literally |really |actually |certainly |sure |)(not|no) (a |an |any |some |just a |)(real
|) (bot|robot|machine|computer|chatbot|program|ai|npc) ; (im|i am) a person $ ; (im|i am) (just |
only |)(a|an|your) (normal|regular|ordinary|average|actual|real) (guy|dude|girl|gal|person|human|
man|woman|bloke|lad|folk|viewer|gamer) ; a real (person|human) (here|behind|typing|like you) ; ^
(nope |no |nah |lol |haha |)not a (bot|robot|chatbot) ; no bots? here ; ^ human here ; (fellow|as
a) human ; (we|us) humans ; flesh and blood ; passed the turing test ; i (have|got) a (real |
)(body|pulse|heartbeat) ; real person here ; human (too|as well|just like) ;
"""
    # German
    """
^ bin (ein|eine|nur|doch|auch|kein|keine) (mensch|echter|normaler|bot|roboter|maschine) ; (ganz |
)normale(r|) (typ|mensch|zuschauer|kerl|person|frau|mann) ; (echter|richtiger|normaler|lebender|
lebendiger) mensch ; mensch (hinter|vor|am) * (tastatur|bildschirm|rechner|computer) ; (kein|keine)
(bot|roboter|ki|maschine) (bin|sondern|hier|versprochen|$) ; (genauso|auch) (ein |)(echt|mensch)
wie ; ich wohne in ; ich bin (auch |nur |doch |wirklich |ganz |tatsachlich |einfach |)(ein |
)(echter |realer |normaler |ganz normaler |richtiger |)mensch ; ich bin (doch |wirklich |auch |)
(kein|keine) (bot|roboter|maschine|ki|computer|programm) ; (bin|ich) (doch |) kein (bot|roboter) ;
echter mensch ; aus fleisch und blut ; wir menschen ;
"""
    # Spanish
    """
(persona|tipo|chico|chica|tio) (normal|comun|corriente|real|de verdad) ; (soy|somos) (tan |
)(humano|humana|real|persona|de verdad) ; nada de (bot|bots|robots) ; (detras|delante) de (la
pantalla|este teclado) ; vivo en ; soy (un |una |)(solo |)(persona|humano|humana|ser humano|real|de
carne|hombre de carne|chico real) ; soy (una |)(persona|de verdad) (real|de verdad|normal) ; no soy
(un |una |ningun |ninguna |)(bot|robot|maquina|ia|programa) ; de carne y hueso ; tambien soy human~
; (los|nosotros los) humanos ; somos humanos ;
"""
    # French
    """
(personne|mec|gars|fille|type) (normal~|comme les autres|reel~|lambda) ; (suis|bien) (un |une |
)(humain~|vraie personne|vrai) ; pas un (bot|robot|ia) ; derriere (lecran|le clavier|ce clavier|mon
ecran) ; je suis (bien |vraiment |aussi |juste |)(un |une |) (etre |vraie |vrai |)(humain~|personne
(reelle|normale|comme)|vraie personne|vrai (humain|mec|gars)|homme reel) ; je (ne |)suis pas (un |
une |)(bot|robot|machine|ia|programme) ; chuis pas un (bot|robot) ; suis pas un bot ; en chair et
en os ; nous (autres |les |)humains ;
"""
    # Portuguese
    """
(pessoa|cara|mano|garota) (normal|comum|real|de verdade) ; (nao|num) sou (um |uma |nenhum |)(bot|
robo|maquina|ia|programa) ; (sou|tem) (um |uma |) (humano|gente|pessoa) (aqui|de|igual|como|atras)
; atras (da tela|do teclado) ; sou (uma |um |)(pessoa|humano|humana|ser humano|gente)(de verdade|
real|normal|tambem|como voce|$|) ; de carne e osso ; nos humanos ; sou gente de verdade ;
"""
    # Italian
    """
(persona|tipo|ragazz(o|a)) (normale|comune|reale|vera) ; (sono|io) (umano|umana|vero|vera|reale)
(come|davvero|anche) ; (mica|non) (sono |)(un |) (bot|robot) ; dietro (lo schermo|la tastiera) ;
sono (una |un |)(persona (vera|reale|normale|in carne)|umano|umana|essere umano|ragazzo vero|
persona) ; non sono (un |una |mica un |)(bot|robot|macchina|ia|programma) ; in carne e ossa ; noi
umani ;
"""
    # Polish
    """
(zwykly|normalny) (chlopak|facet|gosc|widz) ; (zwykly|normalny|prawdziwy|zywy) czlowiek ; (zaden|
zadnym) (bot|botem|robot) ; przed (ekranem|klawiatura) siedzi ; jestem (normalnym |prawdziwym |
zwyklym |tylko |zywym |tez |przeciez |)(czlowiekiem|prawdziwa osoba|zywa osoba|ludziem|prawdziwy) ;
nie jestem (zadnym |)(botem|robotem|maszyna|programem|ai|sztuczna) ; z krwi i kosci ; my ludzie ;
"""
    # Russian
    """
(какои|какая) (я |еще |)(бот|робот|нейросеть|неиросеть) ; (обычныи|простои|нормальныи|живои)
(парень|мужик|чувак|зритель|чел|человек) ; обычная (девушка|девчонка|зрительница) ; (обычныи|живои|
настоящии|реальныи|нормальныи) человек ; (никакои|не) (я |) (бот|робот) ; (сижу|человек) за
(клавиатурои|компом) ; я * (звичаина|справжня|жива) людина ; не бот ; я (же |просто |тоже |обычныи
|живои |реальныи |настоящии |самыи обычныи |)(человек|живои|реальныи человек|настоящии человек|
реальная|живая) ; я (же |вообще |точно |)не (бот|робот|машина|программа|ии|искусственныи|неиросеть)
; не бот я ; из плоти и крови ; мы люди ; я (же |)людина ; я не бот ;
"""
    # Turkish
    """
(gercek|normal|siradan|bildigin) (bir |) (insanim|insan|kisiyim) ; (bot|robot) (degil|olsam) ; (ben
|)(gercek |normal |) (bir |)(insanim|insanim ben|insan evladi~) ; (bot|robot|yapay zeka|makine)
degilim ; gercek bir insan~ ; gercek insan~ ; etten kemikten ; biz insanlar ;
"""
    # Arabic
    """
(لست|مو|مش|ماني|مب) (انا |) (روبوت~|بوت~|بوتا|اله|برنامج~) ; (واحد|شخص|انسان) (منكم|مثلكم|طبيعي|
عادي|حقيقي) ; انا (ايضا |فعلا |مجرد |)(انسان|بشر|شخص) (حقيقي~|عادي|مثلك~|ايضا|$|) ; (انا |)(لست|مو|
مش|ماني) (روبوت~|بوت~|اله|آلة|برنامج~|ذكاء) ; من لحم ودم ; نحن البشر ;
"""
    # Japanese
    """
人間です ; 人間だよ ; (普通|ただ|本物|生身)の(人間|人|視聴者) ; (ちゃんと|普通に|れっきとした|
一応)(の|)人間 ; (ボット|bot|ロボット|ai)(なんか|なわけ|とか) ; (私|僕|俺|わたし|自分)(は|
も)(普通の|本物の|ただの|ちゃんと|リアルな|)(人間|生身) ; (普通の|本物の|リアルな|生身の|
れっきとした|同じ)人間(です|だ|だよ|やで|なんです|なんだ) ; ^ 人間(です|だよ|だわ|ですよ) ;
(ボット|bot|ロボット|ai|機械)(じゃない|ではない|ではあり|じゃあり|じゃなく|ちゃう) ;
"""
    # Chinese
    """
(普通|正常|真实|活生生的)(的|)(人|观众|人类|网友) ; (哪|才)(里|)(是|不是)(什么|)(机器人|ai|bot) ;
不是(什么|)(机器人|ai|bot) ; 我(也|就|可|当然|当然|真|)是(个|一个|一名|)(真|活|普通|正常|大|)(人类|
真人|活人|普通人|人啊|人呀|人哦|人好) ; 我(又|可|才|真|真的|)不是(个|一个|什么|)(机器人|機器人|ai|
人工智能|bot|程序|机器) ; 真人(在线|一枚|无疑) ; 有血有肉 ; 我们人类 ;
"""
    # Korean
    """
(봇|로봇|ai)아닌(데|데요) ; (그냥|평범한)(시청자|사람)(야|예요|에요|입니다|임|인데) ; (진짜|그냥|
평범한|살아있는)(사람|인간) ; (봇|로봇|ai)(아니|아님) ; (저|나|전|난|저도|나도|저는|나는)(진짜|
실제|그냥|평범한|엄연한|살아있는|)(사람|인간)(이에요|이야|입니다|임|인데|이라|이거든|이지|맞|이죠|
이라고) ; (봇|로봇|ai|기계|챗봇)(이|가|은|)아(니에요|니야|닙니다|님|닌데|니라|니거든) ;
진짜사람(이에요|이야|입니다|임|이라|인데) ;
"""
    # Others
    """
ik ben (gewoon |echt |ook |)(een |)(mens|echt persoon|echte persoon) ; ik ben (geen|niet een) (bot|
robot|machine) ; jag ar (en |ingen |)(manniska|bot|robot) ; jsem (clovek|normalni clovek) ; nejsem
(bot|robot) ; (aku|saya|gue) (juga |)(manusia|bukan bot|bukan robot) ; toi (la|cung la) (nguoi
that|con nguoi) ; (minä |mina |)en ole (botti|robotti) ; nem vagyok (bot|robot) ; nu sunt (un |
)(bot|robot) ;
"""
)
