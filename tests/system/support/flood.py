"""One client in a process of its own that sends as much as the gateway takes, to its route
/flood: `flood.py PORT KIND`.

KIND: `bytes` for frames of one byte, `pings` for empty pings. What comes back is thrown away. Prints
a line for each MiB that was taken. SIGSTOP and SIGCONT end and resume the flood.
"""

import selectors
import socket
import sys

from support.burst import REQUEST

KINDS = {"bytes": b"\x82\x81\0\0\0\0x", "pings": b"\x89\x80\0\0\0\0"}
FRAMES_AT_ONCE = 8192


def flood(port, frames):
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(REQUEST.replace(b"GET /", b"GET /flood"))
    assert client.recv(4096).startswith(b"HTTP/1.1 101 "), "no upgrade"
    print("open", flush=True)
    client.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(client, selectors.EVENT_READ | selectors.EVENT_WRITE)
    rest = b""
    taken = 0
    while True:
        [(_, ready)] = selector.select()
        if ready & selectors.EVENT_READ and not client.recv(1 << 20):
            sys.exit("the gateway ended the flood")
        if ready & selectors.EVENT_WRITE:
            rest = rest or frames
            sent = client.send(rest)
            rest = rest[sent:]
            if taken >> 20 != (taken + sent) >> 20:
                print("MiB", flush=True)
            taken += sent


if __name__ == "__main__":
    flood(int(sys.argv[1]), KINDS[sys.argv[2]] * FRAMES_AT_ONCE)
