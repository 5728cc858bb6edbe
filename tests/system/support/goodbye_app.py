"""An application over TLS that says goodbye on TLS alone: it sends close_notify, and keeps its TCP
connection open. asyncio has no call for that, so it speaks TLS by itself."""

import asyncio
import ssl

from support.bad_apps import accept_key, switching


class GoodbyeApp:
    def __init__(self, certificate, key):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self.may_leave = asyncio.Event()  # set it to have it say goodbye
        self.port = None

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()

    async def _serve(self, reader, writer):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self._context.wrap_bio(incoming, outgoing, server_side=True)

        async def do(step, *arguments):
            while True:
                try:
                    result = step(*arguments)
                    writer.write(outgoing.read())
                    return result
                except ssl.SSLWantReadError:
                    writer.write(outgoing.read())
                    incoming.write(await reader.read(65536))

        await do(tls.do_handshake)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await do(tls.read, 4096)
        await do(tls.write, switching(accept_key(head)))
        await self.may_leave.wait()
        try:
            tls.unwrap()
        except ssl.SSLWantReadError:
            pass  # for the answer, which is not waited for
        writer.write(outgoing.read())
        await reader.read(-1)  # until the gateway ends the connection
        writer.close()
