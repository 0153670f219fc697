"""The first net: through every success and failure, at DEBUG, nothing secret is shown anywhere.

No SecretFilter here: what it would catch must not be there in the first place.
"""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.auth.helix import Helix
from clankbot.auth.keys import Encryption
from clankbot.errors import ClankbotError
from clankbot.records.accounts import Secret
from tests.auth.rig import KEY, NEWER_KEY, Rig
from tests.doubles.twitch_id import ANSWER_LOST, DROPPED, Trouble

CLIENT_SECRET = "confidential-secret"

TROUBLES = (
    DROPPED,
    ANSWER_LOST,
    Trouble(500),
    Trouble(302),
    Trouble(400),
    Trouble(200, b"\xff{"),
    Trouble(200, b"[1]"),
    Trouble(403, b'{"message": "confidential-secret is wrong"}'),
    Trouble(418, b'{"message": "no"}'),
)


class Witness:
    """Sees what a person, a log and a debugger would see."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.seen: list[str] = []

    def watch(self, deed: Callable[[], object]) -> None:
        """Do it, whatever comes of it, and look at the outcome from all sides."""
        try:
            outcome = deed()
        except ClankbotError as error:
            self.seen += [str(error), repr(error), *traceback.format_exception(error)]
        else:
            self.seen += [str(outcome), repr(outcome), f"{outcome}"]


def run_all_commands(witness: Witness) -> None:
    """Sign in, out and everything between, through each trouble at each step."""
    rig = witness.rig
    oauth = rig.oauth(CLIENT_SECRET)

    def log_in() -> object:
        return rig.log_in(KEY, oauth=oauth)

    def log_out() -> object:
        return rig.log_out(KEY, oauth=oauth)

    for what in ("device", "poll", "validate", "revoke"):
        for trouble in TROUBLES:
            rig.twitch.trouble(what, trouble)
            witness.watch(log_in)
            witness.watch(lambda: rig.status(KEY))
            witness.watch(lambda: rig.status(NEWER_KEY))
            witness.watch(log_out)
    witness.watch(log_in)
    witness.watch(lambda: rig.log_out(NEWER_KEY, oauth=oauth))


def run_the_life_of_a_token(witness: Witness) -> None:
    """Every call of a keeper, through each trouble."""
    rig = witness.rig
    for trouble in TROUBLES:
        rig.signed_in()
        keeper = rig.keeper(client_secret=CLIENT_SECRET)
        helix = Helix(rig.twitch.api_url, rig.twitch.client_id, keeper, rig.clock)
        rig.twitch.trouble("validate", trouble)
        witness.watch(keeper.start)
        rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
        for what in ("refresh", "validate", "streams"):
            rig.twitch.trouble(what, trouble)
        rig.file.failing_saves = 1
        for deed in (keeper.upkeep, keeper.credentials, keeper.login_refused, keeper.upkeep):
            witness.watch(deed)
        witness.watch(functools.partial(helix.live_channels, ["alpha"]))
        rig.twitch.invalidate_all()
        for deed in (keeper.login_refused, keeper.credentials):
            witness.watch(deed)
    rig.signed_in()
    witness.watch(rig.keeper(encryption=Encryption([NEWER_KEY])).start)
    grant = rig.oauth(CLIENT_SECRET).refresh(Secret(rig.twitch.tokens[-1].refresh))
    witness.watch(lambda: grant)
    witness.watch(rig.oauth(CLIENT_SECRET).start_device)


def test_nothing_secret_is_shown_stored_or_logged_at_debug(
    rig: Rig, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    rig.twitch.client_secret = CLIENT_SECRET
    witness = Witness(rig)
    run_all_commands(witness)
    run_the_life_of_a_token(witness)

    assert any("/oauth2/token" in message for message in caplog.messages)  # urllib3 speaks, too
    shown = "\n".join(
        [*witness.seen, *rig.said, caplog.text, *(str(vars(r)) for r in caplog.records)]
    )
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    codes = [heard.given["device_code"][0] for heard in rig.twitch.heard if heard.what == "poll"]
    secrets = {*rig.twitch.secrets(), *codes, KEY.decode(), NEWER_KEY.decode()}
    assert len(secrets) > 100
    assert [secret for secret in secrets if secret in shown] == []
    assert [secret for secret in secrets if secret.encode() in stored] == []
