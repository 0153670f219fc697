"""The command line: every command and option, described once."""

from __future__ import annotations

import argparse
import math
import os
from datetime import UTC, date, tzinfo
from pathlib import Path

from clankbot import __version__
from clankbot.zones import look_up

_EPILOG = """\
Settings come from the environment and from .env in the current directory; .env.example lists
them.  Exit status: 0 as asked, 1 failed, 2 wrong usage, 77 run `login`, 78 a setting is wrong.
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser; ``options.module`` names the module that runs the command."""
    parser = argparse.ArgumentParser(
        prog="clankbot.py",
        description="A Twitch chatbot that remembers its chat and talks along, "
        "with words from your own Ollama.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"clankbot {__version__}")
    parser.set_defaults(module="clankbot.cli.run")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add(commands, "run", "the bot; what runs when no command is given")
    login = _add(commands, "login", "sign the bot account in with Twitch (no browser needed here)")
    login.add_argument(
        "--status", action="store_true", help="tell who is signed in, and until when"
    )
    _add(commands, "logout", "revoke the sign-in at Twitch and delete it here")
    _add_check(commands)
    _add_rehearse(commands)
    _add_stats(commands)
    status = _add(commands, "status", "how a running bot is doing; fit for a health check")
    status.add_argument("--json", action="store_true", help="for programs")
    _add_backup(commands)
    _add_export(commands)
    forget = _add(commands, "forget", "delete all stored data of one viewer")
    forget.add_argument(
        "viewer",
        type=_typed,
        metavar="LOGIN_OR_ID",
        help="the viewer's login, user id (id:123) or display name, as in chat",
    )
    forget.add_argument("--channel", type=_channel, metavar="C", help="in this channel only")
    _add_copy(commands)
    _add_import(commands)
    _add_replay(commands)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(module=f"clankbot.cli.{name.replace('-', '_')}")
    return parser


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = _add(commands, "check", "try the whole set-up and tell what to do about it")
    check.description = (
        "Try the whole set-up and tell what to do about it; nothing is changed.  The exit status is"
        " 0 if nothing failed, else 1; with --text, 0 if the filter lets the words pass, 1 if it"
        " blocks them."
    )
    check.add_argument("--json", action="store_true", help="for programs: one JSON object")
    check.add_argument(
        "--no-model", action="store_true", help="have no line written, which may take long"
    )
    check.add_argument(
        "--text",
        type=_typed,
        metavar="WORDS",
        help="only tell what the filter makes of these words",
    )
    check.add_argument(
        "--channel", type=_channel, metavar="C", help="with --text: with this channel's own terms"
    )


def _add_rehearse(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rehearse = _add(
        commands, "rehearse", "the real bot in a chat room played on this machine; needs nothing"
    )
    rehearse.add_argument(
        "--database", type=Path, metavar="FILE", help="keep the rehearsal's database in this file"
    )


def _add_stats(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    stats = _add(commands, "stats", "what is in the database, channel by channel")
    stats.add_argument(
        "--why", type=_channel, metavar="CHANNEL", help="the last decisions of a channel"
    )
    stats.add_argument(
        "--changes",
        type=_bare,
        nargs="?",
        const="",
        metavar="CHANNEL",
        help="the last changes of settings",
    )


def _add_backup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = _add(commands, "backup", "a verified copy of the SQLite file, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the file to make")
    backup.add_argument("--force", action="store_true", help="replace a file that is there")


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = _add(commands, "export", "a channel's history as training data (JSON Lines)")
    export.add_argument(
        "channel", type=_bare, metavar="CHANNEL", help="the channel, with or without #"
    )
    export.add_argument(
        "--lines",
        type=_line_count,
        default=20,
        metavar="N",
        help="chat lines before each answer (20)",
    )
    export.add_argument(
        "--names", action="store_true", help="keep the viewers' names instead of pseudonyms"
    )


def _add_copy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    copy = _add(commands, "copy-database", "move a history between SQLite and MySQL/MariaDB")
    copy.add_argument(
        "direction",
        choices=("to-mysql", "to-sqlite"),
        help="from the SQLite file of DATABASE_URL to the MYSQL_* server, or back",
    )


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    imports = _add(commands, "import", "a saved chat into the history of a channel")
    imports.set_defaults(module="clankbot.cli.import_chat")
    imports.add_argument("file", type=Path, metavar="FILE", help="the log, whoever saved it")
    imports.add_argument(
        "--channel", type=_channel, metavar="C", required=True, help="the channel that it is of"
    )
    _add_times(imports)


def _add_times(parser: argparse.ArgumentParser) -> None:
    """What a log may leave out."""
    parser.add_argument(
        "--timezone",
        type=_zone,
        default=UTC,
        metavar="ZONE",
        help="of times that name none, such as Europe/Berlin (UTC)",
    )
    parser.add_argument(
        "--date", type=_date, metavar="YYYY-MM-DD", help="the first day of a log that names none"
    )


def _add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    replay = _add(
        commands, "replay", "a saved chat on a fake clock: when would the bot speak, and what"
    )
    replay.set_defaults(module="clankbot.replay.command")
    replay.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="the log of a chat, whoever saved it"
    )
    replay.add_argument(
        "--from",
        type=_channel,
        dest="stored",
        metavar="CHANNEL",
        help="instead of a file, what the bot's own database holds of this channel",
    )
    _add_times(replay)
    replay.add_argument("--channel", type=_bare, metavar="C", help="this channel of the file only")
    replay.add_argument(
        "--speed", type=_speed, default=0.0, metavar="X", help="X times as fast; 0: at once (0)"
    )
    replay.add_argument(
        "--set",
        type=_typed,
        action="append",
        default=[],
        dest="changes",
        metavar="NAME=VALUE",
        help="a channel setting as in !clank, such as threshold=20; may be repeated",
    )
    replay.add_argument(
        "--bot",
        type=_typed,
        default="clankbot",
        metavar="NAME",
        help="the bot's name in the file (clankbot)",
    )
    replay.add_argument(
        "--no-model", action="store_true", help="only the moments; no Ollama is needed"
    )


def _typed(argument: str) -> str:
    """The argument as text, also where Python took its bytes for those of a poorer locale."""
    return os.fsencode(argument).decode("utf-8", "replace")


def _bare(text: str) -> str:
    """A channel as it is stored, however it was written."""
    return _typed(text).strip().lstrip("#").lower()


def _channel(text: str) -> str:
    channel = _bare(text)
    if not channel:
        raise argparse.ArgumentTypeError("the name of a channel is wanted")
    return channel


def _line_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 500")
    return int(text)


def _zone(text: str) -> tzinfo:
    zone = look_up(_typed(text))
    if zone is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time zone such as Europe/Berlin or UTC")
    return zone


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2030-05-07") from None


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return speed
