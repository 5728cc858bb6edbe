"""The application of Boost.Beast that a client sees alone, and behind the gateway."""

import os

from support.case import SOURCE
from support.tcp_table import is_listening

BEAST = "beast"  # its path at the gateway
PROGRAM = os.environ.get(
    "CONFORMANCE_BEAST_ECHO", str(SOURCE / "build/release/tests/conformance/conformance_beast_echo")
)


async def start_beast(test, port, *tls):
    """Starts it at 127.0.0.1. tls: a certificate and its key, both files, for one over TLS."""
    process = test.spawn("beast-echo", [PROGRAM, port, *tls])
    await process.until(lambda: is_listening(port), "the application of Beast listens")
