"""What `!clank` is carried out with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.internal_messages import ModelChecked
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import History, SettingsSchema
from clankbot.processing.speaking.turns import Turns
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatMessage
from clankbot.records.speech import Outgoing


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What commands works with; plain callables where other rooms are behind them."""

    history: History
    write_queue: WriteQueue
    live_state: LiveState
    channel_settings: SettingsByChannel
    filters: ChannelFilters
    speaking: Turns
    schema: SettingsSchema
    owners: Collection[str]
    retention_count: int
    offer: Callable[[Outgoing], bool]
    errand: Callable[[Callable[[], None]], bool]
    model_problem: Callable[[str], str | None]
    voice_outage: Callable[[str], str | None]
    is_in_cloud: Callable[[str], bool]
    asks_who_is_live: bool
    term_problem: Callable[[str], str | None]
    report: Callable[[ModelChecked], None]
    clock: Callable[[], float]
    now_ms: Callable[[], int]

    def name_to_keep(self, message: ChatMessage) -> tuple[str, str]:
        """Id and name of who asks, for the record: nobody in particular after an opt-out."""
        if self.live_state.has_opted_out(message.user_id):
            return "", ""
        return message.user_id or "", message.login
