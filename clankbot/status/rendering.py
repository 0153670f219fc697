"""A document in the form that was asked for.  Imported when somebody looks for the first time."""

from __future__ import annotations

from clankbot.status.as_json import as_json
from clankbot.status.document import Document, Live
from clankbot.status.metrics import METRICS_TYPE, metrics
from clankbot.status.page import html_page
from clankbot.status.plain import plain_text
from clankbot.status.request import Reply
from clankbot.status.style import STYLE_HASH


def rendered(form: str, document: Document, live: Live) -> Reply:
    """``form`` is html, json, metrics or text."""
    if form == "html":
        page = html_page(document).encode()
        return Reply(200, page, "text/html; charset=utf-8", STYLE_HASH)
    if form == "json":
        return Reply(200, as_json(document).encode(), "application/json")
    if form == "metrics":
        return Reply(200, metrics(document, live).encode(), METRICS_TYPE)
    return Reply(200, plain_text(document).encode())
