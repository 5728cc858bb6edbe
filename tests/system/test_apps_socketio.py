"""Socket.IO, of npm and of Debian, through Nginx and the gateway."""

from support.app_chain import AppTest
from support.case import main


class SocketIo(AppTest):
    async def test_by_its_defaults_it_polls_upgrades_lives_quietly_and_comes_back(self):
        await self.serve("socketio_server.mjs")
        await self.live_and_come_back(["socketio_client.mjs"], ["socketio_client.mjs", "websocket"])

    async def test_it_may_poll_for_ever(self):
        # A poll is an answer that begins late: Socket.IO's own ping has to come before Nginx's limit, and
        # does with the defaults of both, 25 s and 60 s.
        await self.serve("socketio_server.mjs", "1250")
        await self.live_and_come_back(["socketio_client.mjs", "polling"])

    async def test_pythons_server_lives_quietly_and_comes_back(self):
        await self.serve_asgi("socketio_server:app")
        await self.live_and_come_back(["socketio_client.mjs"], ["socketio_client.mjs", "websocket"])


if __name__ == "__main__":
    main()
