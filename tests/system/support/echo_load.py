"""Polite clients in a process of its own: `echo_load.py PORT CLIENTS SECONDS`.

Each sends a short message every PERIOD and awaits its echo. Prints `open`, then, when the time is
over, `measured` and [when it was sent, seconds until its echo] of every message as a JSON list, on
the clock of time.monotonic(), which all processes share.
"""

import asyncio
import json
import random
import sys
import time

from support.raw_client import PING, PONG, TEXT, RawClient, frame

PERIOD = 0.25
MESSAGE = frame(TEXT, b"polite")


async def exchange(client, until, measured):
    await asyncio.sleep(random.random() * PERIOD)
    while (sent := time.monotonic()) < until:
        client.send(MESSAGE)
        while True:
            opcode, payload, _ = await client.read_frame()
            if opcode == TEXT:
                break
            if opcode == PING:
                client.send(frame(PONG, payload))
        took = time.monotonic() - sent
        measured.append((sent, took))
        await asyncio.sleep(max(0.0, PERIOD - took))


async def main(port, count, seconds):
    clients = [await RawClient.open(port) for _ in range(count)]
    print("open", flush=True)
    measured = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(exchange(client, until, measured) for client in clients))
    print("measured", json.dumps(measured), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
