"""Phrases in which a model speaks of the chat and its task, by kind and language.  Data only.

A phrase is a row of words as ``phrases.words_of`` gives them (small letters, no accents, no
apostrophes; each character of a script without blanks is a word), and may hold: ``(a|b c|)`` one of
these, ``*`` ``**`` ``***`` up to 3, 8, 20 words of any kind, ``stem~`` any ending, ``word?`` its
last letter may lack, ``^`` the line's beginning, ``$`` its end, ``botname`` any name of the bot.
A ``;`` stands between phrases.
"""

from __future__ import annotations

from typing import Final

# The chat as a text that was given, the line as a response to a user.
ABOUT_THE_CHAT: Final = (
    # English
    """
what the (group|chat|audience|viewers|community|people) (is|are) (feeling|saying|discussing|
talking|thinking|doing) ; ^ ooc ; (ill|i will|lets|i) (write|answer|respond|reply|keep|stick) (it |
this |)(in|to) (english|german|spanish|french|japanese|chinese|korean|the same language) ; since
the chat (is|uses|seems|was) ; based on what (has been|was|is) (said|happening) ; (the|this) chat
(is about (a|an|the) (video |)(game|boss|player|stream~|person|group|discussion|viewer~|user~)|
discusses|mentions|talks about|describes|contains|features|shows|revolves|highlights|expresses|
reacts to|includes|involves|covers) ; in this (scenario|conversation|context|exchange|dialogue) ;
(the|these) (messages|lines|comments) (above|discuss|show|are about|suggest|indicate|express|seem)
; (playful|lighthearted|witty|humorous|gentle|subtle) (jab|comment|nod|joke|reference|remark|
response|reply|quip|tease) ; (add|say|write|contribute|send|post|type) (to|in) (the|this) chat ;
(heres|here is|that is|thats) what (id|i would|i|botname|the bot|ill) (would |)(add|say|write|
reply|respond|contribute|post|answer) ; (one|a|another|the) (more |)(line|message|reply|comment) as
(the|a) (bot|botname|regular|viewer) ; (i|ill|will) (will |)(now |)(write|generate|add|post|
produce|send|provide|compose) (a|an|one|the|my|another) (more |new |short |)(line|message|reply|
response|comment|remark) ; (this|that|the above|it) is (a|an|my|the) (lighthearted|humorous|witty|
playful|short|casual|funny|light|brief|friendly|simple|neutral) (comment|remark|line|reply|
response|message|joke|way|take|jab) ; (acknowledging|referencing|reflecting|expressing|echoing|
commenting on|reacting to|responding to) (the|their|his|her|what|how|tobi|botname) ; no comment
(from|at this|needed|necessary|is) ; (nothing|not much) (relevant|else|more|new|much|useful|) (to
(add|contribute)|relevant to (say|comment)) ; (ill|i will|im going to) (stay silent|remain silent|
not respond) ; from what i (can |)(gather|read here) ; botname (is|has|was|s) (a |an |the |just |
)(friendly|bot|chat|regular|character|curious|member|viewer|cheeky|known|always|joking|commenting|
reacting) ; (at|from) (botname|the bot|the assistant) ; (in|to) (response|reply) to (the|this|your|
that|what|botname) ; (the|this|my|previous|above|following) (answer|reply|response) (above|below|is
just|is one|in one|here is|fits|should|would|could) ; (next|following) (message|comment|reply|
response|chat) (in|from|could|would|should|might|by|is|for) ; (group|chat) of (people|viewers|
users|friends) (who|are|is|discussing|talking|watching) ; (seems|appears) (to be |that |like )(a|
the|everyone|viewers|people|they|this) (is |are |)(conversation|discussion|discussing|reacting to|
transcript) ; (the|this|your|our|entire|provided|given|above) (conversation|dialogue|transcript|
excerpt|passage|chatlog|chat log|chat history|discussion) (log |history |)(is|was|are|appears|
seems|above|about|suggests|revolves|contains|between|consists|shows|so far|has|provided|you|that|
continues|focuses|involves|looks|ends|begins) ; (the|this|your) (chat|text|message|messages|
context|content|snippet|log) * (provided|you (provided|shared|sent|gave|posted|pasted)|given above|
appears to be|seems to be (about|a|from|discussing)|revolves around|consists of|contains messages)
; (continue|continuing|end|start|begin|resume|join) (with |)(the|this|our) (conversation|dialogue|
roleplay|role play|story|scene) ; (continue|go on|carry on|proceed) with the chat ; based on (the|
this|your|what|our) (chat|conversation|context|messages|information|provided|previous|log|text|
given|discussion) ; (given|from|in|within) (the|this) (provided |given |) (context|chat log|
conversation|scenario|passage) ; context and content ; (lack of|more|enough|without|additional|
further) context ; (fits|fit|fitting|matches|match|matching|suits|reflects|captures) (in |with |
into |)(the|what|this) (context|conversation|mood|tone|theme|vibe|topic|flow|people|style) ; the
users? (is|are|wants|want|asked|asks|said|says|just|has|seems|wrote|mentioned|probably|likely|
needs|may|might|did|who|can|will|would) ; the (viewers|participants|speakers|chatters) (are|seem|
discuss|were|appear|have been) ; the (assistant|prompt|speaker) ; the (last|latest|newest|final|
most recent|previous|first|second|next) (message|line|comment|speaker) (is from|was from|says|in
the|mentions|asks|by|before|reads|of the|in this|would|should) ; (chatlog|chat log|chat transcript|
chat history) ; (end|beginning|start) of (the |this |) (chat|conversation|log|transcript|message|
dialogue|response|answer|line) ; (chat|log|message|conversation) (begins|ends|continues|starts) $ ;
that was the chat ; an? (possible|suitable|fitting|natural|appropriate|casual|witty|sample|short|
brief|relevant|playful|humorous|lighthearted|simple|friendly|quick) (and * |)(response|reply|
answer|line|message|comment|remark|chat message|one liner) ; (response|reply|message|comment|
remark|answer) (for|to|in) (the|this|your) (chat|user|twitch|conversation|viewer|prompt) ; (this|
my|the) (response|reply) (is|was|should|would|fits|captures|reflects|keeps|matches|adds|aims|
maintains|acknowledges) ; writing (out |)(every|each|all|a|the|these|another) (single |)(line|
lines|message|messages|response) ; (getting|are) tired of me ; botname (responds|replies|says|
would|might|should|could|chimes|types|writes|answers|comments|joins|adds|laughs|smiles|is (typing|a
(regular|bot|character|friendly|chatbot))|as a) ; (stay|staying|stays|remain|keep|break|breaking)
(in |out of |)character ; (role|persona|character) (of|as) (a |the |)(botname|regular|viewer|
chatter|bot|twitch) ; as botname ; (roleplay~|role play~) (as|scenario) ; i(m|am) (playing|acting|
pretending|writing) (as |the role|to be|like) ; my (role|persona|character) (is|as|here|in) ; no
(response|reply|comment|answer) (is |)(needed|necessary|required|given) ; (no further|nothing to)
(response|reply|comment|respond|add) ; (this|that) is (a|an) (chat|conversation|discussion|
dialogue|transcript) (between|about|from|where|among|on|of|in) ; (several|multiple|various|
different) (users|viewers|people|speakers|participants) (are|is|discuss~|talking) ; (people|
everyone|users|viewers|they) (in|in the) chat (is|are) (discussing|talking about|expressing|
sharing) ; (is|are) (discussing|expressing|reacting to|commenting on) (the|their|a|how) ;
"""
    # German
    """
in diesem (chat|gesprach|kontext|verlauf) (geht|wird|sprechen|reden|ist) ; (in dem|im) (gesprach|
chatverlauf) (geht|wird) ; (leute|zuschauer|alle|menschen) (im|in dem|in diesem|des) chat (reden|
sprechen|diskutieren|unterhalten|sind|schreiben) ; als bot (schreibe|sage|antworte|wurde) ;
(reaktion|antwort|kommentar) auf (die|den|das|diese|letzte) * (nachricht~|chat|zeile|kommentare|
gesprach) ; (letzten|obigen|vorherigen|bisherigen) (nachrichten|zeilen|kommentare|beitrage) ;
(mochte|habe) nichts (hinzufugen|zu sagen|hinzuzufugen) ; (das|dieses|im|dem|aus dem|den|unser|der)
(gesprach|gesprachsverlauf|chatverlauf|chatlog|unterhaltung|dialog|kontext) (ist|scheint|handelt|
geht|zeigt|oben|zwischen|entnehm~|der|des|zu|weiter|fortsetzen|dreht) ; (chatverlauf|
gesprachsverlauf|chatlog) ; (setze|setzen wir|fuhren wir) (das|die) (gesprach|unterhaltung|chat) ;
der (benutzer|nutzer|user) (hat|fragt|mochte|will|sagt|ist|schreibt|scheint) ; die (nutzer|
benutzer|zuschauer) (sprechen|diskutieren|unterhalten|scheinen|reden) ; (basierend auf|auf
grundlage|auf basis) (dem|des|der|den) ; (eine|als) (kurze|passende|mogliche|lockere|witzige)
(antwort|nachricht|bemerkung|reaktion|chatnachricht) ; (letzte|neueste|nachste) (nachricht|zeile|
chatzeile) (ist|von|lautet|im|des) ; (kurze bemerkung|nachste zeile|chatzeile) ; botname
(antwortet|sagt|schreibt|wurde) ; ende (des|der) (chats|gesprachs|nachricht|unterhaltung) ; (keine
antwort) (notig|erforderlich) ; (mehr|genug|ohne) kontext ;
"""
    # Spanish
    """
(los|las) (espectadores|usuarios|participantes|personas) (comentan|hablan|discuten|estan|parecen|
se) ; en este (chat|contexto|caso) (se|los|la gente) ; (gente|personas|espectadores|usuarios) (en
el|del|de este) chat (habla~|discut~|esta~|comenta~) ; (esto|aqui esta|aqui va) (es |)lo que
(diria|escribiria|responderia) ; (continuacion|siguiente mensaje|ultimos mensajes|mensajes
anteriores) ; (nada|sin) (que agregar|mas que decir|comentarios) ; (en|al) (el chat|la charla) (se
(habla|discute|comenta)|estan (hablando|discutiendo|comentando)) ; (la|esta|nuestra|una)
conversacion (es|parece|trata|muestra|anterior|gira|entre|proporcionada|continua|se) ; (continuar|
continuemos|sigamos|seguir) (con |)(la|esta) (conversacion|charla) ; (segun|basado en|basandome en|
de acuerdo con) (el|la|este|esta|lo) (chat|conversacion|contexto|mensajes|registro) ; el usuario
(pregunta|dice|quiere|ha|esta|parece|menciona|pide|es) ; los (usuarios|espectadores|participantes)
(estan|hablan|discuten|parecen) ; (una|como) (respuesta|mensaje|linea|comentario) (corta|corto|
breve|adecuad~|posible|apropiad~|divertid~|natural) ; (registro del chat|historial del chat|
contexto proporcionado|mas contexto|siguiente linea|ultimo mensaje (del|es|dice)|fin del (chat|
mensaje|registro)) ; botname (responde|dice|diria|escribe) ; (no se necesita|sin) respuesta ;
comentario (breve|corto) ;
"""
    # French
    """
(les|des) (spectateurs|utilisateurs|participants|viewers) (commentent|parlent|discutent|sont|
semblent|se) ; dans (ce|cette) (chat|conversation|contexte) ; (gens|viewers|spectateurs|personnes|
membres) (dans le|du|de ce) (chat|tchat|stream) (parlent|discutent|sont|semblent|commentent) ;
voici ce que (je|jecrirais|jajouterais|botname) ; (la |)suite (de la|du) (discussion|conversation|
chat|dialogue) ; (derniers|precedents) messages ; (rien a|pas de) (ajouter|commentaire|reponse) ;
(la|cette|notre|une) conversation (est|semble|porte|tourne|ci dessus|entre|fournie|montre|continue|
ci) ; (continuer|continuons|poursuivons|poursuivre) (la|cette|notre) (conversation|discussion) ;
(selon|dapres|base~ sur|au vu) (le|la|ce|cette|du) (chat|conversation|contexte|messages|historique)
; lutilisateur (demande|dit|veut|a|semble|est|souhaite|parle|mentionne) ; les (utilisateurs|
spectateurs|participants|viewers) (parlent|discutent|semblent|sont en train) ; une (courte|breve|
possible) (reponse|remarque|replique) ; une (reponse|remarque) (courte|breve|possible|adaptee|
appropriee|naturelle|decontractee) ; (historique du chat|journal du chat|plus de contexte|contexte
fourni|prochaine ligne|dernier message (est|dit|de|du)|fin (du|de la) (chat|message|conversation))
; botname (repond|dit|dirait|ecrit) ;
"""
    # Portuguese
    """
(os|as) (espectadores|usuarios|participantes|pessoas) (comentam|falam|discutem|estao|parecem) ;
(neste|nesse|nessa|nesta) (chat|conversa|contexto) ; (pessoas|espectadores|pessoal) (no|do|neste)
chat (fala~|discut~|esta~|comenta~) ; (isto|aqui esta) (e |)o que eu (diria|escreveria) ;
(continuacao|proxima mensagem|ultimas mensagens|mensagens anteriores) ; no chat (estao|se|o
pessoal) ; (a|esta|essa|nossa|uma) conversa (e sobre|parece|trata|mostra|acima|gira|entre|
fornecida|esta|anterior) ; (continuar|continuemos|vamos continuar) (com |)(a|esta|essa|nossa)
conversa ; (com base|baseado) (em|no|na|nas|nos|nessa|neste) * (chat|conversa|contexto|mensagens) ;
o usuario (pergunta|pergunt~|diz|quer|disse|esta|parece|menciona|pede) ; os (usuarios|espectadores|
participantes) (estao|falam|discutem|parecem) ; (uma|como) (resposta|mensagem|linha) (curta|breve|
adequada|possivel|apropriada|divertida|natural) ; (historico do chat|registro do chat|mais
contexto|contexto fornecido|proxima linha|ultima mensagem (e|diz|do)|fim (do|da) (chat|conversa|
mensagem)) ; botname (responde|diz|diria|escreve) ; um comentario (curto|breve) ;
"""
    # Italian
    """
(gli|i) (spettatori|utenti|partecipanti) (commentano|parlano|discutono|stanno|sembrano) ; in
(questa|questo) (chat|conversazione|contesto) ; (persone|spettatori|utenti) (in|nella|della) chat
(parlano|discutono|stanno|commentano) ; (ecco|questo e) (cosa|quello che) (direi|scriverei|
risponderei) ; in questa situazione ; (il seguito|proseguimento|prossimo messaggio|ultimi messaggi|
messaggi precedenti) ; (nella|in) chat (si|stanno) (parla|parlando|discut~) ; (la|questa|nostra|
una) conversazione (e|sembra|riguarda|mostra|precedente|sopra|tra|fornita|continua|parla|verte) ;
(continuare|continuiamo|proseguiamo) (con |)(la|questa|nostra) conversazione ; (in base|basandomi|
secondo) (al|alla|sul|sulla|il|la|su) (chat|conversazione|contesto|messaggi) ; lutente (chiede|
dice|vuole|ha|sembra|e|menziona|sta) ; gli (utenti|spettatori) (stanno|parlano|discutono|sembrano)
; una (breve|possibile) (risposta|battuta|frase) ; (una risposta|un commento|un messaggio) (breve|
adatt~|appropriat~|possibile|divertente|naturale) ; un breve (commento|messaggio) ; (cronologia
della chat|registro della chat|piu contesto|contesto fornito|prossima riga|ultimo messaggio (e|
dice|di)|fine (della|del) (chat|conversazione|messaggio)) ; botname (risponde|dice|direbbe|scrive)
;
"""
    # Polish
    """
(widzowie|uzytkownicy|uczestnicy) (komentuja|rozmawiaja|mowia|dyskutuja|sa) ; w (tej rozmowie|tym
czacie|tym kontekscie) ; (ludzie|widzowie|uzytkownicy) na czacie (rozmawiaja|mowia|pisza|komentuja)
; oto co (bym|napisalbym|powiedzialbym) ; (ciag dalszy|nastepna wiadomosc|ostatnie wiadomosci|
poprzednie wiadomosci) ; na czacie (rozmawiaja|trwa|dyskut~) ; (ta|ta|powyzsza|cala|nasza) rozmowa
(dotyczy|jest|wydaje|toczy|wyglada) ; (kontynuujmy|kontynuowac|kontynuujac) (te |nasza |)(rozmowe|
czat) ; na podstawie (czatu|rozmowy|kontekstu|tej|podanego|wiadomosci|tego) ; uzytkowni(k|cy|kow)
(pyta|chce|pisze|mowi|rozmawia~|prosi|napisal|wspomina|wydaje) ; (krotka|odpowiednia|mozliwa)
(odpowiedz|wiadomosc|uwaga) ; krotki komentarz ; (zapis czatu|historia czatu|wiecej kontekstu|
podany kontekst|nastepna linia|nastepna linijka|ostatnia wiadomosc (jest|to|w)|koniec (czatu|
rozmowy|wiadomosci)) ; botname (odpowiada|mowi|pisze) ;
"""
    # Russian
    """
(зрители|пользователи|участники) (комментируют|говорят|обсуждают|общаются|пишут) ; в (этом|данном)
(чате|разговоре|диалоге|контексте) ; (люди|зрители|участники|все) в чате (обсужд~|говор~|пиш~|общ~)
; вот что (я бы|можно) ; в чате (обсуждают|говорят|идет|пишут|люди|зрители) ; (следующее|последние|
предыдущие) сообщени(е|я) ; (ничего|нечего) (добавить|сказать|комментировать) ; (этот|это|в этом|
данныи|из|нашего|наш) (разговор~|диалог~|беседа|переписк~|чат лог~|контекст~) (о|идет|кажется|
показывает|посвящен|между|выше|видно|можно) ; (продолжим|продолжить|продолжая|продолжаем) (наш |
этот |)(разговор|диалог|беседу|чат|общение) ; (на основе|исходя из|судя по) (чата|контекста|
разговора|этого|предоставленн~|переписки|сообщени~|диалога) ; пользовател(ь|и|я|ю) (спрашивает|
хочет|говорит|пишет|просит|обсужда~|написал|спросил|упомина~|интересуется|общаются) ; зрители
(обсуждают|говорят|общаются) ; (коротк~|возможн~|подходящ~|кратк~) (ответ~|реплик~|комментари~|
сообщени~|фраз~|замечани~) ; (лог чата|история чата|больше контекста|следующая строка|следующая
реплика|последнее сообщение (от|в|это|говорит)|конец (чата|разговора|сообщения|диалога)) ; botname
(отвечает|говорит|пишет|ответил) ;
"""
    # Turkish
    """
(bu|yukaridaki|verilen) (sohbet|konusma|diyalog) (hakkinda|gibi|bir|metni|kaydi|gecmisi) ;
(sohbete|konusmaya) devam (edelim|edeyim|ediyorum|etmek) ; (sohbet|konusma) (gecmisi~|kaydi~|
baglami~) ; baglam~ ; kullanici~ (soruyor|diyor|istiyor|bahsediyor|konusuyor|soyluyor|sordu) ;
(kisa|uygun|olasi) bir (yanit|cevap|mesaj|yorum) ; son mesaj~ (su|bu|soyle|ise) ; sonraki satir ;
botname (diyor|yanitliyor|cevap) ; izleyiciler (konusuyor|tartisiyor) ;
"""
    # Arabic
    """
(هذه|المحادثه|المحادثة|الدردشه|الدردشة|الحوار) (المحادثه|المحادثة|الدردشه|الدردشة|تدور|تتحدث|يبدو|
اعلاه|بين|السابقه|السابقة) ; (متابعه|متابعة|مواصله|مواصلة|لنتابع|لنواصل|نكمل) (المحادثه|المحادثة|
الدردشه|الدردشة|الحوار) ; (بناء على|استنادا الى|وفقا ل~) (المحادثه|المحادثة|السياق|الدردشة|سياق|ما)
; المستخدم~ (يسال|يريد|يقول|يطلب|يتحدث|قال|يتحدثون|سال) ; سياق (المحادثه|المحادثة|الدردشه|الدردشة)
; (رد|تعليق|جواب) (قصير|مناسب|محتمل) ; سجل (الدردشه|الدردشة|المحادثه|المحادثة) ; botname (يرد|يقول|
يجيب) ;
"""
    # Japanese
    """
視聴者(たち|の皆さん|)(は|が)**(話し|語っ|議論し|コメントし) ; この(チャット|会話|やりとり)(では|
は|の中) ; (上|以上|この|上記)(の|)(チャット|やりとり|会話|文章)(は|では|から|の内容) ;
(についての|に関する)(会話|チャット|やりとり|コメント)(です|だ) ; (次|続き)(に続く|の)(コメント|
発言|メッセージ|返信) ; コメントとして ; (自然|適切)な(コメント|返信|もの|発言|返答) ; (これまで|
直前|最後)の(コメント|発言|メッセージ|会話) ; (みんな|視聴者|皆)(は|が)**(話して|盛り上が)(いる|
います)(ようだ|ようです|ので|みたい|から) ; 会話(から|の流れ|ログ|の内容|を続け|の文脈|履歴|に基づ)
; (この|その|上記の|提供された)(会話|やりとり|対話|文脈)(は|では|から|の|に|を) ; チャット(ログ|
の流れ|の内容|を続け|履歴|に基づ|の文脈|メッセージ) ; ユーザー(は|が|の|から|たち|さん) ;
視聴者(は|が|たち)*** (話し|議論|している|ている) ; 文脈(に|から|が|を|的) ; 返信(案|例|としては|
の例|すると|するなら) ; (次|最後|最新)の(行|発言|メッセージ|一行|チャット) ; 短い(コメント|返信|
一言|発言|メッセージ|返答) ; ボットとして ; botname(の返答|の発言|として|は言|が言|の返信) ;
"""
    # Chinese
    """
(观众|网友|大家|他们)(们|)(都|)(正|)在**(讨论|谈论|评论|聊) ; (这个|该)聊天(室|中|里|记录) ; (关于|
有关)***的(聊天|对话|讨论) ; 关于**(的|)(聊天|对话|讨论|直播间) ; (以上|上面|这些)(的|)(弹幕|消息|
聊天|内容|发言) ; (大家|观众|弹幕|聊天室|直播间)(都|里|)(正在|在)(讨论|聊|谈论|吐槽|说) ; (最后|
最新|上一|前面)(的|一)(条|句|个)(消息|弹幕|发言|评论) ; (没有|没什么)(可|要|)(补充|评论|回应) ;
(这段|该|上述|以上|根据|从|基于|这个|本次)(的|)(对话|聊天|聊天记录|文本|上下文)(内容|中|来看|是|
似乎|可以|显示|记录|主要|看起来|讨论|的内容) ; (聊天记录|聊天日志|聊天內容|上下文|对话内容|
對話內容) ; 用户(说|问|想|的|们|提到|要求|在|希望|正在|可能|发|似乎|让|需要|刚) ; (继续|繼續)(这个|
这段|我们的|)(对话|聊天|對話) ; 下一(行|条消息|条弹幕|条聊天) ; (简短|合适|适当|恰当)的(评论|回复|
回应|一句|消息|发言|回答) ; (可以|应该|我会)(这样|)(回复|回应)(说|：|道|他|她|一句|$) ; (观众|
大家)(正在|在)(讨论|谈论|聊) ; 这(句|条)(话|消息|回复)(符合|适合|表达) ; botname(回复|说|会说|回答|
应该) ;
"""
    # Korean
    """
(위|이|해당)(채팅|대화|메시지)(은|는|들은|에서|내용) ; (에관한|에대한)(내용|대화|채팅)(이다|입니다|
이며|으로) ; (다음|이어질|마지막|최근)(댓글|채팅|메시지|대화|발언) ; (채팅|대화)(에서|
방에서)(사람들|시청자|다들) ; (덧붙일|할)말이(없|따로) ; (대화|채팅)(내용|기록|로그|의흐름|맥락|
를이어|을이어|를계속|을계속|을바탕|를바탕|의맥락|에서) (을|를|은|는|이|가|에|상|보면|나온|바탕|
계속|이어|따르면|언급|나누|논의) ; (대화|채팅)를(이어|계속) ; 맥락(을|상|에|이) ; 사용자(가|는|의|
님|들|에게|께서) ; (짧은|적절한|간단한|가능한)(댓글|답변|코멘트|한마디|문장|응답|메시지) ; (다음|
마지막|최신)(줄|메시지|대사|문장|채팅)(은|을|는|를|이|가) ; 시청자(들|)(이|은|는)(이야기|대화|논의)
; botname(의답변|이말|은말|이라면) ;
"""
    # Others
    """
(het|dit|de) (gesprek|chatlogboek|chatgesprek) (gaat|lijkt|is|tussen) ; de gebruiker (vraagt|wil|
zegt|lijkt) ; (anvandaren|uzivatel|pengguna|brukeren|kayttaja) (fragar|vill|sager|chce|se pta|
bertanya|ingin|sier|kysyy) ; nguoi dung (hoi|muon|noi|da|dang) ;
"""
)

# Talk about the instructions, and words of the task.
INSTRUCTIONS: Final = (
    # English
    """
(one|single) line only ; (no|without) quotes ; (no|without) (quotation marks|quotes|emotes|
markdown) (no|and|or|as|please) ; (repeat|repeating) what was said ; speak (only |)for (myself|
yourself) ; (no|without) (emotes?|links?|names?|quotes?|lists?|markdown|quotation~) (and |)(no|or|
nor|without) (emotes?|links?|names?|quotes?|lists?|explanation|markdown|stage) ; (ive been|i have
been|i was|i am|im|been) told to (act|write|keep|speak|answer|respond|stay|sound|behave|be (a|
friendly|nice|short|brief|cheeky|curious|helpful|polite|funny|kind|casual|concise|yourself)) ;
system (prompt|message|instruction~) ; (my|these|the|your|given|previous|above|original)
(instructions|system|guidelines|rules) (say|said|tell|told|are|state|were|i was|above|as|to|
require|given|prompt|for me|clearly|forbid) ; (follow~|ignor~|disregard~|repeat~|forget~) (all |)
(my|the|these|your|any|previous) (previous |) instructions ; (im|i am|i was|was|been) (instructed|
programmed|prompted) (to|not|by|with) ; (not |)allowed to (reveal|share|talk about my|discuss my|
disclose) ; short remark ; next (chat |) line ; newest line ; (one|a|single) chat line ; line alone
; stage directions? ; (no|without|avoid|avoiding|not use|using) (markdown|quotation marks|stage) ;
(message|log) (begins|ends) ; twitch chat (bot|persona|regular) ; regular in the (twitch |)chat ;
((under|within|fewer than|less than|maximum|max|about|around|than) (20|twenty|25|30|15) words) ;
twenty words ; words or (less|fewer) ; word (limit|count) ; plain words ;
"""
    # Others
    """
meine (anweisungen|instruktionen) ; (systemprompt|systemnachricht|system prompt) ; (mis|tus)
instrucciones ; mensaje del sistema ; mes (instructions|consignes) ; (minhas|suas) instrucoes ;
(mie|mia) istruzion~ ; le mie istruzioni ; moje (instrukcje|polecenia|wytyczne) ; (мои|моим|моих)
инструкци~ ; системныи промпт ; (talimatlarim|sistem istemi|talimatlarima) ; تعليماتي ; (私の|
与えられた)指示 ; システム(プロンプト|メッセージ) ; (系统提示|提示词|我的指令|系統提示) ;
(시스템프롬프트|제지시|내지침|지시사항) ;
"""
)

# Thoughts about what to write.
THINKING: Final = (
    # English
    """
(need|have) to output ; just one (line|sentence|message) ; keep(ing|) (it|things|this) (fun|light|
casual|witty|cheeky|brief|concise|natural|relevant|playful|lighthearted|friendly|in one) ; (follow
up|callback|reference|nod|reaction|response) to (that|this|the|it) * (makes sense|works|fits|would|
seems) ; (one|single) (short |)(sentence|line) (that|with|about|in|max|only|and) ; the (last|
latest) (thing|person|chatter) (said|wrote|mentioned) ; (tone|topic|goal|style|mood|vibe|language|
format) (is |should be |)(cheeky|casual|light|playful|friendly|short|one|funny|english) ;
(potential|candidate|possible|sample|example) (lines|replies|responses|answers|messages|comments|
jokes|remarks) ; (what|how) would (a|an|the|botname|someone) * (say|respond|reply|react|answer|
write) (here|now|next) ; something (dry|light|short|funny|witty|casual|cheeky|playful|simple|
relatable) (here|works|would (work|fit)|that fits) ; (potential|candidate|possible|sample|example)
(line|reply|response|answer|message|comment|joke|remark)s? ; i (want|need|d like|would like|ll go
for|m looking for) (something|a (line|joke|comment|remark)|one|it) (light~|short|funny|witty|
casual|brief|simple|playful|that fits|to fit|cheeky|relatable) ; maybe (poke fun|mention (the|that|
how|his|something)|joke about|tease|comment on|reference the|refer to|a (quip|remark|playful|witty|
light)|something (about|short|light|witty)) ; (botname|the bot|it|a (regular|viewer|chatter)) would
(probably |likely |naturally |just |maybe |) (say|comment|respond|reply|react|write|mention|type) ;
^ * (so |)(people|they|viewers|everyone|folks) (are|is|seem|keep) (venting|discussing|talking|
joking|commenting|chatting|laughing|reacting|complaining|debating|excited|worried|frustrated)
(about|over|at|on) *** (i|so|maybe|humor|lets|something|joke) ; (humor|a joke|a pun|wit|sarcasm|
empathy) (helps|would (work|fit|help)|might (work|fit|help)|fits) ; (thought|thinking) process ;
(light|lighthearted|playful|witty|casual|humorous|cheeky) (tone|reply|response|remark|comment|line|
jab|quip|and (short|casual|witty|natural|friendly)) ; draft~ $ ; (need|should|must|have) (to |)(not
|)(avoid repeating|stay in character|match the (tone|mood|vibe|chat)|fit the (tone|mood|vibe|chat))
; ^ (okay|ok|alright|hmm|well|so|first|now|right|let me see|wait) * (the (user|prompt|task|
conversation|instruction~|system)|user (is|wants|asks|asked|says|said|wrote)|botname (needs|should|
is supposed|must|would)) ; user (is asking|wants|asks|asked me|wrote) ; (we|i) (need|have|want|
ought|got|am supposed) to (respond|reply|answer (as|the (user|question|message)|this|with|them|in)|
produce|generate|craft|output|come up with (a|something|one)|create a|stay in character|write *
(line|reply|response|message|remark|chat|something)|keep (it|my|the|this) (short|under|response|
reply|light|casual|natural|in|line)|make sure (the|my|it|i)|be (casual|careful to|concise|witty)|
avoid (repeating|mention~|using)) ; (i|we|it|my (response|reply)) (should|must|shall) (respond (as|
with|to the|in|something|naturally|here)|reply (as|with|to the|in|something)|write (a|one|the|
something|as|in) (line|reply|response|message|short|single|remark|comment|light|funny|casual|
witty)|craft|generate|output|produce|keep (it|my|the) (short|response|reply|light|casual|natural|
under|brief|concise)|answer (as|in|with|the)|say something (short|light|funny|that fits|like)|
acknowledge|be (short|casual|natural|concise|one|brief|in (the|english|character|line))|not
(mention|reveal|repeat|include)|avoid (repeating|using|any|mentioning)) ; let (me|us|s) (craft|
generate|respond|compose|formulate|analy~|draft|write (a|one|the|my|something)|come up with|think
of a|think about (how|what) (to|i|botname)|produce|see what the (chat|user)) ; lets (craft|
generate|respond|answer|produce|write|output|compose) (a|as|with|something|one|that|in|the) ;
(possible|potential|draft) (response|reply|line|answer|message)s? ; maybe (something like|say
something|respond with|i could say|a (line|joke|comment) (like|about)) ; (something|a line) (like|
along the lines of) (that fits|this) ; (final|chosen) (answer|line|response) ; (chain of thought|
internal monologue|thinking process) ; step by step ;
"""
    # Others
    """
(コメント|返信|返答)を(書きます|作成|考え) ; (では|それでは)(コメント|返信|返答|一言) ; (il faut|
faudrait|il faudrait) que (je|jecrive) (reponde|dise|fasse|trouve|ecrive|reste) ; (en|avec) (une |
)(seule |)(phrase|ligne|humour) (et|courte|legere) ; (je vais|je dois|jessaie de) (repondre|rester|
faire|ecrire) (avec|court|une|en) ; (antworte|schreibe) (ich |)(kurz|locker|mit humor|als) ; (语气|
口吻|风格)(要|应该|得|需要|保持)(轻松|幽默|自然|口语) ; (接|来|写|回|说)一(句|条|个)**(俏皮|轻松|
幽默|吐槽|短|弹幕) ; (不能|不要|不宜)太长 ; (ツッコミ|一言|コメント|冗談|ジョーク)(を|)(入れる|
返す|言う|書く)(の|が|べき|と|こと) ; (のが|が|と)(よさそう|良さそう|いいだろう|自然だろう|
適切だろう)(だ|です|$) ; (alle|die leute|viele) (reden|sprechen) uber *** (also|daher|da) (passt|
ware|konnte) ; (ein|einen) (witz|kommentar|spruch) (passt|ware|konnte) ; (농담|드립|한마디)(을|를|
)(하면|던지|치면|해야)(좋|될|겠|적절) ; (нужно|надо|можно|стоит|попробую) (бы |)(пошутить|написать|
ответить|отреагировать|прокомментировать|сказать что|упомянуть) ; (짧게|한마디|한줄|한 줄|
가볍게)**(써야|적어야|답해야|말해야|작성해|반응해) ; (써야|적어야|답해야|말해야)(겠|한다|할|합니다|
지) ; (コメント|返答|返信|発言|一言)として**(書|自然|適切|ふさわ) ; (を|と)(書き|返し|答え)(ます|
ましょう|たい|ておこう|ておく) ; (可以|想|该|应该|需要|得)(开个|写|说|回)(一|个|句|点)**(玩笑|弹幕|
调侃|评论|轻松|幽默) ; (ich|wir) (konnte|konnten|wurde|will|mochte) * (etwas (kurzes|lustiges|
witziges|passendes)|einen (witz|kommentar|spruch)|eine (bemerkung|reaktion)) ; (podria|puedo|voy a|
quiero) (decir algo|hacer (una broma|un comentario)|escribir (algo|una|un)) ; (je pourrais|je vais|
on pourrait) (dire quelque|faire (une blague|un commentaire)|ecrire) ; (posso|vou|poderia) (fazer
(uma piada|um comentario)|dizer algo|escrever) ; (potrei|vorrei|faro) (fare (una battuta|un
commento)|dire qualcosa|scrivere) ; (moge|moglbym|chce) (zazartowac|napisac cos|skomentowac) ; ^
(okay|ok|also|gut|hmm|zuerst|nun) (also |) (der|die) (benutzer|nutzer|user) ; ich (muss|sollte|
soll) (als |eine |jetzt |nun |) * (antworten|reagieren|antwort (schreiben|geben|formulieren)|
schreiben) ; lass mich (uberlegen wie|eine|nachdenken was) ; (debo|tengo que|necesito|deberia)
(responder|escribir (una|un)|generar|crear (una|un)|dar una respuesta) ; el usuario ; je (dois|
devrais) (repondre|ecrire (une|un)|generer|formuler|rediger) ; lutilisateur ; (preciso|devo|tenho
que) (responder|escrever (uma|um)|gerar|criar (uma|um)) ; o usuario ; (devo|dovrei) (rispondere|
scrivere (una|un)|generare) ; lutente ; (powinienem|musze|powinnam) (odpowiedziec|napisac (jedna|
krotka|wiadomosc|cos)|wygenerowac) ; (мне |я )(нужно|надо|должен|должна|следует) (ответить|написать
(одну|ответ|короткое|сообщение|реплику)|сгенерировать|придумать (ответ|реплику)) ; пользователь ;
(yanit|cevap) (vermeliyim|vermem gerek~|yazmaliyim) ; kullanici ; (يجب ان|علي ان|احتاج ان) (ارد|
اكتب|اجيب) ; المستخدم ; (まず|さて|では|ここでは)(ユーザー|会話|チャット) ; (返答|返信|回答|応答|
返事)(する必要|を考え|しなければ|しましょう|を作成|を書く|すべき) ; (と|を)考える必要 ; (好的|嗯|
首先|现在|那么)(用户|我需要|我得先|我要以|让我想|让我来|我应该) ; 我(需要|得|应该|必须)(回复|回应|
写一|生成|以|扮演|考虑|根据|确保|用(一|中|轻松)|保持) ; 让我(想想|来|思考|看看)(怎么|如何|该|
一下(怎么|如何)) ; (먼저|우선|좋아|음|그럼)(사용자|대화|채팅) ; (답변|응답|대답|답장)(해야|을작성|
을생각|을해야|하려면) ; 작성해(야|보겠) ; (이|위)대화에서는 ;
"""
)
