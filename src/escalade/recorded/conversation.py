"""The answer that ends a recorded conversation, as files of benchmark answers keep them."""

from typing import Any


def last_words(messages: Any) -> str | None:
    """The content of the last of `messages`, a text or an object with the key `answer`; None for anything else."""
    last = messages[-1] if isinstance(messages, list) and messages else None
    content = last.get("content") if isinstance(last, dict) else None
    if isinstance(content, dict):
        content = content.get("answer")
    return content if isinstance(content, str) else None
