"""What of a saved chat is left when all removals in it have been carried out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, UserCleared
from clankbot.saved_chat.saved_chat import Moment


@dataclass(slots=True)
class Survey:
    """What one reading of a chat has found out about it.

    Removals are known by their place in it, so that memory holds them and no message.
    """

    deleted: set[str] = field(default_factory=set)
    cleared: int = -1
    # By login, and by id: the place behind which nothing of the viewer is left.
    put_out: dict[str, int] = field(default_factory=dict)
    is_dated: bool = True
    # Of viewers whose ids the file does not tell.
    logins: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, moments: Iterable[Moment]) -> Survey:
        """Read a chat to its end."""
        survey = cls()
        for place, moment in enumerate(moments):
            match moment.event:
                case MessageDeleted(message_id=gone):
                    survey.deleted.add(gone)
                case UserCleared(user_id=user_id, login=login):
                    survey.put_out |= dict.fromkeys(filter(None, (user_id, login)), place)
                case ChatCleared():
                    survey.cleared = place
                case ChatMessage(login=login):
                    survey.is_dated &= moment.is_dated
                    if not moment.has_id:
                        survey.logins.add(login)
        return survey

    def left(self, moments: Iterable[Moment]) -> Iterator[tuple[ChatMessage, Moment]]:
        """The messages that no removal covers, in another reading of the same chat."""
        for place, moment in enumerate(moments):
            message = moment.event
            if not isinstance(message, ChatMessage) or message.message_id in self.deleted:
                continue
            until = max(
                self.cleared,
                self.put_out.get(message.user_id or "", -1),
                self.put_out.get(message.login, -1),
            )
            if place > until:
                yield message, moment
