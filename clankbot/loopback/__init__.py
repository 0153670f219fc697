"""Loopback servers, used by ``rehearse`` and by the tests: a Twitch chat room and a fake Ollama."""
