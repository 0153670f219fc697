"""The fake Ollama, and what tests add to it, seen by a client that shares no code with the bot."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from clankbot.loopback.fake_ollama import small_talk
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.waiting import PATIENCE_S

SYSTEM = "You are clankbot, a regular in the Twitch chat of alpha."
LINES = ("the boss is huge", "that music though, wow", "who plays next week?", "not me lol")
LOG = "".join(f"viewer{i}: {text}\n" for i, text in enumerate(LINES))
USER = f"[chat log begins]\n{LOG}[chat log ends]\nNow write the next line."
QUESTION = "[message begins]\ndora: @clankbot what about the boss\n[message ends]\n"


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    """A well-behaved server."""
    with FakeOllama() as server:
        yield server


def connect(server: FakeOllama) -> http.client.HTTPConnection:
    """A connection of its own."""
    return http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=PATIENCE_S)


def ask(
    server: FakeOllama, method: str, path: str, body: dict[str, Any] | None = None
) -> tuple[int, str]:
    """Status and text of one answer."""
    connection = connect(server)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def request(**more: object) -> dict[str, Any]:
    """A request to generate."""
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}]
    return {"model": "llama3.1", "messages": messages, **more}


def chat(server: FakeOllama, **more: object) -> list[dict[str, Any]]:
    """The lines of one generation."""
    status, text = ask(server, "POST", "/api/chat", request(**more))
    assert status == 200
    return [json.loads(line) for line in text.splitlines()]


def written(pieces: list[dict[str, Any]]) -> str:
    """The text of a generation."""
    return "".join(piece["message"]["content"] for piece in pieces)


def test_it_answers_the_questions_ollama_answers(server: FakeOllama) -> None:
    assert ask(server, "GET", "/") == (200, "Ollama is running")
    assert json.loads(ask(server, "GET", "/api/version")[1])["version"]
    tags = json.loads(ask(server, "GET", "/api/tags")[1])
    assert [model["name"] for model in tags["models"]] == ["llama3.1:latest"]
    show = json.loads(ask(server, "POST", "/api/show", {"model": "Llama3.1"})[1])
    assert show["model_info"]["llama.context_length"] == 131_072
    assert ask(server, "GET", "/api/nonsense")[0] == 404
    assert server.others[:2] == ["GET /", "GET /api/version"]


def test_it_streams_an_answer_word_by_word(server: FakeOllama) -> None:
    server.say("nice  one\nreally")
    pieces = chat(server)
    assert written(pieces) == "nice  one\nreally"
    assert len(pieces) == 4
    assert [piece["done"] for piece in pieces] == [False, False, False, True]
    assert pieces[-1]["done_reason"] == "stop"
    assert pieces[-1]["prompt_eval_count"] > 0


def test_it_remembers_what_it_was_asked(server: FakeOllama) -> None:
    chat(server, options={"num_ctx": 8192})
    asked = server.wait_asked()
    assert (asked.system, asked.user) == (SYSTEM, USER)
    assert asked.options == {"num_ctx": 8192}
    server.wait_until(lambda: asked.finished)
    assert not asked.hung_up


def test_scripted_replies_come_in_order_and_may_depend_on_the_request(
    server: FakeOllama,
) -> None:
    server.say("one", lambda asked: asked.body["model"])
    assert [written(chat(server)) for _ in range(2)] == ["one", "llama3.1"]
    assert written(chat(server)) not in ("one", "llama3.1")


def test_loading_ends_with_the_model_in_memory(server: FakeOllama) -> None:
    load = {"model": "llama3.1", "messages": [], "options": {"num_ctx": 8192}}
    status, text = ask(server, "POST", "/api/chat", load)
    assert (status, json.loads(text)["done_reason"]) == (200, "load")
    (loaded,) = json.loads(ask(server, "GET", "/api/ps")[1])["models"]
    assert (loaded["name"], loaded["context_length"]) == ("llama3.1:latest", 8192)
    chat(server, options={"num_ctx": 8192})
    assert server.loads == 1
    chat(server, options={"num_ctx": 4096})
    assert server.loads == 2


def test_leaving_early_aborts_a_load(server: FakeOllama) -> None:
    server.load_s = 60
    connection = connect(server)
    connection.request("POST", "/api/chat", json.dumps({"model": "llama3.1", "messages": []}))
    server.wait_until(lambda: server.loads == 1)
    connection.close()
    server.wait_until(lambda: server.aborted_loads == 1)
    assert server.loaded == {}


def test_leaving_early_is_noticed(server: FakeOllama) -> None:
    server.once(Behaviour(drip_s=0.01))
    connection = connect(server)
    connection.request("POST", "/api/chat", json.dumps(request()))
    assert b"drip" in connection.getresponse().readline()
    connection.close()
    server.wait_until(lambda: server.asked[0].hung_up)


def test_it_waits_until_it_may_answer(server: FakeOllama) -> None:
    gate = threading.Event()
    server.once(Behaviour(text="at last", after=gate))
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(written(chat(server))))
    thread.start()
    asked = server.wait_asked()
    assert (answers, asked.finished) == ([], False)
    gate.set()
    thread.join(PATIENCE_S)
    assert answers == ["at last"]


@pytest.mark.parametrize(
    ("behaviour", "status", "text"),
    [
        (Behaviour(status=503, error="server busy"), 503, '{"error": "server busy"}'),
        (Behaviour(status=502, body="<html>"), 502, "<html>"),
        (Behaviour(body="nonsense"), 200, "nonsense"),
    ],
)
def test_it_can_fail(server: FakeOllama, behaviour: Behaviour, status: int, text: str) -> None:
    server.once(behaviour)
    assert ask(server, "POST", "/api/chat", request()) == (status, text)
    assert written(chat(server))


def test_it_can_break_off(server: FakeOllama) -> None:
    server.once(Behaviour(text="half", error="boom"))
    assert chat(server)[-1] == {"error": "boom"}
    server.once(Behaviour(text="half", without_done=True))
    assert chat(server)[-1]["done"] is False
    server.once(Behaviour(reset=True))
    with pytest.raises(ConnectionError):
        ask(server, "POST", "/api/chat", request())


def test_it_lacks_what_is_not_installed(server: FakeOllama) -> None:
    status, text = ask(server, "POST", "/api/chat", request(model="nope"))
    assert (status, json.loads(text)["error"]) == (404, "model 'nope' not found")
    assert ask(server, "POST", "/api/show", {"model": "nope"})[0] == 404


def test_it_refuses_a_prompt_that_it_may_not_cut(server: FakeOllama) -> None:
    options = {"num_ctx": 50}
    assert chat(server, options=options)
    refused = ask(server, "POST", "/api/chat", request(options=options, truncate=False))
    assert refused[0] == 400


def test_it_goes_and_comes_back_on_the_same_port(server: FakeOllama) -> None:
    url = server.url
    chat(server)
    server.down()
    with pytest.raises(ConnectionRefusedError):
        ask(server, "GET", "/")
    server.up()
    assert server.url == url
    assert ask(server, "GET", "/")[0] == 200
    assert server.loaded == {}


def test_going_down_ends_every_connection(server: FakeOllama) -> None:
    server.behave(Behaviour(after=threading.Event()))
    connections = [connect(server) for _ in range(3)]
    for connection in connections:
        connection.request("POST", "/api/chat", json.dumps(request()))
    server.wait_asked(3)
    server.down()
    for connection in connections:
        with pytest.raises(OSError, match=r".*"):
            connection.getresponse()
        connection.close()


def test_the_same_seed_says_the_same() -> None:
    answers = []
    for _ in range(2):
        with FakeOllama(seed=7) as server:
            answers.append([written(chat(server)) for _ in range(3)])
    assert answers[0] == answers[1]
    assert len(set(answers[0])) == 3


def test_its_small_talk_is_the_chats_own_words() -> None:
    dice = random.Random(1)
    vocabulary = set(" ".join(LINES).replace(",", "").replace("?", "").split())
    for _ in range(200):
        line = small_talk(SYSTEM, USER, dice)
        assert len(vocabulary.intersection(line.split())) >= 2
        assert line not in LINES
        assert len(line) < 200


def test_it_takes_up_a_question() -> None:
    line = small_talk(SYSTEM, USER + QUESTION, random.Random(1))
    assert line.startswith("about the boss? ")


@pytest.mark.parametrize(
    "text", ["", "!!!", "/ban x", "12345", "<|im_end|>", "clankbot", "a a a a"]
)
def test_whatever_the_chat_is_it_says_plain_words(text: str) -> None:
    dice = random.Random(1)
    user = f"[chat log begins]\nalice: {text}\n[chat log ends]\n{QUESTION}"
    for prompt in (user, user.partition("[message")[0], ""):
        for _ in range(50):
            line = small_talk(SYSTEM, prompt, dice)
            assert line[0].isalpha()
            assert line.replace("?", "").replace(" ", "").isalpha()
            assert max(line.split().count(word) for word in line.split()) < 4
