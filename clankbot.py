#!/usr/bin/env python3
"""Start Clankbot: ``python clankbot.py --help`` tells what it can do."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python must still get as far as this)
    sys.exit("Clankbot needs Python 3.11 or newer; this is Python " + sys.version.split()[0])

from clankbot.app import main

if __name__ == "__main__":
    sys.exit(main())
