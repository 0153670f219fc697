"""Makes docs/rehearsal.svg from a real rehearsal: ``python -m tests.pictures.rehearsal_picture``.

The program runs in a pseudo-terminal, a few lines are typed into it, and what is then on the screen
is drawn.  Every run differs: viewers talk as they like.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Final

from tests.doubles.terminal import Screen, Terminal
from tests.waiting import wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
PICTURE: Final = ROOT / "docs" / "rehearsal.svg"
COLUMNS: Final = 92
HEIGHT: Final = 38
PATIENCE_S: Final = 60.0

FONT: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
FONT_PX: Final = 14
CELL_PX: Final = 8.43
ROW_PX: Final = 19
MARGIN_PX: Final = 16
TITLE_PX: Final = 34
BACKGROUND: Final = "#14161b"
TITLE_BAR: Final = "#23262d"
TEXT: Final = "#d7dae0"
DIM: Final = "#8b919c"
BUTTONS: Final = ("#ff5f57", "#febc2e", "#28c840")
# The six steps of each colour in the cube of the 256.
STEPS: Final = (0, 95, 135, 175, 215, 255)


def rehearsed() -> Screen:
    """A rehearsal with all that it is about, and half a line typed."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        terminal = Terminal(
            [sys.executable, str(ROOT / "clankbot.py"), "rehearse"],
            Path(folder),
            environment,
            columns=COLUMNS,
            height=HEIGHT,
        )
        try:
            terminal.wait_for("ends the rehearsal.", PATIENCE_S)
            talk(terminal, 3)
            type_at_prompt(terminal, "hi everybody, did I miss the moth king?\n")
            terminal.wait_for("] clankbot: ", PATIENCE_S)
            talk(terminal, 1)
            type_at_prompt(terminal, "@clankbot would you rather have popcorn or cold pizza?\n")
            terminal.wait_for("clankbot → you: ", PATIENCE_S)
            type_at_prompt(terminal, "!clank status\n")
            terminal.wait_for("mod you: !clank status [o_o] clankbot → you: ", PATIENCE_S)
            talk(terminal, 1)
            type_at_prompt(
                terminal, "/as cheap_fame_4u cheap followers and viewers, be famous by friday\n"
            )
            terminal.wait_for("timed cheap_fame_4u out", PATIENCE_S)
            type_at_prompt(terminal, "@clankbot was that a fr")
            talk(terminal, 1)
            return terminal.screen()
        finally:
            terminal.close()


def type_at_prompt(terminal: Terminal, keys: str) -> None:
    """Type as soon as the program waits for a line."""
    wait_until(lambda: terminal.screen().lines[-1] == ">", PATIENCE_S)
    terminal.type(keys)


def talk(terminal: Terminal, count: int) -> None:
    """Wait until so many more rows are there."""
    before = len(terminal.screen().lines)
    wait_until(lambda: len(terminal.screen().lines) >= before + count, PATIENCE_S)


def colour(number: int) -> str:
    """One of a terminal's 256 beyond the first 16."""
    if number >= 232:
        grey = 8 + (number - 232) * 10
        return f"#{grey:02x}{grey:02x}{grey:02x}"
    cube = number - 16
    red, green, blue = STEPS[cube // 36], STEPS[cube // 6 % 6], STEPS[cube % 6]
    return f"#{red:02x}{green:02x}{blue:02x}"


def look(style: str) -> Mapping[str, str]:
    """The attributes of text in a style, as in ``ESC [ style m``."""
    codes = style.split(";")
    attributes = {"fill": DIM if "2" in codes[:1] else TEXT}
    if "1" in codes[:1]:
        attributes["font-weight"] = "bold"
    if "38" in codes:
        attributes["fill"] = colour(int(codes[-1]))
    elif "7" in codes:
        attributes["fill"] = BACKGROUND
    return attributes


def drawn(screen: Screen) -> Iterator[str]:
    """The picture, line by line."""
    width = round(COLUMNS * CELL_PX + 2 * MARGIN_PX)
    height = TITLE_PX + len(screen.lines) * ROW_PX + 2 * MARGIN_PX
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" font-family="{FONT}" font-size="{FONT_PX}">'
    )
    yield "<title>A rehearsal in a terminal: viewers chat, and the bot talks along</title>"
    yield f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>'
    yield f'<path d="M0 {TITLE_PX}V8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v{TITLE_PX - 8}z"'
    yield f' fill="{TITLE_BAR}"/>'
    for number, fill in enumerate(BUTTONS):
        yield f'<circle cx="{20 + 20 * number}" cy="{TITLE_PX // 2}" r="6" fill="{fill}"/>'
    yield f'<text x="{width // 2}" y="22" fill="{DIM}" text-anchor="middle">'
    yield "python clankbot.py rehearse</text>"
    for row, pieces in enumerate(screen.runs()):
        y, column = TITLE_PX + MARGIN_PX + row * ROW_PX, 0
        for text, style in pieces:
            if text.strip():
                yield from piece(text.rstrip(), look(style), column, y, "7" in style.split(";"))
            column += len(text)
    cursor_x = MARGIN_PX + screen.column * CELL_PX
    cursor_y = TITLE_PX + MARGIN_PX + (len(screen.lines) - 1) * ROW_PX
    yield f'<rect x="{cursor_x:.1f}" y="{cursor_y}" width="{CELL_PX}" height="{ROW_PX - 2}"'
    yield f' fill="{TEXT}"/>'
    yield "</svg>"


def piece(
    text: str, attributes: Mapping[str, str], column: int, y: int, is_reversed: bool
) -> Iterator[str]:
    """Text of one style, as wide as its columns whatever the font."""
    x, width = MARGIN_PX + column * CELL_PX, len(text) * CELL_PX
    if is_reversed:
        yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW_PX - 2}" fill="{TEXT}"/>'
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    place = f'x="{x:.1f}" y="{y + FONT_PX}" textLength="{width:.1f}"'
    yield f'<text {place} xml:space="preserve"{written}>{escape(text)}</text>'


if __name__ == "__main__":
    PICTURE.write_text("\n".join(drawn(rehearsed())) + "\n", encoding="utf-8")
