"""Log lines: every field is shown, none can be forged, and a broken stream harms nobody."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.records.accounts import Secret
from clankbot.runtime.logging_setup import (
    ConsoleFormatter,
    JsonFormatter,
    set_up_logging,
)
from clankbot.runtime.redaction import remember
from tests.waiting import PATIENCE_S

NASTY_TEXTS = [
    "two\nlines",
    "carriage\rreturn",
    "a\x1b[31mred\x1b[0m word",
    "bell\x07 and null\x00",
    "line\u2028separator\u2029paragraph\x85next",
    "right-to-left \u202e override",
    "lone \ud800 surrogate",
    'quoted" level=CRITICAL user="x',
    "back\\slash\\",
    "plain=fake other=field",
    "",
    "Grüße, 世界 🎉",
]


def record(**fields: object) -> logging.LogRecord:
    """A record as ``log.info(phrase, extra=fields)`` makes it."""
    logger = logging.getLogger("clankbot.processing.worker")
    phrase = "message stored"
    return logger.makeRecord(logger.name, logging.INFO, "f", 1, phrase, (), None, extra=fields)


def failed_record(error: Exception) -> logging.LogRecord:
    """A record as ``log.exception`` makes it, with a real traceback."""
    failed = record()
    try:
        raise error
    except Exception as raised:
        failed.exc_info = (type(raised), raised, raised.__traceback__)
    return failed


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """Gives the test's logging set-up back afterwards."""
    root = logging.getLogger()
    loggers = (root, logging.getLogger("urllib3"), logging.getLogger("requests"))
    levels = [logger.level for logger in loggers]
    handlers, raising = root.handlers[:], logging.raiseExceptions
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    logging.raiseExceptions = raising
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_a_console_line_has_time_level_logger_phrase_and_fields() -> None:
    line = ConsoleFormatter().format(record(channel="some_room", rows=3))
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO processing\.worker: "
        r"message stored channel=some_room rows=3",
        line,
    )


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_chat_text_can_forge_neither_a_line_nor_a_field(text: str) -> None:
    line = ConsoleFormatter().format(record(before=1, text=text, after=2))
    assert line.isprintable()
    fields = re.fullmatch(r'.* before=1 text="((?:[^"\\]|\\.)*)" after=2', line)
    assert fields, line
    readable = fields[1].replace("\\\\", "\0").replace('\\"', '"')
    assert text.isprintable() is (readable.replace("\0", "\\") == text)


def test_a_phrase_and_a_logger_name_cannot_forge_a_line_either() -> None:
    forged = record()
    forged.msg = "first\nsecond"
    forged.name = "some\nlogger"
    assert ConsoleFormatter().format(forged).isprintable()


@pytest.mark.parametrize("formatter", [ConsoleFormatter(), JsonFormatter()])
def test_no_field_is_lost_whatever_its_name(formatter: logging.Formatter) -> None:
    names = ["level", "ts", "logger", "exception", "text", "room", "status", "with_underscore"]
    line = formatter.format(record(**dict.fromkeys(names, "here")))
    assert line.count("here") == len(names)
    assert all(name in line for name in names)


def test_a_bare_record_has_no_fields() -> None:
    assert ConsoleFormatter().format(record()).endswith("worker: message stored")
    assert set(json.loads(JsonFormatter().format(record()))) == {"ts", "level", "logger", "message"}


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_a_json_line_is_one_line_of_ascii_that_holds_the_text(text: str) -> None:
    line = JsonFormatter().format(record(text=text))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["text"] == text.replace("\ud800", "\\ud800")


def test_a_json_line_keeps_the_kinds_of_values() -> None:
    fields: dict[str, object] = {
        "rows": 3,
        "seconds": 0.5,
        "sure": True,
        "nothing": None,
        "channels": ("a", "b"),
        "ids": frozenset({"7"}),
        "options": {"top_p": 0.9},
        "endless": float("inf"),
        "path": Path("x.db"),
        "token": Secret("hidden"),
    }
    assert json.loads(JsonFormatter().format(record(**fields))) | {"ts": "", "logger": ""} == {
        "ts": "",
        "level": "INFO",
        "logger": "",
        "message": "message stored",
        "rows": 3,
        "seconds": 0.5,
        "sure": True,
        "nothing": None,
        "channels": ["a", "b"],
        "ids": ["7"],
        "options": {"top_p": 0.9},
        "endless": "inf",
        "path": "x.db",
        "token": "<secret>",
    }


def test_a_field_does_not_take_the_place_of_a_json_key() -> None:
    entry = json.loads(JsonFormatter().format(record(level="subscriber")))
    assert (entry["level"], entry["level_"]) == ("INFO", "subscriber")


def test_an_exception_is_one_line_unless_tracebacks_are_wanted() -> None:
    line = ConsoleFormatter().format(failed_record(ValueError("bad\nvalue")))
    assert line.endswith(r'message stored exception="ValueError: bad\nvalue"')
    entry = json.loads(JsonFormatter().format(failed_record(ValueError())))
    assert entry["exception"] == "ValueError"


def test_a_traceback_cannot_pass_for_log_lines() -> None:
    text = ConsoleFormatter(tracebacks=True).format(failed_record(ValueError("x\n2025 \x1b[2J")))
    first, *trace = text.split("\n")
    assert first.endswith("message stored")
    assert trace[0] == "    Traceback (most recent call last):"
    assert all(line.startswith("    ") and line.isprintable() for line in trace)


def test_json_has_the_whole_traceback_in_one_field() -> None:
    line = JsonFormatter(tracebacks=True).format(failed_record(ValueError("bad")))
    assert line.isprintable()
    assert json.loads(line)["exception"].startswith("Traceback (most recent call last):\n")


def test_the_journal_gets_a_priority_on_every_line_and_no_time() -> None:
    formatter = ConsoleFormatter(tracebacks=True, journal=True)
    assert formatter.format(record()) == "<6>INFO processing.worker: message stored"
    failed = failed_record(ValueError("bad"))
    failed.levelno, failed.levelname = logging.ERROR, "ERROR"
    lines = formatter.format(failed).split("\n")
    assert len(lines) > 1
    assert all(line.startswith("<3>") for line in lines)


@pytest.mark.usefixtures("logging_restored")
def test_setting_up_again_replaces_what_was_there() -> None:
    first, second = io.StringIO(), io.StringIO()
    set_up_logging("INFO", "console", logging.StreamHandler(first))
    set_up_logging("INFO", "json", logging.StreamHandler(second))
    logging.getLogger("clankbot").info("hello", extra={"text": "x"})
    logging.getLogger("clankbot").debug("not this")
    assert first.getvalue() == ""
    assert json.loads(second.getvalue())["text"] == "x"


@pytest.mark.usefixtures("logging_restored")
@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("DEBUG", ["debug", "warning", "error"]),
        ("INFO", ["error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_http_library_is_quiet_unless_debugging(level: str, shown: list[str]) -> None:
    stream = io.StringIO()
    set_up_logging(level, "json", logging.StreamHandler(stream))
    library = logging.getLogger("urllib3.connectionpool")
    for each in (library.debug, library.info, library.warning, library.error):
        each(each.__name__)
    said = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert [word for word in said if word != "info"] == shown


@pytest.mark.usefixtures("logging_restored")
def test_secrets_are_masked_in_every_line_whatever_its_logger() -> None:
    stream = io.StringIO()
    remember(Secret("hunter2"))
    set_up_logging("INFO", "console", logging.StreamHandler(stream))
    logging.getLogger("some.library").warning("password hunter2")
    assert stream.getvalue().endswith("some.library: password <secret>\n")


@pytest.mark.usefixtures("logging_restored")
def test_a_closed_stream_loses_lines_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    set_up_logging("INFO", "console", logging.StreamHandler(stream))
    stream.close()
    logging.getLogger("clankbot").info("into the void")
    assert capsys.readouterr().err == ""


def test_a_reader_that_went_away_leaves_the_exit_status_alone() -> None:
    script = (
        "import logging, sys\n"
        "from clankbot.runtime.logging_setup import set_up_logging\n"
        "set_up_logging('INFO', 'console')\n"
        "sys.stdin.read()\n"
        "for _ in range(3): logging.getLogger('clankbot').info('hello')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stderr.close()
        process.stdin.close()
        assert process.wait(timeout=PATIENCE_S) == 0


@pytest.mark.usefixtures("logging_restored")
def test_a_log_file_takes_whatever_chat_holds(tmp_path: Path) -> None:
    path = tmp_path / "rehearsal.log"
    set_up_logging("DEBUG", "console", logging.FileHandler(path, encoding="utf-8"))
    logging.getLogger("clankbot").debug("a run", extra={"text": "Grüße \ud800"})
    assert path.read_text(encoding="utf-8").endswith('a run text="Grüße \\ud800"\n')
