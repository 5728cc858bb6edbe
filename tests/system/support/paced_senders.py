"""Ways of sending to a peer that may be gone: coroutine functions of the end that sends."""

import asyncio
import os

from support.paced_end import data_frame, header
from support.raw_client import BINARY

PIECE = os.urandom(65536)


async def nothing(end):
    del end


async def much(end):
    for _ in range(120):
        await end.send_message(PIECE)


async def some(end):
    """What the kernels, and a proxy, take of themselves."""
    for _ in range(4):
        await end.send_message(PIECE)


async def a_trickle(end):
    while True:
        await end.send_message(b"*" * 50)
        await asyncio.sleep(0.2)


async def a_stream(end):
    messages = data_frame(bytes(1000), end.is_client) * 16
    while True:
        await end.send(messages)
        await asyncio.sleep(0.002)


async def one_frame(end):
    await end.send(header(BINARY, 1 << 23, end.is_client))
    for _ in range(128):
        await end.send(PIECE)


async def one_slow_frame(end):
    await end.send(header(BINARY, 1 << 23, end.is_client))
    while True:
        await end.send(b"*" * 5000)
        await asyncio.sleep(0.1)


async def much_and_a_close(end):
    await much(end)
    await end.send_close(1000)


async def a_close(end):
    await end.send_close(1000)


SENDERS = (
    nothing,
    much,
    some,
    a_trickle,
    a_stream,
    one_frame,
    one_slow_frame,
    much_and_a_close,
    a_close,
)
