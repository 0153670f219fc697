"""The second net: nothing secret leaves through a log record, however it got in."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from clankbot.records.accounts import Secret
from clankbot.runtime.logging_setup import ConsoleFormatter, JsonFormatter
from clankbot.runtime.redaction import SecretFilter, new_token, redact, remember

PASSWORD = "correct horse+battery"
TOKEN = "kq3v9x0c8m2n5b7p1l4j6h8g0f2d3s"

OURS = (ConsoleFormatter(tracebacks=True), JsonFormatter(tracebacks=True))

Written = Callable[[Callable[[logging.Logger], None]], str]


@pytest.fixture(autouse=True)
def known() -> None:
    """Both are known; whatever tokens other tests have made since."""
    remember(Secret(PASSWORD))
    new_token(TOKEN)


@pytest.fixture(params=[*OURS, logging.Formatter()])
def written(request: pytest.FixtureRequest) -> Iterator[Written]:
    """What a logger with the filter writes when something is done with it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretFilter())
    handler.setFormatter(request.param)
    logger = logging.getLogger("tests.redaction")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)

    def write(leak: Callable[[logging.Logger], None]) -> str:
        leak(logger)
        return stream.getvalue()

    yield write
    logger.removeHandler(handler)


def fail(logger: logging.Logger, text: str) -> None:
    """Log an exception that was raised from one with this text."""
    try:
        try:
            raise ValueError(text)
        except ValueError as error:
            raise RuntimeError("outer") from error
    except RuntimeError:
        logger.exception("it failed")


@pytest.mark.parametrize("secret", [PASSWORD, TOKEN])
@pytest.mark.parametrize(
    "leak",
    [
        lambda logger, secret: logger.info(secret),
        lambda logger, secret: logger.info("phrase %s", secret),
        lambda logger, secret: logger.info("phrase %(named)s", {"named": secret}),
        lambda logger, secret: logger.info("phrase %s", [secret]),
        lambda logger, secret: fail(logger, f"about {secret}"),
    ],
)
def test_a_known_secret_is_masked_in_phrase_arguments_and_exception(
    written: Written, leak: Callable[[logging.Logger, str], None], secret: str
) -> None:
    text = written(lambda logger: leak(logger, secret))
    assert secret not in text
    assert "<secret>" in text


@pytest.mark.parametrize("secret", [PASSWORD, TOKEN])
@pytest.mark.parametrize("written", OURS, indirect=True)
@pytest.mark.parametrize("wrap", [str, list, ValueError, lambda text: {"deep": [text]}])
def test_a_known_secret_is_masked_in_fields(
    written: Written, wrap: Callable[[str], object], secret: str
) -> None:
    value = [secret] if wrap is list else wrap(secret)
    text = written(lambda logger: logger.info("phrase", extra={"field": value, "n": 3}))
    assert secret not in text
    assert "<secret>" in text


def test_a_phrase_with_wrong_arguments_is_written_without_them(written: Written) -> None:
    text = written(lambda logger: logger.info("phrase %d", TOKEN))
    assert TOKEN not in text
    assert "phrase %d (wrong arguments)" in text


def test_an_exception_without_secrets_keeps_its_traceback(written: Written) -> None:
    assert "in fail" in written(lambda logger: fail(logger, "harmless"))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("PASS oauth:abcdefghij0123456789", "PASS oauth:<secret>"),
        ("Authorization: Bearer abcdefghij0123456789", "Authorization: Bearer <secret>"),
        ("'authorization': 'OAuth abcdefghij0123456789'", "'authorization': 'OAuth <secret>'"),
        ("refresh_token=abcdefghij0123456789&x=1", "refresh_token=<secret>&x=1"),
        ('{"access_token": "abcdefghij0123456789"}', '{"access_token": "<secret>"}'),
    ],
)
def test_what_looks_like_a_token_is_masked_though_unknown(text: str, clean: str) -> None:
    assert redact(text) == clean


@pytest.mark.parametrize("text", ["OAuth token expired", "a bearer of bad news", "oauth: no", ""])
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


def test_an_ordinary_record_is_left_as_it_is() -> None:
    record = logging.makeLogRecord({"msg": "stored %s", "args": ("x",), "channel": "a", "n": 3})
    before = dict(vars(record))
    assert SecretFilter().filter(record)
    assert vars(record) == before


def test_a_short_secret_does_not_blot_out_the_log() -> None:
    remember(Secret("a"))
    assert redact("a banana") == "a banana"


def test_the_longest_secret_is_masked_as_a_whole() -> None:
    new_token("prefix-of")
    new_token("prefix-of-another")
    assert redact("<prefix-of-another>") == "<<secret>>"


def test_rotating_tokens_are_forgotten_in_time_and_passwords_never() -> None:
    for number in range(100):
        new_token(f"rotating-{number:04}")
    assert redact("rotating-0000 rotating-0099") == "rotating-0000 <secret>"
    assert redact(PASSWORD) == "<secret>"
