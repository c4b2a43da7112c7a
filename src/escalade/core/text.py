"""Text that can be stored, sent and printed: one that UTF-8 can hold.

Half of a surrogate pair is none. An escape makes one in YAML and JSON, and a terminal's bytes that are no UTF-8 become
such halves in Python.
"""


def is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def mended(text: str) -> str:
    """`text` as UTF-8 can hold it: halves of a character that came in two pieces are joined, a lone one is replaced."""
    return text if is_unicode(text) else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def in_words(error: BaseException) -> str:
    """What an exception of anybody's says, with its kind; one that cannot be written is told by its kind alone."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  (its own code)
        said = "its message cannot be read"
    return mended(f"{type(error).__name__}: {said}")
