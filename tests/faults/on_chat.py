"""What goes wrong between Twitch chat and the bot."""

from __future__ import annotations

from tests.doubles.drips import drips_until_closed, silent
from tests.faults.scene import Scene
from tests.irc.certificates import make_certificate
from tests.waiting import wait_until

_CERTIFICATE_TRIES = 2


def resets(scene: Scene) -> None:
    """The connection is reset in mid chat."""
    scene.wait_proved()
    scene.let_flow(20)
    with scene.chat.held():
        scene.chat.say("vera", "just before the end")
        scene.room.drop()


def asks_to_reconnect(scene: Scene) -> None:
    """RECONNECT, with chat and a deletion behind it."""
    scene.wait_proved()
    scene.let_flow(20)
    with scene.chat.held():
        doomed = scene.chat.say("vera", "soon to be gone")
        scene.room.reconnect()
        for _ in range(5):
            scene.chat.say("vera", "behind the order to reconnect")
        scene.chat.remove(doomed)
        old = scene.room.everybody()
        scene.room.wait_for(lambda: not set(old) & set(scene.room.clients), "its leave", 60.0)


def goes_half_open(scene: Scene) -> None:
    """Nothing passes any more, in either direction, and nobody says so."""
    scene.wait_proved()
    with scene.chat.held():
        scene.room.freeze()


def falls_silent(scene: Scene) -> None:
    """The server takes all that the bot says, and says nothing more itself."""
    scene.wait_proved()
    connections = len(scene.room.connections)
    with scene.chat.held():
        scene.room.is_mute = True
    scene.room.wait_for(lambda: len(scene.room.connections) > connections, "a new try", 60.0)
    with scene.chat.held():
        scene.room.is_mute = False


def accepts_and_drops(scene: Scene) -> None:
    """Twice the server accepts the connection and closes it at once."""
    scene.wait_proved()
    scene.room.refuse_connections(2)
    with scene.chat.held():
        scene.room.drop()


def refuses_the_login(scene: Scene) -> None:
    """The token, good as it is, is refused once: it is renewed."""
    scene.wait_proved()
    scene.room.refuse_logins(1)
    with scene.chat.held():
        scene.room.drop()


def _meets(scene: Scene, script: object) -> None:
    scene.wait_proved()
    tries = len(scene.room.connections)
    with scene.room.stranger(script):  # type: ignore[arg-type]
        with scene.chat.held():
            scene.room.drop()
        scene.room.wait_for(lambda: len(scene.room.connections) >= tries + 2, "two tries", 90.0)


def is_a_drip(scene: Scene) -> None:
    """Who answers says something odd, byte by byte, and never ends."""
    _meets(scene, drips_until_closed)


def is_a_wall(scene: Scene) -> None:
    """Who answers says nothing, with TLS not even a greeting."""
    _meets(scene, silent)


def shows_a_wrong_certificate(scene: Scene) -> None:
    """The server shows a certificate that nobody has signed, then one for another host."""
    assert scene.certificate is not None
    scene.wait_proved()
    for host in ("localhost", "elsewhere"):
        folder = scene.folder / host
        folder.mkdir(exist_ok=True)
        scene.room._tls_context = make_certificate(folder, host).server_context()
        tries = len(scene.room.connections)
        with scene.chat.held():
            scene.room.drop()
        scene.room.wait_for(
            lambda known=tries: len(scene.room.connections) >= known + _CERTIFICATE_TRIES,  # type: ignore[misc]
            "some tries",
            60.0,
        )
    scene.room._tls_context = scene.certificate.server_context()


def no_name_resolves(scene: Scene) -> None:
    """For a while no name resolves, just when all connections were lost."""
    assert scene.calls is not None
    scene.wait_proved()
    with scene.calls.failing(32):
        with scene.chat.held():
            scene.room.drop()
        wait_until(lambda: scene.calls is not None and scene.calls.failed >= 4)
