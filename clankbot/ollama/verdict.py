"""What may be known of the moment an answer was written for, and why nothing is said.  Values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

# With this word the model says nothing, where it may: nothing need be said.
PASS: Final = "PASS"


class Refused(enum.StrEnum):
    """Why nothing is said."""

    # It had nothing to add, and said so: no failure.
    PASSED = "passed"
    # No letter and no picture is left, or only an announcement of a line.
    NOTHING = "nothing"
    # Only a thought, or the model thinks aloud.
    THOUGHT = "thought"
    # The answer was cut off before its first sentence ended.
    TORN = "torn"
    # Six words in a row of the instructions, the persona or the task, or talk about them.
    INSTRUCTIONS = "instructions"
    # In the name of somebody who is there, of nobody, or of several.
    OTHER_SPEAKER = "other_speaker"
    # JSON, tool calls, tags, code, placeholders, error texts.
    PROGRAM_OUTPUT = "program_output"
    # Phone numbers, e-mail and web addresses, IP addresses.
    CONTACT = "contact"
    # Calls of more than two people, or of everybody.
    CROWD = "crowd"
    # Words in brackets, or between rulers, that name what follows.
    LABELS = "labels"
    # Loops and floods of letters, words, sentences or emoji.
    FLOOD = "flood"
    # A line of the chat or the question once more, or nearly so.
    ECHO = "echo"
    # "I'm sorry, but I can't help with that."
    CANNED_REFUSAL = "canned_refusal"
    # "As an AI language model"
    AS_AN_AI = "as_an_ai"
    # "I'm a real person"
    CLAIMS_HUMAN = "claims_human"
    # "How can I help you today?"
    ASSISTANT_MANNER = "assistant_manner"
    # "The streamer will unban you", "next stream is on Friday": not for the bot to promise.
    PROMISE = "promise"
    # Thanks for subscriptions, bits, gifts: money that it did not see, and that is not its own.
    THANKS = "thanks"
    # The chat is spoken of as a text that was given.
    ABOUT_THE_CHAT = "about_the_chat"
    # A language or script that nobody in the context writes.
    LANGUAGE = "language"


_IN_WORDS: Final = {
    Refused.PASSED: "the model had nothing to add",
    Refused.NOTHING: "nothing usable was left of the answer",
    Refused.THOUGHT: "the model only thought",
    Refused.TORN: "the answer was cut off before its first sentence ended",
    Refused.INSTRUCTIONS: "the model gave away what it was told",
    Refused.OTHER_SPEAKER: "the model wrote a line for somebody else",
    Refused.PROGRAM_OUTPUT: "the model wrote data or code, not chat",
    Refused.CONTACT: "the model wrote an address or a number to call",
    Refused.CROWD: "the model called too many people",
    Refused.LABELS: "the model wrote labels in brackets",
    Refused.FLOOD: "the model repeated itself",
    Refused.ECHO: "the model only repeated what was said",
    Refused.CANNED_REFUSAL: "the model declined to answer",
    Refused.AS_AN_AI: "the model spoke as an AI product",
    Refused.CLAIMS_HUMAN: "the model claimed to be human",
    Refused.ASSISTANT_MANNER: "the model spoke like an assistant",
    Refused.PROMISE: "the model promised what only the streamer can",
    Refused.THANKS: "the model gave thanks for money",
    Refused.ABOUT_THE_CHAT: "the model spoke about the chat instead of in it",
    Refused.LANGUAGE: "the model wrote in a language that nobody here writes",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing is said, and why."""

    code: Refused

    @property
    def text(self) -> str:
        """For ``!clank why`` and the log: our own words, none of the model's."""
        return _IN_WORDS[self.code]


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the judge may know of the moment that an answer was written for."""

    # Login and display name.
    bot_names: tuple[str, ...]
    # Logins and display names that spoke or were called in the context, without the bot's.
    speakers: frozenset[str]
    # What was said in the context, oldest first, without the speakers.
    lines: tuple[str, ...]
    # Those of them that the bot said.
    own_lines: tuple[str, ...]
    # The message to answer, None for a spontaneous line.
    asked: str | None
    # Login and display name of who asked.
    asker_names: tuple[str, ...]
    # The system prompt and the task: all that the model was told besides chat.
    instructions: str
    persona: str | None
    # In UTF-16 units.
    limit_chars: int
    # The server stopped the answer at its length (done_reason "length"): its end is torn.
    was_cut_off: bool
    # It may pass: nobody waits for the line.
    may_pass: bool = False
