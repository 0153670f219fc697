"""The table of `!clank` verbs: the words, what follows them, and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class VerbWord:
    """One word that may follow ``!clank`` and is not a setting."""

    name: str
    help: str
    usage: str = ""
    """What follows it."""
    aliases: tuple[str, ...] = ()
    for_viewers: bool = False
    """Whether any viewer may use it; the others are for moderators."""


VERBS: Final[tuple[VerbWord, ...]] = (
    VerbWord("status", "how I am doing in this channel", aliases=("stats", "state")),
    VerbWord("help", "what I understand", "[NAME]", aliases=("commands", "?")),
    VerbWord("set", "changes a setting; the word set may be left out", "NAME VALUE"),
    VerbWord("reset", "sets one setting, or all of them, back to the default", "[NAME]"),
    VerbWord(
        "param",
        "shows or sets an option of the model: temperature, top_p, top_k, min_p, repeat_penalty, "
        "num_predict or seed",
        "NAME [VALUE]",
        aliases=("params", "option"),
    ),
    VerbWord("on", "I may speak again", aliases=("enable", "start", "unmute", "resume")),
    VerbWord("off", "I am silent until switched on", aliases=("disable", "stop", "mute")),
    VerbWord(
        "quiet", "I am silent for a while, or every day at these hours", "30m|23:00-08:00|off"
    ),
    VerbWord("why", "what decided last whether I speak", aliases=("reason",)),
    VerbWord("undo", "takes back the last change of a setting", aliases=("revert",)),
    VerbWord("speak", "I say something now", aliases=("say", "talk")),
    VerbWord("forget", "deletes what I keep of one viewer in this channel", "VIEWER"),
    VerbWord("block", "adds a word or phrase to this channel's blocked words", "TERM"),
    VerbWord("unblock", "takes it off this channel's blocked words", "TERM"),
    VerbWord(
        "optout", "deletes what I keep of you, everywhere, and keeps no more", for_viewers=True
    ),
    VerbWord("optin", "takes an optout back", for_viewers=True),
    VerbWord("about", "what I am and what I keep", aliases=("info",), for_viewers=True),
)
