"""Crowds that come at once, or whose handshakes last for ever, beside a client that is polite."""

import asyncio
import collections
import json
import statistics
import time

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.crowd import spawn_crowd
from support.gateway import Gateway
from support.raw_client import RawClient
from support.waiting import eventually
from support.witness import Witness

PROCESSES, CLIENTS_OF_EACH = 5, 1000
PLACES = 3000
SLOW = 1000
HANDSHAKE = 8.0


class FaultsOfCrowds(SystemTest):
    async def test_each_of_5000_who_come_at_once_gets_an_answer(self):
        gateway = await Gateway.start(
            self,
            heartbeat="{ interval: 20s, timeout: 60s }",
            limits=f"{{ connections: {PLACES}, handshake: 30s }}",
        )
        async with Witness(gateway.url) as witness:
            started = time.monotonic()
            crowds = [
                spawn_crowd(self, "burst", gateway.port, CLIENTS_OF_EACH) for _ in range(PROCESSES)
            ]
            answers = collections.Counter()
            for crowd in crowds:
                await crowd.until(lambda: "answered" in crowd.log(), "all answers", 35)
                answers.update(json.loads(crowd.log().partition("answered ")[2]))
            took = time.monotonic() - started
            # The witness has one of the places.
            total = PROCESSES * CLIENTS_OF_EACH
            self.assertEqual(answers, {"101": PLACES - 1, "503": total - PLACES + 1})
            metrics = await gateway.metrics()
            self.assertEqual(metrics.sum("pulsegate_connections"), PLACES)
            rejected = metrics.sum("pulsegate_handshakes_rejected_total", reason="connection_limit")
            self.assertEqual(rejected, total - PLACES + 1)
            before = witness.exchanged
            await eventually(lambda: witness.exchanged > before, "the witness goes on")
            for crowd in crowds:
                crowd.kill()
            metrics = await settled(gateway, live=1)
            self.assertEqual(ends(metrics), {"client_lost": PLACES - 1})
        await settled(gateway)
        print(f"\n  {total} answers within {took:.1f} s")

    async def test_1000_endless_handshakes_end_with_408_and_delay_nobody(self):
        gateway = await Gateway.start(
            self,
            heartbeat="{ interval: 5s, timeout: 60s }",
            limits=f"{{ handshake: {HANDSHAKE:.0f}s }}",
        )
        delays = []

        async def come_and_go():
            started = time.monotonic()
            client = await RawClient.open(gateway.port)
            delays.append(time.monotonic() - started)
            client.abort()

        async with Witness(gateway.url):
            crowd = spawn_crowd(self, "drip", gateway.port, SLOW)

            async def all_there():
                metrics = await gateway.metrics()
                return metrics.sum("pulsegate_handshakes_in_progress") >= SLOW

            await crowd.until(all_there, "all slow handshakes have begun", HANDSHAKE)
            while "answered" not in crowd.log():
                await come_and_go()
                await asyncio.sleep(0.02)  # the pace of the polite ones
            self.assertEqual(await crowd.ended(), 0)
            answers = json.loads(crowd.log().partition("answered ")[2])
            self.assertEqual(answers, {"408": SLOW})
            metrics = await settled(gateway, live=1)
            late = metrics.sum("pulsegate_handshakes_rejected_total", reason="handshake_timeout")
            self.assertEqual(late, SLOW)
            self.assertEqual(ends(metrics), {"client_lost": len(delays)})
        await settled(gateway)
        print(
            f"\n  {len(delays)} polite handshakes: median {statistics.median(delays) * 1e3:.1f} ms,"
            f" longest {max(delays) * 1e3:.0f} ms"
        )
        self.assertLess(statistics.median(delays), 0.5)


if __name__ == "__main__":
    main()
