"""What the worker knows of each channel.  Owned by the worker's thread, so it needs no lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from clankbot.backoff import Backoff
from clankbot.bounded_dict import BoundedDict
from clankbot.cancel import Cancel
from clankbot.processing.exchange import Exchange, Talks
from clankbot.processing.heard import REMEMBERED, Heard
from clankbot.processing.live_state import LiveState
from clankbot.records.reasons import Reason, Why
from clankbot.records.settings import ChannelSettings, Command, SettingValue
from clankbot.records.speech import ContextLine

Overrides = Mapping[str, SettingValue | None]

# Viewers of one channel whose last answer is remembered; in a larger crowd some are answered a
# little early.
_MOST_ANSWERED: Final = 1_000
# After an answer that could not be used: the next one is rarely better at once, but generation is
# to resume within 15 s of the model being well again.
_FIRST_RETRY_S: Final = 2.0
_LONGEST_RETRY_S: Final = 10.0

ANOTHER_VOICE: Final = Reason(
    Why.ANOTHER_VOICE, "three answers in a row to one account; it waits for somebody else to speak"
)
TOO_LATE: Final = Reason(Why.TOO_LATE, "it waited too long")


class Schema(Protocol):
    """The table of channel settings, and how chat speaks of them."""

    def parse(self, text: str, *, is_moderator: bool) -> Command | None:
        """The command in a chat line, also one to another bot; None if there is none."""

    def resolve(self, overrides: Overrides) -> ChannelSettings:
        """What holds, given a channel's own settings."""

    def shown(self, name: str, overrides: Overrides) -> str:
        """One setting as a short sentence."""

    def confirm(self, name: str, value: SettingValue | None) -> str:
        """The short sentence after a change; None: it inherits the default again."""

    def value_text(self, column: str, value: SettingValue | None) -> str:
        """A value as chat is told it, also one that is not accepted (any more)."""

    def name_of(self, column: str) -> str:
        """The setting that a column holds."""

    def columns(self, name: str | None = None) -> Sequence[str]:
        """The columns that ``!clank reset`` empties, of one setting or of all."""

    def help_text(self, topic: str) -> str:
        """One chat line of help."""


@dataclass
class Mention:
    """A viewer's message to the bot that waits for an answer."""

    asked: ContextLine
    since: float  # when it was written, in monotonic seconds
    # The viewer was answered a moment ago, so that no cooldown counts.
    is_followup: bool = False
    answer_at: float = 0.0  # the viewer may go on writing till then


@dataclass
class Turn:
    """One generation, from its start until it is known what became of it."""

    generation_id: int
    cancel: Cancel
    addressee_id: str | None  # who is answered, whose cooldown begins once the answer is said
    in_vain: Callable[[str], None] | None  # tells the moderator who asked for it that nothing came
    is_followup: bool = False

    @property
    def is_spontaneous(self) -> bool:
        """Whether nobody asked for it."""
        return self.addressee_id is None and self.in_vain is None


@dataclass
class Watch:
    """How a line of the bot is taken, as far as has been seen."""

    spoken_at_ms: int
    until: float  # monotonic seconds
    lines: int = 0  # of viewers since then
    reactions: int = 0  # of these, lines that take it up


@dataclass
class Channel:
    """One channel: its settings, the turn under way, and what the next one waits for."""

    name: str
    settings: ChannelSettings
    overrides: dict[str, SettingValue | None] = field(default_factory=dict)

    began_at: float = 0.0  # this run, in monotonic seconds
    turn: Turn | None = None
    mentions: dict[str, Mention] = field(default_factory=dict)  # by viewer, longest waiting first
    answered_at: BoundedDict[str, float] = field(
        default_factory=lambda: BoundedDict(_MOST_ANSWERED)
    )
    exchange: Exchange = field(default_factory=Exchange)
    talks: Talks = field(default_factory=Talks)
    heard: deque[Heard] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    watch: Watch | None = None
    ignored: int = 0  # lines of the bot in a row that nobody took up
    # When the model wrote nothing that could be said unasked: that costs the channel its turn, and
    # the next one waits as if a line had been said.  Messages that came in since.
    lost_turn_at: float | None = None  # monotonic seconds
    counted_since_lost: int = 0
    passed_over: str | None = None  # that it let its turn pass, and why
    newest_message_id: str | None = None  # of this run
    held_in_a_row: int = 0  # lines that Twitch kept from chat since the last that was said
    hints_ms: list[int] = field(default_factory=list)  # when moderators removed the bot's words
    retry_at: float = 0.0
    retries: Backoff = field(default_factory=lambda: Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S))

    decision: Reason | None = None
    decided_at_ms: int = 0
    is_decision_behind: bool = False  # its row in the database shows older figures
    is_decision_outdated: bool = False  # settings changed since
    logged_obstacle: str | None = None  # the code of what is logged as keeping it silent
    logged_in_vain: str | None = None  # the code of why nothing was said last

    def answered(self, user_id: str, now: float, *, said: bool, is_followup: bool) -> None:
        """An answer to this viewer was composed, and maybe said."""
        self.answered_at[user_id] = now
        if said:
            self.exchange.answered(user_id, now)
            self.talks.answered(user_id, now, is_followup=is_followup)
        else:
            self.talks.end(user_id)

    def lose_turn(self, now: float, passed_over: str | None = None) -> None:
        """Nothing is said: the next turn waits as if something had been."""
        self.lost_turn_at, self.counted_since_lost, self.passed_over = now, 0, passed_over

    def start_over(self) -> None:
        """Another channel has the name now: nothing of what was under way is for it."""
        self.mentions.clear()
        self.answered_at.clear()
        self.exchange, self.talks = Exchange(), Talks()
        self.heard.clear()
        self.watch, self.ignored = None, 0
        self.lost_turn_at, self.passed_over, self.newest_message_id = None, None, None
        self.decision, self.is_decision_behind = None, False


class Channels(dict[str, Channel]):
    """The bot's channels by name, their settings kept equal to ``channel_config``."""

    def __init__(
        self,
        names: Iterable[str],
        schema: Schema,
        live_state: LiveState,
        *,
        asks_who_is_live: bool = True,
    ) -> None:
        """``asks_who_is_live``: Twitch can be asked, which needs a sign-in."""
        super().__init__((name, Channel(name, schema.resolve({}))) for name in names)
        self.asks_who_is_live = asks_who_is_live
        self.schema = schema
        self._live_state = live_state
        self._left: dict[str, ChannelSettings] = {}  # channels that the bot has left
        for channel in self.values():
            self._resolve(channel)

    def load(self, stored: Mapping[str, Overrides]) -> None:
        """Take what the database holds."""
        for channel in self.values():
            channel.overrides = dict(stored.get(channel.name, {}))
            self._resolve(channel)
        left = stored.keys() - self.keys()
        self._left = {name: self.schema.resolve(stored[name]) for name in left}

    def change(self, name: str, values: Overrides) -> None:
        """These columns have been stored."""
        channel = self[name]
        channel.overrides.update(values)
        channel.is_decision_outdated = True
        self._resolve(channel)

    def _resolve(self, channel: Channel) -> None:
        channel.settings = self.schema.resolve(channel.overrides)
        self._live_state.set_settings(channel.name, channel.settings)

    def settings_of(self, name: str) -> ChannelSettings:
        """What holds in a channel, also in one that the bot has left."""
        if name in self:
            return self[name].settings
        return self._left.get(name) or self.schema.resolve({})
