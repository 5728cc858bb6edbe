"""Probes of /healthz are answered at once, whatever clients of either side do meanwhile."""

import asyncio
import json
import statistics
import time

from support.accounts import settled
from support.case import SystemTest, main
from support.crowd import spawn_crowd
from support.gateway import Gateway

PROCESSES, CLIENTS_OF_EACH = 4, 1000
HELD = 64  # the limit of the admin listener
LONGEST = 0.05  # of most answers; on a machine that others use, three times what is usual there


async def probe(port):
    """How long a new connection takes to be told that all is well."""
    started = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    return time.monotonic() - started


async def usual(port):
    """What most answers take at the longest while nothing is the matter."""
    times = [await probe(port) for _ in range(20)]
    return max(LONGEST, 3 * statistics.median(times))


class Prober:
    """Use with `async with`: probes one after the other until the end of the block."""

    def __init__(self, port):
        self._port = port
        self.times = []

    async def __aenter__(self):
        self._is_over = False
        self._task = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_):
        self._is_over = True
        await self._task  # raises what was wrong

    async def _go_on(self):
        while not self._is_over:
            self.times.append(await probe(self._port))
            await asyncio.sleep(0.01)

    def summary(self):
        return (
            f"{len(self.times)} probes: median {statistics.median(self.times) * 1e3:.1f} ms,"
            f" longest {max(self.times) * 1e3:.1f} ms"
        )


class Probes(SystemTest):
    async def test_are_answered_while_4000_clients_leave_at_once(self):
        gateway = await Gateway.start(
            self,
            heartbeat="{ interval: 20s, timeout: 100s }",
            limits="{ handshake: 60s }",
        )
        crowds = [
            spawn_crowd(self, "burst", gateway.port, CLIENTS_OF_EACH) for _ in range(PROCESSES)
        ]
        for crowd in crowds:
            await crowd.until(lambda: "answered" in crowd.log(), "all answers", 60)
            answers = json.loads(crowd.log().partition("answered ")[2])
            self.assertEqual(answers, {"101": CLIENTS_OF_EACH})
        await settled(gateway, live=PROCESSES * CLIENTS_OF_EACH, seconds=60)
        longest = await usual(gateway.admin_port)
        async with Prober(gateway.admin_port) as prober:
            for crowd in crowds:
                crowd.kill()
            await settled(gateway, seconds=60)
            # What they have in common is looked for during the next seconds.
            await asyncio.sleep(4)
        print(f"\n  {prober.summary()}")
        self.assertLess(statistics.median(prober.times), longest)
        slow = [each for each in prober.times if each > 10 * longest]
        self.assertLessEqual(len(slow), len(prober.times) // 20, prober.summary())

    async def test_are_answered_while_as_many_as_may_hold_connections_to_the_admin_listener(self):
        gateway = await Gateway.start(self)
        longest = await usual(gateway.admin_port)
        for request in (b"", b"GET /metr", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
            with self.subTest(request):
                held = [
                    await asyncio.open_connection("127.0.0.1", gateway.admin_port)
                    for _ in range(HELD)
                ]
                for reader, writer in held:
                    writer.write(request)
                    if request.endswith(b"\r\n\r\n"):
                        await reader.readuntil(b"\r\n\r\n")
                async with Prober(gateway.admin_port) as prober:
                    await asyncio.sleep(1)
                self.assertEqual((await gateway.readyz()).status, 200)
                print(f"\n  {prober.summary()}")
                self.assertLess(statistics.median(prober.times), longest)
                for _, writer in held:
                    writer.close()


if __name__ == "__main__":
    main()
