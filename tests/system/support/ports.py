"""Free ports, below the range that the kernel takes for outgoing connections."""

import atexit
import random
import socket

_reservations = []  # kept until this process ends
atexit.register(lambda: [reservation.close() for reservation in _reservations])


def free_port():
    """A port of 127.0.0.1 that no other caller, in any process, gets while this process runs.

    The name of an abstract unix socket reserves the number; it goes with its process.
    """
    while True:
        port = random.randint(20000, 32000)
        reservation = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            reservation.bind(f"\0pulsegate-test-port-{port}")
            with socket.socket() as trial:
                trial.bind(("127.0.0.1", port))
        except OSError:
            reservation.close()
            continue
        _reservations.append(reservation)
        return port
