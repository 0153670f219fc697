"""Wrong usage is told before anything is done, with what is accepted."""

from __future__ import annotations

import pytest

from clankbot.arguments import build_parser


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
