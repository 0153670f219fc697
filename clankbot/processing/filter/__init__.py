"""The word list: from its lines to a verdict on a message."""

from clankbot.processing.filter.content_filter import load_filter

__all__ = ["load_filter"]
