"""A port for a server that must be told one, and takes it a while after it was found free."""

import random
import socket
from contextlib import suppress

_OURS = range(20_000, 32_000)
"""Below those that a system gives to whoever asks for any, or connects somewhere."""


def free_port() -> int:
    """One of loopback's that nobody has. Somebody may be quicker to take it, though hardly."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", random.choice(_OURS))) as free:
            return free.getsockname()[1]
