"""``check``: each part with its verdict, the same that ``run`` would come to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.auth.certificate import self_signed
from tests.doubles.pages import Page, PageServer
from tests.doubles.slow_ollama import SlowOllama
from tests.doubles.twitch_id import Trouble
from tests.flow.program import Ended, live_program, program

# "settings" has two sentences: there is no .env, and where the bot will be.
SUBJECTS = (
    *("settings", "settings", "words", "files", "database", "sign-in", "chat", "channels"),
    *("clock", "ollama", "model"),
)


def finding(done: Ended, subject: str) -> str:
    """What ``check`` found out about a subject: verdict and sentence."""
    (found,) = findings(done, subject)
    return found


def findings(done: Ended, subject: str) -> list[str]:
    """All that ``check`` found out about a subject."""
    return [
        f"{line[:4].strip()}: {line[6:].removeprefix(subject).strip()}"
        for line in done.output.splitlines()
        if line[6:].startswith(subject)
    ]


def test_check_tells_of_each_part_and_fails_where_one_does(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        assert live.run("check").status == 1
        live.sign_in()
        good = live.run("check")
        assert good.status == 0, good.output
        told = [line[:15].split() for line in good.output.splitlines()]
        assert told[:-1] == [["ok", subject] for subject in SUBJECTS]
        assert good.output.endswith("\nnothing to mend\n")
        live.ollama.down()
        assert finding(live.run("check"), "ollama").startswith("fail: ")
        live.ollama.up()
        bad = live.run("check", TWITCH_CHANNELS="", OLLAMA_MODEL="mistral")
        assert bad.status == 1
        assert "TWITCH_CHANNELS" in findings(bad, "settings")[0]
        lacking = finding(bad, "ollama")
        assert lacking.startswith("fail: ")
        assert lacking.endswith("lacks mistral; run: ollama pull mistral")
        live.twitch.outage = 503
        down = live.run("check")
        assert down.status == 1
        assert finding(down, "sign-in") == "fail: Twitch is out of order: it answered 503"


def test_check_has_a_line_written_and_tells_how_much_chat_this_machine_can_read(
    tmp_path: Path,
) -> None:
    with live_program(tmp_path) as live, SlowOllama(300, 200) as slow:
        live.sign_in()
        slow.say("what a river this is", "what a river this is")
        enough = live.run("check", OLLAMA_URL=slow.url, TWITCH_CHANNELS="alpha,beta")
        written, sharing = findings(enough, "model")
        assert re.search(r"wrote a line in \d+\.\d s: it reads \d+ tokens a second", written)
        assert re.search(r", so \d+ s a line with 200 lines of chat; fine for OLLAMA_TIME", written)
        assert "OLLAMA_NUM_PARALLEL=2" in sharing
        late = finding(live.run("check", OLLAMA_URL=slow.url, OLLAMA_TIMEOUT="4"), "model")
        assert late.startswith("warn: llama3.1 wrote a line in")
        assert re.search(r"within OLLAMA_TIMEOUT \(4 s\) it can read some \d+ of 200 lines", late)
        assert re.search(r"choose a smaller model, or write in chat: !clank context \d+0 ", late)
        slow.models["tiny:1b"] = 8192
        del slow.models["llama3.1:latest"]
        other = live.run("check", OLLAMA_URL=slow.url, OLLAMA_MODEL="tiny:1b")
        assert finding(other, "ollama").endswith("and has tiny:1b")
        assert "tiny:1b wrote a line in" in other.output
        slow.models["llama3.1:latest"] = 8192
        slow.slot.clear()
        failed = live.run("check", OLLAMA_URL=slow.url, OLLAMA_TIMEOUT="0.5")
        assert finding(failed, "model").startswith("fail: llama3.1 wrote no line: too slow")
        assert failed.status == 1


def test_check_tells_that_what_a_model_wrote_was_no_line(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.ollama.loaded["llama3.1:latest"] = 4096
        for answer in (
            "As an AI language model, I cannot do that.",
            "...",
            "Sorry, I cannot help with that request.",
        ):
            live.ollama.say(answer)
            found = finding(live.run("check"), "model")
            assert re.match(r"warn: llama3.1 answered in \d+\.\d s, but with no line \(.+\)", found)


def test_check_asks_twitch_about_the_channels(tmp_path: Path) -> None:
    with live_program(tmp_path, TWITCH_CHANNELS="alpha,nosuch") as live:
        (skipped,) = findings(live.run("check", "--no-model"), "channels")
        assert skipped.startswith(
            "skip: Twitch tells of channels only to an account that is signed"
        )
        live.sign_in()
        (told,) = findings(live.run("check"), "channels")
        assert told.startswith("fail: #nosuch does not exist on Twitch")
        live.twitch.room_modes[live.twitch.users["alpha"]] = ("follower_mode", "emote_mode")
        exists, closed = findings(live.run("check", TWITCH_CHANNELS="alpha"), "channels")
        assert exists == "ok: every channel exists on Twitch under its name"
        assert closed.startswith("ok: the chat of #alpha is followers-only and emote-only now")
        live.twitch.trouble("users", Trouble(503))
        away = live.run("check", "--no-model", TWITCH_CHANNELS="alpha")
        assert away.status == 0
        (told,) = findings(away, "channels")
        assert told.startswith("warn: Twitch could not be asked about the channels: Twitch is out")
        own = live.run("check", TWITCH_CHANNELS="clankbot")
        assert own.status == 0
        warned, _ = findings(own, "channels")
        assert warned.startswith("warn: #clankbot is the bot's own account")


def test_a_rename_is_told_before_and_after_it_was_followed(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.start_and_join()
        live.room.say("alpha", "alice", "before the rename")
        assert live.stop() == 0
        channel_id = live.twitch.users.pop("alpha")
        live.twitch.users["beta"] = channel_id
        renamed = live.run("check")
        assert renamed.status == 1
        assert finding(renamed, "channels").startswith("fail: #alpha is called #beta now: write")
        live.start_and_join()
        live.wait_log("#alpha is called #beta now")
        assert live.stop() == 0


LM_STUDIO = {"*": Page('{"error": "Unexpected endpoint or method. (GET /api/version)"}')}
OPEN_WEBUI = {
    "/": Page("<html><title>Open WebUI</title></html>"),
    "/api/version": Page('{"version": "0.6.5"}'),
    "/api/tags": Page('{"detail": "Not Found"}', 404),
}
LLAMA_CPP = {
    "/v1/models": Page('{"object": "list", "data": [{"owned_by": "llamacpp"}]}'),
    "/api/version": Page('{"version": "0.9"}'),
    "/api/tags": Page('{"models": [{"name": "llama3.1"}]}'),
}
KOBOLD_CPP = {
    "/api/extra/version": Page('{"result": "KoboldCpp"}'),
    "/api/version": Page('{"version": "0.7.0"}'),
    "/api/tags": Page('{"models": [{"name": "llama3.1"}]}'),
    "/api/show": Page("{}"),
}


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        (LM_STUDIO, "LM Studio answers, not Ollama: OLLAMA_URL must name an Ollama server"),
        (OPEN_WEBUI, "Open WebUI answers, not Ollama: OLLAMA_URL must end in /ollama"),
        (LLAMA_CPP, "the server of llama.cpp answers, not Ollama: OLLAMA_URL must name"),
        ({}, "what answers is not Ollama (OLLAMA_URL) (the server answered 404: 404 page"),
    ],
)
def test_check_names_what_answers_instead_of_ollama(
    tmp_path: Path, pages: dict[str, Page], told: str
) -> None:
    with program(tmp_path) as child, PageServer(pages) as server:
        found = finding(child.run("check", OLLAMA_URL=f"{server.url}/v1"), "ollama")
        assert found.startswith(f"fail: {server.url}: {told}")


def test_check_warns_of_a_program_that_only_speaks_like_ollama(tmp_path: Path) -> None:
    with program(tmp_path) as child, PageServer(KOBOLD_CPP) as server:
        output = child.run("check", OLLAMA_URL=server.url).output
        assert f"warn  ollama     {server.url} is KoboldCpp, not Ollama" in output
        assert f"ok    ollama     {server.url} answers (version 0.7.0) and has llama3.1" in output


def test_check_refuses_a_model_that_cannot_chat(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.ollama.embedders.add("llama3.1:latest")
        found = finding(live.run("check"), "ollama")
        assert found.startswith("fail: llama3.1 cannot chat; set OLLAMA_MODEL to one that can")


def test_check_tells_of_a_certificate_and_trusts_it_if_it_is_given(tmp_path: Path) -> None:
    context, trusted = self_signed(tmp_path)
    tags = Page('{"models": [{"name": "llama3.1"}]}')
    pages = {"/api/version": Page('{"version": "0.9"}'), "/api/tags": tags, "/api/show": Page("{}")}
    with program(tmp_path) as child, PageServer(pages, tls=context) as server:
        refused = finding(child.run("check", OLLAMA_URL=server.url), "ollama")
        assert "the certificate of the Ollama server is refused (OLLAMA_CA_FILE)" in refused
        assert "self-signed certificate" in refused
        done = child.run("check", OLLAMA_URL=server.url, OLLAMA_CA_FILE=str(trusted))
        assert finding(done, "ollama") == f"ok: {server.url} answers (version 0.9) and has llama3.1"


def test_a_file_of_certificates_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("no certificate")
    with live_program(tmp_path, OLLAMA_CA_FILE="own.pem") as live:
        live.sign_in()
        told = f"OLLAMA_CA_FILE is {tmp_path / 'own.pem'}, which cannot be used ("
        assert finding(live.run("check"), "ollama").startswith(f"fail: {told}")
        ended = live.run("run")
        assert ended.status == 78
        assert told in ended.output


def test_check_and_run_agree_about_a_missing_client_id(tmp_path: Path) -> None:
    with live_program(tmp_path, TWITCH_CLIENT_ID="") as live:
        missing = live.run("check")
        assert missing.status == 1
        assert finding(missing, "sign-in") == "skip: TWITCH_CLIENT_ID is not set"
        shadow = live.run("check", DRY_RUN="true")
        assert finding(shadow, "sign-in").startswith("ok: nobody is signed in")
        live.sign_in()
        unused = live.run("check", DRY_RUN="true")
        assert unused.status == 0
        assert finding(unused, "sign-in").startswith("warn: the stored sign-in is not used")
        live.start_and_join(DRY_RUN="true")
        assert "the stored sign-in is not used, as TWITCH_CLIENT_ID is not set" in live.log
        assert live.stop() == 0


def test_check_warns_of_files_that_others_can_read(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        for name in ("chatbot.key", "chatbot.db"):
            (tmp_path / name).chmod(0o644)
        done = live.run("check")
        assert done.status == 0
        for name in ("chatbot.key", "chatbot.db"):
            assert f"others can read {tmp_path / name}; run: chmod 600" in done.output
