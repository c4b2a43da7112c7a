"""What holds for every test: nothing leaves this machine."""

import loopback_only

loopback_only.guard()
