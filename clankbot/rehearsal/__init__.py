"""Loopback stand-ins for Twitch chat and Ollama, used by `rehearse` and by the tests."""
