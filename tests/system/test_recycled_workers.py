"""Connections that end at one moment, because a worker of Nginx does, or at any, by themselves."""

import asyncio
import os
import pathlib
import random
import signal

from support.case import SystemTest, main
from support.cut_chain import CutChain
from support.nginx import Nginx
from support.waiting import eventually, side_by_side

CROWD = 30
RELOAD_LIMIT = "worker_shutdown_timeout 1s;"
LEAVERS = 120
BURST_JUDGED_AFTER = 9  # seconds: the six that a burst is given, and a few looks


async def kill_workers(nginx):
    master = nginx.process.pid
    children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text()
    for worker in children.split():
        os.kill(int(worker), signal.SIGKILL)


class RecycledWorkers(SystemTest):
    async def verdict(self, end, main_lines=""):
        """Has a worker with a crowd of clients ended; what the log says of it, once."""
        chain = await CutChain.behind_nginx(self, main=main_lines)
        clients = []
        for number in range(CROWD):
            clients.append(await chain.open(number))
            await asyncio.sleep(0.15)  # the pace of the clients
        await asyncio.sleep(1.5)  # nothing was sent to most of them just before
        await end(chain.proxy)
        for client in clients:
            self.assertEqual((await client.end(20))[0], 1006)

        async def is_found():
            return await chain.cuts() == {"nginx": CROWD}

        await eventually(is_found, "cuts are put down to a recycled worker", 30)
        (finding,) = chain.findings()
        self.assertRegex(
            finding["finding"],
            rf"^{CROWD} connections within \d\.\d s, at unrelated idle times and ages: looks like "
            "nginx, reloaded or restarted",
        )
        return finding

    async def reloaded(self):
        finding = await self.verdict(Nginx.reload, RELOAD_LIMIT)
        self.assertIn("(worker_shutdown_timeout declared 1s at ", finding["finding"])
        self.assertEqual(finding["option"], "worker_shutdown_timeout")

    async def killed(self):
        await self.verdict(kill_workers)

    async def left(self):
        """Clients that kill their sockets at random times, behind Nginx and before the gateway."""
        seed = random.randrange(2**32)
        choices = random.Random(seed)
        chain = await CutChain.behind_nginx(self, heartbeat="{ interval: 4s, timeout: 40s }")

        async def live(number, port, seconds):
            client = await chain.open(number, port)
            await asyncio.sleep(seconds)
            client.abort()

        ports = (chain.port, chain.gateway.port)
        await asyncio.gather(
            *(live(i, choices.choice(ports), choices.uniform(0, 5)) for i in range(LEAVERS))
        )

        async def are_gone():
            metrics = await chain.gateway.metrics()
            closed = "pulsegate_connections_closed_total"
            return metrics.sum(closed, reason="client_lost") == LEAVERS

        await eventually(are_gone, "all are lost")
        await asyncio.sleep(BURST_JUDGED_AFTER)  # silence is no event to wait for
        self.assertEqual((await chain.cuts(), chain.findings()), ({}, []), f"seed {seed}")

    async def test_a_worker_that_ends_is_told_and_clients_that_leave_are_not(self):
        scenes = (self.reloaded, self.killed, self.left)
        await side_by_side({scene.__name__: scene() for scene in scenes})


if __name__ == "__main__":
    main()
