"""Phrases that are not the bot's to say: the streamer's promises, and thanks for money.  Data only.

The bot has nothing to give away, sets no time for the next stream, and sees no payments.  A viewer
may guess what comes next; so a phrase names what is promised, or when.

A phrase is a row of words as ``phrases.words_of`` gives them (small letters, no accents, no
apostrophes; each character of a script without blanks is a word), and may hold: ``(a|b c|)`` one of
these, ``*`` ``**`` ``***`` up to 3, 8, 20 words of any kind, ``stem~`` any ending, ``word?`` its
last letter may lack, ``^`` the line's beginning, ``$`` its end, ``botname`` any name of the bot.
A ``;`` stands between phrases.
"""

from __future__ import annotations

from typing import Final

# "The streamer will unban you tomorrow"
PROMISE: Final = (
    # English
    """
(ill|i will|i can|im going to|im gonna|well|we will|were going to|were gonna|hell|he will|hes
going to|hes gonna|shell|she will|shes going to|shes gonna|theyll|they will|theyre going to|(the |
your |our |)(streamer|host|broadcaster|mods|moderators|team) (will|can|is going to|are going to|is
gonna|promises? to)) (definitely |surely |totally |gladly |then |also |) (unban|untimeout|refund|
reimburse|compensate|(mod|vip|raid|host|promote|feature|gift|reward) (you|your|u|everyone|
everybody|chat|someone|one of)|(give|gift|send|grant|get|buy|award) (you|u|everyone|everybody|all|
chat|someone|them|the winner|the chat) * (subs?|vip|mod|bits|points|money|prizes?|keys?|codes?|
skins?|merch|shoutouts?|refund|gift~|badges?|emotes?|roles?)|(give|gift|hand|send) (away|out) *
(subs?|keys?|prizes?|codes?|skins?|merch|money|bits)|(do|run|hold|host|start|have) (a|an|another|
the) * (giveaway|raffle|tournament|viewer games?|subathon|charity stream|meetup)|play (with|
against) (the |some |)(viewers|subs|subscribers|chat|you|everyone|anyone) * (tomorrow|tonight|
later|next|after|soon)|(stream|be live|go live|be back live|be streaming|start streaming) (again |
)(tomorrow|tonight|later|next|every|on|at)) ; (the |your |our |)(streamer|host|broadcaster) *
(promises|promised|guarantees) ; (he|she|we) (promises|guarantees|promise|guarantee) (you|to|that)
; you(ll|will|are going to|re going to|ve|have|) (get|receive|win|won|earn|be given|been given|be)
(a |an |the |your |our |another |)(free |special |exclusive |)(vip|modded|unbanned|refunded|sub
from|gifted|giftsub|gift sub|free sub|sub|prize|shoutout|refund|merch|reward) ; (giveaway|raffle)
(starts|begins|is (on|live|starting|coming|at|tomorrow|tonight|in)|at|in|ends|tomorrow|tonight|
soon) ; (next|the next|our next|his next|her next) stream (is|will be|starts|begins) (on|at|
tomorrow|tonight|in|monday|tuesday|wednesday|thursday|friday|saturday|sunday|next|going to) ; (we|
hes|shes|he is|she is|were|we are|theyre) (are |)(live|streaming|back|stream) (again |live |
)(tomorrow|tonight at|on (monday|tuesday|wednesday|thursday|friday|saturday|sunday)|every|at (1~|
2~|3~|4~|5~|6~|7~|8~|9~)|next (week|monday|tuesday|wednesday|thursday|friday|saturday|sunday)) ;
(see|catch) (you|ya|u|yall|everyone|you all|you guys) (all |guys |)(in the next stream|(tomorrow|
next (week|time|stream|monday|friday)) (for|at|on) (the |another |our |)(stream|(1~|2~|3~|4~|5~|
6~|7~|8~|9~)|next)) ;
"""
    # German
    """
(ich|wir|er|sie|(der|die|euer|unser) (streamer|streamerin|mods|moderatoren)) (werde~|wird|kann|
konnen) * (dich|dir|euch|allen|jedem|ihn|den chat) * (entbannen|entsperren|(vip|mod|einen sub|
subs|bits|punkte|geld|preise|keys?|codes?|merch) (geben|schenken|schicken)|raiden|erstatten) ;
(ich|wir|er|sie) (entbanne|entbannen|entbannt|entsperre|entsperren|entsperrt) (dich|euch|ihn) ;
(du|ihr) (bekommst|bekommt|kriegst|kriegt|gewinnst|gewinnt|erhaltst|erhaltet) (noch |gleich |dann
|spater |)(vip|mod|einen (gratis |)(sub|preis|shoutout|key|code)|den (sub|preis|key|code)|eine
belohnung) ; (gewinnspiel|verlosung|giveaway) (startet|beginnt|ist (um|morgen|am|gleich)|um|
morgen|kommt) ; (wir|ich|er|sie) (machen|mache|macht|starten|startet) (gleich|nachher|spater|
morgen|noch|bald) * (gewinnspiel|verlosung|giveaway|zuschauerrunde~|community (abend|runde)|
turnier) ; (nachster|der nachste|unser nachster) stream (ist|kommt|startet|beginnt|findet) (am|um|
morgen|nachste~|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag) ; (wir|er|sie|ich)
(streamen|streamt|streame|sind|ist|bin|gehen|geht) (wieder |)(morgen|am (montag|dienstag|mittwoch|
donnerstag|freitag|samstag|sonntag)|um (1~|2~|3~|4~|5~|6~|7~|8~|9~)|nachste woche) (wieder |
)(live|online|um|ab|$) ; (er|sie|der streamer|die streamerin|wir) (verspricht|versprechen|
garantiert|garantieren) ; (er|sie|wir) (spielt|spielen) (gleich|nachher|spater|morgen) (noch |)mit
(den |)(zuschauer~|subs|euch|dir) ;
"""
    # Spanish, Portuguese, Italian, French
    """
(el streamer|la streamer|te|os|les|nos|le) (va~ a |)(regalare~|regalara~|regalar|dare|daremos|
dara|daran|dar|desbaneare|desbaneara|desbanear|enviare|enviara|enviar|hare|hara|devolvera~) (a
todos |)(un |una |el |la |tu |)(vip|mod|sub|subs|suscripcion~|bits|premio|dinero|puntos|clave|
shoutout|baneo|reembolso|camiseta) ; te (voy a|vamos a|van a|va a) desbanear ; te desbaneo ;
(ganaras|recibiras|tendras|ganaste) (un|una|el|la|tu) (vip|mod|sub|premio|suscripcion|shoutout) ;
(sorteo|giveaway) (empieza|comienza|sera|es (manana|a las|el)|manana|a las) ; (haremos|vamos a
hacer|hara|va a hacer) (un |otro |el |)(sorteo|giveaway|torneo) ; proximo (directo|stream) (es|
sera|empieza) (el|a las|manana) ; (volvemos|vuelve|volvera|estaremos|estara) (a estar |)en
(directo|vivo) (el|manana|a las) ; (el streamer|la streamer) (promete|garantiza|va a jugar con|
jugara con) ; (o streamer|a streamer|ele|ela|nos|a gente|eu|vou|vamos) (vai|vou|vamos|ira|) (te |
vos |)(dar|desbanir|mandar|sortear|presentear|devolver) (o |a |um |uma |todo mundo |voce |pra voce
|)(vip|mod|sub|subs|inscric~|bits|premio|dinheiro|pontos|chave|ban|voce|key) ; voce (vai ganhar|
ganhou|vai receber) (um |uma |o |a |)(vip|mod|sub|premio|inscricao) ; sorteio (comeca|sera|e
amanha|amanha|as) ; (vai ter|teremos|faremos|vamos fazer) (um |outro |)(sorteio|torneio) ; proxima
live (e|sera|comeca) (as|amanha|na|no|dia) ; (a live|a gente|ele|ela) volta (amanha|na|as|segunda|
terca|quarta|quinta|sexta|sabado|domingo) ; (o streamer|a streamer) (promete|garante|vai jogar
com) ; (lo streamer|la streamer|ti|vi) (dara|daro|daremo|regalera|regalero|regaleremo|regalo|
sbannera|sbannero|sbanno|sbanneremo|manda|mandero|rimborsera) (a tutti |)(il |un |una |la |)(vip|
mod|sub|abbonament~|labbonamento|bit|premio|soldi|punti|chiave|ban|domani|dopo|$) ; (vincerai|
riceverai|hai vinto|avrai) (un |una |il |la |)(vip|mod|sub|premio|abbonamento) ; giveaway (inizia|
parte|sara|e domani|domani|alle) ; (faremo|fara|facciamo) (un |un altro |)(giveaway|torneo|
estrazione) (domani|dopo|stasera|alle|piu) ; prossima (live|diretta) (e|sara|inizia) (domani|alle|
lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica) ; (torniamo|torna|tornera|saremo|sara)
(live|in live|in diretta) (domani|alle|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica) ;
(lo streamer|la streamer) (promette|garantisce|giochera con) ; (je|on|il|elle|nous|le streamer|la
streameuse|les modos) (vais|va|vont|allons|) (te|vous|toffrir|tenvoyer) (deban|debannir|debannera|
offrir|offre|donner|donnera|envoyer|rembourser|nommer|passer) ; (je|il|elle|on) (va|vais)
(toffrir|tenvoyer|te donner|vous offrir|vous donner) ; tu (vas|as) (gagner|gagne|recevoir|recu|
avoir) (un |une |le |la |ton |)(vip|mod|modo|sub|abonnement|cadeau|lot) ; (concours|giveaway|
tirage) (commence|debute|est (demain|a)|demain|a (1~|2~)) ; (on|il|elle) (va faire|fera|fait) (un|
un autre) (concours|giveaway|tournoi|tirage) ; prochain (stream|live) (est|sera|commence|cest)
(demain|a|le|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) ; (on|il|elle|nous) (sera|
serons|revient|est) (en |)(live|stream) (demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|
dimanche|a (1~|2~)) ; (le streamer|la streameuse) (promet|garantit|jouera avec|va jouer avec) ;
"""
    # Polish, Russian, Ukrainian, Turkish, Dutch, Swedish, Greek, Vietnamese
    """
(odbanuje|odbanujemy|odbanuja|rozbanuje) (cie|was|go) ; (dostaniesz|wygrasz|wygrales|otrzymasz)
(vipa|vip|moda|suba|sub|nagrode|klucz|shoutout) ; (streamer|on|ona|my|ja) (da|damy|dam|podaruje|
podarujemy|rozda|rozdamy) (ci |wam |wszystkim |kazdemu |)(suba|suby|vipa|moda|bity|nagrod~|klucz~|
pieniadze) ; (konkurs|rozdanie|giveaway) (startuje|zaczyna|bedzie|jest jutro|jutro|o (1~|2~)) ;
(nastepny|kolejny) stream (jest|bedzie|startuje) (jutro|o|w) ; (wracamy|wraca|bedziemy|bedzie) na
(zywo|live) (jutro|o|w) ; (streamer|streamerka) (obiecuje|gwarantuje|zagra z) ; (стример|он|она|
мы|я|модеры|модераторы) (тебя|тебе|вам|вас|всем|обязательно|) (разбан~|подари~|дади~|даст|дам|
разыгра~|вернет деньги|выдаст|выдадим) (тебя|тебе|вам|всем|) (випк~|вип|модерк~|подписк~|саб~|
битс~|приз~|ключ~|деньги|завтра|позже|потом|$) ; ты (получишь|выиграл|выиграла|выиграешь) (випку|
вип|модерку|подписку|приз|ключ|саб~) ; (розыгрыш|конкурс) (начн~|будет|стартует|завтра|в (1~|2~))
; (следующии|новыи) стрим (будет|начнется|завтра|в) ; (стрим|эфир) будет (завтра|в|вечером в|
послезавтра) ; (стример|стримерша) (обещает|обещал|обещала|гарантирует|сыграет с) ; (стример|він|
вона|ми|я) (тебе |тобі |вам |всім |)(розбан~|подару~|дасть|дам|розігра~) (тебе|тобі|вам|всім|)
(віп~|модер~|підписк~|саб~|приз~|ключ~|завтра|$) ; (розіграш|конкурс) (почнеться|буде|завтра) ;
наступнии стрім (буде|почнеться|завтра|о) ; (стример|стримерка|стрімер) обіцяє ; (banini|
banlarini) (acacag~|kaldiracag~|acacaklar|kaldiracaklar) ; (sana|size|herkese) (vip|mod|abone~|
sub|odul|hediye|bit|kod|key) (verecek~|verecegiz|verecegim|gonderecek~|hediye edecek~) ; cekilis
(basliyor|baslayacak|yarin|saat|birazdan) ; (sonraki|bir sonraki) yayin (yarin|saat|pazartesi|
sali|carsamba|persembe|cuma|cumartesi|pazar) ; (yarin|cuma|cumartesi|pazar) (saat * |)(yayindayiz|
yayindayim|yayin acacag~) ; yayinci (soz veriyor|garanti) ; (ik|we|hij|zij|ze|de streamer) (zal|
zullen|gaat|gaan|ga) (je|jou|jullie|iedereen) * (unbannen|deblokkeren|(vip|mod|een sub|subs|bits|
een prijs) (geven|sturen)) ; (je|jij|jullie) (krijgt|krijgen|wint|hebt gewonnen) (een |de |
)(gratis |)(vip|mod|sub|prijs|shoutout) ; (giveaway|winactie|loting) (begint|start|is (morgen|om)|
morgen) ; (volgende|de volgende) stream (is|begint|start) (om|op|morgen) ; (we|hij|zij) (zijn|is|
gaan|gaat) (morgen|om (1~|2~)|op (maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag))
(weer |)live ; de streamer (belooft|garandeert) ; (jag|vi|han|hon|streamern) (ska|kommer att|kan)
(avbanna|ge (dig|er|alla) (vip|mod|en sub|subs|bits|ett pris)|lotta ut) ; du (far|vinner|vann) (en
|ett |)(gratis |)(vip|mod|sub|pris|shoutout) ; (utlottning~|giveaway) (borjar|startar|ar (imorgon|
kl)) ; nasta stream (ar|borjar) (imorgon|pa|kl) ; streamern (lovar|garanterar) ; (ο στριμερ|ο
streamer|θα) (θα |)(σε |σας |σου |)(ξεμπαναρει|ξεμπαναρω|δωσει|δωσω|δωσουμε|χαρισει) (σε |σας |
)(ολους |)(vip|mod|sub|δωρο|δωρα|επαθλο|αυριο|$) ; κληρωση (ξεκιναει|ξεκινα|αυριο|στις) ; επομενο
στριμ (ειναι|αυριο|στις) ; (streamer|minh|chung toi|tui|anh ay|chi ay) se (unban|go ban|tang|cho)
(ban |moi nguoi |ca nha |)(sub|vip|mod|qua|bits|code|$|ngay) ; ban se (duoc|nhan) (sub|vip|mod|
qua|giai) ; (buoi|live|stream) (toi|tiep theo) (la|luc|vao) (luc|ngay|thu|mai|$|8~|7~|9~) ;
giveaway (bat dau|luc|ngay mai) ;
"""
    # Arabic, Japanese, Chinese, Korean, Hindi
    """
(الستريمر|البثاث|صاحب البث|راح|سوف) (راح |سوف |)(يفك|افك|نفك|يعطيك|نعطيك|يعطيكم|نعطيكم|يهديك|يرسل)
(الباند|الحظر|لك|لكم|vip|مود|اشتراك|هديه|هدية|جايزه|جائزة|عنك|باند) ; (سحب|الجيف اواي) (يبدا|بكره|
غدا|الساعه|الساعة) ; البث (القادم|الجاي) (بكره|غدا|الساعه|الساعة|يوم) ; (راح|سوف) (نبث|يبث) (بكره|
غدا) ; (配信者|主)(が|は)**(約束|あげます|プレゼントします|解除します|当選) ; (banを|バンを|
タイムアウトを)(解除します|解除するよ|解きます) ; (vip|モデレーター|モデ|サブ|サブスク)(を|
に)(あげます|あげるよ|プレゼント|して あげ|します) ; (プレゼント企画|抽選会|抽選|視聴者参加型)(を|
は|が)**(やります|始まります|始めます|行います|開催) ; (次回|次|明日)の?配信(は|も)**(時|曜日|
やります|あります|します) ; 明日(も|は)**(配信します|配信やります|時から配信) ; (主播|我们|我|他|
她)(会|要|将|马上|明天|等下|待会)**(抽奖|解封|解禁|送(你|大家|粉丝|观众)|发(福利|红包|奖品)|给(你|
大家)**(上管|vip|房管|舰长|红包|福利|礼物)|带(粉丝|观众|水友)|封你) ; (主播|他|她)(保证|承诺|答应)
; (抽奖|福利|水友赛)(马上|今晚|明天|即将|在|几点)**(开始|点|开奖) ; (明天|今晚 |下次|周末)**(点|
准时)**(直播|开播) ; 下次(直播|开播)(是|在|时间) ; 你(会|将|可以)(得到|获得|收到)**(奖品|vip|房管|
礼物|红包) ; 你中奖了 ; (방장|스트리머|우리|제|내)(이|가|님이|님은|는|은|)**(밴|차단|
타임아웃)**(풀어|해제) ; (밴|차단)(을|) (풀어드릴|풀어 드릴|풀어줄게|해제해) ; (구독권|vip|매니저|
구독|상품|선물)(을|를|)**(드릴게|드립니다|줄게요|줄게|쏠게|쏩니다|드려요) ; (추첨|이벤트|시참)(은|
을|이|)**(시작합|시작해|할게요|합니다|진행) ; 다음방송(은|는|)**(시|요일|내일|입니다|예요) ;
내일(도|은|)**(방송합|방송할게|방송해요|방송켭|시에방송|시방송) ; (방장|스트리머)(님|)(이|은|
)**약속 ; (स्ट्रीमर|हम|वो|मैं) (आपको|तुम्हें|सबको|तुझे) * (अनबैन|वीआईपी|vip|सब|इनाम|गिफ्ट|मॉड) ;
(गिवअवे|giveaway) (कल|शुरू|आज) ; अगली स्ट्रीम (कल|आज|रात|शाम) ; स्ट्रीमर (वादा|गारंटी) ;
"""
)

_SUPPORT = (
    "(subs?|subscription~|resubs?|bits|cheers?|dono|donos|donation~|donating|gift~|giftsubs?"
    "|superchat~|hype train|subbing|resubbing|subscribing|cash|money|dollars?|euros?|bucks|primes?"
    "|prime sub)"
)

# "Thank you for the 100 bits!"
THANKS: Final = (
    # English
    f"""
(thanks|thank (you|u|ya)|thankyou|thx|thnx|tyvm|tysm|ty|cheers|props|shoutout|shout out|(big |huge
|)(love|ups|respect)|appreciate~) (you |u |so much |very much |a lot |a ton |to |) * (for|4) *
{_SUPPORT} ; (thanks|thank (you|u|ya)|thx|tysm|ty) (for |4 |)(the |that |your |those |all the |
these |)* {_SUPPORT} $ ; (thanks|thank you|thx|ty|tysm) * (for|4) (subbing|subscribing|gifting|
donating|cheering|the (support|tip jar)) ; (appreciate|appreciated|thanks|thank you) (the|that|
your|all the) * {_SUPPORT} ; welcome to the (sub|subs|subscriber|sub squad|sub club) ; thanks? *
(for|4) (the |your |)(generous|generosity|tipping) ;
"""
    # German, Dutch, Swedish
    """
(danke|dankeschon|vielen dank|tausend dank|merci|herzlichen dank|besten dank|wir danken|ich danke|
danken|dank) (dir |euch |schon |sehr |vielmals |an |) * (fur|furs|fuer) * (subs?|abos?|
abonnement~|bits|spenden?|donation~|donations?|geschenk~|gifts?|resubs?|cheers?|primes?|
subscription~|geld|euro) ; (bedankt|dank je|dankje|dank jullie|dankjewel|dank u) (wel |) * voor *
(subs?|abonnement~|bits|donatie~|gifts?|cadeau~|resubs?|geld|euro) ; (tack|tackar|tusen tack) (sa
mycket |dig |) * for * (suben|subs?|prenumeration~|bits|bitsen|donation~|gavan|gavor~|pengarna|
resub~) ;
"""
    # Spanish, Portuguese, Italian, French
    """
(gracias|muchas gracias|mil gracias|agradecido|agradecemos|agradezco) (a * |) * (por|x) * (subs?|
suscrip~|suscribir~|bits|donacion~|donar|resubs?|regalo~|regalar|dinero|euros|prime) ; (obrigado|
obrigada|valeu|brigado|brigada|vlw|agradeco|agradecemos) * (pelo|pela|pelos|pelas|por) * (subs?|
inscric~|bits|doac~|donate|donates|pix|presente~|resubs?|dinheiro|reais|prime) ; (grazie|
ringrazio|ringraziamo) * (per|del|della|dei|delle|degli) * (subs?|abbonament~|labbonamento|bit|
bits|donazion~|regal~|resubs?|soldi|euro|prime) ; (merci|mille mercis|je remercie|on remercie) *
(pour|des|du) * (subs?|abo|abos|abonnement~|labonnement|bits|dons?|donation~|cadeau~|resubs?|
argent|euros?|prime) ;
"""
    # Polish, Russian, Ukrainian, Turkish, Greek, Vietnamese
    """
(dzieki|dziekuje|dziekujemy|wielkie dzieki) * za * (suba|suby|subka|subskryp~|bity|bitsy|donate~|
donejt~|wplat~|prezent~|resuba|pieniadze|prime) ; (спасибо|спс|благодарю|благодарим|пасиб|пасиба)
* за * (подписк~|саб~|сабк~|битс~|биты|донат~|донатик|подарок|подарк~|гифт~|деньги|рублеи|рубли|
праим~) ; (дякую|дякуємо|дякуемо|спасибі) * за * (підписк~|саб~|битс~|біти|донат~|подарун~|гроші)
; (abonelik|abone|sub|bit|bits|bagis|donate|hediye|para) * (icin|ıcin) * (tesekkur~|sagol|sag ol|
eyvallah) ; (tesekkurler|tesekkur|sagol) * (abonelik|bagis|bit|donate|sub) * icin ; (ευχαριστω|
ευχαριστουμε) * (για|το|τα) * (sub|subs|bits|συνδρομη|δωρεα|donate~) ; cam on * (sub|subs|bits|
donate|ung ho|qua tang) ;
"""
    # Arabic, Japanese, Chinese, Korean, Hindi
    """
(شكرا|مشكور|تسلم|يعطيك العافيه) * (علي|على|ل|لل) * (الاشتراك|السب|البيتس|التبرع|الدعم|الهديه|
الهدية|الدونيشن) ; (サブスク|サブ|ビッツ|投げ銭|スパチャ|ギフト|ドネ|寄付|ギフトサブ|
レイサブ)**(ありがと|感謝|あざす|あざっす) ; (感谢|谢谢|多谢|謝謝|感謝)**(礼物|订阅|打赏|舰长|
上舰|火箭|飞机|红包|充电|投喂|訂閱|斗內|小心心|赞助|钱) ; (구독|후원|도네|비트|선물|도네이션|
구독선물)**(감사|고마워|고맙|땡큐) ; (धन्यवाद|शुक्रिया|थैंक्स) * (सब|बिट्स|डोनेशन|गिफ्ट) ; (सब|
सब्सक्रिप्शन|बिट्स|डोनेशन|गिफ्ट) * (के लिए) * (धन्यवाद|शुक्रिया) ;
"""
)
