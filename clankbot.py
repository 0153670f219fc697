#!/usr/bin/env python3
"""Start Clankbot: ``python clankbot.py --help`` tells what it can do."""

import _signal as signal  # in C, and there at once: the other takes some milliseconds
import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python must still get as far as this)
    sys.exit("Clankbot needs Python 3.11 or newer; this is Python " + sys.version.split()[0])


def leave(number: int, _: object) -> None:
    """End at once and without a word: nothing has begun yet, and imports can swallow exceptions.

    For the bot a hang-up is no reason to: it means that the word list is to be read again.
    """
    is_bot = sys.argv[1:2] in ([], ["run"])
    if not (is_bot and number == signal.SIGHUP):
        os._exit(0 if is_bot else 128 + number)


if __name__ == "__main__":
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, leave)

    from clankbot.app import main

    sys.exit(main())
