"""All that MLflow has of what is asked for, though it tells it page by page."""

from collections.abc import Callable, Iterator
from typing import Any


def every(search: Callable[..., Any], **asked: Any) -> Iterator[Any]:
    """What a `search` of MLflow's client finds for what is `asked`, page after page, in its order."""
    token: str | None = None
    while True:
        page = search(**asked, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
