"""The page in each of its forms: complete, escaped, and adding up."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from clankbot.records.answers import Decision, Figures
from clankbot.records.counts import COARSE_S, FINE_S, Count, total
from clankbot.records.reasons import Why
from clankbot.status.document import DAY_S, HOUR_S, Document, Live, put_together
from clankbot.status.facts import Level, Part, Repair
from clankbot.status.funnel_rows import funnel_rows, in_words
from clankbot.status.rendering import rendered
from tests.pictures.busy_hour import CHANNELS, NOW_MS, document, troubled

_BY_REASON: Final = {"not_the_time", "no_draft", "judged", "held_back", "refused"}
LIVE: Final = Live({"moth_kingdom": {"sent": 3, "lines_timed": 2, "within:5": 1}}, (5, 60))


def form(name: str, shown: Document | None = None) -> str:
    return rendered(name, shown or document(), LIVE).body.decode()


# -- HTML ------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """A page taken apart, each tag closed in its turn."""

    VOID: Final = {"meta"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)


def hostile() -> Document:
    """Markup wherever a text comes from outside the page."""
    bad = '<script>alert("x")</script>&\'"'
    shown = document(troubled())
    state = replace(
        shown.state,
        version=bad,
        channels=(bad,),
        parts=(Part(bad, Level.DOWN, bad, NOW_MS),),
        repairs=(Repair(bad, bad), Repair(bad, f"python {bad}")),
    )
    return replace(shown, state=state, decisions=[(bad, Decision(NOW_MS, bad))], waits={bad: bad})


@pytest.mark.parametrize("shown", [document(), document(troubled()), hostile()])
def test_nothing_runs_or_comes_from_elsewhere(shown: Document) -> None:
    page = Page(form("html", shown))
    assert {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe", "form", "a"} == set()
    for _, attributes in page.tags:
        assert not {"style", "src", "href", "xlink:href"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]


def test_every_value_is_escaped() -> None:
    words = "".join(Page(form("html", hostile())).words)
    assert words.count('<script>alert("x")</script>&\'"') >= 9


def test_the_policy_lets_in_just_its_own_style() -> None:
    reply = rendered("html", document(), LIVE)
    (style,) = re.findall(r"<style>(.*?)</style>", reply.body.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in reply.head().decode()


def test_every_class_that_is_used_has_a_style() -> None:
    page = form("html", document(troubled()))
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0]
    used = {name for found in re.findall(r'class="([^"]*)"', page) for name in found.split()}
    unknown = {name for name in used if f".{name}" not in style}
    assert unknown == set()


def test_the_page_tells_all_of_it() -> None:
    words = " ".join(" ".join(Page(form("html", document(troubled()))).words).split())
    for phrase in (
        "4 things to do, first: llama3.1: Ollama has not answered",
        "ollama serve",
        "#moth_kingdom",
        "It waits: 18/30 messages, 121 s of the delay left",
        "the newest backup was made 1 d 15 h ago",
        "− refused by the judge",
        "answered by somebody within a minute",
        "mention not answered: cooldown",
    ):
        assert phrase in words, phrase


def test_plots_have_texts_for_who_cannot_see_them() -> None:
    labels = [a.get("aria-label") for tag, a in Page(form("html")).tags if tag == "svg"]
    told = [label for label in labels if label]
    assert len(told) == 4 * len(CHANNELS) + 2
    assert any(
        re.fullmatch(
            r"Messages a minute, the last 6 hours; at most \S+/min, \d+ lines of its own", t
        )
        for t in told
    ), told


def test_a_hundred_channels_make_no_huge_page() -> None:
    names = tuple(f"channel_{n}" for n in range(100))
    shown = document()
    some = shown.fine["moth_kingdom"]
    state = replace(shown.state, channels=names)
    many = replace(
        shown, state=state, fine=dict.fromkeys(names, some), coarse=dict.fromkeys(names, some)
    )
    page = form("html", many)
    assert all(f"#{name}<" in page for name in names)
    assert len(page) < 400_000


def test_with_nothing_to_tell_it_is_whole_as_well() -> None:
    empty = Document(document().state, {}, {})
    words = " ".join(Page(form("html", empty)).words)
    assert "None yet, or the database cannot be asked." in words
    assert "nothing yet" in words
    for name in ("text", "json", "metrics"):
        assert form(name, empty)


# -- the funnel ------------------------------------------------------------------------------------


def test_the_rows_of_the_funnel_add_up() -> None:
    times = [document().last(seconds, "moth_kingdom") for seconds in (HOUR_S, DAY_S)]
    for column in (0, 1):
        left, lost, stages = 0, 0, 0
        for row in funnel_rows(times):
            if row.depth == 0:
                assert row.count is Count.OCCASIONS or row.counts[column] == left - lost
                left, lost, stages = row.counts[column], 0, stages + 1
            elif row.depth == 1:
                lost += row.counts[column]
        assert stages == 5
    assert total(times[1], Count.OCCASIONS) > 2000


def test_the_reasons_of_a_loss_add_up_to_it() -> None:
    (row, *rest) = funnel_rows([document().last(DAY_S, "moth_kingdom")])
    assert row.count is Count.OCCASIONS
    passed_over = rest[0].counts[0]
    reasons = [each.counts[0] for each in rest[1:] if each.depth == 2]
    upto = next(n for n, each in enumerate(rest[1:]) if each.depth != 2)
    assert sum(reasons[:upto]) == passed_over


def test_a_turn_under_way_has_a_row_while_there_is_one() -> None:
    words = [row.words for row in funnel_rows([{"occasions": 1, "started": 1}])]
    assert "under way, or broken off by a stop" in words
    assert "under way, or broken off by a stop" not in [
        row.words for row in funnel_rows([{"occasions": 1, "started": 1, "no_draft:model": 1}])
    ]


@pytest.mark.parametrize("code", [*Why, "mention_cooldown", "msg_slowmode", "echo"])
def test_every_reason_has_words(code: str) -> None:
    words = in_words(code)
    assert "_" not in words
    assert "msg" not in words


def test_what_is_live_takes_the_place_of_what_was_stored() -> None:
    began_ms = NOW_MS - NOW_MS % (FINE_S * 1000)
    old, new = ({"messages": 1}, {"messages": 5})

    class Stored:
        def __enter__(self) -> Stored:
            return self

        def __exit__(self, *error: object) -> None:
            return None

        def figures(self, span_s: int, since_ms: int, until_ms: int) -> list[Figures]:
            return [Figures("alpha", span_s, began_ms, old)]

        def all_decisions(self, limit: int) -> list[tuple[str, Decision]]:
            return []

        def size_bytes(self) -> int:
            return 1

        def message_count(self) -> int:
            return 2

        def backed_up_ms(self) -> int | None:
            return None

    live = [Figures("alpha", FINE_S, began_ms, new)]
    shown = put_together(document().state, live, Stored(), {})
    assert shown.fine["alpha"] == {began_ms: new}
    assert shown.coarse["alpha"] == {began_ms: old}
    assert COARSE_S > FINE_S


# -- for programs ----------------------------------------------------------------------------------


def test_json_holds_the_same_funnel() -> None:
    value = json.loads(form("json"))
    assert (value["verdict"], value["words"]) == ("well", "All well")
    day = value["channels"]["moth_kingdom"]["last_day"]
    assert day["occasions"] == day["not_the_time"] + day["started"]
    assert day["drafted"] == sum(day[w] for w in ("judged", "filtered", "held_back", "sent"))
    assert day["not_the_time"] == sum(day["reasons"]["not_the_time"].values())
    assert value["database"]["messages"] == 18_204


NAME: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL: Final = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE: Final = re.compile(rf"({NAME})(?:{{({LABEL}(?:,{LABEL})*)}})? (\S+)")


def samples(text: str) -> Iterator[tuple[str, str, float]]:
    """Every sample, read by the grammar of the format; AssertionError for anything else.

    Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    """
    assert text.endswith("\n")
    kinds: dict[str, str] = {}
    helped: set[str] = set()
    family = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family, _, told = line.removeprefix("# HELP ").partition(" ")
            assert told.endswith(".")
            assert family not in helped, "a family stands in one place"
            helped.add(family)
        elif line.startswith("# TYPE "):
            named, kind = line.removeprefix("# TYPE ").split(" ")
            assert named == family
            assert kind in ("counter", "gauge", "histogram")
            assert (kind == "counter") == named.endswith("_total")
            kinds[family] = kind
        else:
            found = SAMPLE.fullmatch(line)
            assert found is not None, line
            stem = re.sub(r"_(bucket|sum|count)$", "", found[1])
            assert family == (stem if kinds[family] == "histogram" else found[1])
            yield found[1], found[2] or "", float(found[3])
    assert kinds.keys() == helped


def metric_rows() -> list[str]:
    """The rows of the README's table, made of the text itself."""
    counts = {f"{c}:echo" if c in _BY_REASON else str(c): 1 for c in Count}
    live = Live({"": counts, CHANNELS[0]: {**counts, "within:5": 1, "lines_timed": 1}}, (5,))
    lines = rendered("metrics", document(), live).body.decode().splitlines()
    rows = []
    for number, line in enumerate(lines):
        if line.startswith("# HELP "):
            name, _, told = line.removeprefix("# HELP ").partition(" ")
            kind = lines[number + 1].split(" ")[3]
            labels = re.findall(r"(\w+)=\"", lines[number + 2])
            shown = ", ".join(f"`{label}`" for label in labels if label != "le")
            rows.append(f"| `{name}` | {kind} | {shown} | {told} |")
    return rows


def test_every_metric_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = readme.split("| metric | kind | labels | what it is |\n", 1)[1].split("\n\n", 1)[0]
    assert table.splitlines()[1:] == metric_rows()


@pytest.mark.parametrize("shown", [document(), document(troubled()), hostile()])
def test_metrics_keep_to_the_grammar(shown: Document) -> None:
    found = list(samples(form("metrics", shown)))
    assert len({(name, labels) for name, labels, _ in found}) == len(found)
    assert len(found) > 20


def test_metrics_tell_what_was_counted_in_this_run() -> None:
    found = {(name, labels): value for name, labels, value in samples(form("metrics"))}
    moth = 'channel="moth_kingdom"'
    assert found["clankbot_lines_sent_total", moth] == 3
    assert found["clankbot_line_seconds_bucket", f'{moth},le="5.0"'] == 1
    assert found["clankbot_line_seconds_bucket", f'{moth},le="+Inf"'] == 2
    assert found["clankbot_line_seconds_count", moth] == 2
    assert found["clankbot_up", ""] == 1
    assert found["clankbot_database_messages", ""] == 18_204
    assert found["process_resident_memory_bytes", ""] > 1_000_000
