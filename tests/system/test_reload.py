"""SIGHUP: another configuration for a gateway that goes on serving."""

import asyncio
import signal

import websockets

from support.case import SystemTest, main
from support.gateway import Gateway
from support.waiting import eventually, within

RELOADS = 200
CLIENTS = 50


class Talker:
    """A client that always has a message under way and checks every echo."""

    def __init__(self, socket):
        self.socket = socket
        self.echoes = 0

    async def talk(self, stopped):
        while not stopped.is_set():
            message = f"message {self.echoes}"
            await self.socket.send(message)
            answer = await within(self.socket.recv(), "an echo", 20)
            assert answer == message, (answer, message)
            self.echoes += 1


class Reload(SystemTest):
    async def start(self, **settings):
        gateway = await Gateway.start(self, **settings)
        self.count = 0
        return gateway

    def rewrite(self, gateway, **settings):
        Gateway.write(self, gateway.port, gateway.admin_port, **settings)

    async def reload(self, gateway, result="success"):
        """Sends SIGHUP and waits until the gateway has counted the reload."""
        name = "pulsegate_config_reloads_total"
        before = (await gateway.metrics()).sum(name, result=result)
        gateway.process.signal(signal.SIGHUP)

        async def is_counted():
            return (await gateway.metrics()).sum(name, result=result) == before + 1

        await eventually(is_counted, f"one more reload with the result {result}", 10)

    async def test_200_reloads_under_load_close_and_lose_nothing(self):
        gateway = await self.start(heartbeat="{ interval: 1s, timeout: 60s }")
        connected = [websockets.connect(gateway.url, ping_interval=None) for _ in range(CLIENTS)]
        talkers = [Talker(socket) for socket in await asyncio.gather(*connected)]
        stopped = asyncio.Event()
        talks = [asyncio.create_task(talker.talk(stopped)) for talker in talkers]
        for i in range(RELOADS):
            self.rewrite(gateway, heartbeat=f"{{ interval: {i % 5 + 1}s, timeout: {60 + i}s }}")
            await self.reload(gateway)
        before = [talker.echoes for talker in talkers]

        async def all_go_on():
            return all(talker.echoes > was for talker, was in zip(talkers, before))

        await eventually(all_go_on, "every client gets echoes after the last reload", 20)
        stopped.set()
        await asyncio.gather(*talks)
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_connections_closed_total"), 0)
        self.assertEqual(metrics.sum("pulsegate_connections"), CLIENTS)
        self.assertEqual(metrics.sum("pulsegate_config_reloads_total", result="success"), RELOADS)
        self.assertEqual(metrics.sum("pulsegate_config_reloads_total", result="failure"), 0)
        for talker in talkers:
            await talker.socket.close()

    async def test_an_invalid_file_changes_nothing_and_is_logged_with_its_place(self):
        gateway = await self.start()
        async with websockets.connect(gateway.url, ping_interval=None) as client:
            self.rewrite(gateway, heartbeat="{ interval: 25, timeout: 45s }")
            await self.reload(gateway, "failure")
            await client.send("as before")
            self.assertEqual(await within(client.recv(), "an echo"), "as before")
        [finding] = gateway.log_lines("code=PG110")
        self.assertIn(f"gateway-{gateway.port}.yaml:", finding)
        self.assertTrue(gateway.log_lines("not reloaded", "old configuration stays"))
        self.assertEqual(
            (await gateway.metrics()).sum("pulsegate_config_last_reload_successful"), 0
        )

    async def test_a_file_that_is_gone_changes_nothing(self):
        gateway = await self.start()
        self.write(f"gateway-{gateway.port}.yaml", "").unlink()
        await self.reload(gateway, "failure")
        self.assertTrue(gateway.log_lines("cannot read the configuration", "No such file"))

    async def test_an_empty_file_is_one_that_was_cut_short(self):
        gateway = await self.start()
        self.write(f"gateway-{gateway.port}.yaml", "# routes:\n")
        await self.reload(gateway, "failure")
        self.assertTrue(gateway.log_lines("the file is empty"))

    async def test_what_takes_a_restart_is_named(self):
        gateway = await self.start()
        file = self.write(f"gateway-{gateway.port}.yaml", "")
        file.write_text(
            f"listeners: [{{ address: 127.0.0.1:{gateway.port + 1} }}]\n"
            f"admin: {{ address: 127.0.0.1:{gateway.admin_port} }}\nworkers: 2\n"
        )
        await self.reload(gateway)
        self.assertTrue(gateway.log_lines("needs a restart", "key=listeners"))
        async with websockets.connect(gateway.url, ping_interval=None):
            pass


if __name__ == "__main__":
    main()
