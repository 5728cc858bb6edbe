"""How sessions end whose peers are slow: nothing that was sent before the end is lost, and nobody
is kept for ever. What a relay owes is proven with Nginx alone, where that can be."""

import asyncio
import os
import shutil
import signal
import sys

from support.accounts import settled
from support.case import SOURCE, SystemTest, main
from support.paced_end import close_frame, data_frame
from support.paced_ways import DIRECTLY, HAPROXY, NGINX, TIMEOUT, TLS, NginxAlone, PacedWays
from support.raw_client import TEXT
from support.waiting import eventually, side_by_side

WAYS = (DIRECTLY, TLS, NGINX, HAPROXY)
EXTRA = 5.0  # seconds beyond the timeout until who is gone must have been noticed
PIECE = os.urandom(65536)
KB = 1000
CLIENTS = SOURCE / "tests/system/support"

# Who leaves with a ping unread resets its connection, and takes its own last messages away: no gateway
# can mend that.
NO_PINGS = "{ interval: 1h, timeout: 2h }"


class SlowEnds(SystemTest):
    async def asyncSetUp(self):
        self.ways = await PacedWays.start(self)

    async def closed_behind_much(self, ways, way, to_client, pieces=112):
        """Ten seconds of messages, then Close 1000, all as fast as it can be sent."""
        client, app = await ways.open(way)
        sender, taker = (app, client) if to_client else (client, app)
        taker.take_at(800 * KB)
        for _ in range(pieces):
            await sender.send_message(PIECE)
        await sender.send_close(1000)
        await eventually(
            lambda: taker.closed_with or taker.ended, f"the Close; {taker.summary()}", 25
        )
        self.assertEqual((taker.messages, taker.closed_with), (pieces, 1000), taker.summary())
        await sender.until(lambda: sender.closed_with == 1000, "the answer to the Close")

    async def test_what_was_sent_before_a_close_arrives_and_so_does_the_close(self):
        alone = await NginxAlone.start(self)
        await side_by_side(
            {"Nginx alone": self.closed_behind_much(alone, None, True)}
            | {
                f"{way}, to {'client' if to_client else 'app'}": self.closed_behind_much(
                    self.ways, way, to_client
                )
                for way in (DIRECTLY, TLS, NGINX)
                for to_client in (True, False)
            }
        )

    async def last_messages(self, ways, way, end, pieces=112):
        """A client sends and leaves without a Close, while the app is slow."""
        client, app = await ways.open(way)
        app.take_at(800 * KB)
        for _ in range(pieces):
            await client.send_message(PIECE)
        await end(client)
        await app.over(25)
        self.assertEqual(app.messages, pieces, app.summary())

    async def test_the_last_messages_of_a_client_that_ends_its_side_reach_a_slow_app(self):
        alone = await NginxAlone.start(self)
        ways = await PacedWays.start(self, heartbeat=NO_PINGS)

        async def end(client):
            await client.end_sending()

        await side_by_side(
            {"Nginx alone": self.last_messages(alone, None, end)}
            | {way: self.last_messages(ways, way, end) for way in WAYS}
        )

    async def test_the_last_messages_of_a_client_whose_process_ended_reach_a_slow_app(self):
        alone = await NginxAlone.start(self)
        ways = await PacedWays.start(self, heartbeat=NO_PINGS)

        async def end(client):
            client.leave()

        await side_by_side(
            {"Nginx alone": self.last_messages(alone, None, end)}
            | {way: self.last_messages(ways, way, end) for way in WAYS}
        )

    async def crossing(self, ways, way):
        """The app closes; what its client had sent before it saw that is on its way."""
        client, app = await ways.open(way, rate=0)
        await app.send_close(1000)
        for number in range(17):
            await client.send_message(b"sent before the Close was seen")
            await asyncio.sleep(0.03)
        client.take_at(None)
        await client.until(lambda: client.closed_with == 1000, "the Close of the app")
        await eventually(lambda: app.closed_with or app.ended, "the client's Close")
        self.assertEqual((app.messages, app.closed_with), (17, 1000), app.summary())

    async def test_messages_that_cross_the_close_of_the_app_reach_it(self):
        alone = await NginxAlone.start(self)
        await side_by_side(
            {"Nginx alone": self.crossing(alone, None)}
            | {way: self.crossing(self.ways, way) for way in WAYS}
        )

    async def crossing_back(self, ways, way):
        """The same the other way round: a client closes, the app goes on until it sees that."""
        client, app = await ways.open(way)
        app.take_at(0)
        await client.send_close(1000)
        for number in range(17):
            await app.send_message(b"sent before the Close was seen")
            await asyncio.sleep(0.03)
        app.take_at(None)
        await app.until(lambda: app.closed_with == 1000, "the Close of the client")
        await eventually(lambda: client.closed_with or client.ended, "the app's Close")
        self.assertEqual((client.messages, client.closed_with), (17, 1000), client.summary())

    async def test_messages_that_cross_the_close_of_the_client_reach_it(self):
        alone = await NginxAlone.start(self)
        await side_by_side(
            {"Nginx alone": self.crossing_back(alone, None)}
            | {way: self.crossing_back(self.ways, way) for way in WAYS}
        )

    async def send_until_evicted(self, app):
        """Messages between the pings, so that they are not read together."""
        async with asyncio.timeout(TIMEOUT + 2 * EXTRA):
            while app.closed_with is None:
                self.assertIsNone(app.ended, app.summary())
                await app.send_message(bytes(8 * KB))
                await asyncio.sleep(0.8)
        self.assertEqual(app.closed_with, 4001)

    async def evicted_and_woken(self, *ways):
        """Its pongs to the pings that it finds come too late; they must not cost it the Close."""

        async def wakes(way):
            client, app = await self.ways.open(way, rate=0)
            await self.send_until_evicted(app)
            await asyncio.sleep(1)  # it sleeps on
            client.take_at(100 * KB)
            await eventually(lambda: client.closed_with or client.ended, "a Close")
            self.assertEqual(client.closed_with, 4001, client.summary())

        await side_by_side({way: wakes(way) for way in ways})

    async def test_an_evicted_client_that_wakes_up_sees_4001(self):
        await self.evicted_and_woken(DIRECTLY, TLS)

    async def test_an_evicted_client_that_wakes_up_behind_a_proxy_sees_4001(self):
        """A proxy passes the end of TCP on as the end of both directions, and answers the pongs
        with a reset: the end may not come right behind the Close."""
        await self.evicted_and_woken(NGINX, HAPROXY)

    async def stopped(self, way, command):
        """A client process that is stopped until it is evicted, and then goes on."""
        address = self.ways.address(way)
        number, accepted = self.ways.pairs.expect()
        process = self.spawn("client", [*command, f"ws://127.0.0.1:{address[1]}/?{number}"])
        app = await asyncio.wait_for(accepted, 15)
        await process.until(lambda: "open" in process.log(), "the client is connected")
        process.signal(signal.SIGSTOP)
        await self.send_until_evicted(app)
        await asyncio.sleep(1)
        process.signal(signal.SIGCONT)
        await eventually(lambda: "closed " in process.log(), "the client says what it saw")
        self.assertIn("closed 4001", process.log())

    async def libraries(self, way):
        commands = {"websockets": [sys.executable, "-B", CLIENTS / "woken_client.py"]}
        if node := shutil.which("node"):
            commands["ws"] = [node, CLIENTS / "woken_client.cjs"]
        await side_by_side(
            {
                f"{name}, {way}": self.stopped(way, command)
                for name, command in commands.items()
            }
        )

    async def test_libraries_that_were_stopped_see_4001(self):
        await self.libraries(DIRECTLY)

    async def test_libraries_that_were_stopped_behind_a_proxy_see_4001(self):
        await self.libraries(NGINX)

    async def test_a_close_and_the_end_of_tcp_in_one_segment_are_answered(self):
        async def half_closed(way):
            client = await self.ways.open_client(way, "/echo")
            client.has_closed = True
            words = data_frame(b"the last words", True, TEXT) + close_frame(1000, True)
            await client.send(words, and_end=True)
            await client.over()
            return client.messages, client.closed_with

        for way in (DIRECTLY, TLS):
            seen = await asyncio.gather(*(half_closed(way) for _ in range(50)))
            with self.subTest(way):
                self.assertEqual(seen, [(1, 1000)] * 50, f"{seen.count((1, 1000))} of 50")


class PausedEnds(SystemTest):
    """Clients that have sent more than their `rate` lets through, so that they are not read."""

    async def asyncSetUp(self):
        heartbeat = "{ interval: 1s, timeout: 3s }, rate: { messages: 1 }"
        self.ways = await PacedWays.start(
            self, (DIRECTLY, TLS), route_heartbeats={"/": heartbeat}
        )

    async def paused(self, way, messages):
        client, app = await self.ways.open(way)
        await client.send(data_frame(b"", True, TEXT) * messages)
        await app.until(lambda: app.messages, "the first message")
        return client, app

    async def test_a_paused_client_that_ends_in_any_way_is_gone_in_time(self):
        async def fin(client):
            await client.end_sending()

        async def reset(client):
            client.reset()

        async def silence(client):
            client.take_at(0)

        async def is_gone(way, end):
            client, app = await self.paused(way, 5000)
            await end(client)
            await app.over(TIMEOUT + EXTRA)

        await side_by_side(
            {
                f"{way}, {end.__name__}, {number}": is_gone(way, end)
                for way in (DIRECTLY, TLS)
                for end in (fin, reset, silence)
                for number in range(3)
            }
        )
        await settled(self.ways.gateway)

    async def test_a_paused_client_that_answers_pings_lives(self):
        async def lives(way):
            client, app = await self.paused(way, 10)
            await app.until(lambda: app.messages == 10, "all ten messages", 20)
            self.assertIsNone(client.ended, client.summary())

        await side_by_side({way: lives(way) for way in (DIRECTLY, TLS)})


if __name__ == "__main__":
    main()
