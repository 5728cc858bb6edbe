"""No descriptor is left: newcomers wait, sessions go on, and it is said once."""

import asyncio

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import RawClient, request
from support.waiting import eventually, within
from support.witness import Witness

OPEN_FILES = 64
HOLDERS = 100
NEWCOMERS = 8
COMPLAINT = "cannot accept connections"


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

    def ask(self, clients):
        """Sends each one's upgrade request; {its answer: client}."""
        for client in clients:
            client.send(request())
        return {asyncio.create_task(client.answer(60)): client for client in clients}

    async def test_newcomers_wait_until_descriptors_are_back(self):
        gateway = self.gateway
        async with Witness(gateway.url) as witness:
            holders = await self.connect(HOLDERS)  # who take descriptors, and ask for nothing
            await eventually(lambda: gateway.log_lines(COMPLAINT), "the log tells of it", 5)
            before = witness.exchanged
            waiting = self.ask(await self.connect(NEWCOMERS))
            done, _ = await asyncio.wait(waiting, timeout=1.5)  # that nothing comes
            self.assertFalse(done, "an answer without a descriptor")
            self.assertGreater(witness.exchanged, before + 10)
            self.assertLessEqual(len(gateway.log_lines(COMPLAINT)), 2, "once for each worker")

            for holder in holders:
                holder.abort()
            for answer, client in waiting.items():
                self.assertEqual((await within(answer, "an answer"))[0], 101)
                client.abort()
            metrics = await settled(gateway, live=1)
            self.assertEqual(ends(metrics), {"client_lost": NEWCOMERS})
            self.assertGreater(metrics.sum("pulsegate_accept_errors_total"), 2)
            self.assertLess(metrics.sum("pulsegate_accept_errors_total"), 200, "no busy loop")
        await settled(gateway)

    # A connection may take the last descriptor, so that none is left for the application's leg.
    async def test_no_newcomer_is_told_that_the_application_is_to_blame(self):
        waiting = self.ask(await self.connect(HOLDERS))
        await asyncio.wait(waiting, timeout=2.0)  # those that get no answer wait as they should
        statuses = {answer.result()[0] for answer in waiting if answer.done()}
        for answer, client in waiting.items():
            answer.cancel()
            client.abort()
        self.assertLessEqual(statuses, {101, 503})


if __name__ == "__main__":
    main()
