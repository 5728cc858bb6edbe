"""Clients of a soak: each function is one way to behave, from its connect to its end."""

import asyncio
import collections
import struct
import time

from support.raw_client import BINARY, CLOSE, PING, TEXT, RawClient, frame, request

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"  # of PROXY headers of version 2
NORMAL = struct.pack(">H", 1000)
OFFENCES = [
    frame(TEXT, b"x", masked=False),
    frame(0x3),
    frame(TEXT, b"\xc3\x28"),
    frame(PING, bytes(126)),
]


def proxy_header(dice):
    address = bytes([203, 0, 113, dice.randrange(256)])
    if dice.random() < 0.5:
        return b"PROXY TCP4 %s 127.0.0.1 4711 80\r\n" % ".".join(map(str, address)).encode()
    return SIGNATURE + b"\x21\x11\0\x0c" + address + b"\x7f\0\0\1" + struct.pack(">HH", 4711, 80)


def binary_frame(payload, opcode=BINARY, fin=True):
    """Masked with zeros, which costs nothing."""
    head = frame(opcode, bytes(len(payload)), fin, masked=False)
    head = head[: len(head) - len(payload)]
    return head[:1] + bytes([head[1] | 0x80]) + head[2:] + bytes(4) + payload


async def connect(stage, dice, kinds=("plain", "tls", "proxy")):
    kind = dice.choice(kinds)
    streams = await asyncio.open_connection(
        "127.0.0.1", stage.ports[kind], ssl=stage.tls if kind == "tls" else None
    )
    client = RawClient(*streams)
    if kind == "proxy":
        client.send(proxy_header(dice))
    return client


async def open_session(stage, dice, path, **options):
    """Raises ConnectionError where the answer is not 101."""
    client = await connect(stage, dice, **options)
    client.send(request(path))
    status, _, _ = await client.answer(20)
    if status != 101:
        client.abort()
        raise ConnectionError(f"{status} for {path}")
    return client


async def talk(stage, dice, path, **options):
    """Messages of all sizes come back as they were; then a clean end, or a reset."""
    client = await open_session(stage, dice, path, **options)
    for _ in range(dice.randrange(1, 20)):
        message = dice.randbytes(int(2 ** dice.uniform(0, 18)))
        cut = dice.randrange(len(message) + 1)
        if dice.random() < 0.3:
            client.send(binary_frame(message[:cut], fin=False) + frame(PING, b"between"))
            client.send(binary_frame(message[cut:], opcode=0))
        else:
            client.send(binary_frame(message))
        reply = await client.read_message()
        assert reply == message, f"{len(reply)} other bytes for {len(message)}"
        await asyncio.sleep(dice.uniform(0, 0.05))
    if dice.random() < 0.3:
        return client.abort()
    client.send(frame(CLOSE, NORMAL))
    code, _ = await client.read_close()
    if code != 1000:
        raise ConnectionError(f"close code {code}")
    await client.ended()
    client.abort()


async def talk_to_echo(stage, dice):
    await talk(stage, dice, "/echo")


async def talk_to_app(stage, dice):
    await talk(stage, dice, "/chat")


async def talk_to_extra(stage, dice):
    await talk(stage, dice, "/extra")


async def reset_in_a_message(stage, dice):
    client = await open_session(stage, dice, dice.choice(["/echo", "/chat"]))
    message = binary_frame(dice.randbytes(200_000))
    client.send(message[: dice.randrange(len(message))])
    await asyncio.sleep(dice.uniform(0, 0.1))
    client.abort()


async def half_close(stage, dice):
    path = dice.choice(["/echo", "/chat"])
    client = await open_session(stage, dice, path, kinds=("plain", "proxy"))
    client.send(frame(TEXT, b"my last words"))
    client.end_sending()
    await client.ended()
    client.abort()


async def stall(stage, dice):
    """Sends much and takes nothing back; leaves, or waits until the gateway loses patience."""
    client = await open_session(stage, dice, dice.choice(["/echo", "/chat"]))
    for _ in range(dice.randrange(5, 60)):
        client.send(binary_frame(bytes(200_000)))
    await asyncio.sleep(dice.uniform(0, 6))
    client.abort()


async def be_silent(stage, dice):
    client = await open_session(stage, dice, dice.choice(["/echo", "/chat"]))
    await client.ended(30)
    client.abort()


async def dawdle(stage, dice):
    """A handshake that stops half-way."""
    client = await connect(stage, dice)
    whole = request("/echo")
    client.send(whole[: dice.randrange(len(whole) - 1)])
    if dice.random() < 0.5:
        await client.ended(30)
    client.abort()


async def leave_early(stage, dice):
    client = await connect(stage, dice)
    client.send(request(dice.choice(["/echo", "/chat"])))
    await asyncio.sleep(dice.choice([0, 0, 0.001, 0.01]))
    client.abort()


async def talk_nonsense(stage, dice):
    """Random bytes instead of TLS, PROXY header or request."""
    port = stage.ports[dice.choice(["plain", "tls", "proxy"])]
    client = RawClient(*await asyncio.open_connection("127.0.0.1", port))
    client.send(dice.randbytes(dice.randrange(1, 2000)) + b"\r\n\r\n")
    if dice.random() < 0.5:
        await client.ended(30)
    client.abort()


async def break_rules(stage, dice):
    client = await open_session(stage, dice, dice.choice(["/echo", "/chat"]))
    client.send(dice.choice(OFFENCES))
    await client.ended(30)
    client.abort()


# How often each is chosen.
WEIGHTS = {
    talk_to_echo: 8,
    talk_to_app: 8,
    talk_to_extra: 2,
    reset_in_a_message: 4,
    half_close: 3,
    stall: 2,
    be_silent: 1,
    dawdle: 2,
    leave_early: 4,
    talk_nonsense: 2,
    break_rules: 2,
}
# Nothing that a soak does may disturb these.
UNDISTURBED = {talk_to_echo}
# Yet a client that gets no processor time neither reads nor answers, and the gateway ends what stalls
# or is silent. Longest while that this process may be held up without an excuse: less than the
# shortest `write_stall`.
BRISK = 0.5


class Pulse:
    """Knows when this process was last held up. Use with `async with`."""

    def __init__(self):
        self._last_beat = self._held_up = time.monotonic()

    async def __aenter__(self):
        self._task = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()

    async def _beat(self):
        while True:
            self._look()
            await asyncio.sleep(0.05)

    def _look(self):
        now = time.monotonic()
        if now - self._last_beat > BRISK:
            self._held_up = now
        self._last_beat = now

    def was_brisk_since(self, began):
        self._look()
        return self._held_up < began


class Crowd:
    def __init__(self, stage):
        self.outcomes = {each.__name__: collections.Counter() for each in WEIGHTS}
        self.complaints = []
        self._stage = stage

    async def _be_one(self, dice, stopped, pulse):
        while not stopped.is_set():
            [behave] = dice.choices(list(WEIGHTS), WEIGHTS.values())
            outcome = "as expected"
            began = time.monotonic()
            try:
                await behave(self._stage, dice)
            except AssertionError as problem:
                outcome = "complaint"
                self.complaints.append(f"{behave.__name__}: {problem}")
            except (OSError, asyncio.IncompleteReadError) as problem:
                outcome = "cut"
                if behave in UNDISTURBED and not pulse.was_brisk_since(began):
                    outcome = "cut while held up"
                elif behave in UNDISTURBED:
                    outcome = "complaint"
                    self.complaints.append(f"{behave.__name__}: {problem!r}")
            self.outcomes[behave.__name__][outcome] += 1

    async def churn(self, dices, seconds):
        """One client at a time for each of `dices`; returns when the last has ended."""
        stopped = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, stopped.set)
        async with Pulse() as pulse:
            await asyncio.gather(*(self._be_one(dice, stopped, pulse) for dice in dices))
