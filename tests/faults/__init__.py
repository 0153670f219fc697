"""What the bot survives: one table of faults, each made to happen to the real program in mid chat.

``table.py`` is the page to read.  ``python -m tests.faults`` makes all of it happen and tells.
"""
