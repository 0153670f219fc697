"""The life of a sign-in: validated, renewed, refused, and carried through outages."""

from __future__ import annotations

import logging
from typing import Final

import pytest

from clankbot.auth.tokens import TokenKeeper
from clankbot.errors import AuthUnavailable, NotSignedIn, TokenRefused
from clankbot.records.accounts import Credentials, Identity, Secret
from tests.auth.desk import Desk
from tests.doubles.twitch_id import ANSWER_LOST, DROPPED, Trouble

HOUR_S: Final = 3600.0


def password_of(keeper: TokenKeeper) -> str:
    """The token that a login to chat would use now."""
    password = keeper.credentials().password
    assert password is not None
    return password.reveal()


def test_start_validates_the_token_and_tells_whose_it_is(desk: Desk) -> None:
    token = desk.signed_in()
    assert desk.keeper().start() == Identity("clankbot", "100")
    assert desk.twitch.heard[-1].headers["Authorization"] == f"OAuth {token.access}"


def test_start_without_a_sign_in_says_what_to_run(desk: Desk) -> None:
    with pytest.raises(NotSignedIn, match=r"python clankbot\.py login"):
        desk.keeper().start()


def test_start_goes_on_with_what_is_stored_while_twitch_is_out_of_order(desk: Desk) -> None:
    token = desk.signed_in()
    desk.twitch.outage = 503
    keeper = desk.keeper()
    assert keeper.start() == Identity("clankbot", "100")
    assert keeper.credentials() == Credentials("clankbot", "100", Secret(token.access))


def test_a_token_that_died_while_the_bot_was_off_is_renewed_at_start(desk: Desk) -> None:
    desk.signed_in()
    desk.clock.now_s += 10 * HOUR_S
    keeper = desk.keeper()
    keeper.start()
    assert desk.twitch.accepts(keeper.access_token().reveal())
    assert desk.twitch.count("refresh") == 1


def test_the_token_is_validated_every_hour_and_renewed_before_its_end(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    end_s = desk.clock.now_s + 24 * HOUR_S
    while desk.clock.now_s < end_s:
        pause_s = keeper.upkeep()
        assert 60 < pause_s <= HOUR_S
        assert desk.twitch.accepts(password_of(keeper))
        desk.clock.now_s += pause_s
    assert 24 <= desk.twitch.count("validate") <= 26
    assert desk.twitch.count("refresh") == 7  # a day holds 7.3 times 82.5 % of four hours
    assert desk.twitch.violations == []


def test_moments_of_renewal_are_spread(desk: Desk) -> None:
    desk.signed_in()
    early, late = desk.keeper(luck=0.999), desk.keeper(luck=0.0)
    early.start()
    late.start()
    desk.clock.now_s += 0.76 * desk.twitch.lifetime_s
    late.upkeep()
    assert desk.twitch.count("refresh") == 0
    early.upkeep()
    assert desk.twitch.count("refresh") == 1


def test_credentials_are_renewed_when_the_stored_token_has_expired(desk: Desk) -> None:
    old = desk.signed_in()
    desk.clock.now_s += desk.twitch.lifetime_s + 1
    password = password_of(desk.keeper())
    assert password != old.access
    assert desk.twitch.accepts(password)
    assert desk.stored_access() == password


def test_an_expired_token_is_not_given_out_while_twitch_is_out_of_order(desk: Desk) -> None:
    desk.signed_in()
    desk.clock.now_s += desk.twitch.lifetime_s + 1
    keeper = desk.keeper()
    desk.twitch.outage = 502
    with pytest.raises(AuthUnavailable, match="502"):
        keeper.credentials()
    desk.twitch.outage = None
    assert desk.twitch.accepts(keeper.access_token().reveal())


def test_a_token_near_its_end_is_still_given_out_while_twitch_is_out_of_order(desk: Desk) -> None:
    token = desk.signed_in()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.twitch.outage = 500
    assert desk.keeper().access_token() == Secret(token.access)


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
def test_no_disorder_at_twitch_counts_as_a_refusal(desk: Desk, trouble: Trouble) -> None:
    """Statuses of 400 come with HTML here: from a proxy or a captive portal, not from Twitch."""
    old = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", trouble)
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    assert desk.stored_access() == old.access
    keeper.upkeep()
    assert desk.stored_access() != old.access


def test_an_hour_long_outage_is_outlived(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.95 * desk.twitch.lifetime_s
    desk.twitch.outage = 503
    for _ in range(60):
        with pytest.raises(AuthUnavailable):
            keeper.upkeep()
        desk.clock.now_s += 60
    desk.twitch.outage = None
    keeper.upkeep()
    assert desk.twitch.accepts(keeper.access_token().reveal())
    assert desk.twitch.violations == []


def test_validation_goes_on_while_no_refresh_succeeds(desk: Desk) -> None:
    """Twitch demands it every hour, whatever else is out of order."""
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", *[Trouble(503)] * 10)
    for _ in range(10):
        with pytest.raises(AuthUnavailable, match="503"):
            keeper.upkeep()
        desk.clock.now_s += 60
    assert desk.twitch.count("validate") == 2


def test_a_validation_that_fails_leads_to_a_refresh(desk: Desk) -> None:
    token = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    token.expires_at_s = 0
    desk.clock.now_s += HOUR_S
    keeper.upkeep()
    assert desk.twitch.accepts(keeper.access_token().reveal())
    assert desk.twitch.count("refresh") == 1


def test_a_token_that_others_replaced_during_its_validation_is_not_refreshed(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    old = desk.signed_in()
    keeper = desk.keeper()
    newer = desk.twitch.issue()
    old.expires_at_s = 0
    desk.twitch.meanwhile["validate"] = lambda: desk.store(newer)
    keeper.start()
    assert keeper.access_token() == Secret(newer.access)
    assert desk.twitch.count("refresh") == 0
    assert caplog.messages == []


def test_a_refused_refresh_asks_for_a_person(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.twitch.invalidate_all()
    desk.clock.now_s += HOUR_S
    with pytest.raises(TokenRefused, match=r"Invalid refresh token.*python clankbot\.py login"):
        keeper.upkeep()


def test_a_refused_login_leads_to_exactly_one_refresh(desk: Desk) -> None:
    refused = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    keeper.credentials()
    refused.expires_at_s = 0
    keeper.login_refused()
    keeper.token_refused(Secret(refused.access))  # the same token, refused elsewhere as well
    assert desk.twitch.count("refresh") == 1
    assert desk.twitch.accepts(password_of(keeper))


def test_a_login_refused_again_is_no_matter_of_the_token(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    for _ in range(5):  # chat refuses whatever comes
        keeper.credentials()
        keeper.login_refused()
    assert desk.twitch.count("refresh") == 1
    assert "refused again, although Twitch calls the token good" in caplog.messages


def test_the_token_after_a_refusal_is_renewed_too_when_it_dies(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    keeper.credentials()
    keeper.login_refused()
    desk.twitch.tokens[-1].expires_at_s = 0
    keeper.credentials()
    keeper.login_refused()
    assert desk.twitch.count("refresh") == 2
    assert desk.twitch.accepts(keeper.access_token().reveal())


def test_a_refused_token_is_not_given_out_again_while_no_other_can_be_had(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    keeper.credentials()
    desk.twitch.outage = 503
    with pytest.raises(AuthUnavailable):
        keeper.login_refused()
    with pytest.raises(AuthUnavailable):
        keeper.credentials()
    desk.twitch.outage = None
    keeper.credentials()
    assert desk.twitch.count("refresh") == 3  # two of them met the outage


def test_a_lost_answer_costs_a_public_app_its_sign_in(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", ANSWER_LOST)
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    with pytest.raises(TokenRefused, match="login"):
        keeper.upkeep()


def test_a_lost_answer_costs_a_confidential_app_nothing(desk: Desk) -> None:
    desk.twitch.client_secret = "confidential-secret"
    desk.signed_in()
    keeper = desk.keeper(client_secret="confidential-secret")
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", ANSWER_LOST)
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    keeper.upkeep()
    assert desk.twitch.accepts(keeper.access_token().reveal())


@pytest.mark.parametrize("given", [None, "not-the-secret"])
def test_a_wrong_client_secret_names_its_variable(desk: Desk, given: str | None) -> None:
    desk.twitch.client_secret = "confidential-secret"
    desk.signed_in()
    desk.clock.now_s += desk.twitch.lifetime_s
    with pytest.raises(TokenRefused, match="TWITCH_CLIENT_SECRET") as refused:
        desk.keeper(client_secret=given).start()
    assert "not-the-secret" not in str(refused.value)


def test_a_sign_in_of_another_app_names_its_variable(desk: Desk) -> None:
    desk.signed_in().client_id = "another"
    with pytest.raises(TokenRefused, match="TWITCH_CLIENT_ID"):
        desk.keeper().start()


def test_a_sign_in_that_lacks_a_scope_names_it(desk: Desk) -> None:
    desk.store(desk.twitch.issue(scopes=("chat:read",)))
    with pytest.raises(TokenRefused, match=r"lacks chat:edit;"):
        desk.keeper().start()


def test_a_renamed_account_is_known_by_its_new_name(desk: Desk) -> None:
    desk.signed_in().login = "clankbot2"
    keeper = desk.keeper()
    assert keeper.start() == Identity("clankbot2", "100")
    assert keeper.credentials().login == "clankbot2"


def test_another_account_signed_in_meanwhile_is_taken_over(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    token = desk.twitch.issue("alice")
    desk.store(token)
    assert keeper.credentials() == Credentials("alice", "200", Secret(token.access))
    assert "another account was signed in" in caplog.messages


def test_signing_out_meanwhile_ends_the_keeping(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    with desk.file.open() as store:
        store.delete_tokens()
    with pytest.raises(NotSignedIn):
        keeper.upkeep()


def test_the_database_may_be_away_while_the_token_is_good(desk: Desk) -> None:
    token = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.file.is_away = True
    assert keeper.credentials().password == Secret(token.access)
    desk.clock.now_s += desk.twitch.lifetime_s
    with pytest.raises(AuthUnavailable, match="database is away"):
        keeper.credentials()
    assert desk.twitch.count("refresh") == 0


def test_a_wall_clock_that_jumps_disturbs_nothing(desk: Desk) -> None:
    token = desk.signed_in()
    wall_ms = [4_000_000_000_000]  # a Raspberry Pi before it has heard from a time server
    keeper = desk.keeper(now_ms=lambda: wall_ms[0])
    keeper.start()
    wall_ms[0] = 0
    assert keeper.access_token() == Secret(token.access)
    assert keeper.upkeep() == HOUR_S
    assert desk.twitch.count("refresh") == 0


def test_a_wall_clock_far_behind_does_not_make_a_token_last_for_ever(desk: Desk) -> None:
    desk.signed_in()
    desk.twitch.outage = 503
    keeper = desk.keeper(now_ms=lambda: 0)
    keeper.start()
    desk.clock.now_s += desk.twitch.lifetime_s
    with pytest.raises(AuthUnavailable):
        keeper.credentials()


def test_an_outage_during_the_hourly_validation_is_no_refusal(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += HOUR_S
    desk.twitch.trouble("validate", Trouble(401), Trouble(500), DROPPED)
    for _ in range(3):
        with pytest.raises(AuthUnavailable):
            keeper.upkeep()
    assert keeper.upkeep() > 0
    assert keeper.access_token() == Secret(token.access)
