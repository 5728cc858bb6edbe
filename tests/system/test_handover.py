"""A restart that refuses nobody: one gateway takes over from another, or systemd keeps the sockets."""

import asyncio
import os
import signal
import socket

import websockets

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.waiting import eventually, within

CLIENTS = 30
AFTER = 100  # connections made after the old gateway has gone


async def echo_once(connect):
    """A whole short session; fails on anything but success."""
    async with connect() as client:
        await client.send("hello")
        assert await within(client.recv(), "an echo") in ("hello", None)


class Newcomers:
    """Clients that come one after the other, from several sides, until they are told to stop."""

    def __init__(self, connect, sides=4):
        self.count = 0
        self.last_problem = None
        self._stopped = False
        self._tasks = [asyncio.create_task(self._come(connect)) for _ in range(sides)]

    async def _come(self, connect):
        while not self._stopped:
            async with connect() as client:
                self.count += 1
                await client.ping()

    async def stop(self):
        self._stopped = True
        await asyncio.gather(*self._tasks)  # raises what any of them ran into


class Handover(SystemTest):
    async def take_over(self, file, old):
        """Starts another gateway from the same file that takes over; returns when the old one has ended."""
        process = self.spawn("heir", [BINARY, "run", "--config", file, "--take-over", old.process.pid])
        self.assertEqual(await old.process.ended(20), 0)
        self.assertIn("another gateway takes over", old.process.log())
        return process

    async def end(self, process):
        process.signal(signal.SIGTERM)
        self.assertEqual(await process.ended(), 0)

    async def check_take_over(self, file, old, connect):
        staying = [await connect() for _ in range(CLIENTS)]
        newcomers = Newcomers(connect)
        await eventually(lambda: newcomers.count > 50, "newcomers", 20)
        heir = await self.take_over(file, old)
        for client in staying:
            await within(client.wait_closed(), "the end of a session")
            self.assertEqual(client.close_code, 1012)
        came = newcomers.count
        await eventually(lambda: newcomers.count > came + AFTER, "newcomers at the heir", 20)
        await newcomers.stop()
        await self.end(heir)

    async def test_taking_over_on_a_port_refuses_and_resets_nobody(self):
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, drain="{ window: 2s }")
        old = await Gateway.run(self, port, admin_port, file)
        await self.check_take_over(
            file, old, lambda: websockets.connect(old.url, ping_interval=None, open_timeout=20)
        )

    async def test_taking_over_on_a_unix_socket_refuses_and_resets_nobody(self):
        port, admin_port = free_port(), free_port()
        path = self.directory / "gate.sock"
        file = Gateway.write(self, port, admin_port, drain="{ window: 2s }")
        file.write_text(file.read_text().replace(f"127.0.0.1:{port}", f"unix:{path}"))
        old = await Gateway.run(self, port, admin_port, file)
        connect = lambda: websockets.unix_connect(str(path), ping_interval=None, open_timeout=20)
        staying = [await connect() for _ in range(CLIENTS)]
        newcomers = Newcomers(connect)
        heir = self.spawn("heir", [BINARY, "run", "--config", file, "--take-over", old.process.pid])
        self.assertEqual(await old.process.ended(20), 0)
        for client in staying:
            await within(client.wait_closed(), "the end of a session")
        came = newcomers.count
        await eventually(lambda: newcomers.count > came + AFTER, "newcomers at the heir", 20)
        await newcomers.stop()
        self.assertTrue(path.exists(), "the file belongs to the heir")
        await self.end(heir)
        self.assertFalse(path.exists())

    async def test_a_second_gateway_does_not_start_by_mistake(self):
        gateway = await Gateway.start(self)
        file = Gateway.write(self, gateway.port, free_port())
        second = self.spawn("second", [BINARY, "run", "--config", file])
        self.assertEqual(await second.ended(), 1)
        self.assertIn("--take-over PID", second.log())

    async def refused_heir(self, file, pid, why):
        heir = self.spawn("heir", [BINARY, "run", "--config", file, "--take-over", pid])
        self.assertEqual(await heir.ended(), 1, heir.log())
        self.assertIn(f"cannot take over from {pid}: {why}", heir.log())

    async def test_a_process_that_does_not_listen_here_is_left_alone(self):
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port)
        old = await Gateway.run(self, port, admin_port, file)
        sleeper = self.spawn("sleeper", ["sleep", "60"])
        other = await Gateway.start(self)
        ended = self.spawn("ended", ["true"])
        await ended.ended()
        async with websockets.connect(old.url, ping_interval=None) as client:
            for wrong in (sleeper.pid, other.process.pid, os.getpid(), ended.pid):
                await self.refused_heir(file, wrong, "it does not listen on")
            for each in (sleeper, other.process, old.process):
                self.assertIsNone(each.exit_code)
            self.assertNotIn("draining", old.process.log() + other.process.log())
            await client.send("still here")
            self.assertEqual(await within(client.recv(), "an echo"), "still here")
            for _ in range(20):  # nobody else took any of the new ones
                await echo_once(lambda: websockets.connect(old.url))
        opened = (await old.metrics()).sum("pulsegate_connections_opened_total")
        self.assertEqual(opened, 21)

    async def test_a_process_that_does_not_listen_on_the_unix_socket_is_left_alone(self):
        port, admin_port = free_port(), free_port()
        path = self.directory / "gate.sock"
        file = Gateway.write(self, port, admin_port)
        file.write_text(file.read_text().replace(f"127.0.0.1:{port}", f"unix:{path}"))
        old = await Gateway.run(self, port, admin_port, file)
        file.write_text(file.read_text().replace(f":{admin_port}", f":{free_port()}"))
        sleeper = self.spawn("sleeper", ["sleep", "60"])
        await self.refused_heir(file, sleeper.pid, "it does not listen on unix:")
        self.assertIsNone(sleeper.exit_code)
        self.assertNotIn("draining", old.process.log())
        self.assertTrue(path.exists())

    async def test_of_two_heirs_one_takes_over_and_the_other_fails(self):
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, drain="{ window: 2s }")
        old = await Gateway.run(self, port, admin_port, file)
        staying = [await websockets.connect(old.url, ping_interval=None) for _ in range(CLIENTS)]
        heirs = [
            self.spawn("heir", [BINARY, "run", "--config", file, "--take-over", old.process.pid])
            for _ in range(3)
        ]
        self.assertEqual(await old.process.ended(20), 0)
        for client in staying:  # each in an orderly way, over the window
            await within(client.wait_closed(), "the end of a session")
            self.assertEqual(client.close_code, 1012)
        living = [heir for heir in heirs if heir.exit_code is None]
        self.assertEqual(len(living), 1, [heir.log() for heir in heirs])
        for heir in heirs:
            if heir is not living[0]:
                self.assertEqual(heir.exit_code, 1)
                self.assertIn("cannot take over from", heir.log())
        await self.refused_heir(file, old.process.pid, "it does not listen on")  # a late one
        await echo_once(lambda: websockets.connect(old.url))
        await self.end(living[0])

    async def test_taking_over_from_nobody_is_told(self):
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port)
        sleeper = self.spawn("sleeper", ["sleep", "60"])
        heir = self.spawn("heir", [BINARY, "run", "--config", file, "--take-over", sleeper.pid])
        await eventually(lambda: "nobody to take over from" in heir.log(), "the warning")
        self.assertIsNone(sleeper.exit_code, "a process that is no gateway is left alone")
        await self.end(heir)


class ServiceManager:
    """systemd's side: sockets that it keeps, and what it is told."""

    def __init__(self, test, *addresses):
        self.test = test
        self.sockets = []
        for address in addresses:
            family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
            listening = socket.socket(family)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(128)
            self.sockets.append(listening)
        self.path = str(test.directory / "notify.sock")
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(self.path)
        self.notified.setblocking(False)
        self.messages = []
        test.addCleanup(self.close)

    def close(self):
        for each in [*self.sockets, self.notified]:
            each.close()

    def start(self, file, **environment):
        """Starts a gateway as systemd does: sockets from descriptor 3 on, named in the environment."""
        moves = "".join(f" {3 + i}<&{s.fileno()}" for i, s in enumerate(self.sockets))
        for each in self.sockets:
            os.set_inheritable(each.fileno(), True)
        passed = f"LISTEN_PID=$$ LISTEN_FDS={len(self.sockets)} " if self.sockets else ""
        script = f'{passed}exec "$@"{moves}'
        return self.test.spawn(
            "gateway",
            ["bash", "-c", script, "-", BINARY, "run", "--config", file],
            environment={"NOTIFY_SOCKET": self.path, **environment},
            close_fds=False,
        )

    def has_heard(self, word):
        """True once; a message counts for one question."""
        while True:
            try:
                self.messages += self.notified.recv(4096).decode().split("\n")
            except BlockingIOError:
                break
        if word not in [message.partition("=")[0] if "=" not in word else message for message in self.messages]:
            return False
        self.messages = []
        return True

    async def hears(self, word, seconds=15):
        await eventually(lambda: self.has_heard(word), f"the service manager is told {word}", seconds)


class Systemd(SystemTest):
    async def test_sockets_that_systemd_keeps_lose_nothing_over_a_restart(self):
        port, admin_port = free_port(), free_port()
        manager = ServiceManager(self, ("127.0.0.1", port))
        file = Gateway.write(self, port, admin_port)
        first = manager.start(file)
        await manager.hears("READY=1")
        url = f"ws://127.0.0.1:{port}"
        connect = lambda: websockets.connect(url, ping_interval=None, open_timeout=30)
        await echo_once(connect)
        waiting = Newcomers(connect)
        first.signal(signal.SIGTERM)
        self.assertEqual(await first.ended(), 0)
        second = manager.start(file)
        came = waiting.count
        await eventually(lambda: waiting.count > came + AFTER, "newcomers at the next process", 20)
        await waiting.stop()
        second.signal(signal.SIGTERM)
        self.assertEqual(await second.ended(), 0)

    async def test_a_unix_socket_of_systemd_serves_and_stays(self):
        port, admin_port = free_port(), free_port()
        path = str(self.directory / "gate.sock")
        manager = ServiceManager(self, path)
        file = Gateway.write(self, port, admin_port)
        file.write_text(file.read_text().replace(f"127.0.0.1:{port}", f"unix:{path}"))
        process = manager.start(file)
        await manager.hears("READY=1")
        await echo_once(lambda: websockets.unix_connect(path, ping_interval=None))
        process.signal(signal.SIGTERM)
        self.assertEqual(await process.ended(), 0)
        self.assertTrue(os.path.exists(path))

    async def test_a_socket_that_no_listener_asks_for_is_an_error(self):
        port = free_port()
        manager = ServiceManager(self, ("127.0.0.1", port))
        file = Gateway.write(self, free_port(), free_port())
        process = manager.start(file)
        self.assertEqual(await process.ended(), 1)
        self.assertIn(f"passes a socket on 127.0.0.1:{port}", process.log())

    async def test_systemd_hears_of_readiness_reloads_the_watchdog_and_the_end(self):
        port, admin_port = free_port(), free_port()
        manager = ServiceManager(self)
        file = Gateway.write(self, port, admin_port)
        process = manager.start(file, WATCHDOG_USEC="400000")
        await manager.hears("READY=1")
        for _ in range(3):
            await manager.hears("WATCHDOG=1")
        process.signal(signal.SIGHUP)
        await manager.hears("RELOADING=1")
        process.signal(signal.SIGTERM)
        await manager.hears("STOPPING=1")
        self.assertEqual(await process.ended(), 0)

    async def test_a_systemd_that_cannot_be_told_of_readiness_is_named_in_the_log(self):
        file = Gateway.write(self, free_port(), free_port())
        process = ServiceManager(self).start(
            file, NOTIFY_SOCKET=str(self.directory / "missing.sock")
        )
        said = "the service manager was not told"
        await process.until(lambda: said in process.log(), "the gateway says so", 15)


if __name__ == "__main__":
    main()
