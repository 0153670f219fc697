"""Children that hear every signal, however the tests were started.

What a process ignores or blocks, the programs it starts ignore or block, too: ``nohup`` has SIGHUP
ignored, and a shell SIGINT in what it starts with ``&``, so that no Ctrl-C of a test would arrive.
A signal with a handler is back at its default in a child.
Source: https://man7.org/linux/man-pages/man7/signal.7.html (Signal dispositions, Signal mask)
"""

from __future__ import annotations

import signal


def let_children_hear() -> None:
    """Whatever this process ignores it ignores from now on by a handler, and it blocks nothing.

    The main thread calls it before it starts another: threads inherit the mask.
    """
    for number in signal.valid_signals():
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
