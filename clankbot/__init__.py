"""Clankbot: a self-hosted Twitch chatbot whose words come from a local language model."""

__version__ = "1.0.0"
