"""The style sheet of the status page, by itself so that its checksum can be told to browsers."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

# Dark by the system's choice, light in print.  The four colours of states are readable on both
# backgrounds, and never tell anything that a word beside them does not.
STYLE: Final = """
:root{color-scheme:light dark;--back:#f4f5f7;--card:#fff;--line:#dfe3e8;--text:#1c2128;
--dim:#596372;--well:#1a7f37;--degraded:#8a5d00;--down:#c4232b;--blue:#2f6fd6;--pale:#a9c4ef;--own:#c2410c;
--soft-well:#e6f4ea;--soft-degraded:#fdf3dc;--soft-down:#fdeaea}
@media (prefers-color-scheme:dark){
:root{--back:#0e1116;--card:#161b22;--line:#2b323c;--text:#e4e8ee;
--dim:#98a3b3;--well:#4cc264;--degraded:#dfa93a;--down:#ff7b74;--blue:#5b97f5;--pale:#2f4f80;
--own:#ff9657;--soft-well:#12261a;--soft-degraded:#2b230f;--soft-down:#331719}}
@media print{:root{--back:#fff;--card:#fff;--line:#bbb;--text:#000;--dim:#444;--well:#176b2e;
--degraded:#7a5200;--down:#a81c22;--blue:#2f6fd6;--pale:#b9cdee;--own:#b03a08;--soft-well:#fff;
--soft-degraded:#fff;--soft-down:#fff}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.45 system-ui,-apple-system,
"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;-webkit-text-size-adjust:100%}
header,main,footer{max-width:86rem;margin:0 auto;padding:0 clamp(.75rem,2.5vw,2rem)}
header{padding-top:clamp(.75rem,2.5vw,1.75rem)}
.about{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:0 0 .6rem;
color:var(--dim);font-size:.875rem}
.about b{color:var(--text)}
.verdict{padding:clamp(.8rem,2vw,1.3rem) clamp(.9rem,2.2vw,1.6rem);border-radius:12px;
border:1px solid;border-left-width:8px}
.verdict h1{margin:0;font-size:clamp(1.3rem,1rem + 1.9vw,2.1rem);line-height:1.2;
overflow-wrap:anywhere;color:var(--text)}
.verdict p{margin:.5rem 0 0}
.verdict.well{background:var(--soft-well);border-color:var(--well)}
.verdict.degraded{background:var(--soft-degraded);border-color:var(--degraded)}
.verdict.down{background:var(--soft-down);border-color:var(--down)}
h2{margin:1.9rem 0 .7rem;font-size:1.15rem;overflow-wrap:anywhere}
h2 small,h3 small{font-weight:400;color:var(--dim);font-size:.875rem}
h3{margin:0 0 .35rem;font-size:.9rem}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
background:var(--back);border:1px solid var(--line);border-radius:5px;padding:.1em .4em;
overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:.85rem 1rem;min-width:0}
.repairs ol{margin:0;padding-left:2.2rem}
.repairs li+li{margin-top:.5rem}
.repairs li span{display:block;margin-top:.15rem}
.parts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:.7rem;
list-style:none;margin:0;padding:0}
.parts h3{display:flex;justify-content:space-between;gap:.6rem;font-size:1rem}
.parts h3 b{overflow-wrap:anywhere;min-width:0}
.level{white-space:nowrap;font-size:.875rem;font-weight:600}
.level::before{content:"";display:inline-block;width:.62em;height:.62em;border-radius:50%;
background:currentColor;margin-right:.4em}
.level.degraded::before{border-radius:0;transform:rotate(45deg) scale(.9)}
.level.down::before{border-radius:1px}
.level.well{color:var(--well)}.level.degraded{color:var(--degraded)}.level.down{color:var(--down)}
.parts p{margin:0;font-size:.9rem;overflow-wrap:anywhere}
.parts .since{color:var(--dim);margin-top:.2rem;font-size:.8125rem}
.waits{margin:-.35rem 0 .7rem}
.channel{display:grid;grid-template-columns:minmax(0,1fr);gap:.7rem}
@media (min-width:62rem){.channel{grid-template-columns:minmax(0,6fr) minmax(0,7fr)}}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:.7rem;
align-content:start}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{font-weight:600;color:var(--dim);font-size:.8125rem}
th,td{padding:.22rem .1rem .22rem .6rem;text-align:right;vertical-align:top}
th+th{padding-right:3.3rem;white-space:nowrap}
.plain th{padding-right:.1rem}
th:first-child,td:first-child{text-align:left;padding-left:0;overflow-wrap:anywhere}
td{font-variant-numeric:tabular-nums}
.stage td{border-top:1px solid var(--line);font-weight:600;padding-top:.38rem}
.lost td:first-child{padding-left:1rem}
.why td{color:var(--dim);font-size:.8125rem;padding-top:.05rem;padding-bottom:.05rem}
.why td:first-child{padding-left:2rem}
.zero td{color:var(--dim)}
td small{display:inline-block;min-width:3.2rem;color:var(--dim);font-weight:400;font-size:.8125rem}
.decisions th,.decisions td{text-align:left;padding-left:0;padding-right:.9rem}
.decisions td{border-top:1px solid var(--line)}
.decisions td:nth-child(-n+2){white-space:nowrap}
.decisions td:nth-child(3){overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto}
svg text{font:10.5px system-ui,"Noto Sans","Liberation Sans",sans-serif;fill:var(--dim)}
.grid{stroke:var(--line);fill:none}
.bar,.again{fill:var(--blue)}.kept{fill:var(--pale)}.own,.dot{fill:var(--own)}
.key{display:flex;flex-wrap:wrap;gap:.1rem .9rem;margin:.35rem 0 0;padding:0;list-style:none;
font-size:.8125rem;color:var(--dim)}
.key svg{display:inline-block;width:.75em;height:.75em;margin-right:.35em;vertical-align:-.02em}
footer{color:var(--dim);font-size:.8125rem;padding-top:1.6rem;padding-bottom:2rem}
@media (max-width:30rem){body{font-size:15px}th,td{padding-left:.35rem}td small{display:none}
th+th{padding-right:.1rem;white-space:normal}
.lost td:first-child{padding-left:.5rem}.why td:first-child{padding-left:1rem}
svg text{font-size:13px}.decisions thead{display:none}.decisions tr{display:block;padding:.3rem 0;
border-top:1px solid var(--line)}.decisions td{display:inline;border:0}
.decisions td:nth-child(-n+2){color:var(--dim);font-size:.8125rem;padding-right:.5rem}
.decisions td:nth-child(3){display:block}}
@media print{html{font-size:11px}body{font-size:1rem}.waits{break-after:avoid}
header,main,footer{max-width:none;padding-left:0;padding-right:0}
.card,.parts li,tr{break-inside:avoid}h2{break-after:avoid}}
""".strip().replace("\n", "")

STYLE_HASH: Final = f"sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}"
