"""Clients whose requests come a byte each second, in a process of its own: `drip.py PORT COUNT`.

Prints `connected`, then, when each got its answer, `answered {"status": how many}`.
"""

import collections
import json
import selectors
import sys
import time

from support.burst import REQUEST, connect_all


def drip(sockets):
    statuses = collections.Counter()
    selector = selectors.DefaultSelector()
    for each in sockets:
        selector.register(each, selectors.EVENT_READ)
    sent = 0
    next_byte = time.monotonic()
    while selector.get_map():
        for key, _ in selector.select(max(0.0, next_byte - time.monotonic())):
            try:
                statuses[key.fileobj.recv(4096)[9:12].decode() or "lost"] += 1
            except OSError as error:
                statuses[f"lost: {error.strerror}"] += 1
            selector.unregister(key.fileobj)
        if time.monotonic() >= next_byte:
            for key in list(selector.get_map().values()):
                try:
                    key.fileobj.send(REQUEST[sent : sent + 1])
                except OSError:
                    pass  # its answer, or its end, is read next
            sent += 1
            next_byte += 1.0
    return statuses


if __name__ == "__main__":
    crowd = connect_all(int(sys.argv[1]), int(sys.argv[2]))
    print("connected", flush=True)
    print("answered", json.dumps(drip(crowd)), flush=True)
