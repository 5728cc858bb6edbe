"""Rows of the tables of opening handshakes: a request, or an application's answer to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from support.bad_apps import accept_key
from support.raw_client import request
from support.waiting import within

from harness.arena import ECHO, RAW, WEBSOCKETS
from harness.audit import address_of
from harness.expected import Expected
from harness.frames import CLIENT, close, messages, pieces, text
from harness.peer import PATIENCE, Peer, Told
from harness.raw_apps import accepting
from harness.verdicts import Broken, Closed, as_answered

GREETING = text("greeting")


class Visit(NamedTuple):
    partner: str

    def __str__(self):
        return f"{self.partner} behind the gateway"


@dataclass(frozen=True)
class Handshake:
    name: str
    asks: Callable = lambda head: head  # makes the request from a good one
    answer: Callable = accepting()  # the raw application's, from the request that it got
    status: int | None = 101  # None: the connection ends without an answer
    rejection: str | None = None
    app_error: str | None = None
    behind: tuple = (GREETING,)  # frames, behind the request without a pause
    verdict: Closed | Broken = Closed(Told(1000, "done"))  # a session that opens
    partners: tuple = (RAW, ECHO, WEBSOCKETS)
    headers: tuple = ()  # (lower-case name, value) that the client's answer has
    reaches: tuple = ()  # lines that the raw application's request has
    hears: tuple = ()  # frames, behind the raw application's answer without a pause
    piece: int = 0
    known: str | None = None

    def sessions(self):
        return [Visit(partner) for partner in self.partners]

    def expected(self, session):
        if self.status != 101:
            return Expected(rejection=self.rejection, app_error=self.app_error)
        ending = self.verdict.on(CLIENT)
        fields = {"client_messages": len(messages(self.behind)), **ending.codes(CLIENT)}
        return Expected(ending.reason, {"detail": ending.detail, **fields})

    async def play(self, arena, session, number):
        app = None
        if session.partner == RAW:
            app = arena.raw_apps.expect(number, self.answer)
        elif session.partner == WEBSOCKETS:
            arena.foreign_server.expect(number)
        head = request(f"/{session.partner}?{number}", X_Forwarded_For=address_of(number))
        head = self.asks(head)
        reader, writer = await arena.dial()
        try:
            await self._converse(session, head, reader, writer, app)
        finally:
            writer.transport.abort()

    async def _converse(self, session, head, reader, writer, app):
        await self._send(head, writer)
        if self.status is None:
            writer.write_eof()
            assert await within(reader.read(), "the end", PATIENCE) == b""
            return
        answer = await within(reader.readuntil(b"\r\n\r\n"), "an answer", PATIENCE)
        headers = self._check(answer)
        if self.status == 101:
            assert headers["sec-websocket-accept"] == accept_key(head).decode(), answer
            await self._go_on(session, Peer(CLIENT, reader, writer), app)
            return
        body = await within(reader.read(), "the end of the answer", PATIENCE)
        length = 0 if head.startswith(b"HEAD ") else int(headers.get("content-length", 0))
        assert len(body) == length, (headers, body)

    async def _send(self, head, writer):
        data = head
        if self.status == 101:
            data += b"".join(frame.encode(CLIENT) for frame in self.behind)
        for piece in pieces(data, self.piece or len(data) or 1):
            writer.write(piece)
            await asyncio.sleep(0)  # others have their turn; nothing is waited for

    def _check(self, answer):
        """The headers of an answer that is as it should be, by lower-case names."""
        status = int(answer.split(b" ")[1])
        assert status == self.status, f"{answer}, not {self.status}"
        lines = [line.split(": ", 1) for line in answer.decode("latin-1").split("\r\n")[1:-2]]
        headers = {name.lower(): value for name, value in lines}
        wanted = dict(self.headers)
        if self.rejection == "upgrade_required":
            wanted |= {"sec-websocket-version": "13", "upgrade": "websocket"}
        missing = {name for name, value in wanted.items() if headers.get(name) != value}
        assert not missing, f"{headers} without {missing}"
        assert status != 204 or "content-length" not in headers, headers  # RFC 9110 §8.6
        return headers

    async def _go_on(self, session, client, app):
        """The session works: what is behind the request passes, and comes back from an echo."""
        ending = self.verdict.on(CLIENT)
        sent = messages(self.behind)
        if isinstance(self.verdict, Closed):
            comes = messages(self.hears) if session.partner == RAW else sent
            await client.until(lambda: client.messages >= len(comes), "messages")
            assert messages(client.frames) == comes, client.summary()
            client.has_closed = True
            told = ending.sender
            await client.send(close(told.code, told.reason.encode()).encode(CLIENT))
        await client.over()
        by_echo = isinstance(self.verdict, Closed) and session.partner == ECHO
        assert client.told == as_answered(ending.sender, by_echo), client.summary()
        if app is None:
            return
        asked, peer = await within(app, "the application's session", PATIENCE)
        missing = set(self.reaches) - set(asked.decode("latin-1").split("\r\n"))
        assert not missing, f"{asked} without {missing}"
        await peer.over()
        assert peer.told == ending.other, peer.summary()
        assert messages(peer.frames) == sent, peer.summary()


def refused(name, asks, status=400, rejection="malformed", **how):
    """A request that the gateway answers itself; no application hears of it."""
    return Handshake(name, asks, status=status, rejection=rejection, partners=(ECHO,), **how)
