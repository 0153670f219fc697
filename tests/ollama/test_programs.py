"""Servers that are taken for Ollama: told by what they answer, and named with what to do."""

from __future__ import annotations

import json

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import OllamaError, OllamaRefused, Trouble
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from clankbot.ollama.programs import OLLAMA
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment
from tests.doubles.fake_ollama import FakeOllama
from tests.doubles.pages import Page, PageServer
from tests.ollama.assignments import assignment, line

UNKNOWN_OF_LM_STUDIO = '{"error":"Unexpected endpoint or method. (GET /api/version)"}'
EVENTS = 'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n'
FASTAPI = Page('{"detail":"Not Found"}', 404)
WEB_UI = "<!doctype html><html><head><title>Open WebUI</title></head></html>"


def listed(owner: str) -> Page:
    """The models as OpenAI's API lists them."""
    return Page(json.dumps({"object": "list", "data": [{"id": "llama3.1", "owned_by": owner}]}))


# Name, pages, Server header.
SERVERS: list[tuple[str, dict[str, Page], str]] = [
    ("LM Studio", {"*": Page(UNKNOWN_OF_LM_STUDIO)}, ""),
    ("LM Studio", {"*": Page(UNKNOWN_OF_LM_STUDIO, 404), "/v1/models": listed("x")}, ""),
    (
        "the server of llama.cpp",
        {
            "/": Page("<html>llama.cpp</html>"),
            "/api/tags": Page('{"models": [{"name": "llama3.1", "model": "llama3.1"}]}'),
            "/api/show": Page('{"capabilities": ["completion"]}'),
            "/api/chat": Page(EVENTS, headers={"Content-Type": "text/event-stream"}),
            "*": Page('{"error":{"code":404,"message":"File Not Found"}}', 404),
        },
        "llama.cpp",
    ),
    (
        "the server of llama.cpp",
        {"/v1/models": listed("llamacpp"), "/api/tags": listed("llamacpp")},
        "",
    ),
    ("the server of llama.cpp", {"/props": Page('{"default_generation_settings": {}}')}, ""),
    ("vLLM", {"/v1/models": listed("vllm"), "*": FASTAPI}, "uvicorn"),
    ("SGLang", {"/v1/models": listed("sglang"), "*": FASTAPI}, "uvicorn"),
    (
        "Open WebUI",
        {
            "/": Page(WEB_UI),
            "/api/version": Page('{"version": "0.6.5"}'),
            "/api/tags": Page(WEB_UI),
            "/api/chat": Page('{"detail":"Method Not Allowed"}', 405),
        },
        "uvicorn",
    ),
    (
        "Open WebUI",
        {
            "/": Page("<html><title>Our chat</title></html>"),
            "/api/version": Page('{"version": "0.6.5"}'),
            "/api/config": Page('{"status": true, "name": "Our chat (Open WebUI)"}'),
            "*": Page('{"detail":"Not authenticated"}', 403),
            "/api/tags": FASTAPI,
        },
        "uvicorn",
    ),
    (
        "text-generation-webui",
        {
            "/v1/models": listed("user"),
            "/v1/internal/model/info": Page('{"model_name": "llama3.1", "lora_names": []}'),
            "*": FASTAPI,
        },
        "uvicorn",
    ),
    ("a server of OpenAI's API", {"/v1/models": listed("somebody"), "*": FASTAPI}, ""),
    (
        "a web page, as of a router or a proxy,",
        {"*": Page("<!DOCTYPE html><html><title>Router 10.1.2.3</title></html>")},
        "lighttpd",
    ),
    (
        "a web page, as of a router or a proxy,",
        {"*": Page("<html><title>404 Not Found</title></html>", 404)},
        "nginx",
    ),
]


@pytest.mark.parametrize(("name", "pages", "header"), SERVERS)
def test_a_program_is_known_by_what_it_answers(
    name: str, pages: dict[str, Page], header: str
) -> None:
    with PageServer(pages, header) as server:
        program = OllamaClient(server.url).program()
        assert program is not None
        assert program.name == name
        assert len(server.asked) == len(set(server.asked)) <= 6


@pytest.mark.parametrize(("name", "pages", "header"), SERVERS)
def test_a_moderator_who_chooses_a_model_there_is_told_what_answers(
    name: str, pages: dict[str, Page], header: str
) -> None:
    with PageServer(pages, header) as server:
        model = LanguageModel(OllamaClient(server.url), "llama3.1")
        with pytest.raises(OllamaError) as caught:
            model.check_choice("llama3.1")
        assert caught.value.trouble is Trouble.NOT_OLLAMA
        assert str(caught.value).startswith(f"{name} answers, not Ollama: OLLAMA_URL must ")
        assert "127.0.0.1" not in str(caught.value)
        assert "10.1.2.3" not in str(caught.value)


@pytest.mark.parametrize(("name", "pages", "header"), SERVERS)
def test_what_is_wrong_with_every_line_is_told_by_its_name(
    name: str, pages: dict[str, Page], header: str
) -> None:
    with PageServer(pages, header) as server:
        model = LanguageModel(OllamaClient(server.url), "llama3.1")
        with pytest.raises(OllamaError):
            model.write(assignment(line("hello")), Cancel())
        outage = str(model.outage("llama3.1"))
        assert outage.startswith((f"{name} answers, not Ollama: ", "Ollama wants a key"))


def test_ollama_is_known_with_one_question(ollama: FakeOllama) -> None:
    assert OllamaClient(ollama.url).program() is OLLAMA
    assert ollama.others == ["GET /"]


def test_a_server_that_says_nothing_of_itself_may_well_be_one() -> None:
    pages = {"/api/version": Page('{"version": "0.9"}'), "/api/tags": Page('{"models": []}')}
    with PageServer(pages) as server:
        client = OllamaClient(server.url)
        assert client.program() is None
        assert client.version() == "0.9"
        assert LanguageModel(client, "m").check_choice("m") == (
            "m is not installed on the Ollama server"
        )


def test_an_ollama_behind_a_page_is_no_less_one() -> None:
    tags = json.dumps({"models": [{"name": "m:latest"}]})
    pages = {"/": Page("<html>hello</html>"), "/api/tags": Page(tags), "/api/show": Page("{}")}
    with PageServer(pages) as server:
        assert LanguageModel(OllamaClient(server.url), "m").check_choice("m") is None


def test_koboldcpp_may_do_for_it_speaks_ollamas_api() -> None:
    tags = json.dumps({"models": [{"name": "koboldcpp"}]})
    pages = {
        "/": Page("<html>KoboldAI Lite</html>"),
        "/api/extra/version": Page('{"result": "KoboldCpp", "version": "1.90"}'),
        "/api/tags": Page(tags),
        "/api/show": Page("{}"),
    }
    with PageServer(pages) as server:
        client = OllamaClient(server.url)
        program = client.program()
        assert program is not None
        assert (program.name, program.speaks_ollama) == ("KoboldCpp", True)
        assert LanguageModel(client, "m").check_choice("koboldcpp") is None


def test_a_server_that_is_gone_is_no_program(ollama: FakeOllama) -> None:
    ollama.down()
    assert OllamaClient(ollama.url).program() is None


# -- models that do not write ----------------------------------------------------------------------


def test_a_model_for_embeddings_is_no_voice(ollama: FakeOllama) -> None:
    ollama.models["nomic-embed-text:latest"] = 2048
    ollama.embedders.add("nomic-embed-text:latest")
    model = LanguageModel(OllamaClient(ollama.url), "nomic-embed-text")
    problem = str(model.check_choice("nomic-embed-text"))
    assert problem.startswith("nomic-embed-text cannot chat")
    with pytest.raises(OllamaRefused) as caught:
        model.write(_of("nomic-embed-text"), Cancel())
    assert caught.value.trouble is Trouble.CANNOT_CHAT
    assert ollama.asked == ollama.load_bodies == []


def _of(model: str) -> Assignment:
    return assignment(line("hello"), settings=ChannelSettings(model=model))


def test_one_that_is_replaced_under_its_name_is_a_voice_again(ollama: FakeOllama) -> None:
    ollama.embedders.add("llama3.1:latest")
    now_s = [0.0]
    model = LanguageModel(OllamaClient(ollama.url), "llama3.1", clock=lambda: now_s[0])
    with pytest.raises(OllamaRefused):
        model.write(_of("llama3.1"), Cancel())
    ollama.embedders.clear()
    now_s[0] += 10
    assert model.write(_of("llama3.1"), Cancel()).text
