"""The picture of a rehearsal: well-formed, and true to the screen."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.doubles.terminal import Screen
from tests.pictures.rehearsal_picture import PICTURE, drawn

SVG = "{http://www.w3.org/2000/svg}"


def test_what_is_on_the_screen_is_drawn_in_its_colours() -> None:
    screen = Screen(40, 5)
    screen.feed("\x1b[1;38;5;33mmona\x1b[0m: <a> & b\r\n\x1b[1;7mbot\x1b[0m")
    texts = ElementTree.fromstring("\n".join(drawn(screen))).findall(f"{SVG}text")
    assert [text.text for text in texts[1:]] == ["mona", ": <a> & b", "bot"]
    assert (texts[1].get("fill"), texts[1].get("font-weight")) == ("#0087ff", "bold")
    assert float(texts[2].get("x", 0)) > float(texts[1].get("x", 0))
    assert float(texts[3].get("y", 0)) > float(texts[2].get("y", 0))


def test_the_picture_in_the_docs_is_one_of_a_rehearsal() -> None:
    picture = ElementTree.parse(PICTURE).getroot()
    words = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    assert "Clankbot rehearses" in words
    assert "[o_o] clankbot" in words
