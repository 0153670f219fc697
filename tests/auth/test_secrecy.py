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
from clankbot.auth.keys import find_keys
from clankbot.auth.seal import Sealer
from clankbot.auth.sign_in import show_status, sign_in_account, sign_out
from clankbot.errors import ClankbotError
from clankbot.records.accounts import Secret
from tests.auth.desk import KEY, NEWER_KEY, Desk
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

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: list[str] = []

    def say(self, line: str) -> None:
        self.seen.append(line)

    def watch(self, deed: Callable[[], object]) -> None:
        """Do it, whatever comes of it, and look at the outcome from all sides."""
        try:
            outcome = deed()
        except ClankbotError as error:
            self.seen += [str(error), repr(error), *traceback.format_exception(error)]
        else:
            self.seen += [str(outcome), repr(outcome), f"{outcome}"]

    def log_in(self, key: bytes = KEY) -> object:
        wait, clock = self.desk.clock.wait, self.desk.clock
        oauth = self.desk.oauth(CLIENT_SECRET)
        return sign_in_account(
            self.desk.file.open, self._keys(key), oauth, self.say, wait, clock=clock
        )

    def status(self, key: bytes = KEY) -> object:
        return show_status(self.desk.file.open, self._keys(key), self.say)

    def log_out(self, key: bytes = KEY) -> object:
        oauth, wait = self.desk.oauth(CLIENT_SECRET), self.desk.clock.wait
        return sign_out(self.desk.file.open, self._keys(key), oauth, self.say, wait)

    def _keys(self, key: bytes) -> functools.partial[list[bytes]]:
        return functools.partial(find_keys, Secret(key.decode()), None, self.desk.file.path)


def run_all_commands(witness: Witness) -> None:
    """Sign in, out and everything between, through each trouble at each step."""
    desk = witness.desk
    for what in ("device", "poll", "validate", "revoke"):
        for trouble in TROUBLES:
            desk.twitch.trouble(what, trouble)
            witness.watch(witness.log_in)
            witness.watch(witness.status)
            witness.watch(functools.partial(witness.status, NEWER_KEY))
            witness.watch(witness.log_out)
    witness.watch(witness.log_in)
    witness.watch(functools.partial(witness.log_out, NEWER_KEY))


def run_the_life_of_a_token(witness: Witness) -> None:
    """Every call of a keeper, through each trouble."""
    desk = witness.desk
    for trouble in TROUBLES:
        desk.signed_in()
        keeper = desk.keeper(client_secret=CLIENT_SECRET)
        helix = Helix(
            desk.twitch.api_url, desk.twitch.client_id, keeper.access_token, keeper.token_refused
        )
        desk.twitch.trouble("validate", trouble)
        witness.watch(keeper.start)
        desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
        for what in ("refresh", "validate", "streams"):
            desk.twitch.trouble(what, trouble)
        desk.file.failing_saves = 1
        for deed in (keeper.upkeep, keeper.credentials, keeper.login_refused, keeper.upkeep):
            witness.watch(deed)
        witness.watch(functools.partial(helix.live_channels, ["alpha"]))
        desk.twitch.invalidate_all()
        for deed in (keeper.login_refused, keeper.credentials):
            witness.watch(deed)
    desk.signed_in()
    witness.watch(desk.keeper(sealer=Sealer([NEWER_KEY])).start)
    grant = desk.oauth(CLIENT_SECRET).refresh(Secret(desk.twitch.tokens[-1].refresh))
    witness.watch(lambda: grant)
    witness.watch(desk.oauth(CLIENT_SECRET).start_device)


def test_nothing_secret_is_shown_stored_or_logged_at_debug(
    desk: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.twitch.client_secret = CLIENT_SECRET
    witness = Witness(desk)
    run_all_commands(witness)
    run_the_life_of_a_token(witness)

    assert any("/oauth2/token" in message for message in caplog.messages)  # urllib3 speaks, too
    shown = "\n".join([*witness.seen, caplog.text, *(str(vars(r)) for r in caplog.records)])
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    codes = [heard.given["device_code"][0] for heard in desk.twitch.heard if heard.what == "poll"]
    secrets = {*desk.twitch.secrets(), *codes, KEY.decode(), NEWER_KEY.decode()}
    assert len(secrets) > 100
    assert [secret for secret in secrets if secret in shown] == []
    assert [secret for secret in secrets if secret.encode() in stored] == []
