"""The life of a sign-in: validated, renewed, refused, and carried through outages."""

from __future__ import annotations

import logging
from typing import Final

import pytest

from clankbot.auth.tokens import TokenKeeper
from clankbot.errors import AuthUnavailable, NotSignedIn, TokenRefused
from clankbot.records.accounts import Credentials, Identity, Secret
from tests.auth.rig import Rig
from tests.doubles.twitch_id import ANSWER_LOST, DROPPED, Trouble

HOUR_S: Final = 3600.0


def password_of(keeper: TokenKeeper) -> str:
    """The token that a login to chat would use now."""
    password = keeper.credentials().password
    assert password is not None
    return password.reveal()


def test_start_validates_the_token_and_tells_whose_it_is(rig: Rig) -> None:
    token = rig.signed_in()
    assert rig.keeper().start() == Identity("clankbot", "100")
    assert rig.twitch.heard[-1].headers["Authorization"] == f"OAuth {token.access}"


def test_start_without_a_sign_in_says_what_to_run(rig: Rig) -> None:
    with pytest.raises(NotSignedIn, match=r"run: .* login"):
        rig.keeper().start()


def test_start_goes_on_with_what_is_stored_while_twitch_is_out_of_order(rig: Rig) -> None:
    token = rig.signed_in()
    rig.twitch.outage = 503
    keeper = rig.keeper()
    assert keeper.start() == Identity("clankbot", "100")
    assert keeper.credentials() == Credentials("clankbot", "100", Secret(token.access))


def test_a_token_that_died_while_the_bot_was_off_is_renewed_at_start(rig: Rig) -> None:
    rig.signed_in()
    rig.clock.now_s += 10 * HOUR_S
    keeper = rig.keeper()
    keeper.start()
    assert rig.twitch.accepts(keeper.access_token().reveal())
    assert rig.twitch.count("refresh") == 1


def test_the_token_is_validated_every_hour_and_renewed_before_its_end(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    end_s = rig.clock.now_s + 24 * HOUR_S
    while rig.clock.now_s < end_s:
        pause_s = keeper.upkeep()
        assert 60 < pause_s <= HOUR_S
        assert rig.twitch.accepts(password_of(keeper))
        rig.clock.now_s += pause_s
    assert 24 <= rig.twitch.count("validate") <= 26
    assert rig.twitch.count("refresh") == 7  # a day holds 7.3 times 82.5 % of four hours
    assert rig.twitch.violations == []


def test_moments_of_renewal_are_spread(rig: Rig) -> None:
    rig.signed_in()
    early, late = rig.keeper(luck=0.999), rig.keeper(luck=0.0)
    early.start()
    late.start()
    rig.clock.now_s += 0.76 * rig.twitch.lifetime_s
    late.upkeep()
    assert rig.twitch.count("refresh") == 0
    early.upkeep()
    assert rig.twitch.count("refresh") == 1


def test_credentials_are_renewed_when_the_stored_token_has_expired(rig: Rig) -> None:
    old = rig.signed_in()
    rig.clock.now_s += rig.twitch.lifetime_s + 1
    password = password_of(rig.keeper())
    assert password != old.access
    assert rig.twitch.accepts(password)
    assert rig.stored_access() == password


def test_an_expired_token_is_not_given_out_while_twitch_is_out_of_order(rig: Rig) -> None:
    rig.signed_in()
    rig.clock.now_s += rig.twitch.lifetime_s + 1
    keeper = rig.keeper()
    rig.twitch.outage = 502
    with pytest.raises(AuthUnavailable, match="502"):
        keeper.credentials()
    rig.twitch.outage = None
    assert rig.twitch.accepts(keeper.access_token().reveal())


def test_a_token_near_its_end_is_still_given_out_while_twitch_is_out_of_order(rig: Rig) -> None:
    token = rig.signed_in()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.twitch.outage = 500
    assert rig.keeper().access_token() == Secret(token.access)


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(500),
        Trouble(503),
        Trouble(302),
        Trouble(200),
        Trouble(400),
        Trouble(401),
        Trouble(429),
        Trouble(403, b'{"message": "blocked by a proxy"}'),
        Trouble(404, b'{"message": "not found"}'),
        Trouble(429, b'{"message": "too many requests"}'),
        Trouble(200, b"[]"),
        Trouble(200, b"{}"),
        Trouble(200, b'{"access_token": "with a blank", "refresh_token": "r"}'),
        Trouble(200, b"x" * 2_000_000),
        DROPPED,
    ],
)
def test_no_disorder_at_twitch_counts_as_a_refusal(rig: Rig, trouble: Trouble) -> None:
    """Statuses of 400 come with HTML here: from a proxy or a captive portal, not from Twitch."""
    old = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", trouble)
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    assert rig.stored_access() == old.access
    keeper.upkeep()
    assert rig.stored_access() != old.access


def test_an_hour_long_outage_is_outlived(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.95 * rig.twitch.lifetime_s
    rig.twitch.outage = 503
    for _ in range(60):
        with pytest.raises(AuthUnavailable):
            keeper.upkeep()
        rig.clock.now_s += 60
    rig.twitch.outage = None
    keeper.upkeep()
    assert rig.twitch.accepts(keeper.access_token().reveal())
    assert rig.twitch.violations == []


def test_validation_goes_on_while_no_refresh_succeeds(rig: Rig) -> None:
    """Twitch demands it every hour, whatever else is out of order."""
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", *[Trouble(503)] * 10)
    for _ in range(10):
        with pytest.raises(AuthUnavailable, match="503"):
            keeper.upkeep()
        rig.clock.now_s += 60
    assert rig.twitch.count("validate") == 2


def test_a_validation_that_fails_leads_to_a_refresh(rig: Rig) -> None:
    token = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    token.expires_at_s = 0
    rig.clock.now_s += HOUR_S
    keeper.upkeep()
    assert rig.twitch.accepts(keeper.access_token().reveal())
    assert rig.twitch.count("refresh") == 1


def test_a_token_that_others_replaced_during_its_validation_is_not_refreshed(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    old = rig.signed_in()
    keeper = rig.keeper()
    newer = rig.twitch.issue()
    old.expires_at_s = 0
    rig.twitch.meanwhile["validate"] = lambda: rig.store(newer)
    keeper.start()
    assert keeper.access_token() == Secret(newer.access)
    assert rig.twitch.count("refresh") == 0
    assert caplog.messages == []


def test_a_refused_refresh_asks_for_a_person(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.twitch.invalidate_all()
    rig.clock.now_s += HOUR_S
    with pytest.raises(TokenRefused, match=r"Invalid refresh token.*run: .* login"):
        keeper.upkeep()


def test_a_refused_login_leads_to_exactly_one_refresh(rig: Rig) -> None:
    refused = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    keeper.credentials()
    refused.expires_at_s = 0
    keeper.login_refused()
    keeper.token_refused(Secret(refused.access))  # the same token, refused elsewhere as well
    assert rig.twitch.count("refresh") == 1
    assert rig.twitch.accepts(password_of(keeper))


def test_a_login_refused_again_is_no_matter_of_the_token(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    for _ in range(5):  # chat refuses whatever comes
        keeper.credentials()
        keeper.login_refused()
    assert rig.twitch.count("refresh") == 1
    assert "refused again, although Twitch calls the token good" in caplog.messages


def test_the_token_after_a_refusal_is_renewed_too_when_it_dies(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    keeper.credentials()
    keeper.login_refused()
    rig.twitch.tokens[-1].expires_at_s = 0
    keeper.credentials()
    keeper.login_refused()
    assert rig.twitch.count("refresh") == 2
    assert rig.twitch.accepts(keeper.access_token().reveal())


def test_a_refused_token_is_not_given_out_again_while_no_other_can_be_had(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    keeper.credentials()
    rig.twitch.outage = 503
    with pytest.raises(AuthUnavailable):
        keeper.login_refused()
    with pytest.raises(AuthUnavailable):
        keeper.credentials()
    rig.twitch.outage = None
    keeper.credentials()
    assert rig.twitch.count("refresh") == 3  # two of them met the outage


def test_a_lost_answer_costs_a_public_app_its_sign_in(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", ANSWER_LOST)
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    with pytest.raises(TokenRefused, match="login"):
        keeper.upkeep()


def test_a_lost_answer_costs_a_confidential_app_nothing(rig: Rig) -> None:
    rig.twitch.client_secret = "confidential-secret"
    rig.signed_in()
    keeper = rig.keeper(client_secret="confidential-secret")
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", ANSWER_LOST)
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    keeper.upkeep()
    assert rig.twitch.accepts(keeper.access_token().reveal())


@pytest.mark.parametrize("given", [None, "not-the-secret"])
def test_a_wrong_client_secret_names_its_variable(rig: Rig, given: str | None) -> None:
    rig.twitch.client_secret = "confidential-secret"
    rig.signed_in()
    rig.clock.now_s += rig.twitch.lifetime_s
    with pytest.raises(TokenRefused, match="TWITCH_CLIENT_SECRET") as refused:
        rig.keeper(client_secret=given).start()
    assert "not-the-secret" not in str(refused.value)


def test_a_sign_in_of_another_app_names_its_variable(rig: Rig) -> None:
    rig.signed_in().client_id = "another"
    with pytest.raises(TokenRefused, match="TWITCH_CLIENT_ID"):
        rig.keeper().start()


def test_a_sign_in_that_lacks_a_scope_names_it(rig: Rig) -> None:
    rig.store(rig.twitch.issue(scopes=("chat:read",)))
    with pytest.raises(TokenRefused, match=r"lacks chat:edit;"):
        rig.keeper().start()


def test_a_renamed_account_is_known_by_its_new_name(rig: Rig) -> None:
    rig.signed_in().login = "clankbot2"
    keeper = rig.keeper()
    assert keeper.start() == Identity("clankbot2", "100")
    assert keeper.credentials().login == "clankbot2"


def test_another_account_signed_in_meanwhile_is_taken_over(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    token = rig.twitch.issue("alice")
    rig.store(token)
    assert keeper.credentials() == Credentials("alice", "200", Secret(token.access))
    assert "another account was signed in" in caplog.messages


def test_signing_out_meanwhile_ends_the_keeping(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    with rig.file.open() as store:
        store.delete_tokens()
    with pytest.raises(NotSignedIn):
        keeper.upkeep()


def test_the_database_may_be_away_while_the_token_is_good(rig: Rig) -> None:
    token = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.file.is_away = True
    assert keeper.credentials().password == Secret(token.access)
    rig.clock.now_s += rig.twitch.lifetime_s
    with pytest.raises(AuthUnavailable, match="database is away"):
        keeper.credentials()
    assert rig.twitch.count("refresh") == 0


def test_a_wall_clock_that_jumps_disturbs_nothing(rig: Rig) -> None:
    token = rig.signed_in()
    rig.clock.wrong_utc_ms = 4_000_000_000_000  # before it has heard from a time server
    keeper = rig.keeper()
    keeper.start()
    rig.clock.wrong_utc_ms = 0
    assert keeper.access_token() == Secret(token.access)
    assert keeper.upkeep() == HOUR_S
    assert rig.twitch.count("refresh") == 0


def test_a_wall_clock_far_behind_does_not_make_a_token_last_for_ever(rig: Rig) -> None:
    rig.signed_in()
    rig.twitch.outage = 503
    rig.clock.wrong_utc_ms = 0
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += rig.twitch.lifetime_s
    with pytest.raises(AuthUnavailable):
        keeper.credentials()


def test_an_outage_during_the_hourly_validation_is_no_refusal(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += HOUR_S
    rig.twitch.trouble("validate", Trouble(401), Trouble(500), DROPPED)
    for _ in range(3):
        with pytest.raises(AuthUnavailable):
            keeper.upkeep()
    assert keeper.upkeep() > 0
    assert keeper.access_token() == Secret(token.access)
