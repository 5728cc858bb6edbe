"""Both ends of sessions through a gateway, a proxy, or nothing at all, in the hands of one test."""

import asyncio
import itertools
import socket
import ssl

from support.bad_apps import accept_key, switching
from support.paced_end import RECEIVE_BUFFER, PacedEnd
from support.raw_client import request
from support.waiting import within


def small_socket():
    """One that takes little before it is read."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    made.setblocking(False)
    return made


class PacedPairs:
    """An application whose sessions and their clients belong to the test."""

    def __init__(self):
        self._listener = None
        self._task = None
        self._numbers = itertools.count(1)
        self._expected = {}
        self._ends = []
        self.port = None

    @classmethod
    async def start(cls, test, address="127.0.0.1"):
        pairs = cls()
        pairs._listener = small_socket()  # those that it accepts inherit the buffer
        pairs._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        pairs._listener.bind((address, 0))
        pairs._listener.listen(512)
        pairs.port = pairs._listener.getsockname()[1]
        pairs._task = asyncio.create_task(pairs._accept())
        test.addAsyncCleanup(pairs._stop)
        return pairs

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    async def open(self, address, path="/", trust=None, make_socket=small_socket, rate=None):
        """(client, app) of a new session by way of `address`, a host and a port.

        trust: a file with the certificate, for TLS; make_socket: of the client.
        rate: what the client reads, from the beginning.
        """
        number, accepted = self.expect()
        client = await within(
            self.open_client(address, f"{path}?{number}", trust, make_socket, rate), "an upgrade"
        )
        return client, await within(accepted, "the session reaches the application")

    def expect(self):
        """(number, future of the app's end) of the session whose query is that number."""
        number = next(self._numbers)
        self._expected[number] = asyncio.get_running_loop().create_future()
        return number, self._expected[number]

    async def open_client(
        self, address, path="/", trust=None, make_socket=small_socket, rate=None
    ):
        """A client of another application."""
        loop = asyncio.get_running_loop()
        sock = make_socket()
        await loop.sock_connect(sock, address)
        tls = None
        if trust is not None:
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            context = ssl.create_default_context(cafile=trust)
            tls = (context.wrap_bio(incoming, outgoing, server_hostname="gate.example"),)
            tls += (incoming, outgoing)
            await do_tls(sock, tls, tls[0].do_handshake)
            tls[0].write(request(path))
            await loop.sock_sendall(sock, outgoing.read())
        else:
            await loop.sock_sendall(sock, request(path))
        head = b""
        while b"\r\n\r\n" not in head:
            if tls is None:
                head += await loop.sock_recv(sock, 1)
            else:
                head += await do_tls(sock, tls, lambda: tls[0].read(1))
        assert head.startswith(b"HTTP/1.1 101 "), head
        client = PacedEnd(sock, True, tls, rate=rate)
        self._ends.append(client)
        return client

    async def _accept(self):
        while True:
            sock, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            sock.setblocking(False)
            asyncio.create_task(self._upgrade(sock))

    async def _upgrade(self, sock):
        loop = asyncio.get_running_loop()
        head = b""
        while b"\r\n\r\n" not in head:
            data = await loop.sock_recv(sock, 4096)
            if not data:
                return sock.close()
            head += data
        head, _, rest = head.partition(b"\r\n\r\n")
        number = int(head.split(b" ")[1].partition(b"?")[2])
        await loop.sock_sendall(sock, switching(accept_key(head)))
        app = PacedEnd(sock, False, received=rest)
        self._ends.append(app)
        self._expected.pop(number).set_result(app)

    async def _stop(self):
        self._task.cancel()
        self._listener.close()
        for end in self._ends:
            end.release()


async def do_tls(sock, tls, step):
    """Repeats a step of TLS until it needs no more of the other side."""
    loop = asyncio.get_running_loop()
    _, incoming, outgoing = tls
    while True:
        try:
            result = step()
            if outgoing.pending:
                await loop.sock_sendall(sock, outgoing.read())
            return result
        except ssl.SSLWantReadError:
            if outgoing.pending:
                await loop.sock_sendall(sock, outgoing.read())
            data = await loop.sock_recv(sock, 65536)
            assert data, "the connection ended within TLS"
            incoming.write(data)
