"""A machine that has no more ports towards its application: said as it is, and seen by `check`."""

import asyncio
import ctypes
import socket
import subprocess

from support.bad_apps import accept_key, answer_with, switching
from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.line import CLONE_NEWNET, enter
from support.ports import free_port
from support.raw_client import RawClient, request
from support.waiting import eventually

PORTS = 20
RANGE = "40000 40019"  # as many
FIRST_OF_CLIENTS = 45000
_libc = ctypes.CDLL(None, use_errno=True)
accepting = answer_with(lambda head: switching(accept_key(head)), then_close=False)


class LocalPorts(SystemTest):
    def setUp(self):
        """A network namespace of the test's own, which its processes inherit."""
        here = open("/proc/self/ns/net")
        self.addCleanup(here.close)
        if _libc.unshare(CLONE_NEWNET) != 0:
            self.skipTest("a network namespace of its own takes root")
        self.addCleanup(enter, here)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        try:
            with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
                file.write(RANGE)
        except OSError as error:
            self.skipTest(f"its range of ports cannot be set here: {error}")

    async def client(self, gateway, number):
        """One whose own port is none of the range."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.9", FIRST_OF_CLIENTS + number))
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", gateway.port))
        client = RawClient(*await asyncio.open_connection(sock=made))
        client.send(request())
        return client, await client.answer()

    async def start(self, limits):
        port = free_port()
        server = await asyncio.start_server(accepting, "127.0.0.1", port)
        self.addCleanup(server.close)
        return await Gateway.start(
            self,
            upstream=f"ws://127.0.0.1:{port}",
            heartbeat="{ interval: 25s, timeout: 60s }",
            limits=limits,
        )

    async def test_one_session_more_than_there_are_ports(self):
        gateway = await self.start("{ handshake: 10s }")
        clients = [await self.client(gateway, number) for number in range(PORTS)]
        self.assertEqual({status for _, (status, _, _) in clients}, {101})
        refused, (status, headers, body) = await self.client(gateway, PORTS)
        self.assertEqual(status, 503)
        self.assertIn("retry-after", headers)
        self.assertIn(b"port", body)
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_app_errors_total", kind="no_port"), 1)
        self.assertEqual(metrics.sum("pulsegate_handshakes_rejected_total", reason="no_port"), 1)
        (line,) = await eventually(
            lambda: gateway.log_lines("application not reached", "tried=connect"), "a line of it"
        )
        self.assertIn("no local port", line)
        self.assertIn("Cannot assign requested address", line)
        for client, _ in (*clients, (refused, None)):
            client.abort()

    async def test_an_address_that_this_machine_cannot_reach_is_no_want_of_ports(self):
        with open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w") as file:
            file.write("1")
        gateway = await Gateway.start(self, upstream=f"ws://[::1]:{free_port()}")
        client, (status, _, _) = await self.client(gateway, 0)
        client.abort()
        self.assertEqual(status, 502)
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_app_errors_total", kind="connect"), 1)
        self.assertEqual(metrics.sum("pulsegate_app_errors_total", kind="no_port"), 0)

    async def test_check_compares_the_limit_with_the_ports_of_the_machine(self):
        for limits, ends_with in ((f"{{ connections: {PORTS} }}", 0), ("{ connections: 21 }", 3)):
            file = Gateway.write(
                self,
                8081,
                9464,
                upstream="ws://127.0.0.1:8000",
                heartbeat="{ interval: 25s, timeout: 60s }",
                limits=limits,
            )
            done = subprocess.run(
                [BINARY, "check", "--strict", "--config", file], capture_output=True, text=True
            )
            self.assertEqual(done.returncode, ends_with, done.stdout)
            self.assertEqual("PG171" in done.stdout, ends_with != 0)


if __name__ == "__main__":
    main()
