"""The Ollama room: history to request, HTTP, answer to chat line.  Knows nothing of Twitch."""
