"""Phrases in which a model speaks as an assistant, by language.  Data only.

A phrase is a row of words as ``phrases.words_of`` gives them (small letters, no accents, no
apostrophes; each character of a script without blanks is a word), and may hold: ``(a|b c|)`` one of
these, ``*`` ``**`` ``***`` up to 3, 8, 20 words of any kind, ``stem~`` any ending, ``word?`` its
last letter may lack, ``^`` the line's beginning, ``$`` its end, ``botname`` any name of the bot.
A ``;`` stands between phrases.
"""

from __future__ import annotations

from typing import Final

# "How can I help you today?"
ASSISTANT_MANNER: Final = (
    # English
    """
(im|i am) (so |very |really |)(glad|happy|delighted|pleased|thrilled) (that |to see |to hear |
)(everyone|everybody|the chat|people) ; (im|i am) (so |very |really |)(glad|happy|delighted|
pleased|thrilled) (that|to see|to hear) (you|youre) ; (give|send|tell) me a (topic|prompt|question)
; (your|everyones|the chats) (enthusiasm|excitement|frustration|frustrations|feelings|concern|
concerns|energy) ; i (can |totally |completely |fully |)(understand|sympathize|empathize|relate)
(your|with your|that you|how you|to your) ; (should|shall|do you want me to|would you like me to) i
(continue|go on|proceed|write|rewrite|try again) ; (my|the bots) (task|job|duty|role) (here |)is to
; (is|are) (the |)(key|keys|essential|crucial) (when|to (success|victory|winning|beating|mastering|
overcoming|any)) ; (i|we) (really |truly |)appreciate (your|that you|everyones) (enthusiasm|
support|input|feedback|patience|interest|question|thoughts|perspective|concern|help|effort~|kind) ;
(is|are|was) (a|an|one) (type|kind|form|variety|species|popular|traditional|classic|staple|common)
(of|dish|game|choice|technique|ingredient|grain|strategy|example|way|part) ; (commonly|typically|
widely|frequently|traditionally|generally|often) (used|known|found|referred|considered|served|
eaten|played|associated|regarded) ; (is|are) known for ; (wish|wishing) (you|everyone|them|all|him|
her|both) * (best|luck|success|well|great|wonderful|happy) ; (a|an) (hearty|nutritious|healthy|
delicious|tasty|flavorful|quick and easy) ; (what|which) (strategies|tips|techniques|tactics|
aspects|ingredients) ; (most|more) (helpful|effective|efficient|enjoyable|challenging|rewarding) ;
(hope|trust) (you|everyone|that you) (enjoy|enjoys|are enjoying|have|has|had|like|find) ; (get|got)
the hang of it ; believe in (yourself|your) ; to answer your question ; (many|various|several)
(delicious |great |different |other |good )(options|choices|possibilities|ways|factors|strategies)
; (id|i would|ill|i) love to (join|help|chat|hear|participate|discuss|assist|contribute) ; (ready|
here|available|waiting) when(ever|) you are ; (keep|continue) (practicing|learning|exploring|
improving|striving) ; (you|youll|you will) (will |)(get there|get it|do (great|it|fine)|succeed|
improve)( soon|) (just keep|keep|with|if you|eventually) ; (brings|bring) out (the|their|its)
(natural|full|best|true|rich|unique|flavor~) ; such as * (or|and) ; ^ (hello|hi|greetings|hey)
(there|everyone|everybody|friends?|all|viewers|folks|chat|and welcome) * (how (may|can|are you|is
everyone|are we)|what (can|would|brings)|welcome|im (here|your|clankbot|botname|excited|so)|i am|
its (great|nice|good)|thank|nice to (meet|see)|today|im botname) ; (hello|hi|hey|greetings) (there
|everyone |all |and |)welcome ; welcome (back |)to (the|my|our|todays|another) (stream|channel|
show|chat|video|community|episode) ; today (we are|were|we|i am|im|ill|well) (going to|gonna|will|
be|have) ; thank(s|you) for (watching|tuning in|joining (us|me|the)|stopping by|following|
subscribing|the follow|your support) ; thank you for (watching|tuning in|joining|stopping|
following|subscribing|your support) ; (like|follow|share|comment) and (subscribe|follow|share) ;
(dont forget|make sure|remember) to (like|subscribe|follow|share|hit the|leave a|stay|check out) ;
(smash|hit) (that|the) (like|subscribe|follow) ; stay tuned ; (be |)of (service|assistance|help)
(to you|today|$) ; (whats|what is) on your mind ; happy to chat ; (have|did) you (tried|considered|
try|consider|think about|thought about) (changing|adjusting|using a|taking|looking|practicing|
asking|checking|to) ; (it|that) (sounds|seems|looks) like (youre|you are|youve|you have|youre
having|everyone|the) ; (im|i am) (so |very |really |)sorry to hear ; (every|each) (attempt|failure|
mistake|challenge|step) (brings you|is an opportunity|is a chance|teaches (you|us)|is a step) ;
(takes|requires|needs) (time and|dedication|perseverance|persistence|patience and) ; keep up the
(great|good|amazing|excellent) work ; (together we (can|will)|let us all) ; (i|we) (would |d |
highly |strongly |)(recommend|suggest|advise|encourage) (you|that|trying|using|taking|to|a|
checking|everyone|viewers) ; (looking forward to|cant wait to) (hearing|chatting|discussing|
helping|assisting|our) ; (your|further) (thoughts|questions|feedback) (on|about|regarding|or) ;
what are your (thoughts|favorite|opinions) ; (how|what) about you $ ; (you can|you may|you could)
(always|also) (ask|try|consider|reach) ; nice to (meet|hear from) you ; how (are you|is everyone|is
everybody) (doing |feeling |)(today|this (evening|morning|fine)) ; (a|the) (great|wonderful|
fantastic) day (everyone|ahead|today|$) ; (how|what) (can|may|could|else can) (i|we) (help|assist|
do for) ; (can|may|could) i (assist|help) you ; anything else (i can|you|that) ; (something|
anything) specific ; (feel free|dont hesitate) to ; if you (have any|need (any|further|more|help|
assistance)|would like (me|to)|want me to) (other |further |more |)(questions|help|assistance|) ;
let me know if you (have|need|would|want|d|require) (any|anything|more|further|like me|help|
assistance|like more) ; let me know (how i|what you need|if theres anything|if there is anything|in
the comments) ; (im|i am|were|we are) (always |)here (to|and ready to) (help|assist|provide|
support|answer|listen|chat|make|ensure|engage) ; (id|i would|ill|i will|im|i am) (be |) (more than
|always |)(happy|glad|pleased|delighted) to (help|assist|provide|answer|hear|be of) ; (happy|glad)
to (help|assist) ; (i |)hope (this|that|it) (helps|answers|clarifies) ; please (provide|specify|
clarify|share (the|your|more|any)|go ahead|let me know|note that|feel|remember (to|that)|keep in
mind|be (respectful|mindful|aware|advised)|respond|continue|enter|type your|ask your|refrain|send
me) ; (helpful|virtual|digital|friendly) (ai |chat |twitch |) (assistant|companion) ; (thats|that
is|what) an? (really |very |)(great|excellent|wonderful|fantastic|thoughtful|insightful|
interesting|fascinating) (question|point|observation|topic) ; ^ (great|excellent|interesting)
question ; thank~ (you |) for (your|sharing|reaching|providing|the (question|information|
clarification|update|context|feedback)|asking|letting me know|bringing|participating|joining our) ;
i (completely |totally |fully |)understand (your|that you|how you (feel|must)) ; its (always |
)(important|essential|crucial|worth noting|great to (hear|see) (that you|your)) (to|that|for)
(note|remember|understand|respect|be|maintain|keep|consider|stay|recogni~|treat|approach|always) ;
its worth (noting|mentioning) ; remember (to|that) (always |)(be (respectful|kind|mindful)|treat|
stay (respectful|positive)|keep (the|things)|respect) ; (lets|we should|we must|try to) (all |)
(keep|maintain|focus on|strive|ensure) * (conversation|chat|discussion|environment|community|
atmosphere|respectful|positive) ; (a|an|more) (safe|positive|respectful|welcoming|inclusive|
supportive) (and * |)(environment|space|community|atmosphere|experience|conversation|chat) ; in
(conclusion|summary) ; ^ (of course|certainly|absolutely|sure) (please|ill|i can|i will|heres|here
is|here are|i would|id be|lets|what would|how) ; (lets|let us) (begin|get started|dive in|dive
into|delve|explore|continue (with |)(the|our|this)) ; dive (into|deeper) ; delve ; would you like
(me to|to (discuss|know more|talk about|share|learn|hear more|continue|explore)) ; what would you
like (to (discuss|talk|know|chat|ask|share|do|hear)|me to|help) ; what (topic|kind of|type of)
(would|are|do) you ; is there (a|any|something|anything) (specific|particular|else|that) ; (here|
below|these) (are|is) (some|a few|several|three|five|my|a (possible|short|sample|quick|list|
suggestion)|the (line|response|message|reply|next|answer|translation)) ; (hope|trust) (you|youre|
this message|all is|everyone) * (finds|find|well) ; (best|kind|warm) (regards|wishes) ; sincerely ;
yours truly ; hearing from you ; dear (user|viewer~|chat|streamer|friend|all|sir) ; you(re|are)
(absolutely |)(right|correct) (i apologize|my apologies|and i apologize|to (point|ask|be
concerned)) ; as (requested|per your|you requested|you mentioned|mentioned (above|earlier|before))
; ^ understood (i|ill|lets|thank~|here|$) ; ^ (okay|ok|got it|alright) (ill|i will|i can|let me|
lets) (help|continue|write|start|begin|do my best|try to|keep|respond|act|be) ; (im|i am) (always
|)(ready|prepared|excited|eager|happy|thrilled) to (help|assist|begin|start (chatting|the)|chat|
continue|
respond|engage|play the|be (part|here)|join|participate|answer|hear) ; my (purpose|goal|function|
main) (is|goal|purpose|task|role) (to|is) ; i (will|ll|am going to) do my best ; no problem here ;
(do you have|got) any (other |more |specific |)questions ; (what|which) (specific|aspect) ; (^|
welcome) (to our|to this (chat|community|channel|stream)) ; lets (keep|make) (the|this|our) (chat|
conversation) ; (it|that) (sounds|seems) like you(re|are|ve|have) ; (exciting|amazing|incredible|
wonderful) (journey|adventure|experience) ; a testament to ; (reply|respond|type) with (yes|no|
your) ;
"""
    # A host's closing words, in all languages
    """
(try|trying|here|happy) to be (helpful|of help|of use) ; (im|i am) still learning (but|and|so)
(i|ill) ;
(thats|that is) (it|all|a wrap) (from (me|us) |)(for (today|tonight|now|this (stream|episode|video|
session))|folks|everyone|everybody|guys) ; (alright|okay|ok) (folks|everyone|everybody|guys) (thats|
that is|lets|its|time|today|welcome) ; (see|catch) (you|ya|yall) (all |guys |everyone |)in the next
(one|video|stream|episode) ; das wars (fur|von) (heute|mir|uns) ; (eso|esto) (es|fue|ha sido) todo
por (hoy|ahora) ; cest tout pour (aujourdhui|ce soir|moi) ; (e isso|isso e tudo|foi isso) por hoje
; (per oggi e tutto|e tutto per oggi) ; to (juz |)(wszystko|tyle) na (dzis|dzisiaj) ; на (сегодня|
этом) (у меня |у нас |)все ; (今日|本日)はここまで(です|にし|とし) ; 오늘은여기까지(입니다|할게|
하겠|예요) ; 今天就到(这里|这儿|此) ; bugunluk bu kadar ; dat was het voor (vandaag|nu) ; det var
allt for (idag|ikvall) ; на сьогодні (все|це все) ; هذا كل شيء (لهذا |)اليوم ;
"""
    # German
    """
(ich |)(verstehe|kann) (deine|eure|ihre|dass (du|ihr|sie)|gut verstehen) (begeisterung|frustration|
aufregung|sorge|gefuhle|freude|bedenken|euch|dich|frustriert) ; (deine|eure|ihre) (begeisterung|
frustration|aufregung|bedenken) ; gib nicht auf ; (ich freue mich) (dass|fur) ; (wunsche|wunschen)
(ich |wir |)(euch|dir|ihnen|allen|beiden|den|dem|viel|einen) ; viel erfolg ; als (neutraler|
objektiver|unparteiischer|begeisterter) ; (geduld|ubung|durchhaltevermogen|teamwork) (ist|sind)
(der |)(schlussel|wichtig|alles|gefragt) ; schon dass (du|sie|ihr) (fragst|fragen|fragt|da) ;
(hallo|willkommen|guten (tag|abend)) * (willkommen|wie kann|ich bin|wie geht|womit) ; (willkommen|
herzlich willkommen) (zum|im|zuruck|beim|in) ; (abonniert|abonnieren|lasst ein like|daumen hoch|
vergesst nicht) ; danke furs (zuschauen|einschalten|fragen) ; (spannend~|faszinierend~|vielseitig~)
(sport|thema|spiel|frage|moment~) ; ich (empfehle|wurde (empfehlen|vorschlagen|raten)) ; wie kann
ich ; was (mochtest|mochten|mochtet) (du|sie|ihr) (wissen|besprechen|noch) ; freue mich (auf|dir|
ihnen|euch|zu|uber) ; hier (sind|ist) (einige|ein paar|meine) ; wie kann ich (dir|ihnen|euch)
(heute |)(helfen|behilflich|weiterhelfen) ; kann ich (dir|ihnen|euch) (sonst |noch |) * (helfen|
behilflich) ; (womit|wobei) kann ich ; (falls|wenn) (du|sie|ihr) (noch |weitere |) (fragen|hilfe)
(hast|haben|habt|brauchst|benotigen|benotigst) ; (zogere|zogern sie) nicht ; ich (helfe|
unterstutze) (dir|ihnen|euch|gerne|gern) ; gerne (helfe|unterstutze|stehe|beantworte) ; (stehe|
stehen) * zur verfugung ; (gibt es|haben sie|hast du) (sonst |noch |) etwas (bestimmtes|woruber|das
ich|womit) ; naturlich (hier|ich helfe|gerne) ; (hier|nachfolgend) (ist|sind) (ein(e|ige|) |meine |
)(mogliche~|antwort|nachricht|vorschlag~|beispiel~|kurze) ; (vielen |)dank fur (deine|ihre|eure)
(frage|nachricht|anfrage|ruckmeldung|geduld) ; das ist eine (sehr |)(gute|tolle|interessante|
ausgezeichnete|spannende) frage ; bitte (beachte|beachten|teile mir|geben sie|gib mir|stell~
sicher|denk~ daran) ; ich hoffe das hilft ; (mit freundlichen|liebe|beste) grussen? ; (lasst|lass)
uns (respektvoll|freundlich|das gesprach|die unterhaltung|beginnen|loslegen) ; wichtig zu
(beachten|betonen|wissen|verstehen) ; (kannst|konnen) (du|sie) (mir |) (mehr|weitere) (kontext|
informationen|details) ; zusammenfassend ; verstanden ich ;
"""
    # Spanish
    """
(entiendo|comprendo) (tu|su|vuestra|que (te|estes|estas)) * (frustracion|entusiasmo|emocion|
sientas|frustrado|preocupacion) ; (tu|su|vuestra) (frustracion|entusiasmo|preocupacion) ; no te
rindas ; (me alegra|me alegro) (que|de que|ver|saber) ; (son|es) (la |las |)(clave|claves|esencial|
fundamental) (para|en) ; (te|les|os) deseo ; (superar|afrontar) (este|el|los) (desafio|reto|
obstaculo~) ; (recuerden|recuerda|no olviden|no olvides) (que|ser|mantener|siempre|respetar) ; ^
hola * (que|sobre que|como|en que) (te|puedo|quieres|puedo) (gustaria|ayudar~|hablar|charlar) ;
(sobre|de) que (te gustaria|quieres|quisieras) (hablar|charlar|conversar|saber) ; bienvenid(o|a|os|
as) (a|al|de) (mi|la|el|nuestro|este) ; (suscribe~|suscribete|no olvid~ (suscribir~|seguir~|dar)) ;
gracias por (ver|estar|acompanar~|unir~|tu|su) ; (te|les) (recomiendo|sugiero|animo a) ; estoy
(aqui |)(para|listo para) (ayudar~|responder~|servir~|charlar) ; que (interesante|buena pregunta)$
; (en que|como) (puedo|te puedo|le puedo|les puedo) (ayudar~|asistir~|servir~) ; (puedo|te puedo)
(ayudar~|asistir~) (en|con|hoy) ; si (tienes|tiene|necesitas|necesita) (alguna|mas|otra|algo mas|
ayuda) ; no dud(es|e|en) en ; (estoy|estamos) aqui para ; claro (aqui|que si aqui|estoy|por
supuesto) ; (por supuesto|desde luego) (aqui|estoy|puedo) ; aqui (tienes|tiene|esta|te dejo) (una|
un|la|el|mi|algun~) ; gracias por (tu|su|compartir|preguntar|contactar|la pregunta) ; es una (gran|
excelente|buena|muy buena) pregunta ; (excelente|buena|gran) pregunta $ ; por favor (proporcion~|
comparte|indica|especifica|ten en cuenta|recuerda|dime (como|que)) ; espero que (esto |)(te |os |
les |le |)(ayude|sirva|sea) ; es importante (recordar|mantener|tener|destacar|senalar|respetar|que)
; (estare|estoy) encantad(o|a) de ; (en resumen|en conclusion) ; ambiente (positivo|respetuoso|
seguro|agradable) ; mantengamos ; hay algo (especifico|mas|en particular|en lo) ; (saludos
cordiales|atentamente) ; (podrias|puedes|podria) (darme|proporcionar~) mas (contexto|detalles|
informacion) ; que te gustaria (hablar|saber|discutir) ;
"""
    # French
    """
(je |)(comprends|comprend) (votre|ta|ton|que (vous|tu)) * (frustration|enthousiasme|inquietude|
soyez|sois|sentiment~) ; (votre|ta|ton) (frustration|enthousiasme|inquietude) ; (je suis|nous
sommes) (ravi~|heureu~) (que|de voir|de) ; (est|sont) (la |les |)(cle|cles|essentiel~) (pour|de|
dans) ; (je |nous |)(vous|te|leur) souhait(e|ons) ; noubli(ez|e|ons) pas (de|que) ; (rester|restez|
restons) (respectueux|courtois|positifs|bienveillants) ; les uns envers ; (bonjour|salut|bonsoir) *
(comment (puis|vas|allez)|bienvenue|en quoi|je suis (la|ravi|botname)) ; bienvenue (sur|dans|a)
(le|la|ma|mon|notre|ce|cette) ; (abonnez vous|noubliez pas de|pensez a vous abonner) ; merci
(davoir|de) (regarde|suivre|participe|votre) ; je (vous |te |)(recommande|suggere|conseille) ; de
quoi (aimeriez|veux|souhaites) (vous|tu) ; (comment|en quoi) (puis je|je peux|puisje) (vous |t|te |
)(aider|assister|etre utile) ; puis je (vous |t|) (aider|aider) ; (nhesitez|nhesite) pas ; (je
suis|nous sommes) (la|ici) pour (vous|t|repondre|aider|discuter) * ; si (vous avez|tu as) (dautres|
des|besoin|la moindre) ; (bien sur|certainement|bien entendu) (voici|je|voila) ; voici (une|un|
quelques|la|ma|mon) (reponse|message|proposition~|exemple~|suggestion~|courte|commentaire|ligne|
possible) ; merci (pour|de) (votre|ta|ton|mavoir|partager|votre) (question|message|comprehension|
retour|patience|partage|) ; (cest une |)(excellente|tres bonne) question ; (veuillez|merci de)
(preciser|fournir|noter|me|patienter|partager) ; jespere que (cela|ca|ceci|vous|tout) (vous |)
(aide|aidera|repond|allez|va bien) ; il est important (de|que) ; (je serai|je serais) (ravi|
heureux|heureuse) de ; en (conclusion|resume) ; (ambiance|environnement|atmosphere) (positive|
respectueu~|conviviale|bienveillant~) ; (cordialement|bien a vous) ; (restons|gardons)
(respectueux|courtois|une|la conversation) ; y a t il quelque chose ; de quoi (souhaitez|voulez)
vous ; (pouvez vous|pourriez vous|peux tu) (me |) (fournir|preciser|donner plus) ;
"""
    # Portuguese
    """
(entendo|compreendo) (sua|a sua|tua|que voce) * (frustracao|empolgacao|preocupacao|esteja|sente) ;
(sua|tua) (frustracao|empolgacao|preocupacao) ; nao desista ; (fico|estou) feliz (que|em|por) ;
(sao|e) (a |o |)(chave|fundamental|essencial) (para|em) ; (desejo|desejamos) (a |)(todos|voce|
voces|muit) ; (lembre se|lembrem se|nao se esqueca~) (de|que) ; ^ (ola|oi) * (em que|como|no que|
sobre o que) (posso|gostaria|voce) ; em que posso (ser|ajudar) ; bem vind(o|a|os|as) (a|ao|de
volta) ; (inscreva se|se inscreva|nao esqueca de|deixe seu like) ; obrigad(o|a) por (assistir|
acompanhar|participar) ; (recomendo|sugiro) (que|a|o) ; sobre o que (voce |)(quer|gostaria) ; como
posso (te |lhe |)(ajuda~|auxilia~|ser util) ; (em que|no que) posso ; posso (te |lhe |)(ajudar|
auxiliar) (em|com|voce) ; se (voce |)(precisar|tiver) (de |) (mais|alguma|ajuda|outra|algo) ;
(sinta se|fique) a vontade ; (estou|estamos) aqui para ; (claro|certamente|com certeza) (aqui|
estou|posso|vou) ; aqui (esta|estao|vai) (uma|um|a|o|algumas|alguns) ; obrigad(o|a) (por|pela|pelo)
(sua|seu|compartilhar|perguntar|entrar em|pergunta|mensagem|feedback) ; (e |) uma (otima|excelente|
boa) pergunta ; (otima|excelente) pergunta $ ; por favor (forneca|compartilhe|me diga (como|o que)|
lembre|note|especifique) ; espero que (isso|isto|voce) (ajude|esteja bem|tenha ajudado) ; e
importante (lembrar|manter|ressaltar|notar|que|respeitar) ; (ficarei|ficaria|estou) feliz em ; em
(resumo|conclusao) ; ambiente (positivo|respeitoso|seguro|acolhedor) ; vamos manter ; ha algo
(especifico|mais|em que|em particular) ; atenciosamente ; (poderia|pode) (me |)(fornecer|dar) mais
(contexto|detalhes|informacoes) ; sobre o que voce gostaria ;
"""
    # Italian
    """
(capisco|comprendo) (la tua|la vostra|che (tu|sei|siete)) * (frustrazione|entusiasmo|
preoccupazione|frustrat~) ; (tua|vostra) (frustrazione|preoccupazione) ; non arrender~ ; (sono
felice|mi fa piacere) (che|di|vedere) ; (e|sono) (la |le |)(chiave|fondamentale|essenziale) (per|
in) ; (auguro|auguriamo) ; (ricordate|ricordatevi|non dimenticate) (di|che|sempre) ; ^ ciao * (come
(posso|stai)|in cosa|di cosa|benvenut~) ; benvenut(o|a|i|e) (a|nel|nella|in|al|su) ; (iscrivetevi|
iscriviti|non dimenticate di|lasciate un like) ; grazie per (aver|la|averci|il) ; (ti|vi)
(consiglio|suggerisco) ; (sono |)qui per (aiutar~|rispondere|te|voi) ; come (posso|ti posso|vi
posso) (aiutar~|esser~|assister~) ; (in cosa|in che modo) posso ; posso (aiutarti|aiutarvi|
aiutarla) ; se (hai|avete|ha) (bisogno|altre|domande|qualche) ; non esit(are|ate|i) ; (sono|siamo)
qui per ; (certo|certamente|certo che si) (ecco|posso|sono qui) ; ecco (una|un|alcune|alcuni|la|il)
(possibile|risposta|messaggio|breve|suggeriment~|esempi~|commento|frase) ; grazie per (la tua|il
tuo|aver|la domanda|la sua|la comprensione) ; (e |) (unottima|una bella|uneccellente) domanda ;
ottima domanda $ ; per favore (fornisci|specifica|ricorda|condividi|fammi sapere) ; spero che
(questo|cio|tu|sia) (ti |) (aiuti|stia|utile|sia) ; e importante (ricordare|mantenere|notare|che|
sottolineare|rispettare) ; (saro|sarei) (felice|lieto) di ; in (conclusione|sintesi) ; ambiente
(positivo|rispettoso|sicuro|accogliente) ; manteniamo ; ce qualcosa (di specifico|in particolare|in
cui|che posso) ; cordiali saluti ; (potresti|puoi) (fornirmi|darmi) (piu|maggiori) ; di cosa (ti
piacerebbe|vorresti) parlare ;
"""
    # Polish
    """
rozumiem (twoja|twoje|wasza|wasze|ze (jestes|jestescie|to)) * (frustracje|entuzjazm|emocje|obawy|
sfrustrowan~|trudne) ; (twoja|twoj|wasza|wasz) (frustracj~|entuzjazm~) ; nie poddawaj(cie|) sie ;
ciesze sie ze ; (jest|sa) (kluczem|kluczow~|najwazniejs~) (do|w|aby) ; zycze (wam|ci|wszystkim|
powodzenia) ; pamietajcie ; ^ (czesc|witam|witaj|witajcie) * (w czym|jak moge|o czym|na kanale|
serdecznie) ; (zasubskrybuj~|subskrybuj~|nie zapomnij~|zostawcie lajka) ; dziekuje za (ogladanie|
uwage|obejrzenie) ; (polecam|sugeruje|proponuje) (abys|zeby|sprobowac) ; milego dnia ; (w czym|jak)
moge (ci |panu |pani |wam |)(dzis |)(pomoc|sluzyc) ; (jesli|jezeli) (masz|potrzebujesz|macie)
(jakies|pomocy|wiecej|dodatkowe|inne) ; nie wahaj sie ; (jestem|jestesmy) tu(taj|) (aby|zeby|by) ;
(oczywiscie|jasne|pewnie) (oto|chetnie|moge) ; oto (moja|mozliwa|przykladowa|krotka|kilka|
propozycja|odpowiedz|jedna|wiadomosc) ; dziekuje za (twoje|twoja|pytanie|podzielenie|wiadomosc|
zrozumienie|kontakt) ; to (bardzo |)(dobre|swietne|ciekawe|interesujace) pytanie ; prosze (podac|o
podanie|pamietac|pamietaj|daj znac|podaj|sprecyzowac|o wiecej) ; mam nadzieje ze (to pomoze|
pomoglem|ta odpowiedz) ; (wazne jest|warto pamietac|nalezy pamietac|pamietaj~) (aby|zeby|ze|o tym)
; (chetnie|z przyjemnoscia) (pomoge|odpowiem|porozmawiam) ; podsumowujac ; (przyjazna|pozytywna|
bezpieczna) (atmosfer~|przestrzen) ; z powazaniem ; czy (jest cos|moge|masz jakies) (konkretnego|w
czym|pomoc|pytania) ; o czym (chcialbys|chcesz) porozmawiac ; czy mozesz (podac|poda) wiecej ;
"""
    # Russian
    """
(я |)(понимаю|разделяю) (ваш~|вас|твое|твою|что (вы|вам|тебе)) * (волнение|разочарование|чувства|
восторг|тяжело|трудно|расстроены|эмоции) ; (ваше|ваш|ваши) (волнение|энтузиазм|разочарование|
чувства) ; не сдаваитесь ; (я |)рад(а|) что (вы|вам|тебе|все) ; надеюсь (вам|вы|тебе) (понравит~|
хорошо|нравится|все) ; если (что то|вам|у вас) (понадобится|нужна|нужно|потребуется) ; (жела(ю|ем))
(вам|всем|удачи|успехов|приятного) ; (терпение|практика) (и|это|ключ) ; (не забывайте|помните)
(что|о|быть|про) ; ^ (привет|здравствуите|добрыи (день|вечер)) * (чем|как|о чем|рад|я (здесь|
готов)) ; (подписываитесь|ставьте лаик|не забудьте (подписаться|поставить|про)) ; спасибо за
(просмотр|внимание|участие) ; (рекомендую|советую|предлагаю) (вам|тебе|попробовать|обсудить) ;
добро пожаловать ; (чим|як) (я |)можу (вам |тобі |)(допомогти|бути) ; якщо у вас ; (чем|как) (я |
)(могу|могу вам|могу тебе) (помочь|быть полез~|вам помочь|тебе помочь) ; если у (вас|тебя) (есть|
возникнут|будут) (вопросы|еще|какие|дополнительные|другие) ; не стесняи~ ; (обращаитесь|буду рад
помочь|рад помочь|рада помочь|готов помочь|всегда готов|с удовольствием помогу|готов ответить) ; я
здесь чтобы ; (конечно|разумеется|хорошо) (вот|я могу|я помогу|давайте) ; вот (возможныи|пример|мои
ответ|несколько|один из|вариант~|короткии|мое сообщение|ответ) ; (спасибо|благодарю) за (ваш~|твои
вопрос|вопрос|обращение|понимание|информацию|сообщение|уточнение) ; (это |)(отличныи|хорошии|очень
хорошии|интересныи|прекрасныи) вопрос ; пожалуиста (уточните|предоставьте|сообщите|поделитесь|
помните|обратите|укажите) ; надеюсь (это|мои ответ|что это) (поможет|помогло|вам|был) ; важно
(помнить|отметить|понимать|учитывать|соблюдать|чтобы) ; (в заключение|подводя итог|таким образом
можно) ; (дружелюбн~|позитивн~|уважительн~) (атмосфер~|обстановк~|общени~) ; с уважением ; (не
могли бы|можете ли|можете) вы (уточнить|предоставить|рассказать) ; давайте (продолжим|сохранять|
будем|поддерживать|начнем) ; о чем (бы вы|вы хотите|ты хочешь|бы ты) (хотели |хотел |) (бы |
)(поговорить|узнать) ;
"""
    # Turkish
    """
(heyecaninizi|hislerinizi|hayal kirikliginizi|duygularinizi|sizi|heyecanini) *** (anliyorum|
anlayabiliyorum) ; pes etme~ ; (basarilar|iyi seyirler|keyifli) (dilerim|dileriz) ; anahtar~dir ;
(merhaba|selam) * (nasil|size|ne konusmak|hos geldiniz) ; (abone ol~|begenmeyi unutma~) ;
izlediginiz icin ; (oneririm|tavsiye ederim) ; (nasil|size nasil|sana nasil) (yardimci|yardim)
(olabilirim|edebilirim) ; (yardimci olabilecegim|yardimci olmaktan|yardimci olmak icin|yardimci
olabilirim) ; (baska|herhangi) bir (sorunuz|sorun|sey) (varsa|var mi|olursa) ; cekinme~ ; (tabii
ki|elbette|tabii) (iste|buyurun|yardimci|size) ; iste (bir|size|kisa|olasi|birkac) ; (sorunuz|
mesajiniz|paylastiginiz|paylasiminiz|geri bildiriminiz) icin tesekkur~ ; (harika|guzel|cok iyi|iyi)
bir soru $ ; lutfen (belirtin|paylasin|bana bildirin|unutmayin|dikkat|daha fazla) ; umarim (bu|bu
bilgi|yardimci) ; (unutmamak|onemlidir|onemli olan) (onemli~|ki|)$ ; saygilar~ ; (sohbeti|ortami)
(saygili|olumlu|pozitif) ; hakkinda konusmak istersiniz ; daha fazla (bilgi|detay|baglam) verebilir
;
"""
    # Arabic
    """
(اتفهم|افهم) (حماس~|شعور~|احباط~|مشاعر~|قلق~) ; (لا تستسلم~) ; يسعدني (ان|انكم|انك) ; (مرحبا|اهلا|
السلام عليكم) * (كيف|بماذا|بكم في|انا هنا) ; (اشتركوا|لا تنسوا) (في|الاشتراك|الاعجاب) ; (انصحك|
اقترح) (ب~|ان|عليك) ; (كيف|بماذا) (يمكنني|استطيع|اقدر) (مساعدت~|ان اساعد~|خدمت~) ; (هل يمكنني|
يسعدني|سعيد ب|انا هنا ل~|انا هنا) (مساعدت~|ان اساعد~|للمساعده|للمساعدة|لمساعدت~|تقديم) ; (لا تتردد|
لا تترددوا) ; (اذا كان لديك|ان كان لديك|اذا كنت بحاجه|اذا كنت بحاجة|هل لديك) (اي|اسئله|اسئلة|الى|
سؤال) ; (بالطبع|بالتاكيد|حسنا) (اليك|ساقوم|يسعدني|هذا|اليكم|يمكنني) ; (اليك|اليكم) (بعض|رد|الرد|
رسالة|اجابه|اجابة|رساله) ; شكرا (لك |)(على|ل) (سؤالك|رسالتك|مشاركتك|تواصلك|تفهمك) ; سؤال (رائع|
ممتاز|جيد) ; (يرجى|من فضلك) (تقديم|توضيح|ملاحظه|ملاحظة|العلم|تزويد~|اخباري) ; (امل ان|اتمنى ان)
(يكون|تكون|يساعد) ; (من المهم|يجب ان نتذكر) ; مع (اطيب|خالص) (التحيات|التحيه) ;
"""
    # Japanese
    """
お気持ち ; (よく|とても)(わかります|分かります|理解できます) ; 無理(せず|なさらず|をせず) ; ^
(はい|承知|了解)(わかりました|しました|いたしました)(では|それでは) ; (楽しんで|頑張って)ください ;
(とても|大変|非常に)(興味深い|素敵な|参考) ; (もっと|さらに)(詳しく|教えて) ; (お過ごし|お楽しみ|
ご覧)(ください|いただ) ; (大切|重要|必要)(です|ですね|だと思います) ; 応援(して(います|おります)) ;
心より ; (こんにちは|こんばんは|皆さん|はじめまして)**(お話|お手伝い|しましょうか|ようこそ|何を|
いかが) ; (お話|会話)(を|)(しましょう|しませんか|できて嬉しい) ; チャンネル登録 ; 高評価 ; ご視聴 ;
おすすめ(します|いたします|です) ; (頑張って|楽しんで)(いきましょう|まいりましょう|くださいませ) ;
ようこそ ; 何か(お手伝い|ご質問|お困り|ご用|他に) ; お手伝い(できること|します|いたします|させて|
しましょうか|できます) ; ご質問(が|は|を|ありがとう|ください|、) ; (お気軽に|遠慮なく)(お|ご|質問|
聞い) ; (もちろんです|かしこまりました|承知しました|承知いたしました|了解いたしました|
わかりました以下) ; 以下(は|に|の|が) ; こちら(が|は)(回答|返信|返答|メッセージ|コメント) ;
ご理解(ください|いただ) ; お役に立て ; (良い|いい|素晴らしい)(ご|)質問(です|ですね|ありがとう) ;
教えていただけ ; 詳しく(教えて|お聞かせ) ; どのような(こと|話題|お手伝い|ご質問) ; (大切|
重要)(です|なのは) ; 心がけ(ましょう|てください) ; 楽しい時間をお過ごし ; お待ちしております ;
(皆様|皆さま) ;
"""
    # Chinese
    """
(理解|明白|懂)(你|您|你们|大家)的(心情|感受|想法|担心|激动) ; 不要(放弃|灰心|气馁) ; (为|替)(你|您|
大家)感到(高兴|开心) ; 希望(大家|各位) ; (共同|一起)(维护|营造|努力|创造) ; 文明(发言|观看|聊天) ;
祝(大家|各位|你们|您) ; (坚持|耐心|练习)(就是|是|才能)(关键|胜利|成功) ; 加油(您|各位) ; (你好|
大家好|您好|嗨)(我是|很高兴|有什么|欢迎|今天(我们|想)) ; 欢迎(来到|大家|各位|收看) ; (记得|别忘了|
不要忘记)(点赞|关注|订阅|三连) ; (点赞|关注)(和|加|并)(订阅|关注|收藏) ; 感谢(大家|您|你)(的|
)(观看|收看|支持) ; (我|)(建议|推荐)(您|你|大家)(可以|尝试) ; (随时|竭诚|为您)(为您|服务|效劳) ;
(有什么|有甚麼|什么)(我|)(可以|能|可)(帮|幫|为您|为你|協助|协助) ; (很高兴|很乐意|非常乐意)(为|能|
帮|与|和|回答) ; 请(提供|随时告诉|随时(提问|联系|问我)|告诉我更多|告诉我您|注意|记住|您|继续|允许)
; (如果|若)(你|您)(有|需要|还有)(任何|其他|什么|更多|帮助|疑问|问题) ; 希望(这|对你|对您|能帮|我的|
您) ; 当然(可以|)(以下|这里|这是|下面|我) ; ^ (好的|没问题)(以下|这是|请|下面|我会|我将) ; (以下|
下面)是 ; (感谢|谢谢)(您|你)的(提问|理解|分享|反馈|提醒|问题|耐心|配合|关注) ; ^ 您(好|的) ;
您(需要|可以|想|有) ; 保持(友好|尊重|积极|礼貌) ; 让我们(继续|开始|保持|共同) ; (总之|综上所述|
总的来说) ; 需要(注意|指出|提醒)的是 ; 一个(很好|非常好|很有趣|非常有趣|好)的(问题|观点|话题) ;
我(完全|)理解(你|您)的 ; (想|想要)(聊|了解|讨论)(什么|些什么|哪方面) ; 竭诚 ; (请问|請問)(有|您|
還有) ;
"""
    # Korean
    """
(마음|기분|심정)(을|이|)(이해|공감)(합니다|해요|됩니다) ; ^ (네|예)알겠습니다 ; (다음과같이|
아래와같이) ; 포기하지(마세요|마시고) ; (답변|말씀)(드리|하)겠습니다 ; (바랍니다|바라겠습니다|
드립니다|부탁드려요) ; (즐거운|좋은|행복한)(시간|하루|시청)(보내|되) ; (인내|연습)(심|)(이|
가)(중요|필요) ; 응원합니다 ; (흥미롭|흥미로운) ; (안녕하세요)**(도와|무엇|저는|환영|반갑) ; (구독|
좋아요)(과|와|)(좋아요|구독|알림) ; 시청해주셔서 ; (추천|제안)(드립|해드) ; 환영합니다 ; (무엇을|
어떻게|뭘|무엇이든)도와(드릴|줄까요) ; 도와드(릴까요|릴게요|리겠습|릴수) ; (궁금한|궁금하신|
더필요한)(점|것|게|사항)이(있으|있으시) ; (언제든지|편하게|자유롭게)(말씀|물어|문의|질문|알려) ;
물론입니다 ; (도움이되었|도움이필요하|도움이되길) ; 좋은질문(입니다|이네요|이에요|이십니다) ;
(다음은|아래는|여기있습니다) ; 말씀해(주세요|주시면|주시겠) ; (이해해|질문해|공유해|
말씀해)주셔서감사 ; 존중(하는|하며|해) ; (긍정적인|건전한|안전한)(분위기|환경|대화) ; (자세한|
구체적인)(내용|정보|설명)(을|이|)(알려|제공|말씀|필요) ; 중요합니다 ; 무엇에대해이야기 ;
"""
    # Greek
    """
(πως|σε τι) (μπορω|θα μπορουσα) να (σε|σας) (βοηθησω|εξυπηρετησω) ; (μη διστασεις|μη διστασετε) ;
ειμαι εδω για να ;
"""
    # Hindi
    """
(कस|कैस|कैसे) मदद कर (सकता|सकती) ; (मै|में|मैं) *** मदद कर सकता ; सहायता (कर|के लिए) ;
"""
    # Others
    """
hur kan jag (hjalpa|assistera) ; tack for (att du|din fraga) ; (toi|minh) co the (giup|ho tro) ;
(hvad|hva) kan jeg ; hoe kan ik (je|u|jullie) (vandaag |)(helpen|assisteren) ; (aarzel|schroom)
niet ; hier is (een|mijn) (mogelijke|korte|reactie|antwoord|bericht) ; bedankt voor (je|uw) (vraag|
bericht) ; (hur|vad) kan jag hjalpa ; jak (vam |ti |)mohu pomoci ; (ada yang|apa yang) (bisa|dapat)
saya bantu ; apakah ada yang ; terima kasih (atas|telah) ; toi co the giup ; (neha|hvordan) kan jeg
hjelpe ;
"""
)
