"""The whole gateway stands still for longer than the timeout, as in a paused virtual machine."""

import asyncio
import signal

import websockets

from support.case import SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.nginx import Nginx

CLIENTS = 30


class Stall(SystemTest):
    async def test_no_live_client_is_evicted_after_a_stall_longer_than_the_timeout(self):
        app = await FastapiApp.start(self)
        gateway = await Gateway.start(
            self, upstream=app.url, heartbeat="{ interval: 1s, timeout: 2s }"
        )
        nginx = await Nginx.start(self, gateway)
        clients = await asyncio.gather(
            *(
                websockets.connect(f"{server.url}/echo", ping_interval=None)
                for server in (gateway, nginx)
                for _ in range(CLIENTS // 2)
            )
        )

        gateway.process.signal(signal.SIGSTOP)
        await asyncio.sleep(5)  # the stall itself
        gateway.process.signal(signal.SIGCONT)

        # Evictions would come at once, or when the next timeout ends.
        ends = [asyncio.ensure_future(client.wait_closed()) for client in clients]
        ended, alive = await asyncio.wait(ends, timeout=3.5)
        self.assertEqual(
            len(ended), 0, [(client.close_code, client.close_reason) for client in clients]
        )
        for end in alive:
            end.cancel()
        for client in clients:
            await client.send("still here")
            self.assertEqual(await client.recv(), "still here")
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_connections"), CLIENTS)
        self.assertEqual(metrics.sum("pulsegate_connections_closed_total"), 0)
        await asyncio.gather(*(client.close() for client in clients))


if __name__ == "__main__":
    main()
