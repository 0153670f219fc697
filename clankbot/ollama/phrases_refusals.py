"""Phrases in which a model declines to answer, by language.  Data only.

A phrase is a row of words as ``phrases.words_of`` gives them (small letters, no accents, no
apostrophes; each character of a script without blanks is a word), and may hold: ``(a|b c|)`` one of
these, ``*`` ``**`` ``***`` up to 3, 8, 20 words of any kind, ``stem~`` any ending, ``word?`` its
last letter may lack, ``^`` the line's beginning, ``$`` its end, ``botname`` any name of the bot.
A ``;`` stands between phrases.
"""

from __future__ import annotations

from typing import Final

# "I'm sorry, but I can't help with that."
CANNED_REFUSAL: Final = (
    # English
    """
(dont|do not|wouldnt|not) (feel |be |)(comfortable|appropriate for me) (commenting|answering|
discussing|sharing|saying|with) ; (must|might|may) have (misread|misunderstood) ; (i|we) (misread|
misunderstood) (the|your|that) ; (cant|cannot|wont|will not|unable to|not able to) (take part|
partake|be (a |)part|participate|weigh in|join in) ; as much as (id|i would) (like|love) to ; (not|
without) enough (information|context|details|info) to ; (id|i would|i|id prefer|prefer|rather)
(rather |)not (to |)(comment|speculate|judge|share my|take sides|weigh in|give) ; (not sure|unsure|
dont know|unclear) (i |if i |)(understand|what you mean|what youre asking|what you are (asking|
saying|referring)|follow) ; (there (was|seems|must|has been)|it (seems|appears)) *
(misunderstanding|confusion|mistake|error|mix up) ; (i|we) (dont|do not|cant|cannot) (have (enough|
any|sufficient|the necessary)) (information|context|details|data) ; (im|i am) afraid (that |i |
thats |this )(is |)(beyond|cant|cannot|outside|wont|not something|cant help|dont have) ; (beyond|
outside|outside of|not within) (what im|what i|my|the) (able|scope|abilit~|capabilit~|expertise|
can|knowledge|domain) ; (wont|will not|not|cant|cannot|dont think ill) be able to (assist|help|
answer|provide|comply|do that|respond|discuss|continue) ; (sorry|apologies) * didnt (quite |)(get|
catch|understand|follow) (that|what|your|you) ; (could|can|would) you (please |)(repeat|rephrase|
clarify|elaborate|specify|provide|explain what you) ; (please |)(rephrase|reword|restate) (your|
the|that|it) ; i (would |d |)(prefer|rather) not (to |)(answer|discuss|comment|engage|respond|say
anything) ; (lets|we could|maybe we can|can we) (talk about|change the|discuss|focus on|switch to)
(something|a different|another|topic|the topic|subject) ; (im |i am |)(so |very |really |)sorry
(but |however |)(i |we |)(just |really |)(cant|cannot|can not|am unable|am not able|wont|will not)
(to |)(assist|help you|help with|fulfill|fulfil|comply|provide|create|generate|continue|answer|
discuss|engage|write|respond|do that|participate|share|produce|process|offer|say that|complete) ; i
(really |)(cant|cannot|can not|wont|will not|could not|couldnt) (assist|help with (that|this)|help
you with|fulfill|fulfil|comply|provide|generate|engage in|participate in|discuss|produce|respond
to|create (content|a response)|answer (that|this|your)|continue (this|with this)) ; (unable|not
able) to (assist|help|comply|fulfill|fulfil|provide|process|continue|answer|respond|generate|
engage|discuss) ; (content|usage|openais|my|ethical|safety|community) (policy|policies|guidelines)
; (this|that|your) (request|prompt|conversation|content) (violates|goes against|is inappropriate|
cannot|contains|may) ; having (trouble|difficulty) (understanding|following|making sense) ; sorry *
(dont|didnt|do not|did not|cant|cannot) (quite |fully |really |) (understand|catch|follow|see any|
find) ; (i|we) apologi(ze|se) (but|for|if) ; my apologies ; please accept my ; sorry for (the|any|
my) (confusion|disruption|inconvenience|misunderstanding) ; (not|isnt|wouldnt be) appropriate (to|
for me|for this) ; i must (respectfully |)(decline|refuse) ; (inappropriate|offensive|harmful|
sensitive|explicit) (content|material|topic~) ;
"""
    # German
    """
(leider |dazu |)(kann|mochte) ich * (dazu |)(keine|nichts) (aussage~|auskunft|angaben|stellung|
sagen|treffen) ; ich (furchte|bedaure) * (nicht|kann) ; (nicht dafur|nicht dazu) (programmiert|
gedacht|ausgelegt) ; (das|dazu|darauf|da) kann ich (leider |dir |dazu |) (nicht|nichts)
(beantworten|helfen|sagen|weiterhelfen|machen|beitragen) ; (konntest|kannst|konnten) (du|sie) (das
|die frage |) (bitte |)(wiederholen|umformulieren|prazisieren) ; ausserhalb meine~ ; leider (kann|
darf) ich (nicht|das nicht|dazu nichts|keine) ; (es |)tut mir (sehr |)leid (aber |)(ich |)(kann|das
kann ich|dabei|diese|bei|ich) ; ich kann (dir |ihnen |)(dabei|damit|diese anfrage|diesen|darauf|
hierbei) (leider |)nicht (helfen|weiterhelfen|antworten|beantworten) ; (dabei|damit|hierbei) kann
ich (dir |ihnen |)(leider |)nicht (helfen|weiterhelfen|dienen) ; nicht (in der lage|moglich) *
(helfen|antworten|beantworten|zu beantworten) ; ich entschuldige mich ; entschuldig(e|en sie|ung)
(bitte |)(die|fur die|aber ich kann) ; verstehe (die|deine|ihre) (frage|anfrage|nachricht) (leider
|)nicht ;
"""
    # Spanish
    """
no (he |)(entendi|entendido|comprendo) (la|el|tu|su) (solicitud|pregunta|mensaje|peticion) ; (me
temo|temo) que (no|eso) ; no (me es|es) posible (responder|ayudar) ; (perdona|perdon|disculpa|
disculpe|lo siento|lo lamento) pero *** (no (puedo|lo puedo|te puedo|me es|tengo|entiendo)|puedo) ;
(podrias|puedes) (repetir|reformular|aclarar) ; (esta |)fuera de mi alcance ; no (lo |te |)puedo
(hacer|decir eso|responder) ; lo (siento|lamento) * (pero |)(no |)(puedo|puedo ayudar~|tengo) ; no
puedo (ayudar~|asistir~|proporcionar~|responder a|generar|cumplir|participar en|continuar con|
hablar sobre) ; disculp(a|e|en) (la|las|por|pero no) (confusion|molestia~|puedo|inconvenien~|
entend~) ; (mis|pido) disculpas ; no (entiendo|comprendo) (tu|su|la) (pregunta|mensaje|solicitud|
contexto) ;
"""
    # French
    """
(je |)(nai pas|na pas) compris (la|votre|ta) (demande|question|requete) ; (je crains|jai peur|jai
bien peur) * (ne pas|que je ne|pas) ; ne (pas|peux) * (pouvoir|puis) (vous |te |)(repondre|aider) ;
(pouvez|pourriez|peux|pourrais) (vous|tu) (repeter|reformuler|preciser) ; (depasse|hors de) (mes|
ma) (capacites|competences|portee|champ) ; (malheureusement|helas) je ne (peux|suis) ; (je suis |)
desole~ (mais |)(je |)(ne |n) * (peux|suis|pouvons|comprends) ; je ne (peux|suis) pas (en mesure|
vous aider|taider|repondre a|fournir|discuter|generer|continuer|aider|capable) ; jene peux pas ;
(je mexcuse|mes excuses|toutes mes excuses|veuillez mexcuser) ; desole~ pour (la|le|linconvenient)
(confusion|derangement) ; je ne comprends pas (votre|ta) (question|demande|message) ;
"""
    # Portuguese
    """
nao entendi (a|o) (solicitacao|pergunta|mensagem|pedido) ; (nao|num) (fui|sou|estou) (programad~|
treinad~|autorizad~|capaz) ; (receio|temo) (que |)(nao|nao poder) ; (poderia|pode|podes) (repetir|
reformular|esclarecer) ; fora do meu (alcance|escopo) ; infelizmente (eu |)nao ; (desculpe|
desculpa) mas *** nao ; (desculp(e|a)|sinto muito|lamento|infelizmente) * nao (posso|consigo|tenho|
sou capaz) ; nao (posso|consigo) (ajuda~|fornecer|responder a|auxilia~|gerar|cumprir|participar
dess~|continuar ess~|discutir) ; (peco|minhas) desculpas ; desculpe (a|o|pela|pelo) (confusao|
transtorno|inconveniente) ; nao entendi (sua|a sua|tua) (pergunta|mensagem|solicitacao) ;
"""
    # Italian
    """
non ho (capito|compreso) (la|il) (richiesta|domanda|messaggio|contesto) ; (temo|ho paura) (di non|
che non) ; non (mi e|e) possibile (rispondere|aiutare) ; purtroppo (io |)non (posso|sono|riesco|ho)
; (potresti|puoi|potrebbe) (ripetere|riformulare|chiarire) ; (va oltre|al di fuori del~) * (mie|
mia|competenze|capacita) ; mi (dispiace|spiace) * (ma |)non (posso|sono in grado|riesco|ho) ; non
(posso|sono in grado di) (aiutar~|fornire|assister~|rispondere a|generare|continuare quest~|
soddisfare|partecipare a quest~|discutere) ; mi scuso ; le mie scuse ; (scusa|scusate|scusi) per
(la|il) (confusione|disagio|disturbo) ; non (capisco|comprendo) (la|il) (tua|tuo|sua|suo) (domanda|
messaggio|richiesta) ;
"""
    # Polish
    """
(obawiam sie|przykro mi) ze (nie|to) ; (niestety|przykro mi) *** (nie moge|nie potrafie|nie jestem)
; (czy |)(mozesz|moglbys|mozna) (powtorzyc|doprecyzowac|przeformulowac) ; poza (moim|moimi)
(zakres~|mozliwosci~) ; (przepraszam|przykro mi|niestety) * (ale |)nie (moge|jestem w stanie|
potrafie|mam) ; nie (moge|jestem w stanie) (ci |panstwu |) (pomoc|udzielic|spelnic|odpowiedziec na|
wygenerowac|dostarczyc|uczestniczyc|kontynuowac) ; przepraszam za (zamieszanie|niedogodnosci|
pomylke|utrudnienia) ; nie rozumiem (twojego|twojej|tego) (pytania|wiadomosci|prosby|kontekstu) ;
"""
    # Russian
    """
(боюсь|сожалею) (что |но |)(я |)(не|это) ; (не могли бы вы|можешь|можете|вы могли бы) (повторить|
уточнить|переформулировать|перефразировать) ; (вне|за пределами) (моеи|моих|мои) (компетенц~|
возможност~) ; (не смогу|не могу) (вам |тебе |с этим |)(помочь|ответить|подсказать) ; (вибачте|
перепрошую|на жаль) * (я |)не (можу|зможу|розумію) ; (не можу|не зможу) (вам |тобі |з цим |
)(допомогти|відповісти) ; (извините|простите|к сожалению|прошу прощения|мне жаль) * (но |)(я |)(не
|)(могу|не могу|не могу помочь|не понимаю|неспособен|не в состоянии) ; я не могу (помочь|ответить
на|обсуждать|выполнить|предоставить|сгенерировать|участвовать|продолжить|продолжать) ; (приношу|
мои) (свои |) извинения ; извините за (путаницу|неудобства|недоразумение|беспокойство) ; не
(понимаю|понял) (ваш~|твой|контекст~) (вопрос|запрос|сообщение) ; вибачте * не можу ; на жаль * не
можу ; я не можу (допомогти|відповісти) ;
"""
    # Turkish
    """
(uzgunum|maalesef|kusura~|malesef|ne yazik ki) *** (getiremiyorum|edemiyorum|olamiyorum|
yapamiyorum|cevaplayamiyorum|bilmiyorum|veremiyorum|getiremem|edemem) ; (tekrar|daha acik) (eder
misin~|soyler misin~|yazar misin~|ifade eder~) ; (yeteneklerimin|kapsamimin|yetkimin) disinda ;
(uzgunum|maalesef|kusura bakma~|ozur dilerim) *** (yardimci olamam|yapamam|yardim edemem|
cevaplayamam|veremem|saglayamam|mumkun degil|anlamadim|anlayamadim|olamiyorum|veremiyorum|
olamayacagim) ; (yardimci olamam|yardimci olamiyorum|yanit veremem|yerine getiremem) ; ozur dilerim
(ama|ancak|fakat) *** (yardimci|yanit|cevap~|yapamam|yapamiyorum) ;
"""
    # Arabic
    """
(عذرا|اسف|انا اسف|نعتذر|اعتذر|للاسف|المعذره|المعذرة) *** (لا استطيع|لا يمكنني|لا اقدر|لم افهم|لا
افهم|غير قادر) ; (لا استطيع|لا يمكنني) (مساعدت~|المساعده|المساعدة|تقديم|الاجابه|الاجابة|الرد|
المشاركة|تلبيه|تلبية) ; اعتذر عن ;
"""
    # Japanese
    """
恐れ入りますが ; (その|この|そのような)(件|ご要望|ご質問|話題)(について|に|に関して)(は|)**(ません|
かねます) ; (お|)答え(できません|しかねます|できかねます|することはできません) ; (もう一度|
詳しく)(お願い|言って(いただけ|ください)|教えていただけ) ; (わかりかねます|分かりかねます|
致しかねます|いたしかねます) ; 申し訳(ありませんが|ございませんが|ありません|ございません) ;
(すみません|ごめんなさい)が*** (できません|できかねます|わかりません|分かりません|理解) ; (お答え|
お手伝い|対応|提供|回答|生成|お応え)(でき|することができ|することはでき|いたし|し)(ません|かねます)
; 理解(できません|できませんでした|が難しい) ;
"""
    # Chinese
    """
(回答|帮|解答|满足|处理)不了 ; (我|)(暂时|目前|还)(无法|不能|没办法)(回答|提供|帮助|处理|给出) ;
(请|能|可以)(您|你|)(再|)(重新|重复|换个方式|说得|详细)(表述|描述|说|一遍|清楚) ; 超出(了|)(我的|
能力|范围) ; (抱歉|对不起|對不起|很遗憾|不好意思)(但|但是|)(我|我们|)(无法|無法|不能|没有办法|
不太理解|没能理解|不理解|不太明白|没有看懂|帮不了) ; (无法|無法)(回答|提供|协助|協助|满足|滿足|
帮助|幫助|生成|参与|继续|理解|处理|回應|回应) ; 我不能(回答|提供|协助|帮助|生成|参与|讨论|继续) ;
(换|換)(个|一个|個)(话题|話題)(吧|聊) ;
"""
    # Korean
    """
(다시|자세히|구체적으로)(말씀해|설명해)(주|주시) ; (답변|도움)(드리기|을드리기|드릴수)(어렵|없|
가없) ; 제(능력|범위)(을|를|)(밖|벗어) ; (죄송하지만|죄송합니다만|죄송합니다|미안하지만|
유감스럽게도)*** (수없|어렵습|못합니다|못했습|않습니다|모르겠습니다) ; (도와|답변|대답|제공|응답|
처리)(드릴|해드릴|할)수(는|가|)(없|어렵) ; 이해하지못했 ;
"""
    # Greek
    """
(λυπαμαι|συγγνωμη|δυστυχως) * (αλλα |)δεν (μπορω|καταλαβα|ειναι δυνατο) ; δεν μπορω να (βοηθησω|
απαντησω|παρεχω|συμμετεχω) ;
"""
    # Hindi
    """
(माफ|मझ|मुझ|मुझे|कषमा|क्षमा) *** (नही कर सकता|नहीं कर सकता|नही कर सकती|असमरथ|नही दे सकता) ; मदद नही
कर (सकता|सकती) ;
"""
    # Others
    """
(maaf|mohon maaf) * (tidak (dapat|bisa)|saya tidak) ; (helaas|sorry) (maar |)(ik |kan ik )(kan |je
|daar |) * niet (helpen|beantwoorden|mee helpen|bij helpen) ; (jag ar ledsen|tyvarr|beklager|
desvarre|valitettavasti|omlouvam se|bohuzel|xin loi|rat tiec|sajnalom|imi pare rau) * (men |ale |
nhung |de |dar |)(jag |jeg |toi |nu |) * (kan inte|kan ikke|en voi|nemohu|nemuzu|khong the|nem
tudok|pot) ;
"""
)
