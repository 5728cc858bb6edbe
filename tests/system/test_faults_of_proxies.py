"""Nginx in front is reloaded, or dies: only those sessions end that it held."""

import asyncio

import websockets

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.gateway import Gateway
from support.nginx import Nginx
from support.waiting import within
from support.witness import Witness

CLIENTS = 30


class FaultsOfProxies(SystemTest):
    async def connect(self, server):
        return await asyncio.gather(
            *(websockets.connect(server.url, ping_interval=None) for _ in range(CLIENTS))
        )

    async def exchange(self, clients):
        for client in clients:
            await client.send("hello")
            self.assertEqual(await within(client.recv(), "an echo"), "hello")

    async def test_a_reload_ends_no_session_and_a_killed_nginx_only_its_own(self):
        gateway = await Gateway.start(self)
        nginx = await Nginx.start(self, gateway)
        async with Witness(gateway.url):
            before = await self.connect(nginx)
            await nginx.reload()
            after = await self.connect(nginx)
            await self.exchange(before + after)
            self.assertEqual(ends(await settled(gateway, live=2 * CLIENTS + 1)), {})

            nginx.process.kill()
            for client in before + after:
                await within(client.wait_closed(), "the end of a session")
                self.assertEqual(client.close_code, 1006)
            metrics = await settled(gateway, live=1)
            self.assertEqual(ends(metrics), {"client_lost": 2 * CLIENTS})

            again = await Nginx.start(self, gateway)
            async with Witness(again.url):
                pass
        await settled(gateway)


if __name__ == "__main__":
    main()
