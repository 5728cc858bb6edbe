"""Stopping the gateway: a drain that clients can follow, and a second signal that ends it."""

import asyncio
import signal
import time

import websockets

from support.case import SystemTest, main
from support.gateway import Gateway
from support.nginx import Nginx
from support.waiting import eventually, within

CLIENTS = 40


def connect(url):
    return websockets.connect(url, ping_interval=None)


async def is_not_ready(gateway):
    return (await gateway.readyz()).status == 503


class Stop(SystemTest):
    async def test_sigterm_refuses_new_sessions_and_spreads_the_end_of_the_others(self):
        window = 4.0
        gateway = await Gateway.start(self, drain="{ window: 4s }")
        nginx = await Nginx.start(self, gateway)
        clients = await asyncio.gather(*(connect(nginx.url) for _ in range(CLIENTS)))

        started = time.monotonic()
        gateway.process.signal(signal.SIGTERM)

        async def end_of(client):
            await within(client.wait_closed(), "the end of a session", 15)
            return client.close_code, client.close_reason, time.monotonic() - started

        ends = [asyncio.create_task(end_of(client)) for client in clients]

        await eventually(lambda: is_not_ready(gateway), "/readyz answers 503", 2)
        self.assertEqual((await gateway.metrics()).sum("pulsegate_draining"), 1)
        with self.assertRaises(websockets.InvalidStatusCode) as refusal:
            await connect(nginx.url)
        self.assertEqual(refusal.exception.status_code, 503)
        self.assertIn("Retry-After", refusal.exception.headers)

        ends = await asyncio.gather(*ends)
        self.assertEqual({end[:2] for end in ends}, {(1012, "service restart")})
        moments = sorted(end[2] for end in ends)
        self.assertLess(moments[-1], window + 1.5)
        # 40 moments at random over 4 s: all within one second has a chance of 1 in 10^22.
        self.assertGreater(moments[-1] - moments[0], 1.0)
        self.assertEqual(await gateway.process.ended(), 0)

    async def test_an_idle_gateway_ends_at_once_on_sigint(self):
        gateway = await Gateway.start(self, drain="{ window: 60s }")
        gateway.process.signal(signal.SIGINT)
        self.assertEqual(await gateway.process.ended(5), 0)

    async def test_a_second_signal_ends_the_gateway_at_once(self):
        gateway = await Gateway.start(self, drain="{ window: 1h }")
        clients = await asyncio.gather(*(connect(gateway.url) for _ in range(5)))
        gateway.process.signal(signal.SIGTERM)
        await eventually(lambda: is_not_ready(gateway), "/readyz answers 503", 5)
        gateway.process.signal(signal.SIGTERM)
        self.assertGreaterEqual(
            await gateway.process.ended(5), 0, "it left by itself, no signal killed it"
        )
        for client in clients:
            await within(client.wait_closed(), "the end of a session")
            self.assertIn(client.close_code, (1006, 1012))


if __name__ == "__main__":
    main()
