"""A session that must not notice what happens to others."""

import asyncio

import websockets

from support.waiting import within


class Witness:
    """Use with `async with`: it exchanges messages with an echo until the end of the block."""

    def __init__(self, url):
        self._url = url
        self.exchanged = 0

    async def __aenter__(self):
        self._client = await websockets.connect(self._url, ping_interval=None)
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._exchange())
        return self

    async def __aexit__(self, *_):
        self._stop.set()
        await self._task  # raises what disturbed it
        await self._client.close()

    async def _exchange(self):
        while not self._stop.is_set():
            message = f"message {self.exchanged}"
            await self._client.send(message)
            reply = await within(self._client.recv(), f"the echo of {message}")
            assert reply == message, (reply, message)
            self.exchanged += 1
            await asyncio.sleep(0.01)
