"""Applications made of bytes; a session finds the one that waits for it by its query."""

import asyncio

from support.bad_apps import accept_key, switching
from support.ports import free_port

from harness.frames import APP
from harness.peer import Peer


def accepting(extensions=None):
    """An answer that takes the upgrade, RFC 6455 §4.2.2."""

    def answer(head):
        response = switching(accept_key(head))
        if extensions is None:
            return response
        line = b"Sec-WebSocket-Extensions: " + extensions.encode() + b"\r\n"
        return response[:-2] + line + b"\r\n"

    return answer


class RawApps:
    def __init__(self):
        self._expected = {}
        self._server = None
        self.port = free_port()

    async def start(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    def close(self):
        self._server.close()

    def expect(self, number, answer):
        """A future of (request, Peer) for the session `number`; answer(request) is sent."""
        peer = asyncio.get_running_loop().create_future()
        self._expected[number] = (peer, answer)
        return peer

    async def _accept(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        peer, answer = self._expected.pop(int(head.split(b" ")[1].partition(b"?")[2]))
        writer.write(answer(head))
        peer.set_result((head, Peer(APP, reader, writer)))
