"""The errors of every room: one root, a family per room.

Foreign exceptions are translated in the one file that imports the library which raises them.
Each docstring says whether trying again may help.
"""

from __future__ import annotations

import enum


class ClankbotError(Exception):
    """The root.  Its text is one sentence fit to be shown to the owner."""


# --- config ---


class ConfigError(ClankbotError):
    """Settings are wrong (exit 78).  Trying again does not help; ``problems`` has one line each.

    ``warnings`` are to be shown first: a misspelt name may be the reason for a missing one.
    """

    def __init__(self, *problems: str, warnings: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.warnings = warnings


# --- irc ---


class IrcError(ClankbotError):
    """The chat connection failed."""


class ConnectionLost(IrcError):
    """The connection broke or could not be made.  Try again with backoff."""


class LoginRefused(IrcError):
    """Twitch chat refused the login.  Refresh the token once, then try again patiently."""


# --- ollama ---


class Trouble(enum.Enum):
    """What kind of trouble a language model is in.  The value is all that chat is told of it.

    So no address, path or account is ever in it, and no word of what a server said.
    """

    # Who answers, and whether anybody does.
    NOT_REACHABLE = "Ollama cannot be reached"
    CERTIFICATE_REFUSED = "the certificate of the Ollama server is refused (OLLAMA_CA_FILE)"
    NO_TLS = "Ollama does not speak TLS at its address"
    REDIRECTED = "the address of Ollama leads elsewhere (OLLAMA_URL)"
    NOT_OLLAMA = "what answers is not Ollama (OLLAMA_URL)"
    PROXY_FAILS = "the proxy before Ollama gets no answer"
    CONNECTION_BROKE = "the connection to Ollama broke"
    # Who may ask, and how much.
    NEEDS_KEY = "Ollama wants a key (OLLAMA_API_KEY)"
    FORBIDDEN = "Ollama does not let me in"
    TOO_MANY_REQUESTS = "Ollama gets too many requests"
    BUSY = "Ollama is busy"
    # The model.
    MODEL_MISSING = "the model is not installed on the Ollama server"
    MODEL_NAME = "Ollama knows no model by such a name"
    CANNOT_CHAT = "this model cannot chat"
    OUT_OF_MEMORY = "Ollama is out of memory"
    DISK_FULL = "the disk of the Ollama server is full"
    LOADS_TOO_SLOWLY = "Ollama takes too long to load the model"
    CANNOT_LOAD = "Ollama cannot load the model"
    CRASHED = "the model crashed in Ollama"
    # The request and its answer.
    PROMPT_TOO_LONG = "the prompt is too long for the model"
    REFUSED = "Ollama refuses the request"
    SERVER_ERROR = "Ollama has an error of its own"
    TOO_SLOW = "Ollama is too slow"
    BROKE_OFF = "the answer of Ollama broke off"
    ENDLESS = "the answer of Ollama has no end"
    NONSENSE = "the answer of Ollama cannot be understood"
    CALLED_OFF = "called off"

    @property
    def code(self) -> str:
        """The name for programs: ``out_of_memory``."""
        return self.name.lower()


class OllamaError(ClankbotError):
    """A generation failed.

    Its text is in our own words and may be said in chat.  ``detail`` is for the operator alone: it
    may hold addresses, and what the server said.
    """

    def __init__(self, trouble: Trouble, detail: str = "", *, text: str = "") -> None:
        """``text`` says more than the words of the trouble, as fit for chat as they are."""
        super().__init__(text or trouble.value)
        self.trouble = trouble
        self.detail = detail

    @property
    def in_full(self) -> str:
        """All that is known, for the operator's screen."""
        return f"{self} ({self.detail})" if self.detail else str(self)


class OllamaUnavailable(OllamaError):
    """The server cannot be reached, is busy, or broke off.  Try again with backoff."""


class OllamaTimeout(OllamaUnavailable):
    """The deadline passed.  Try again with backoff."""


class OllamaRefused(OllamaError):
    """The server answered no.  The same request will be refused again."""

    def __init__(
        self, trouble: Trouble, detail: str = "", status: int = 0, *, text: str = ""
    ) -> None:
        """``status`` 0: it is refused on our side."""
        super().__init__(trouble, detail, text=text)
        self.status = status


class ModelMissing(OllamaRefused):
    """The model is not installed on the server.  Helps: ``ollama pull``."""

    def __init__(self, model: str, detail: str = "") -> None:
        text = f"the model {model!r} is not installed; run: ollama pull {model}"
        super().__init__(Trouble.MODEL_MISSING, detail, 404, text=text)
        self.model = model


class PromptTooLong(OllamaRefused):
    """The prompt does not fit the model's window.  Try once with half of the transcript.

    ``tokens`` is the size of the prompt, if the server told it.
    """

    def __init__(self, detail: str = "", status: int = 400, tokens: int | None = None) -> None:
        super().__init__(Trouble.PROMPT_TOO_LONG, detail, status)
        self.tokens = tokens


class Cancelled(OllamaError):
    """The caller cancelled it; not a failure of the server."""

    def __init__(self) -> None:
        super().__init__(Trouble.CALLED_OFF)


# --- database ---


class DatabaseError(ClankbotError):
    """The database refuses to work with us: a locked account, a table that is missing.

    Only a person can help, so a start should end with it.  A running bot keeps its data and tries
    again, since the obstacle may disappear.
    """


class DatabaseUnavailable(DatabaseError):
    """Busy, full, or gone for now.  Keep the data and try again with backoff."""


class DatabaseFileLost(DatabaseUnavailable):
    """The file in use was deleted, moved away, or replaced by another one.

    What is written to it now, nobody will read.  Keep the data until a file is there again.
    """


class DiskFailing(DatabaseUnavailable):
    """The system cannot read or write the file, or does not get it onto the disk.

    Try again, but expect the same again: what works once may fail the next time.
    """


class CommitInDoubt(DatabaseUnavailable):
    """The connection broke between a COMMIT and its answer: it may have been carried out.

    Try again with the same writes, maybe with more behind them: see ``Store.apply``.
    """


class WriteRefused(DatabaseError):
    """One of the values can never be stored.  Give up that write, and go on with the others."""


class WriteTooLarge(WriteRefused):
    """More than the server takes at once.  Try with less; give up a single write."""


class WrongDatabase(DatabaseError):
    """The settings name a database that does not exist or refuses the sign-in (exit 78)."""


class DatabaseDamaged(WrongDatabase):
    """The file is damaged, or no database at all: only a person can help (exit 78).

    What lies in its sound parts can still be read and written.
    """


class DatabaseTooNew(DatabaseError):
    """The schema was written by a newer version of the program (exit 78)."""


# --- auth ---


class AuthError(ClankbotError):
    """Something about the sign-in failed."""


class AuthUnavailable(AuthError):
    """Twitch's sign-in service is out of order.  Try again with backoff; never exit 77 for it."""


class RequestRefused(AuthError):
    """Twitch refuses a request, whatever account asks.  Try again, but slowly: it may last."""


class TokenRefused(AuthError):
    """Twitch rejects the sign-in; a person must run ``login`` (exit 77)."""


class NotSignedIn(TokenRefused):
    """No tokens are stored; a person must run ``login`` (exit 77)."""


class KeyRefused(AuthError):
    """The encryption key does not open the stored tokens (exit 78)."""
