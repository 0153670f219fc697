"""The values that cross rooms: frozen, typed, and without behaviour.

The ground floor.  Imports only the standard library; every room may import this package.
Names follow the wire: ``channel`` is lower case without ``#``, ``login`` is lower case, ids are
strings as Twitch sends them, and times are integer milliseconds UTC (``_ms``) unless a name says
otherwise.  ``None`` means absent; an empty string is a value.
"""

from __future__ import annotations

import enum
from typing import Final

from clankbot.records.accounts import (
    Credentials,
    Identity,
    SealedTokens,
    Secret,
)
from clankbot.records.answers import (
    ChannelSummary,
    Decision,
    Pace,
    SettingChange,
    SpokenRow,
)
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    Left,
    LinkDown,
    LinkUp,
    MessageDeleted,
    Notice,
    OwnState,
    Reconnect,
    RoomState,
    UserCleared,
)
from clankbot.records.policy import (
    ChannelPolicy,
    Command,
    SettingValue,
    Verb,
)
from clankbot.records.speech import (
    MAX_MESSAGE_UTF16,
    Assignment,
    Composed,
    ContextLine,
    Delivered,
    Outgoing,
    Speech,
    Undelivered,
)
from clankbot.records.writes import (
    AddHint,
    Append,
    Applied,
    BlockTerm,
    CallOff,
    ClearHints,
    ForgetViewer,
    OptIn,
    OptOut,
    RecordDecision,
    RecordSpoken,
    RecordTraffic,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    SetSetting,
    StoredMessage,
    Tally,
    Traffic,
    UnblockTerm,
    Write,
)

__all__ = [
    "END",
    "MAX_MESSAGE_UTF16",
    "AddHint",
    "Append",
    "Applied",
    "Assignment",
    "BlockTerm",
    "CallOff",
    "ChannelPolicy",
    "ChannelSummary",
    "ChatCleared",
    "ChatMessage",
    "ClearHints",
    "Command",
    "Composed",
    "ContextLine",
    "Credentials",
    "Decision",
    "Delivered",
    "End",
    "Event",
    "ForgetViewer",
    "Identity",
    "Left",
    "LinkDown",
    "LinkUp",
    "MessageDeleted",
    "Notice",
    "OptIn",
    "OptOut",
    "Outgoing",
    "OwnState",
    "Pace",
    "Reconnect",
    "RecordDecision",
    "RecordSpoken",
    "RecordTraffic",
    "RemoveChannel",
    "RemoveMessage",
    "RemoveViewer",
    "RoomState",
    "SealedTokens",
    "Secret",
    "SetSetting",
    "SettingChange",
    "SettingValue",
    "Speech",
    "SpokenRow",
    "StoredMessage",
    "Tally",
    "Traffic",
    "UnblockTerm",
    "Undelivered",
    "UserCleared",
    "Verb",
    "Write",
]


class End(enum.Enum):
    """The marker that closes a queue: whoever takes it finishes what it has and ends."""

    END = "end"


END: Final = End.END
