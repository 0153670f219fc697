"""The errors of every room: one root, a family per room.

Foreign exceptions are translated in the one file that imports the library which raises them.
Each docstring says whether trying again may help.
"""

from __future__ import annotations


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


class OllamaError(ClankbotError):
    """A generation failed."""


class OllamaUnavailable(OllamaError):
    """The server cannot be reached, is busy, or broke off.  Try again with backoff."""


class OllamaTimeout(OllamaUnavailable):
    """The deadline passed.  Try again with backoff."""


class OllamaRefused(OllamaError):
    """The server answered no.  The same request will be refused again."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class ModelMissing(OllamaRefused):
    """The model is not installed on the server.  Helps: ``ollama pull``."""

    def __init__(self, model: str) -> None:
        super().__init__(f"the model {model!r} is not installed; run: ollama pull {model}", 404)
        self.model = model


class PromptTooLong(OllamaRefused):
    """The prompt does not fit the model's window.  Try once with half of the transcript."""


class Cancelled(OllamaError):
    """The caller cancelled it; not a failure of the server."""


# --- database ---


class DatabaseError(ClankbotError):
    """The database refuses to work with us: a locked account, a table that is missing.

    Only a person can help, so a start should end with it.  A running bot keeps its data and tries
    again, since the obstacle may disappear.
    """


class DatabaseUnavailable(DatabaseError):
    """Busy, full, or gone for now.  Keep the data and try again with backoff."""


class CommitInDoubt(DatabaseUnavailable):
    """The connection broke between a COMMIT and its answer: it may have been carried out.

    Try again with the same writes, maybe with more behind them: see ``Store.apply``.
    """


class WriteRefused(DatabaseError):
    """One of the values can never be stored.  Give up that write, and go on with the others."""


class WrongDatabase(DatabaseError):
    """The settings name a database that does not exist or refuses the sign-in (exit 78)."""


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
