"""A client for tests that stop it: `stopped_client.py URL` connects, says `open`, and listens."""

import asyncio
import sys

import websockets


async def main(url):
    async with websockets.connect(url, ping_interval=None) as client:
        print("open", flush=True)
        await client.wait_closed()


asyncio.run(main(sys.argv[1]))
