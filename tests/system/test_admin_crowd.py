"""The admin listener beside 5,000 sessions: questions and orders disturb nobody else."""

import asyncio
import json

from support.accounts import ends, settled
from support.admin import start_with_token
from support.case import SystemTest, main
from support.crowd import spawn_crowd
from support.waiting import eventually
from support.witness import Witness

PROCESSES, CLIENTS_OF_EACH = 5, 1000
TOTAL = PROCESSES * CLIENTS_OF_EACH


class AdminCrowd(SystemTest):
    async def test_5000_sessions_are_listed_paged_and_closed_while_others_are_served(self):
        # The crowd answers no ping: whoever is not served in time would be evicted.
        gateway, admin = await start_with_token(
            self,
            heartbeat="{ interval: 20s, timeout: 100s }",
            limits="{ handshake: 60s }",
            routes={"/": "echo", "/witness": "echo"},
            route_heartbeats={"/witness": "{ interval: 500ms, timeout: 10s }"},
        )
        crowds = [
            spawn_crowd(self, "burst", gateway.port, CLIENTS_OF_EACH) for _ in range(PROCESSES)
        ]
        for crowd in crowds:
            await crowd.until(lambda: "answered" in crowd.log(), "all answers", 60)
            answers = json.loads(crowd.log().partition("answered ")[2])
            self.assertEqual(answers, {"101": CLIENTS_OF_EACH})
        async with Witness(gateway.url + "/witness") as witness:

            async def all_live():
                return await gateway.live() == TOTAL + 1

            await eventually(all_live, "every session has begun")
            seen = set()
            for offset in range(0, TOTAL, 1000):
                page = await admin.json("/connections", route="/", limit=1000, offset=offset)
                self.assertEqual(page["total"], TOTAL)
                seen |= {each["id"] for each in page["connections"]}
            self.assertEqual(len(seen), TOTAL)
            before = witness.exchanged
            pages = await asyncio.gather(
                *(admin.json("/connections", sort="bytes", limit=1, offset=i) for i in range(20))
            )
            self.assertEqual({page["total"] for page in pages}, {TOTAL + 1})
            await eventually(lambda: witness.exchanged > before, "the witness goes on")

            async def one_more_ping():
                sent = (await gateway.metrics()).sum("pulsegate_pongs_received_total", leg="client")
                return sent > pongs

            pongs = (await gateway.metrics()).sum("pulsegate_pongs_received_total", leg="client")
            await eventually(one_more_ping, "the witness answers pings")
            self.assertEqual(await admin.close(route="/"), TOTAL)
            before = witness.exchanged
            metrics = await settled(gateway, live=1, seconds=60)
            self.assertEqual(ends(metrics), {"admin": TOTAL})
            await eventually(lambda: witness.exchanged > before, "the witness goes on")
        await settled(gateway)


if __name__ == "__main__":
    main()
