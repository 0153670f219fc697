"""What ``check`` finds at Ollama: whether it is there, has the model, and writes a line in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from clankbot.cancel import Cancel
from clankbot.cli.check_report import Finding
from clankbot.cli.check_set_up import Checkup
from clankbot.clock import Clock
from clankbot.config.addresses import without_password
from clankbot.errors import OllamaError, Trouble
from clankbot.ollama.client import answers_instead, is_cloud_model
from clankbot.ollama.language_model import LanguageModel, Pace
from clankbot.ollama.programs import OLLAMA
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment, Composed, ContextLine
from clankbot.services import ollama_client

_LEAST_CONTEXT: Final = 10
_FASTER: Final = "a smaller model or a GPU is faster"
_SMALL_TALK: Final = tuple(
    ContextLine(str(number), str(number % 4), f"viewer{number % 4}", f"Viewer{number % 4}", text, 0)
    for number, text in enumerate(
        (
            "hello everybody, how is the run going today?",
            "pretty well, he is past the second boss already",
            "that music though",
            "the river level is next, my favourite one",
            "last week it took him six tries",
            "I bet he needs three this time",
            "no way, one try and done",
            "look at those fish, they are huge",
            "somebody clip that please",
            "ok that was close",
        )
    )
)


def look_at_ollama(checkup: Checkup) -> Iterator[Finding]:
    """Whether a server answers, is Ollama, and has a model that can chat."""
    settings, model = checkup.settings, checkup.settings.ollama_model
    checkup.report.progress("ollama", "asking it ...")
    client, where = ollama_client(settings), without_password(settings.ollama_url)
    try:
        version = client.version()
        has_model = client.has_model(model)
        can_chat = not has_model or client.facts(model).chats is not False
    except OllamaError as error:
        hint = (
            "; is it running? run: ollama serve" if error.trouble is Trouble.NOT_REACHABLE else ""
        )
        yield "fail", f"{where}: {client.explained(error).in_full}{hint}"
        return
    program = client.program()
    if program and not (program.speaks_ollama or program.is_guess):
        yield "fail", f"{where}: {answers_instead(program)}"
        return
    if program and program is not OLLAMA and not program.is_guess:
        yield "warn", f"{where} is {program.name}, not Ollama; it may do, as it speaks Ollama's API"
    if not can_chat:
        yield "fail", f"{model} cannot chat; set OLLAMA_MODEL to one that can, such as llama3.1"
    elif has_model:
        checkup.can_try_model = True
        yield "ok", f"{where} answers (version {version}) and has {model}"
    elif is_cloud_model(model):
        checkup.can_try_model = True
        yield "warn", f"{where} answers; {model} runs in the cloud, so only a try will tell"
    else:
        yield "fail", f"{where} answers but lacks {model}; run: ollama pull {model}"


def look_at_model(checkup: Checkup) -> Iterator[Finding]:
    """Whether this machine writes a line in time, and how much chat it can read for it."""
    settings, name = checkup.settings, checkup.settings.ollama_model
    if not checkup.can_try_model:
        yield "skip", "there is no model to be tried"
        return
    client, clock = ollama_client(settings), Clock()
    model = LanguageModel(client, name, num_ctx=settings.ollama_num_ctx)
    try:
        if not client.in_memory(name).is_loaded:
            longest = f"{settings.ollama_load_timeout:g} s at most"
            checkup.report.progress("model", f"loading {name}, {longest} ...")
            model.preload()
        checkup.report.progress(
            "model", f"{name} writes, {settings.ollama_timeout:g} s at most ..."
        )
        began_s = clock.monotonic()
        # Another channel each time: what the server has read for an earlier check tells no speed.
        channel = f"check{clock.utc_ms()}"
        given = Assignment(channel, "clankbot", ChannelSettings(model=name), _SMALL_TALK)
        composed = model.write(given, Cancel())
    except OllamaError as error:
        yield "fail", f"{name} wrote no line: {error.in_full}; {_FASTER}"
        return
    yield _about_line(checkup, composed, clock.monotonic() - began_s, model.pace(name))
    if (count := len(settings.twitch_channels)) > 1:
        yield (
            "ok",
            f"{count} channels share the server: unless OLLAMA_NUM_PARALLEL={count} is set in"
            " Ollama's environment (which takes the window's memory once for each), a turn of one"
            " channel throws out what was read for another",
        )


def _about_line(checkup: Checkup, composed: Composed, took_s: float, pace: Pace) -> Finding:
    """What the time that one line took means for a channel."""
    settings, name = checkup.settings, checkup.settings.ollama_model
    limit, timeout_s = settings.context_limit, settings.ollama_timeout
    told = f"{name} wrote a line in {took_s:.1f} s"
    if composed.reason is not None:
        told = f"{name} answered in {took_s:.1f} s, but with no line ({composed.reason.text})"
    if pace.reads_per_s and pace.writes_per_s:
        told += (
            f": it reads {pace.reads_per_s:.0f} tokens a second and writes {pace.writes_per_s:.0f}"
        )
    in_full_s = pace.line_s(limit)
    if in_full_s is not None:
        told += f", so {max(took_s, in_full_s):.0f} s a line with {limit} lines of chat"
    if pace.lines_in_time is not None and pace.lines_in_time < limit // 2:
        fitting = max(_LEAST_CONTEXT, pace.lines_in_time // 10 * 10)
        return (
            "warn",
            f"{told}; within OLLAMA_TIMEOUT ({timeout_s:g} s) it can read some"
            f" {pace.lines_in_time} of {limit} lines: choose a smaller model, or write in chat:"
            f" !clank context {fitting} (it reads on while nobody asks: OLLAMA_READ_AHEAD)",
        )
    if composed.reason is not None:
        return "warn", f"{told}; if it is often so, another model suits chat better"
    return "ok", f"{told}; fine for OLLAMA_TIMEOUT ({timeout_s:g} s)"
