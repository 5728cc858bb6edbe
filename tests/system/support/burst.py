"""A crowd of clients in a process of its own: `burst.py PORT COUNT` connects them all at once.

Prints `answered {"status": how many}` when each got its answer, and holds them all until it is
killed. An answer that never comes counts as `lost`.
"""

import collections
import json
import selectors
import socket
import sys
import time

REQUEST = (
    b"GET / HTTP/1.1\r\nHost: gateway.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PATIENCE = 25.0


def connect_all(port, count):
    """Sockets whose connections are being made."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.setblocking(False)
        each.connect_ex(("127.0.0.1", port))
    return sockets


def answers_of(sockets):
    """Asks for the upgrade wherever the connection stands; {status or `lost`: how many}."""
    statuses = collections.Counter()
    selector = selectors.DefaultSelector()
    for each in sockets:
        selector.register(each, selectors.EVENT_WRITE)
    deadline = time.monotonic() + PATIENCE
    while selector.get_map() and time.monotonic() < deadline:
        for key, _ in selector.select(1.0):
            try:
                if key.events == selectors.EVENT_WRITE:
                    key.fileobj.send(REQUEST)
                    selector.modify(key.fileobj, selectors.EVENT_READ)
                    continue
                statuses[key.fileobj.recv(4096)[9:12].decode() or "lost"] += 1
            except OSError as error:
                statuses[f"lost: {error.strerror}"] += 1
            selector.unregister(key.fileobj)
    statuses["lost"] += len(selector.get_map())
    return {status: count for status, count in statuses.items() if count}


if __name__ == "__main__":
    crowd = connect_all(int(sys.argv[1]), int(sys.argv[2]))
    print("answered", json.dumps(answers_of(crowd)), flush=True)
    time.sleep(3600)  # until it is killed
