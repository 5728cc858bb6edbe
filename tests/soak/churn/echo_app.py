"""The application behind the gateway: `echo_app.py PORT` returns every message."""

import asyncio
import sys

import websockets


async def echo(client):
    try:
        async for message in client:
            await client.send(message)
    except websockets.ConnectionClosed:
        pass


async def main(port):
    async with websockets.serve(echo, "127.0.0.1", port, compression=None, max_size=None):
        await asyncio.Future()


asyncio.run(main(int(sys.argv[1])))
