"""Many idle sessions in a process of its own: `close_times.py PORT COUNT` opens them.

Prints `open`, then, once the gateway has ended all of them, `closed` and the moments of their Close
frames, as a JSON list on the clock of time.monotonic(), which all processes share.
"""

import json
import selectors
import socket
import sys
import time

from support.burst import REQUEST

BATCH = 100  # connections that are being made at a time


def open_all(port, count):
    sockets = []
    while len(sockets) < count:
        batch = [socket.create_connection(("127.0.0.1", port)) for _ in range(BATCH)]
        for each in batch:
            each.sendall(REQUEST)
        for each in batch:
            assert each.recv(4096).startswith(b"HTTP/1.1 101 "), "no upgrade"
        sockets += batch
    return sockets


def closes_of(sockets):
    """Reads and answers nothing but a Close frame, 0x88; the moments of these."""
    moments = []
    selector = selectors.EpollSelector()
    for each in sockets:
        selector.register(each, selectors.EVENT_READ)
    while selector.get_map():
        ready = selector.select()
        now = time.monotonic()
        for key, _ in ready:
            data = key.fileobj.recv(4096)
            if not data or data[0] == 0x88:
                moments.append(now if data else None)
                selector.unregister(key.fileobj)
                key.fileobj.close()
    return moments


if __name__ == "__main__":
    crowd = open_all(int(sys.argv[1]), int(sys.argv[2]))
    print("open", flush=True)
    print("closed", json.dumps(closes_of(crowd)), flush=True)
