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
