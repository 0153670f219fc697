"""From an assignment to the two messages a model reads, and where in the chat they begin.  Pure.

The system message holds the instructions and nothing a viewer wrote; the user message holds the
chat, fenced off, and then the task once more.  One user message, not one for each line: some chat
templates refuse roles that do not alternate, and the server cannot cut what is a single message.

A server keeps what it has read of the last prompt and reads anew only what follows the first
difference.  So what stays the same comes first, chat is only added to, what differs from call to
call comes last, and old lines leave in blocks: once the window is full, its older half goes at
once, and the prompts after that begin alike again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from clankbot.ollama.instructions import chat_line, system_message, task, tongue_of
from clankbot.ollama.special_tokens import CHAT_BEGINS, CHAT_ENDS
from clankbot.ollama.tokens import Features, TokenEstimate, added, features
from clankbot.records.speech import Assignment

# A shorter context is given exactly; a longer one may begin up to half of it later (contract, 4).
_LEAST_IN_BLOCKS: Final = 40
# However slow the server reads, so many of the newest lines are in the prompt.
_LEAST_IN_TIME: Final = 10
# So many lines are repeated behind the chat.
_REPEATED: Final = 3


@dataclass(frozen=True, slots=True)
class Room:
    """How much a prompt may hold."""

    # Tokens of the window, for all its words.
    tokens: int
    # Tokens that the server can read in time; None: as many as there are.
    readable: float | None = None
    # What the server has read already and need not read again, as ``Prompt.text`` has it.
    read: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given to read."""

    system: str
    # The lines of chat in it, each with its end.
    log: tuple[str, ...]
    task: str
    # All that it is told besides the chat: what it must not repeat.
    instructions: str = ""
    # The message ids of these lines.
    used_ids: frozenset[str] = frozenset()
    # The row of the first of them; 0 if none is stored.
    begins_at: int = 0
    # Lines were left out that the server could not have read in time.
    is_narrowed: bool = False

    @property
    def user(self) -> str:
        """The user message; without a task it ends with the last line, for more chat to follow."""
        chat = f"{CHAT_BEGINS}\n{''.join(self.log)}"
        return f"{chat}{CHAT_ENDS}\n{self.task}" if self.task else chat

    @property
    def text(self) -> str:
        """Both messages in the order in which they are read."""
        return f"{self.system}\n{self.user}"


def build_prompt(
    assignment: Assignment, estimate: TokenEstimate, room: Room, most_lines: int | None = None
) -> Prompt:
    """The prompt with as many of the newest lines as there is room for; ``most_lines`` at most.

    It begins with the line that it began with the last time, as long as all since then fits.  The
    instructions are in it whatever the room, and the message to answer or else the newest line.
    """
    bot, asked, lines = assignment.bot_name, assignment.asked, assignment.lines
    system, tongue = system_message(assignment), tongue_of(assignment)
    wanted = task(assignment, tongue)
    least, used = 1, frozenset[str]()
    # The answer may well take up the words of the question, or an emote.
    bare_question = None if asked is None else replace(asked, text="")
    wordless = task(replace(assignment, asked=bare_question, style=None, facts=()), tongue)
    if asked is not None:
        least, used = 0, frozenset({asked.message_id})
        others = tuple(line for line in lines if line.message_id != asked.message_id)
        alone = Prompt(system, (chat_line(asked, bot),), wanted)
        if estimate.at_most(features(alone.text)) > room.tokens:
            lines = others  # it stands in the task alone
        elif len(others) == len(lines):
            lines = (*lines, asked)
    elif len(lines) > _REPEATED:
        newest = lines[-_REPEATED:]
        fuller = Prompt(system, (chat_line(lines[-1], bot),), task(assignment, tongue, newest))
        if estimate.at_most(features(fuller.text)) <= room.tokens:
            wanted, used = fuller.task, frozenset(line.message_id for line in newest)
    whole = Prompt(system, tuple(chat_line(line, bot) for line in lines), wanted)
    window = _Window(whole, estimate, room)
    if most_lines is None:
        row = assignment.begins_at  # 0: none; so is that of a line that is not stored
        began = next((i for i, line in enumerate(lines) if row and line.row == row), None)
        begin = window.begin(assignment.settings.context_limit, least, began)
    else:
        begin = window.newest(most_lines, least)
    return replace(
        whole,
        log=whole.log[begin:],
        instructions=f"{system}\n{wordless}",
        used_ids=used.union(line.message_id for line in lines[begin:]),
        begins_at=lines[begin].row if begin < len(lines) else 0,
        is_narrowed=window.is_narrowed,
    )


class _Window:
    """Chooses the lines of a prompt that holds too many at first."""

    def __init__(self, whole: Prompt, estimate: TokenEstimate, room: Room) -> None:
        self._whole = whole
        self._estimate = estimate
        self._room = room
        self._count = len(whole.log)
        bare = replace(whole, log=())
        self._frame = features(bare.text)
        # What of the frame is to be read: after a common beginning only what follows the chat.
        is_known = room.read.startswith(replace(bare, task="").text)
        self._unread_frame = features(whole.task) if is_known else self._frame
        # Of the newest line, of the two newest, and so on.
        self._sums = list(accumulate(map(features, reversed(whole.log)), added))
        self.is_narrowed = False

    def begin(self, most: int, least: int, began: int | None) -> int:
        """The first of at most ``most`` lines, if possible ``began``, where the last one began."""
        if most < _LEAST_IN_BLOCKS:
            return self.newest(most, least)
        if began is None or self._count - began > most or not self._fits(began):
            return self.newest(most // 2, least, share=0.5)
        if self._is_in_time(began):
            return began
        anew = self.newest(most // 2, least, share=0.5)
        # With the fewest lines that there may be it can be more to read than what is new.
        if self._unread(began) > self._unread(anew):
            return anew
        self.is_narrowed = False
        return began

    def newest(self, most: int, least: int, share: float = 1.0) -> int:
        """The first of the newest lines that fit into this share of the room for chat, in time."""
        count, frame = 0, self._estimate.at_most(self._frame)
        tokens = frame + share * (self._room.tokens - frame)
        for total in self._sums[:most]:
            if count >= least and self._estimate.at_most(added(self._frame, total)) > tokens:
                break
            if count >= max(least, _LEAST_IN_TIME) and self._takes_too_long(total):
                self.is_narrowed = True
                break
            count += 1
        return self._count - max(count, min(least, self._count))

    def _takes_too_long(self, total: Features) -> bool:
        """Whether lines of this size cannot be read anew in time."""
        unread = self._estimate.expected(added(self._unread_frame, total))
        return self._room.readable is not None and unread > self._room.readable

    def _fits(self, began: int) -> bool:
        """Whether there is room for all lines from there on."""
        count = self._count - began
        if not count:
            return True
        return (
            self._estimate.at_most(added(self._frame, self._sums[count - 1])) <= self._room.tokens
        )

    def _is_in_time(self, began: int) -> bool:
        """Whether what the server has not read of the lines from there on can be read in time."""
        if self._room.readable is None or self._count - began <= _LEAST_IN_TIME:
            return True
        return self._unread(began) <= self._room.readable

    def _unread(self, begin: int) -> float:
        """The tokens of a prompt that begins there which the server has not read."""
        text = replace(self._whole, log=self._whole.log[begin:]).text
        return self._estimate.expected(features(text[shared_beginning(text, self._room.read) :]))


def shared_beginning(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    alike, most = 0, min(len(one), len(other))
    while alike < most:  # by halves: comparing one by one takes a millisecond a prompt
        middle = (alike + most + 1) // 2
        if other.startswith(one[alike:middle], alike):
            alike = middle
        else:
            most = middle - 1
    return alike
