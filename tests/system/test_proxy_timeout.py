"""What the gateway is for: an Nginx that cuts quiet connections, with and without pings."""

import asyncio
import time

import websockets

from support.case import SystemTest, main
from support.gateway import Gateway
from support.nginx import Nginx
from support.waiting import within


class ProxyTimeout(SystemTest):
    async def quiet_client(self, heartbeat):
        """A client that sends nothing of itself, behind an Nginx that waits 3 s for a byte."""
        gateway = await Gateway.start(self, heartbeat=heartbeat)
        nginx = await Nginx.start(self, gateway, read_timeout="3s")
        return await websockets.connect(f"{nginx.url}/", ping_interval=None)

    async def test_pings_in_time_keep_a_quiet_client_and_nothing_else_does(self):
        pinged, unpinged = await asyncio.gather(
            self.quiet_client("{ interval: 1s, timeout: 4s }"),
            self.quiet_client("{ interval: 1h, timeout: 2h }"),
        )
        started = time.monotonic()

        async def is_cut():
            await within(unpinged.wait_closed(), "Nginx cuts the client that nobody pings", 8)
            self.assertEqual(unpinged.close_code, 1006)
            self.assertGreater(time.monotonic() - started, 2.5)

        async def lives():
            with self.assertRaises(asyncio.TimeoutError, msg="the pinged client was cut"):
                await asyncio.wait_for(asyncio.shield(pinged.wait_closed()), 10)
            await pinged.send("after 10 quiet seconds")
            self.assertEqual(await pinged.recv(), "after 10 quiet seconds")
            await pinged.close()

        await asyncio.gather(is_cut(), lives())


if __name__ == "__main__":
    main()
