"""``check``: each part with its verdict, the same that ``run`` would come to."""

from __future__ import annotations

from pathlib import Path

from tests.flow.program import Ended, live_program


def finding(done: Ended, subject: str) -> str:
    """What ``check`` found out about a subject: verdict and sentence."""
    (line,) = (line for line in done.output.splitlines() if line[6:].startswith(subject))
    return f"{line[:4].strip()}: {line[6:].removeprefix(subject).strip()}"


def test_check_tells_of_each_part_and_fails_where_one_does(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        assert live.run("check").status == 1
        live.sign_in()
        good = live.run("check")
        assert good.status == 0, good.output
        assert good.output.count("ok ") == 5
        live.ollama.down()
        assert finding(live.run("check"), "ollama").startswith("fail: ")
        live.ollama.up()
        bad = live.run("check", TWITCH_CHANNELS="", OLLAMA_MODEL="mistral")
        assert bad.status == 1
        assert "TWITCH_CHANNELS" in finding(bad, "settings")
        lacking = finding(bad, "ollama")
        assert lacking.startswith("fail: ")
        assert lacking.endswith("lacks mistral; run: ollama pull mistral")
        live.twitch.outage = 503
        down = live.run("check")
        assert down.status == 1
        assert finding(down, "sign-in") == "fail: Twitch is out of order: it answered 503"


def test_check_and_run_agree_about_a_missing_client_id(tmp_path: Path) -> None:
    with live_program(tmp_path, TWITCH_CLIENT_ID="") as live:
        missing = live.run("check")
        assert missing.status == 1
        assert finding(missing, "sign-in") == "fail: skipped: set TWITCH_CLIENT_ID"
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
