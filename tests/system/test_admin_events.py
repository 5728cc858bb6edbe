"""The admin listener: the live stream, and those who do not read it."""

import asyncio
import signal
import socket

import websockets

from support.admin import Admin, Events, start_with_token
from support.case import SystemTest, main
from support.gateway import Gateway
from support.waiting import eventually, within

QUIET = "{ interval: 20s, timeout: 60s }"


class AdminEvents(SystemTest):
    async def test_history_comes_once_and_status_every_second_with_true_counts(self):
        gateway, admin = await start_with_token(self, heartbeat=QUIET)
        events = await Events.open(admin)
        name, history = await events.next()
        self.assertEqual(name, "history")
        self.assertEqual(history["interval_seconds"], 5)
        name, first = await events.next()
        self.assertEqual((name, first["connections"]), ("status", 0))
        client = await websockets.connect(gateway.url, ping_interval=None)

        async def status_with(**wanted):
            while True:
                name, status = await events.next()
                self.assertEqual(name, "status")
                if all(status[key] == value for key, value in wanted.items()):
                    return status

        status = await within(status_with(connections=1, opened=1), "the connection in the stream")
        self.assertGreater(status["time"], first["time"])
        await client.close()
        status = await within(status_with(connections=0, opened=1), "its end in the stream")
        self.assertEqual(status["closed"]["client_closed"], 1)
        events.close()

    async def test_the_history_is_kept_while_nobody_looks(self):
        gateway, admin = await start_with_token(self, heartbeat=QUIET)
        clients = [await websockets.connect(gateway.url, ping_interval=None) for _ in range(3)]

        async def has_points():
            history = await admin.json("/history")
            return history if sum(history["opened"]) == 3 else None

        history = await eventually(has_points, "an interval in the history", 30)
        self.assertEqual(history["connections"][-1], 3)
        self.assertEqual(len(set(map(len, list(history.values())[1:]))), 1)  # equal lengths
        for client in clients:
            await client.close()

    async def test_the_stream_goes_on_through_a_drain_and_ends_with_the_process(self):
        gateway, admin = await start_with_token(self, heartbeat=QUIET, drain="{ window: 3s }")
        # So many that the last one ends late in the window, whatever moments chance gives them.
        clients = [await websockets.connect(gateway.url, ping_interval=None) for _ in range(20)]
        events = await Events.open(admin)
        self.assertEqual((await events.next())[0], "history")
        gateway.process.signal(signal.SIGTERM)
        states = []
        with self.assertRaises(asyncio.IncompleteReadError) as end:
            while True:
                states.append((await events.next(30))[1]["state"])
        self.assertEqual(end.exception.partial, b"")
        self.assertEqual(states[-1], "draining")
        self.assertEqual(await gateway.process.ended(), 0)
        for client in clients:
            await client.wait_closed()

    async def test_one_who_does_not_read_is_cut_and_costs_little(self):
        # Many routes make large events: what the kernel holds for a client is soon full.
        routes = {"/": "echo"} | {f"/route-{i}": "echo" for i in range(600)}
        gateway = await Gateway.start(self, routes=routes, heartbeat=QUIET)
        admin = Admin(gateway)
        stuck = socket.socket()
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect(("127.0.0.1", gateway.admin_port))
        stuck.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reading = await Events.open(admin)
        _, first = await reading.next()

        async def memory():
            return (await gateway.metrics()).sum("process_resident_memory_bytes")

        _, status = await reading.next()
        size = len(repr(status))
        before = await memory()
        received = 0

        def is_cut():  # a peer that is gone answers what is sent to it with a reset
            try:
                stuck.send(b"x")
                return False
            except (BrokenPipeError, ConnectionResetError):
                return True

        async def read_on():
            nonlocal received
            while True:
                await reading.next()
                received += 1

        reader = asyncio.create_task(read_on())
        await eventually(is_cut, "the cut of a client that does not read", 60)
        # 17 events, and what the allocator keeps.
        if not gateway.process.is_sanitized():
            self.assertLess(await memory() - before, 20 * size + 4_000_000)
        since = received
        await eventually(lambda: received > since + 1, "the other client reads on")
        reader.cancel()
        reading.close()
        stuck.close()


if __name__ == "__main__":
    main()
