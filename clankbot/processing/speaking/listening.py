"""What viewers say, as far as turns go by it: who speaks to the bot, and who goes on.

Owned by the worker's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from clankbot.clock import Clock
from clankbot.processing.channels import Channel, Channels, Mention
from clankbot.processing.heard import Heard, heard
from clankbot.processing.live_state import LiveState
from clankbot.processing.recent_removals import Removal, removes
from clankbot.processing.speaking.funnel import Funnel
from clankbot.processing.speaking.prompt_changes import PromptChanges
from clankbot.processing.speaking.reception import Reception
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatMessage
from clankbot.records.speech import ContextLine

# Several short messages in a row are answered once: so long nothing more has come.
_MORE_MAY_COME_S: Final = 2.0
# Mentions in each channel: a model answers fewer in a minute, and a raid must not fill memory.
_MOST_WAITING: Final = 20


class Listening:
    """See the module's text."""

    def __init__(
        self,
        channels: Channels,
        live_state: LiveState,
        write_queue: WriteQueue,
        funnel: Funnel,
        prompt_changed: Callable[[str], None],
        clock: Clock,
    ) -> None:
        """``prompt_changed`` hands a channel to the composer and must not block."""
        self._channels = channels
        self._live_state = live_state
        self._funnel = funnel
        self.prompts = PromptChanges(channels, live_state, prompt_changed, clock)
        self.reception = Reception(write_queue, clock)
        self._clock = clock
        # Channels in which a message came in since the pace was judged last, in this order.
        self.counted: dict[str, Channel] = {}

    def message_stored(self, message: ChatMessage, *, speaks_to_us: bool) -> bool:
        """A message counts: it may be time to speak once it is stored.

        Whether it is said to the bot: it speaks to it, or goes on with their talk.
        """
        channel, own = self._channels[message.channel], self._live_state.own
        line = heard(message, own.names, own.user_id, self._clock.monotonic())
        self.counted.setdefault(channel.name, channel)
        self._funnel.heard(channel.name)
        self.prompts.note(channel.name)
        channel.counted_since_lost += 1
        channel.exchange.heard(line.user_id)
        channel.talks.heard(line.user_id)
        channel.newest_message_id = line.message_id
        is_for_us = speaks_to_us or self._goes_on(channel, line)
        self.reception.heard(channel, line, is_for_us=is_for_us)
        channel.heard.append(line)
        return is_for_us

    def _goes_on(self, channel: Channel, line: Heard) -> bool:
        """Whether a line goes on with a talk with the bot, though it does not name it.

        What is written while the answer is being made is part of what is answered.
        """
        user_id, within_s = line.user_id, channel.settings.followup_s
        if not channel.talks.is_open(user_id, line.at, within_s):
            return False
        others = (each for each in channel.heard if each.user_id != user_id)
        names = {name for each in others for name in (each.login, each.display_name)}
        if line.addresses_viewer or line.begins_with in names:
            channel.talks.end(user_id)
            return False
        return channel.turn is None or channel.turn.addressee_id != user_id

    def newest_message_id(self, name: str) -> str | None:
        """The newest message that was stored since the start."""
        return self._channels[name].newest_message_id

    def mentioned(self, name: str, asked: ContextLine, since: float, *, by_name: bool) -> None:
        """A viewer speaks to the bot: the newest mention of each waits for an answer.

        ``since``: when it was written, in monotonic seconds.  Who goes on without the bot's name
        may have more to say: all that comes in a row is answered once.
        """
        self._funnel.spoken_to(name)
        channel, now = self._channels[name], self._clock.monotonic()
        is_followup = channel.talks.is_open(asked.user_id, now, channel.settings.followup_s)
        answer_at = now if by_name else now + _MORE_MAY_COME_S
        mentions = channel.mentions
        mentions.pop(asked.user_id, None)
        mentions[asked.user_id] = Mention(asked, since, is_followup, answer_at)
        if len(mentions) > _MOST_WAITING:
            del mentions[next(iter(mentions))]

    def drop_removed(self, removal: Removal) -> None:
        """A mention that waits and was removed is not answered."""
        self.prompts.note(removal.channel)
        channel = self._channels[removal.channel]
        mentions, remembered = channel.mentions, channel.heard
        if any(removes(removal, line) for line in remembered):
            kept = [line for line in remembered if not removes(removal, line)]
            remembered.clear()
            remembered.extend(kept)
        for user_id, mention in list(mentions.items()):
            if removes(removal, mention.asked):
                del mentions[user_id]

    def drop_mentions_of(self, user_id: str) -> None:
        """A viewer opted out: no mention of theirs waits any longer."""
        self.prompts.note_all()
        for channel in self._channels.values():
            channel.mentions.pop(user_id, None)

    def drop_all_mentions(self) -> None:
        """Somebody's words were deleted by another program: no mention waits any longer."""
        self.prompts.note_all()
        for channel in self._channels.values():
            channel.mentions.clear()

    def may_hear_more(self, channel: Channel) -> bool:
        """Whether a viewer who speaks to the bot may be about to go on."""
        now = self._clock.monotonic()
        return any(now < mention.answer_at for mention in channel.mentions.values())
