"""The limit of open files: everybody gets an answer, sessions go on, and the admin listener tells."""

import asyncio
import collections

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import RawClient, request
from support.waiting import eventually
from support.web import get
from support.witness import Witness

OPEN_FILES = 64
CLIENTS = 45
HOLDERS = 100


class FaultsOfDescriptors(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(
            self,
            prefix=["prlimit", f"--nofile={OPEN_FILES}"],
            heartbeat="{ interval: 1s, timeout: 60s }",
            limits="{ handshake: 1m }",
        )

    def connect(self, count):
        return asyncio.gather(*(RawClient.connect(self.gateway.port) for _ in range(count)))

    async def ask(self, count):
        """So many connect and ask at once; the clients, [(their status, their Retry-After)]."""

        async def one():
            client = await RawClient.connect(self.gateway.port)
            client.send(request())
            return client, await client.answer(15)

        asked = await asyncio.gather(*(one() for _ in range(count)))
        return (
            [client for client, _ in asked],
            [(status, headers.get("retry-after")) for _, (status, headers, _) in asked],
        )

    async def admin_answers(self):
        for path in ("healthz", "readyz", "metrics", "status"):
            answer = await get(f"http://127.0.0.1:{self.gateway.admin_port}/{path}")
            self.assertEqual(answer.status, 200, path)

    async def test_each_client_gets_101_or_503_and_the_admin_listener_answers(self):
        async with Witness(self.gateway.url) as witness:
            clients, answers = await self.ask(CLIENTS)
            answers = collections.Counter(answers)
            self.assertEqual(set(answers), {(101, None), (503, "5")}, answers)
            await self.admin_answers()
            before = witness.exchanged
            await eventually(lambda: witness.exchanged > before, "the witness goes on")
            # Nobody leaves, and more come: each is told. Where the first had to wait for those that
            # were being told, there is room for one or another yet.
            more, others = await self.ask(CLIENTS)
            answers += collections.Counter(others)
            self.assertEqual(set(answers), {(101, None), (503, "5")}, answers)
            self.assertGreater(others.count((503, "5")), CLIENTS / 2)
            await self.admin_answers()
            metrics = await self.gateway.metrics()
            told = metrics.sum("pulsegate_handshakes_rejected_total", reason="no_descriptors")
            self.assertGreaterEqual(told, answers[(503, "5")])
            for client in clients + more:
                client.abort()
            metrics = await settled(self.gateway, live=1)
            self.assertEqual(ends(metrics), {"client_lost": answers[(101, None)]})
            print(f"\n  {OPEN_FILES} descriptors: {dict(answers)}")
        await settled(self.gateway)

    async def test_who_holds_descriptors_and_asks_for_nothing_makes_room(self):
        async with Witness(self.gateway.url) as witness:
            holders = await self.connect(HOLDERS)
            before = witness.exchanged
            for _ in range(8):
                client = await RawClient.open(self.gateway.port)
                client.abort()
            await self.admin_answers()
            await eventually(lambda: witness.exchanged > before, "the witness goes on")
            for holder in holders:
                holder.abort()
            metrics = await settled(self.gateway, live=1)
            self.assertLess(metrics.sum("pulsegate_accept_errors_total"), 200, "no busy loop")
        await settled(self.gateway)


if __name__ == "__main__":
    main()
