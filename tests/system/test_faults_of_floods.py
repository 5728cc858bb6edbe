"""One client that sends as much as it can does not slow a hundred polite ones down."""

import asyncio
import json
import signal
import statistics
import time

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.crowd import spawn_crowd
from support.gateway import Gateway
from support.ports import free_port
from support.tcp_table import is_listening

CLIENTS = 100
ROUNDS = 5
PHASE = 1.5
SETTLING = 0.3  # at the start of each phase, not measured
QUIET, ELSEWHERE, HERE = "quiet", "flood elsewhere", "flood here"
NOISE = 0.015  # what a p99 may be without blame: a few time slices of a busy machine's kernel


def percentile_99(values):
    return statistics.quantiles(values, n=100)[98]


class FaultsOfFloods(SystemTest):
    async def asyncSetUp(self):
        # It discards what floods it, so that a flood that stands still leaves no work behind, and
        # what is measured is the gateway's own.
        self.sink = free_port()
        sink = spawn_crowd(self, "sink_app", self.sink)
        await sink.until(lambda: is_listening(self.sink), "the sink listens")

    async def start(self):
        return await Gateway.start(
            self,
            routes={"/": "echo", "/flood": f"ws://127.0.0.1:{self.sink}"},
            heartbeat="{ interval: 1s, timeout: 60s }",
        )

    async def flood(self, gateway, kind):
        """A flood that stands still."""
        flood = spawn_crowd(self, "flood", gateway.port, kind)
        await flood.until(lambda: "open" in flood.log(), "the flood is connected")
        flood.signal(signal.SIGSTOP)
        return flood

    async def measure(self, kind):
        """{what goes on: the p99 of each round, in seconds}.

        The same flood at another gateway shows what it costs that the machine is busy.
        """
        gateway, other = await self.start(), await self.start()
        seconds = 3 * ROUNDS * PHASE + 1.0
        polite = spawn_crowd(self, "echo_load", gateway.port, CLIENTS, seconds)
        await polite.until(lambda: "open" in polite.log(), "the polite clients are connected")
        floods = {
            ELSEWHERE: await self.flood(other, kind),
            HERE: await self.flood(gateway, kind),
        }
        phases = []
        for _ in range(ROUNDS):
            for what in (QUIET, ELSEWHERE, HERE):
                if what in floods:
                    floods[what].signal(signal.SIGCONT)
                phases.append((what, time.monotonic() + SETTLING))
                await asyncio.sleep(PHASE)  # what is measured
                if what in floods:
                    self.assertIsNone(floods[what].exit_code, floods[what].log())
                    floods[what].signal(signal.SIGSTOP)
        flooded = floods[HERE].log().count("MiB")
        self.assertGreater(flooded, 3, "no flood")

        self.assertEqual(await polite.ended(30), 0)
        samples = json.loads(polite.log().partition("measured ")[2])
        found = {}
        for what, begun in phases:
            of_phase = [
                took for sent, took in samples if begun <= sent < begun + PHASE - SETTLING
            ]
            self.assertGreater(len(of_phase), CLIENTS, "the polite clients were stopped")
            found.setdefault(what, []).append(percentile_99(of_phase))
        for flood in floods.values():
            flood.kill()
        self.assertEqual(ends(await settled(gateway)), {"client_lost": CLIENTS + 1})
        print(f"\n  {kind}: p99 of {CLIENTS} polite clients, {flooded} MiB of flood")
        for what, values in found.items():
            listed = " ".join(f"{value * 1e3:.1f}" for value in values)
            print(f"    {what:16} median {statistics.median(values) * 1e3:5.1f} ms of {listed}")
        return found

    async def expect_no_slowdown(self, kind):
        found = await self.measure(kind)
        typical = {what: statistics.median(values) for what, values in found.items()}
        self.assertLess(typical[HERE], 3 * max(typical[QUIET], typical[ELSEWHERE], NOISE / 3))

    async def test_a_flood_of_one_byte_frames(self):
        await self.expect_no_slowdown("bytes")

    async def test_a_flood_of_pings(self):
        await self.expect_no_slowdown("pings")


if __name__ == "__main__":
    main()
