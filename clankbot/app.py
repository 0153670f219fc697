"""The program: its arguments, the command to run, and the exit status.

Each command is a module with ``run(options) -> int``, named by ``options.module`` and imported only
when it is asked for, so that ``--help`` costs nothing.
"""

from __future__ import annotations

import argparse
import errno
import gc
import importlib
import io
import logging
import os
import signal
import sys
from types import FrameType, ModuleType
from typing import Final

from clankbot.arguments import build_parser
from clankbot.errors import (
    ClankbotError,
    ConfigError,
    DatabaseTooNew,
    KeyRefused,
    OllamaError,
    TokenRefused,
    WrongDatabase,
)
from clankbot.own_command import for_missing_module

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_LOGIN_NEEDED: Final = 77
EXIT_CONFIG: Final = 78
# And the signal's number, as shells have it.
_EXIT_SIGNALLED: Final = 128


def main() -> int:
    """Run one command; its exit status, as the contract's section 1 has them.

    A command other than ``run`` and ``rehearse`` ends in order at SIGTERM and SIGHUP, as it does at
    Ctrl-C: one that waits for a person or a server must not leave half of its work behind.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # not every terminal has all letters of chat
    try:
        options = build_parser().parse_args()
    except SystemExit:  # with a help text, or a wrong argument
        _flush()
        raise
    try:
        try:
            module = _imported(options.module)
        except ModuleNotFoundError as error:
            return _tell(error)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _end)
        return _run(module, options)
    except KeyboardInterrupt:
        return _EXIT_SIGNALLED + signal.SIGINT
    finally:
        # What is left to do takes a moment; a traceback of it would help nobody.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(_EXIT_SIGNALLED + number)


def _run(module: ModuleType, options: argparse.Namespace) -> int:
    was_terminal = sys.stdout is not None and sys.stdout.isatty()
    status = 0
    try:
        status = module.run(options)
    except Exception as error:
        is_closed_terminal = was_terminal and not sys.stdout.isatty()
        if not (isinstance(error, BrokenPipeError) or is_closed_terminal):
            return _tell(error)
    _flush()
    return status


def _flush() -> None:
    """Write what is left to be printed: here, where it is no error that nobody reads it any more.

    A pipe whose reader has seen enough, or a terminal that was closed.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        if error.errno not in (errno.EPIPE, errno.EIO):
            raise


def _imported(name: str) -> ModuleType:
    """The module.  What is imported stays, so it is not searched for garbage while it comes in:
    that took a sixth of the time from the start to the first JOIN.
    """
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def _tell(error: Exception) -> int:
    """Say in one line what was wrong; the traceback only at LOG_LEVEL=DEBUG."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        complain(for_missing_module(error.name.partition(".")[0]))
        return EXIT_CONFIG
    prefix = "" if isinstance(error, ClankbotError) else f"{type(error).__name__}: "
    for warning in error.warnings if isinstance(error, ConfigError) else ():
        complain(f"{prefix}warning: {warning}", logging.WARNING)
    text = error.in_full if isinstance(error, OllamaError) else str(error)
    for line in text.splitlines() or [""]:
        complain(prefix + line)
    logging.getLogger(__name__).debug("the command failed", exc_info=error)
    return exit_status(error)


def complain(sentence: str, level: int = logging.CRITICAL) -> None:
    """Say on standard error what is wrong, with no secret in it and nothing that a terminal obeys.

    What a server, a file or a person said may be part of it.  If the log is read by a program, it
    is a line of the log.
    """
    # Only here, for what a command without a complaint costs.
    if importlib.import_module("clankbot.runtime.logging_setup").is_for_programs():
        logging.getLogger(__name__).log(level, "%s", sentence)
        return
    redaction = importlib.import_module("clankbot.runtime.redaction")
    text = importlib.import_module("clankbot.text")
    line = f"clankbot: {text.escaped(redaction.redact(sentence))}"
    if writer := importlib.import_module("clankbot.runtime.line_writer").standard_error():
        writer.write(line)  # behind what the log has to say
        writer.flush()
    else:
        print(line, file=sys.stderr)


def exit_status(error: BaseException | None) -> int:
    """The exit status for the error that ended the program, for a supervisor."""
    if isinstance(error, TokenRefused):
        return EXIT_LOGIN_NEEDED
    if isinstance(error, ConfigError | KeyRefused | WrongDatabase | DatabaseTooNew):
        return EXIT_CONFIG
    return EXIT_FAILED
