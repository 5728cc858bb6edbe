"""The kernel's own table of TCP connections."""

_LISTEN = 0x0A
_TIME_WAIT = 0x06


def _rows():
    """(local port, remote port, state) of each IPv4 TCP socket of this machine."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        next(table)
        for line in table:
            fields = line.split()
            yield int(fields[1].split(":")[1], 16), int(fields[2].split(":")[1], 16), int(
                fields[3], 16
            )


def is_listening(port):
    return any(local == port and state == _LISTEN for local, _, state in _rows())


def connections_to(port):
    """How many sockets are connected to `port`; in TIME_WAIT nobody holds them any more."""
    return sum(remote == port and state != _TIME_WAIT for _, remote, state in _rows())
