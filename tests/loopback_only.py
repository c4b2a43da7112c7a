"""No test leaves this machine: whatever opens a connection to elsewhere, or looks a name up, fails loudly."""

import ipaddress
import os
import sys

_NETWORK = frozenset(("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"))


class OutsideError(BaseException):
    """Not an Exception, so that no error handling under test takes it for a fault of the network."""


def _is_inside(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _NETWORK:
        return
    target = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
    if isinstance(target, str | bytes) and event in ("socket.connect", "socket.sendto"):
        return  # the path of a Unix socket
    host = target[0] if isinstance(target, tuple) else target
    if not _is_inside(host):
        raise OutsideError(f"{event}: tests reach loopback alone, not {host!r}")


def guard() -> None:
    """From now on, until the process ends. No proxy is asked either: it may well be on loopback."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    sys.addaudithook(_look)
