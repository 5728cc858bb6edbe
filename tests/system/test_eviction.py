"""Clients that went silent are evicted, and everything that stood for them is gone."""

import asyncio
import pathlib
import signal
import sys
import time

import websockets

from support.case import SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.nginx import Nginx
from support.raw_client import RawClient
from support.tcp_table import connections_to
from support.waiting import eventually

TIMEOUT = 3.0
STOPPED_CLIENT = pathlib.Path(__file__).parent / "support/stopped_client.py"


class Eviction(SystemTest):
    async def test_silent_clients_are_evicted_with_4001_and_a_live_one_stays(self):
        app = await FastapiApp.start(self)
        gateway = await Gateway.start(
            self, upstream=app.url, heartbeat="{ interval: 500ms, timeout: 3s }"
        )
        nginx = await Nginx.start(self, gateway)

        live = await websockets.connect(f"{nginx.url}/echo?name=live", ping_interval=None)
        stopped = self.spawn(
            "client", [sys.executable, STOPPED_CLIENT, f"{nginx.url}/echo?name=stopped"]
        )
        await stopped.until(lambda: "open" in stopped.log(), "the client process is connected")
        stopped.signal(signal.SIGSTOP)
        raw = await RawClient.open(nginx.port, "/echo?name=raw")
        silent_since = time.monotonic()
        self.assertEqual(connections_to(gateway.port), 3)

        # The one that reads but never answers is told why, not before its time.
        self.assertEqual(await raw.read_close(), (4001, "timeout"))
        self.assertGreaterEqual(time.monotonic() - silent_since, TIMEOUT - 0.2)
        await raw.ended()

        # The app hears the same code for both.
        self.assertEqual(
            await asyncio.gather(app.disconnect_code("raw"), app.disconnect_code("stopped")),
            [4001, 4001],
        )

        # Nginx holds nothing for them any more, and the counters and the log tell it.
        await eventually(
            lambda: connections_to(gateway.port) == 1, "only the live client's connection is left"
        )
        self.assertIsNone(stopped.exit_code, "the stopped client must still exist")

        async def counted():
            return (await gateway.metrics()).sum("pulsegate_connections_closed_total") == 2

        await eventually(counted, "both ends are counted")
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_timeout_evictions_total"), 2)
        self.assertEqual(metrics.sum("pulsegate_connections_closed_total", reason="evicted"), 2)
        self.assertEqual(metrics.sum("pulsegate_connections"), 1)
        self.assertEqual(metrics.sum("pulsegate_connections_opened_total"), 3)
        await eventually(
            lambda: len(gateway.log_lines("evicted", "4001")) == 2, "a log line for each eviction"
        )

        await live.send("still here")
        self.assertEqual(await live.recv(), "still here")
        await live.close()


if __name__ == "__main__":
    main()
