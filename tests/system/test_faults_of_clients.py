"""Clients that reset their connections, are stopped, or lose their network without a word."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
import unittest

from support.accounts import ends, settled
from support.case import SOURCE, SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import BINARY, TEXT, RawClient, frame
from support.waiting import eventually
from support.witness import Witness

STOPPED_CLIENT = SOURCE / "tests/system/support/stopped_client.py"
TIMEOUT = 5.0
SLACK = 4.0  # close wait, ticks, a loaded machine
BIG = frame(BINARY, bytes(1_000_000))


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)


class FaultsOfClients(SystemTest):
    async def start(self, **settings):
        return await Gateway.start(self, heartbeat="{ interval: 1s, timeout: 5s }", **settings)

    async def test_resets_at_any_moment_leave_nothing(self):
        gateway = await self.start()
        at_start = gateway.process.descriptors()
        moments = {
            "idle": b"",
            "within a frame": frame(TEXT, bytes(100))[:50],
            "within a frame's header": frame(TEXT, bytes(1000))[:3],
            "while its echo is under way": BIG,
        }

        async def reset(sent):
            client = await RawClient.open(gateway.port)
            client.send(sent)
            await asyncio.sleep(0)  # what the socket takes at once leaves before the reset
            client.abort()

        async with Witness(gateway.url):
            await asyncio.gather(*(reset(sent) for sent in moments.values() for _ in range(25)))
            metrics = await settled(gateway, live=1)
            self.assertEqual(ends(metrics), {"client_lost": 25 * len(moments)})
        await settled(gateway)
        await eventually(
            lambda: gateway.process.descriptors() <= at_start, "every descriptor is closed"
        )

    def open_client_process(self, url, prefix=()):
        return self.spawn("client", [*prefix, sys.executable, "-B", STOPPED_CLIENT, url])

    async def expect_eviction(self, gateway, clients, since):
        async def evicted():
            metrics = await gateway.metrics()
            return metrics.sum("pulsegate_timeout_evictions_total") == clients

        await eventually(evicted, f"{clients} evictions", TIMEOUT + SLACK + 5)
        self.assertLess(time.monotonic() - since, TIMEOUT + SLACK)
        self.assertEqual(ends(await settled(gateway, live=1)), {"evicted": clients})

    async def test_stopped_client_processes_are_evicted_in_time(self):
        gateway = await self.start()
        async with Witness(gateway.url):
            clients = [self.open_client_process(gateway.url) for _ in range(5)]
            for client in clients:
                await client.until(lambda: "open" in client.log(), "a client is connected", 30)
            for client in clients:
                client.signal(signal.SIGSTOP)
            await self.expect_eviction(gateway, len(clients), time.monotonic())
        await settled(gateway)

    def add_network(self):
        """A network namespace, joined to this one by a pair of virtual cards; (its name, its
        card's outer end, the outer address)."""
        for number in itertools.count(os.getpid() % 60):
            name, outer, net = f"pulsegate-{number}", f"pgate{number}", f"10.213.{number % 256}"
            if ip("netns", "add", name).returncode == 0:
                break
            if number > 1000:
                self.skipTest("no network namespace may be made here")
        self.addCleanup(ip, "netns", "delete", name)
        self.addCleanup(ip, "link", "delete", outer)
        for words in (
            ("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name),
            ("address", "add", f"{net}.1/30", "dev", outer),
            ("link", "set", outer, "up"),
            ("-n", name, "address", "add", f"{net}.2/30", "dev", "eth0"),
            ("-n", name, "link", "set", "eth0", "up"),
        ):
            done = ip(*words)
            if done.returncode != 0:
                self.skipTest(f"no virtual network here: {done.stderr}")
        return name, outer, f"{net}.1"

    @unittest.skipUnless(os.geteuid() == 0, "takes root")
    async def test_a_client_whose_cable_is_pulled_is_evicted_in_time(self):
        name, outer, address = self.add_network()
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, heartbeat="{ interval: 1s, timeout: 5s }")
        text = file.read_text()
        listener = f"  - {{ address: 127.0.0.1:{port} }}\n"
        file.write_text(
            text.replace(listener, listener + f"  - {{ address: {address}:{port} }}\n")
        )
        gateway = await Gateway.run(self, port, admin_port, file)
        async with Witness(gateway.url):
            client = self.open_client_process(
                f"ws://{address}:{port}", ("ip", "netns", "exec", name)
            )
            await client.until(lambda: "open" in client.log(), "the client is connected", 30)
            self.assertEqual(ip("-n", name, "link", "set", "eth0", "down").returncode, 0)
            await self.expect_eviction(gateway, 1, time.monotonic())
            self.assertIsNone(client.exit_code, "the client must still believe in its connection")
        await settled(gateway)


if __name__ == "__main__":
    main()
