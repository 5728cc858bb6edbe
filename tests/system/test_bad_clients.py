"""Clients that break the rules: each gets its documented answer and leaves nothing behind."""

import asyncio
import random
import struct

from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import BINARY, CLOSE, PING, TEXT, RawClient, frame, request
from support.waiting import eventually
from support.witness import Witness

GARBAGE = random.Random(1).randbytes(4096).replace(b"\n", b"")

# What is sent instead of an upgrade request, and the status of the answer.
HANDSHAKES = {
    "garbage bytes": (GARBAGE + b"\r\n\r\n", 400),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), 400),
    "no Host and a space in a header name": (b"GET /echo HTTP/1.1\r\nBad Name: x\r\n\r\n", 400),
    "half a request": (b"GET /echo HTTP/1.1\r\nHost: gateway.te", 408),
    "nothing": (b"", 408),
    "64 KiB of headers": (request("/echo", X_Large="x" * 65536), 431),
    "a plain request": (request("/echo", Upgrade=None, Connection=None), 426),
    "the wrong Upgrade": (request("/echo", Upgrade="h2c"), 426),
    "the wrong version": (request("/echo", Sec_WebSocket_Version="12"), 426),
    "no key": (request("/echo", Sec_WebSocket_Key=None), 400),
    "a short key": (request("/echo", Sec_WebSocket_Key="c2hvcnQ="), 400),
    "a path without a route": (request("/elsewhere"), 404),
    "a path that only begins like a route": (request("/echoes"), 404),
}

# What is sent on an open session, and the code of the Close that answers.
FRAMES = {
    "an unmasked frame": (frame(TEXT, b"hello", masked=False), 1002),
    "a length beyond limits.message": (
        bytes([0x82, 0xFF]) + struct.pack(">Q", 1 << 30) + bytes(4),
        1009,
    ),
    "fragments beyond limits.message": (
        frame(BINARY, bytes(40_000), fin=False) + frame(0x0, bytes(40_000)),
        1009,
    ),
    "a length with its top bit set": (
        bytes([0x82, 0xFF]) + struct.pack(">Q", 1 << 63) + bytes(4),
        1002,
    ),
    "a length that is not the shortest": (
        bytes([0x82, 0xFE]) + struct.pack(">H", 5) + bytes(9),
        1002,
    ),
    "a reserved opcode": (frame(0x3), 1002),
    "a reserved bit that nobody negotiated": (frame(TEXT, b"x", reserved=0b100), 1002),
    "a fragmented ping": (frame(PING, fin=False), 1002),
    "a ping that is too long": (frame(PING, bytes(126)), 1002),
    "a continuation of nothing": (frame(0x0, b"x"), 1002),
    "a new message inside a message": (frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), 1002),
    "text that is not UTF-8": (frame(TEXT, b"\xc3\x28"), 1007),
    "a close code that may not be sent": (frame(CLOSE, struct.pack(">H", 1006)), 1002),
    "half a close code": (frame(CLOSE, b"\x03"), 1002),
}


class BadClients(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(
            self,
            routes={"/echo": "echo"},
            limits="{ handshake: 1500ms, message: 64KiB }",
            heartbeat="{ interval: 1s, timeout: 10s }",
        )

    async def bad_handshake(self, name, sent, expected):
        client = await RawClient.connect(self.gateway.port)
        client.send(sent)
        status, headers, _ = await client.answer()
        self.assertEqual(status, expected, name)
        if status == 426:
            self.assertEqual(headers.get("sec-websocket-version"), "13", name)
        await client.ended()
        client.abort()

    async def bad_frame(self, name, sent, expected):
        client = await RawClient.open(self.gateway.port, "/echo")
        client.send(sent)
        code, _ = await client.read_close()
        self.assertEqual(code, expected, name)
        await client.ended()
        client.abort()

    async def vanish(self, sent):
        client = await RawClient.connect(self.gateway.port)
        client.send(sent)
        client.abort()

    async def test_each_gets_its_answer_and_no_other_session_notices(self):
        at_start = self.gateway.process.descriptors()
        async with Witness(f"{self.gateway.url}/echo") as witness:
            await asyncio.gather(
                *(self.bad_handshake(name, *row) for name, row in HANDSHAKES.items()),
                *(self.bad_frame(name, *row) for name, row in FRAMES.items()),
                *(
                    self.vanish(sent)
                    for sent in (b"", b"GET /ec", request("/echo"), GARBAGE)
                    for _ in range(10)
                ),
            )

            async def only_the_witness():
                return await self.gateway.live() == 1

            await eventually(only_the_witness, "only the witness's session is left")
            before = witness.exchanged
            await eventually(lambda: witness.exchanged > before, "the witness goes on")

        async def nobody():
            return await self.gateway.live() == 0

        await eventually(nobody, "no session is left")
        await eventually(
            lambda: self.gateway.process.descriptors() <= at_start, "every descriptor is closed"
        )

        metrics = await self.gateway.metrics()
        self.assertEqual(
            metrics.sum("pulsegate_connections_opened_total"),
            metrics.sum("pulsegate_connections_closed_total"),
        )
        rejected = len(HANDSHAKES)
        self.assertGreaterEqual(metrics.sum("pulsegate_handshakes_rejected_total"), rejected)
        for reason in ("protocol_error", "too_big", "bad_utf8"):
            self.assertGreater(
                metrics.sum("pulsegate_connections_closed_total", reason=reason), 0, reason
            )

    async def test_a_client_that_sends_one_byte_at_a_time_is_served(self):
        client = await RawClient.connect(self.gateway.port)
        for byte in request("/echo"):
            client.send(bytes([byte]))
            await asyncio.sleep(0)
        self.assertEqual((await client.answer())[0], 101)
        for byte in frame(TEXT, b"slowly"):
            client.send(bytes([byte]))
            await asyncio.sleep(0)

        self.assertEqual(await client.read_message(), b"slowly")
        client.abort()


if __name__ == "__main__":
    main()
