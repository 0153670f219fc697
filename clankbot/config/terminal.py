"""What the environment says about the terminal."""

from __future__ import annotations

import os


def wants_colours() -> bool:
    """Whether a terminal may be sent colours.  Source: https://no-color.org"""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
