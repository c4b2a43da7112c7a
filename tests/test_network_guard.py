import socket

import pytest

from loopback_only import OutsideError


def test_no_test_can_leave_this_machine():
    """Connecting elsewhere and looking a name up fail at once, and loudly."""
    with socket.socket() as outside, pytest.raises(OutsideError):
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideError):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_open():
    """Servers that tests start can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
