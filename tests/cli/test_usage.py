"""The edges of the command line: wrong usage is told at once, and a closed pipe is no failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clankbot.arguments import build_parser
from tests.cli.command import fill, said, started
from tests.waiting import PATIENCE_S


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        ("export alpha --lines 0", "from 1 to 500"),
        ("export alpha --lines 501", "from 1 to 500"),
        ("export alpha --lines many", "from 1 to 500"),
        ("replay chat.log --speed=-1", "a number from 0 on"),
        ("replay chat.log --speed nan", "a number from 0 on"),
        ("replay chat.log --speed inf", "a number from 0 on"),
        ("replay chat.log --speed fast", "a number from 0 on"),
        ("copy-database sideways", "to-mysql"),
        ("stats --why=", "the name of a channel is wanted"),
        ("stats --why #", "the name of a channel is wanted"),
        ("forget alice --channel=", "the name of a channel is wanted"),
        ("forget alice --channel #", "the name of a channel is wanted"),
    ],
)
def test_a_wrong_option_is_refused(
    arguments: str, accepted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        build_parser().parse_args(arguments.split())
    assert end.value.code == 2
    assert accepted in capsys.readouterr().err


# Written at the end, line by line, while there is more, and by argparse.
@pytest.mark.parametrize(
    "command",
    [
        "stats",
        "check",
        "export alpha",
        "replay chat.log --no-model",
        "--help",
        "run --help",
        "--version",
    ],
)
def test_a_closed_pipe_is_a_way_to_say_stop(command: str, tmp_path: Path) -> None:
    fill(tmp_path, [said(f"{number} of many", str(number % 5)) for number in range(300)])
    line = "@id=1;user-id=7;tmi-sent-ts=1 :bob!b@b PRIVMSG #alpha :hi\n"
    (tmp_path / "chat.log").write_text(line)
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        with started(tmp_path, *command.split(), stdout=write_end) as process:
            assert process.stderr is not None
            assert process.stderr.read() == b""
            assert process.wait(timeout=PATIENCE_S) == 0
    finally:
        os.close(write_end)
