"""Draws docs/status-dark.png and status-light.png: ``python -m tests.pictures.status_picture``.

A made-up week (``busy_hour``) is shown by a real browser, headless Chromium, of which Debian's
package will do: ``apt install chromium``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from clankbot.status.document import Document
from clankbot.status.page import html_page
from tests.pictures.busy_hour import document, troubled

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
WIDTH: Final = 1180
HEIGHT: Final = 1280
_QUIET: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--hide-scrollbars",
)


def draw(shown: Document, target: Path, *, dark: bool, width: int = WIDTH) -> None:
    """The page as a browser shows it, in a picture."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("there is no chromium to draw with")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(html_page(shown), encoding="utf-8")
        subprocess.run(
            [
                *(browser, *_QUIET, f"--user-data-dir={folder}/profile"),
                f"--window-size={width},{HEIGHT}",
                f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                f"--screenshot={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


if __name__ == "__main__":
    draw(document(), DOCS / "status-dark.png", dark=True)
    draw(document(troubled()), DOCS / "status-light.png", dark=False)
