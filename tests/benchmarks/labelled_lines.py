"""Chat lines judged by hand for a list of short words: to be blocked, or to be left alone."""

from __future__ import annotations

from typing import Final

_WORDS = """
ass tit tits cum anal arse cock dick sex rap nig hoe coon fag spic kys slut hell homo hop ham shed
lot met god ban los con pen bam aid
"""
SHORT_WORDS: Final = _WORDS.split()

TO_BE_BLOCKED: Final = """
what an ass
go to HELL
you a$$
such a d1ck
d!ck move
s.e.x
s e x
h e l l !!
ⓢⓔⓧ
ｓｌｕｔ
сum again
ｆаg
dicccccck
a r s e!
t-i-t
(h)(a)(m)
#slut
@cock hello
k🍖y🍖s
go kys.
k_y_s
ÀŚŚ
sluuuuut
h​am
my sh3d
c0c k
sl ut
c*ck
kcid
fahg
sloot
ass-hat
""".strip().splitlines()

TO_BE_LEFT_ALONE: Final = """
she'd be late, he'll see
it`ll do, I`ll say, she`d know
oh am I late for the show
so much amber in it
a s k me
never a s s ume
8am or 5am
it is 1:01 now, 4:20 later
I got 80085 points
c u m8
Scunthorpe United
assassin's class pass
a I u r w
hoop, loop and coop
at 10:05, 7/11
5 h a 3 m
h a m s t e r
the A55 to Chester
version 5.3.x is out
bàn này đẹp quá
mang theo chùm chìa khóa
tít mù xa
hôm nay tôi đi học
con mèo của tôi
där är en häst
schließ die Tür
e=mc2, x2=3, 0xA55
for (i = 0; i < n; i++) { sum += a[i]; }
arr.shift(), arr.pop(), hash.set(a, 5)
if (a && s || s) return
penny, pencil, dickens, cockpit, essex
analysis, cumulative, arsenal, raccoon
shell, hello, Michelle
A S S E S S M E N T
the S3 x5 bundle
TITAN vs TITANIA
b a n a n a
Kappa KEKW LUL
5 h e d s
h-hamster
rap-id fire
god-zilla was here
""".strip().splitlines()
