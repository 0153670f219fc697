"""The table: what goes wrong, and what the bot promises for it.

This is the page to read for what the bot survives.  A row says, in this order: where something goes
wrong and what; how it is made to happen (a function, whose first sentence tells more); what of the
chat that Twitch delivers may be lost (nothing, unless it says so); what must never be said; within
how many seconds after its end a viewer's question is stored and answered; the phrases that the log
holds (and no other warning or error, but those of ``may_log``); how the program ends, if it does.

All of it happens to the real program, in mid chat: twenty lines a second, some blocked, some
deleted, some of viewers who are banned, and the bot talks along.  After each row the same holds,
checked by ``invariants.py``: everything that Twitch delivered and that passes the filter is stored
exactly once and in order; nothing that moderators removed is stored, and nothing is said of it;
nothing is said twice; no warning surprises, and no traceback is in the log.
"""

from __future__ import annotations

from typing import Final

from tests.faults import on_chat, on_database, on_disk, on_process, on_servers
from tests.faults.row import Half, Lost, Need, Never, Row
from tests.faults.scene import World

FILE_WATCHED: Final = True
"""Whether the bot compares its database file's identity with the path before each round, and tells
a disk that fails from a database that is away: the rows of a file that is deleted or replaced are
made from then on."""

_CUT_OFF: Final = ("chat not connected", "chat connected", "channel joined")
_AWAY: Final = ("database away", "database back")
_STARTS_AGAIN: Final = ("waiting for the database", "loaded once more")
# By SQLite: a read that fails in a transaction.
_SO_CALLED: Final = "database damaged"
_DISK_FAILS: Final = ("disk failing",) if FILE_WATCHED else _AWAY
_OLLAMA_OUT: Final = ("generation fails", "generation works again")

TABLE: Final = (
    # --- the connection to Twitch chat; what is said while it is down Twitch does not repeat
    Row("chat", "a reset", on_chat.resets, log=_CUT_OFF),
    Row(
        "chat",
        "RECONNECT, with chat and a deletion behind it",
        on_chat.asks_to_reconnect,
        log=_CUT_OFF,
    ),
    Row(
        "chat",
        "half-open: nothing passes any more",
        on_chat.goes_half_open,
        well_within_s=8,
        log=_CUT_OFF,
    ),
    Row(
        "chat",
        "accepts and drops, twice",
        on_chat.accepts_and_drops,
        well_within_s=8,
        log=_CUT_OFF,
        half=Half.LONG,
    ),
    Row(
        "chat",
        "no name resolves",
        on_chat.no_name_resolves,
        well_within_s=15,
        log=_CUT_OFF,
        may_log=("generation fails", "periodic task failed"),
        need=Need.COMPILER,
    ),
    Row(
        "chat",
        "a good token is refused",
        on_chat.refuses_the_login,
        log=(*_CUT_OFF, "token refreshed"),
        half=Half.LONG,
    ),
    Row(
        "chat",
        "silence: the server only listens",
        on_chat.falls_silent,
        log=_CUT_OFF,
        half=Half.LONG,
    ),
    Row(
        "chat",
        "a drip that is no chat, and never ends",
        on_chat.is_a_drip,
        well_within_s=20,
        log=_CUT_OFF,
        half=Half.LONG,
    ),
    # --- SQLite
    Row(
        "SQLite",
        "locked for two seconds by another program",
        on_database.is_locked_a_moment,
        log=_AWAY,
        may_log=("own words not read", "context not read"),
    ),
    Row(
        "SQLite",
        "locked for a minute",
        on_database.is_locked_a_minute,
        never=Never.ANYTHING,
        well_within_s=12,
        log=_AWAY,
        may_log=("own words not read", "context not read"),
        half=Half.LONG,
    ),
    Row(
        "SQLite",
        "the file is deleted, and a backup put in its place",
        on_database.is_deleted,
        never=Never.ANYTHING,
        well_within_s=12,
        log=("database file lost", "database replaced", "database back"),
        half=Half.LONG,
        need=Need.FILE_WATCHED,
    ),
    Row(
        "SQLite",
        "the file is replaced by a backup",
        on_database.is_replaced,
        well_within_s=12,
        log=("database file lost", "database replaced"),
        may_log=("database back",),  # of the fourth outage in a row that is told once it has lasted
        half=Half.LONG,
        need=Need.FILE_WATCHED,
    ),
    # --- the disk under it
    Row(
        "disk",
        "one write fails, each in turn",
        on_disk.a_write_fails,
        log=_DISK_FAILS,
        may_log=("periodic task failed",),
        need=Need.COMPILER,
    ),
    Row(
        "disk",
        "full for some seconds",
        on_disk.is_full,
        never=Never.ANYTHING,
        well_within_s=8,
        log=_AWAY[:1],  # that it is back is told once that has lasted, which may be after the row
        may_log=("periodic task failed", "database back"),
        need=Need.COMPILER,
    ),
    Row(
        "disk",
        "one call fails, each of many in turn",
        on_disk.any_call_fails,
        most_entries=75,  # an outage for each
        # Most of it is well at a second try, and what goes on is told once.
        may_log=(
            *(*_DISK_FAILS, "periodic task failed", "own words not read", "context not read"),
            _SO_CALLED,
        ),
        half=Half.LONG,
        need=Need.COMPILER,
    ),
    Row(
        "disk",
        "no file can be synced",
        on_disk.syncs_fail,
        well_within_s=12,
        may_log=_DISK_FAILS,  # SQLite keeps its log of writes, and tries again
        half=Half.LONG,
        need=Need.COMPILER,
    ),
    Row(
        "disk",
        "a start, one call failing, each in turn",
        on_disk.starts_with_a_failing_call,
        lost=Lost.AFTER_THE_SIGNAL,
        may_log=(*_DISK_FAILS, *_STARTS_AGAIN, _SO_CALLED, "database away"),
        most_entries=100,
        half=Half.LONG,
        need=Need.COMPILER,
    ),
    # --- Ollama and the sign-in service
    Row(
        "Ollama",
        "500s, nonsense, half answers, resets",
        on_servers.ollama_fails,
        never=Never.SERVERS_WORDS,
        half=Half.LONG,
        well_within_s=15,
        log=_OLLAMA_OUT,
    ),
    Row(
        "Ollama",
        "redirects to nowhere, answers without end",
        on_servers.ollama_is_hostile,
        never=Never.SERVERS_WORDS,
        well_within_s=15,
        log=_OLLAMA_OUT,
    ),
    Row(
        "Ollama",
        "down for some seconds",
        on_servers.ollama_is_down,
        never=Never.ANYTHING,
        well_within_s=15,
        log=_OLLAMA_OUT,
        half=Half.LONG,
    ),
    Row(
        "Ollama",
        "hostile in every way",
        on_servers.ollama_is_hostile_in_every_way,
        never=Never.SERVERS_WORDS,
        well_within_s=15,
        log=_OLLAMA_OUT,
        half=Half.LONG,
    ),
    Row(
        "sign-in",
        "at each start another answer that is none",
        on_servers.sign_in_is_hostile,
        lost=Lost.AFTER_THE_SIGNAL,
        log=("sign-in not validated",),
        may_log=("periodic task failed",),
        half=Half.LONG,
    ),
    # --- viewers
    Row(
        "viewers",
        "the dearest lines, 500 a second",
        on_servers.viewers_send_the_dearest,
        may_log=("a prompt did not fit the window",),
    ),
    Row(
        "viewers",
        "the dearest lines, 500 a second, half a minute",
        on_servers.viewers_send_the_dearest_for_long,
        well_within_s=10,
        may_log=("a prompt did not fit the window",),
        half=Half.LONG,
    ),
    # --- the process
    Row(
        "process",
        "no descriptor is left",
        on_process.has_no_descriptors_left,
        well_within_s=15,
        log=_CUT_OFF,
        may_log=("generation fails", "periodic task failed"),
    ),
    Row(
        "process",
        "no memory is left",
        on_process.has_no_memory_left,
        lost=Lost.MEANWHILE,
        well_within_s=15,
        may_log=(
            "thread failed",
            "record failed",
            "not stored",
            "filter failed",
            *_AWAY,
            *_CUT_OFF,
        ),
        statuses=(0, 1),  # 1: a supervisor starts it anew
        half=Half.LONG,
    ),
    Row(
        "process",
        "kill -9 under load",
        on_process.is_killed,
        lost=Lost.HALF_A_SECOND,
        statuses=(-9,),
    ),
    Row(
        "process",
        "SIGTERM under load, SIGHUP and SIGTERM behind it",
        on_process.is_stopped,
        lost=Lost.AFTER_THE_SIGNAL,
        # Of what came after the signal, on a machine that is starved.
        may_log=("chat left unread", "chat is dropped"),
    ),
    Row(
        "process",
        "kill -9 under load, ten times",
        on_process.is_killed_ten_times,
        lost=Lost.HALF_A_SECOND,
        statuses=(-9,),
        half=Half.LONG,
    ),
    Row(
        "process",
        "two signals, at each stage of a stop",
        on_process.is_stopped_at_each_stage,
        statuses=(0, -2),  # a second Ctrl-C ends it at once
        lost=Lost.AFTER_THE_SIGNAL,
        half=Half.LONG,
    ),
    Row(
        "process",
        "a signal, at each stage of a start",
        on_process.starts_with_signals,
        lost=Lost.AFTER_THE_SIGNAL,
        half=Half.LONG,
    ),
    Row(
        "process",
        "nobody reads standard error",
        on_process.is_not_read,
        lost=Lost.AFTER_THE_SIGNAL,
        half=Half.LONG,
    ),
    # --- MySQL and MariaDB
    Row(
        "MariaDB",
        "ends all connections, three times",
        on_database.loses_its_connections,
        may_log=("database away",),
        world=World.MYSQL,
        need=Need.MARIADB,
    ),
    Row(
        "MariaDB",
        "hangs for two seconds",
        on_database.freezes_a_moment,
        half=Half.LONG,
        world=World.MYSQL,
        need=Need.MARIADB,
    ),
    Row(
        "MariaDB",
        "read-only for some seconds",
        on_database.is_read_only,
        never=Never.ANYTHING,
        well_within_s=12,
        log=_AWAY,
        world=World.MYSQL,
        need=Need.MARIADB,
    ),
    Row(
        "MariaDB",
        "stopped, and started again",
        on_database.restarts,
        half=Half.LONG,
        never=Never.ANYTHING,
        well_within_s=12,
        log=_AWAY,
        may_log=("own words not read", "context not read", "periodic task failed"),
        world=World.MYSQL,
        need=Need.MARIADB,
    ),
    Row(
        "MariaDB",
        "hangs for a minute",
        on_database.freezes_a_minute,
        never=Never.ANYTHING,
        well_within_s=25,
        log=_AWAY,
        may_log=("own words not read", "context not read", "periodic task failed"),
        world=World.MYSQL,
        half=Half.LONG,
        need=Need.MARIADB,
    ),
    # --- TLS
    Row(
        "TLS",
        "a wrong certificate, and another",
        on_chat.shows_a_wrong_certificate,
        well_within_s=10,
        log=_CUT_OFF,
        world=World.TLS,
        half=Half.LONG,
    ),
    Row(
        "TLS",
        "stalls in the handshake",
        on_chat.is_a_wall,
        well_within_s=15,
        log=_CUT_OFF,
        world=World.TLS,
        half=Half.LONG,
    ),
)
