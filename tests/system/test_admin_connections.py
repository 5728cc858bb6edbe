"""The admin listener: who is connected, and closing some of them."""

import asyncio
import time

import websockets

from support.accounts import ends, settled
from support.admin import start_with_token
from support.case import SystemTest, main
from support.waiting import eventually, within

QUIET = "{ interval: 1h, timeout: 2h }"  # the first ping has a random phase


async def connect(gateway, path="/", client=None, agent="test"):
    headers = {"X-Forwarded-For": client} if client else {}
    return await websockets.connect(
        gateway.url + path,
        ping_interval=None,
        compression=None,  # so that longer messages have more bytes
        user_agent_header=agent,
        extra_headers=headers,
    )


async def close_code(socket, seconds=30):
    await within(socket.wait_closed(), "the end of a connection", seconds)
    return socket.close_code, socket.close_reason


class AdminConnections(SystemTest):
    async def start(self):
        self.gateway, self.admin = await start_with_token(
            self, heartbeat=QUIET, routes={"/": "echo", "/chat": "echo"}
        )

    async def live(self, count):
        """A session begins a little after its client has read the 101."""

        async def are_live():
            return await self.gateway.live() == count

        await eventually(are_live, f"{count} sessions")

    async def test_connections_are_filtered_sorted_and_paged(self):
        await self.start()
        held = []
        for i in range(12):
            path = "/chat/room" if i % 3 == 0 else "/other"
            held.append(await connect(self.gateway, path, f"203.0.113.{i % 2}", f"agent {i}"))
            await self.live(i + 1)  # else the next one may begin first, on another worker
        for i, socket in enumerate(held):  # the later, the more bytes
            await socket.send("x" * (i + 1) * 10)
            await socket.recv()

        async def agents(**parameters):
            return [each["user_agent"] for each in await self.admin.connections(**parameters)]

        names = [f"agent {i}" for i in range(12)]
        self.assertEqual(await agents(), names)  # the oldest first
        self.assertEqual(await agents(order="asc"), names[::-1])
        self.assertEqual(await agents(sort="bytes"), names[::-1])
        self.assertEqual(await agents(sort="bytes", order="asc"), names)
        self.assertEqual(await agents(sort="idle"), names)  # the longest silent first
        self.assertEqual(await agents(route="/chat"), names[::3])
        self.assertEqual(await agents(client="203.0.113.1"), names[1::2])
        self.assertEqual(
            await agents(client="203.0.113.0", route="/"), [names[i] for i in (2, 4, 8, 10)]
        )
        self.assertEqual(await agents(client="203.0.113.9"), [])
        self.assertEqual(await agents(state="closing"), [])
        self.assertEqual(await agents(limit=5, offset=4), names[4:9])
        page = await self.admin.json("/connections", limit=5, offset=10, state="open")
        self.assertEqual((page["total"], page["offset"], page["limit"]), (12, 10, 5))
        self.assertEqual([each["user_agent"] for each in page["connections"]], names[10:])
        self.assertLess(abs(page["time"] - time.time()), 60)

        first = page["connections"][0]
        self.assertEqual(first["path"], "/other")
        self.assertEqual(first["client"], "203.0.113.0")
        self.assertEqual((first["client_messages"], first["app_messages"]), (1, 1))
        one = await self.admin.json(f"/connections/{first['id']}")
        self.assertEqual(one["user_agent"], first["user_agent"])
        self.assertGreaterEqual(one["age_seconds"], first["age_seconds"])
        for socket in held:
            await socket.close()

    async def test_a_ping_that_was_answered_shows_its_round_trip(self):
        self.gateway, self.admin = await start_with_token(
            self, heartbeat="{ interval: 500ms, timeout: 60s }"
        )
        socket = await connect(self.gateway)

        async def is_measured():
            rows = await self.admin.connections()
            return rows and rows[0]["rtt_seconds"]

        self.assertGreater(await eventually(is_measured, "a round trip"), 0)
        await socket.close()

    async def test_one_connection_a_route_or_a_client_is_closed_and_nobody_else(self):
        await self.start()
        one, chat, client, other = [
            await connect(self.gateway, "/", "203.0.113.1", "one"),
            await connect(self.gateway, "/chat", "203.0.113.2", "chat"),
            await connect(self.gateway, "/", "203.0.113.3", "client"),
            await connect(self.gateway, "/", "203.0.113.4", "other"),
        ]
        await self.live(4)
        ids = {each["user_agent"]: each["id"] for each in await self.admin.connections()}
        closed = (1012, "closed by administrator")
        self.assertEqual(await self.admin.close(f"/connections/{ids['one']}"), 1)
        self.assertEqual(await close_code(one), closed)
        self.assertEqual(await self.admin.close(route="/chat"), 1)
        self.assertEqual(await close_code(chat), closed)
        self.assertEqual(await self.admin.close(client="203.0.113.3", route="/"), 1)
        self.assertEqual(await close_code(client), closed)
        self.assertEqual(await self.admin.close(client="203.0.113.9"), 0)
        await other.send("still here")
        self.assertEqual(await other.recv(), "still here")
        metrics = await settled(self.gateway, live=1)
        self.assertEqual(ends(metrics), {"admin": 3})
        self.assertEqual(len(self.gateway.log_lines("session ended", "reason=admin")), 3)
        await other.close()

    async def test_closes_are_spread_over_a_window(self):
        await self.start()
        held = [await connect(self.gateway) for _ in range(40)]
        await self.live(40)
        began = time.monotonic()
        self.assertEqual(await self.admin.close(route="/", window="4s"), 40)

        async def end(socket):
            self.assertEqual((await close_code(socket))[0], 1012)
            return time.monotonic() - began

        times = sorted(await asyncio.gather(*map(end, held)))
        # Of 40 moments in four seconds; a late machine makes them later, never earlier.
        self.assertGreater(times[-1] - times[0], 2)
        self.assertGreater(times[20], 1)
        self.assertEqual(ends(await settled(self.gateway)), {"admin": 40})

    async def test_what_cannot_be_done_is_said(self):
        await self.start()
        absent = "/connections/0123456789abcdef"
        for method, path, parameters, status, word in (
            ("GET", absent, {}, 404, "0123456789abcdef"),
            ("DELETE", absent, {}, 404, "0123456789abcdef"),
            ("GET", "/connections/x", {}, 404, "x"),
            ("DELETE", "/connections", {}, 400, "route"),
            ("DELETE", "/connections", {"route": "/nowhere"}, 400, "/chat"),
            ("DELETE", "/connections", {"route": "/", "window": "2h"}, 400, "window"),
            ("DELETE", "/connections", {"route": "/", "state": "open"}, 400, "state"),
            ("GET", "/connections", {"limit": 0}, 400, "limit"),
            ("GET", "/connections", {"colour": "red"}, 400, "colour"),
            ("POST", "/connections", {}, 405, "GET, HEAD, DELETE"),
            ("DELETE", "/status", {}, 405, "GET, HEAD"),
            ("GET", "/drain", {}, 405, "POST"),
            ("GET", "/nowhere", {}, 404, "/connections"),
        ):
            with self.subTest(method=method, path=path, **parameters):
                answer = await self.admin.ask(method, path, **parameters)
                self.assertEqual(answer.status, status, answer.text)
                self.assertEqual(answer.headers["Content-Type"], "application/json")
                self.assertEqual(set(answer.json()), {"error", "help"})
                self.assertIn(word, answer.text)
                if status == 405:
                    self.assertEqual(answer.headers["Allow"], word)


if __name__ == "__main__":
    main()
