"""`woken_client.py URL`: says `open`, reads on, then says with which code it was `closed`."""

import asyncio
import sys

import websockets


async def main(url):
    client = await websockets.connect(url, ping_interval=None)
    print("open", flush=True)
    try:
        async for _ in client:
            pass
    except websockets.ConnectionClosed:
        pass
    await client.wait_closed()
    print("closed", client.close_code, flush=True)


asyncio.run(main(sys.argv[1]))
