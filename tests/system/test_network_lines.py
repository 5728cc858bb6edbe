"""Lines with delay, loss and a rate, in a network namespace of the test's own, and lines that are
cut without a word."""

import asyncio
import contextlib
import time

from support.accounts import settled
from support.case import SystemTest, main
from support.line import Line
from support.paced_senders import PIECE, SENDERS, a_close, much_and_a_close
from support.paced_ways import DIRECTLY, TIMEOUT, PacedWays
from support.waiting import eventually, side_by_side

EXTRA = 5.0  # seconds


class NetworkLines(SystemTest):
    async def start(self, **line):
        self.line = await Line.start(self, **line)
        self.ways = await PacedWays.start(self, (DIRECTLY,), near=self.line.near)

    def open(self, **how):
        return self.ways.open(DIRECTLY, make_socket=self.line.far_socket, **how)

    async def much_and_a_close_pass(self, to_client, pieces):
        """As fast as it goes, to somebody who reads at once."""
        client, app = await self.open()
        sender, taker = (app, client) if to_client else (client, app)
        for _ in range(pieces):
            await sender.send_message(PIECE)
        await sender.send_close(1000)
        await eventually(lambda: taker.closed_with or taker.ended, f"Close; {taker.summary()}", 40)
        self.assertEqual((taker.messages, taker.closed_with), (pieces, 1000), taker.summary())
        await sender.until(lambda: sender.closed_with == 1000, "the answer to the Close")

    async def much_passes(self, to_client, pieces):
        """The same without a Close right behind it: whoever is in the middle waits for pongs."""
        client, app = await self.open()
        sender, taker = (app, client) if to_client else (client, app)
        sending = asyncio.gather(*(sender.send_message(PIECE) for _ in range(pieces)))
        await taker.until(lambda: taker.messages == pieces, "all of it", 40)
        await sending
        await sender.send_close(1000)
        await taker.until(lambda: taker.closed_with == 1000, "the Close")

    async def test_two_megabytes_pass_a_slow_line_that_loses_packets_each_way(self):
        await self.start(delay_ms=50, loss=0.01, rate=250_000)
        await side_by_side(
            {
                "to the client": self.much_passes(True, 32),
                "to the app": self.much_passes(False, 32),
            }
        )

    async def test_a_line_of_60_kB_a_second_is_slow_and_not_dead(self):
        await self.start(delay_ms=100, rate=60_000)
        await side_by_side(
            {
                "to the client": self.much_passes(True, 8),
                "to the app": self.much_passes(False, 8),
            }
        )

    async def test_what_was_sent_before_a_close_passes_a_line_of_60_kB_a_second(self):
        await self.start(delay_ms=100, rate=60_000)
        await side_by_side(
            {
                "to the client": self.much_and_a_close_pass(True, 8),
                "to the app": self.much_and_a_close_pass(False, 8),
            }
        )

    async def test_messages_that_cross_the_close_of_the_app_reach_it(self):
        """The client goes on until it sees the Close, 100 ms after the app has sent it."""
        await self.start(delay_ms=100)
        client, app = await self.open()
        sent = 0
        await app.send_close(1000)
        while client.closed_with is None:
            await client.send_message(b"not yet seen")
            sent += 1
            await asyncio.sleep(0.01)
        await eventually(lambda: app.closed_with or app.ended, "the client's Close")
        self.assertGreater(sent, 3)
        # One may have been sent right behind the answer to the Close.
        self.assertGreaterEqual(app.messages, sent - 1, app.summary())
        self.assertEqual(app.closed_with, 1000)

    async def test_whoever_was_on_a_line_that_is_cut_is_noticed_in_time(self):
        await self.start(delay_ms=20, rate=2_000_000)

        async def is_noticed(client, app, sends, is_upload):
            sender = client if is_upload else app
            sending = asyncio.create_task(sends(sender))
            await asyncio.sleep(1)  # it is under way when the line is cut
            began = cut_at
            try:
                await app.over(TIMEOUT + EXTRA + 1)
            finally:
                sending.cancel()
                with contextlib.suppress(OSError, asyncio.CancelledError):
                    await sending
            self.assertLess(time.monotonic() - began, TIMEOUT + EXTRA)

        cases = {}
        for sends in SENDERS:
            for is_upload in (False, True):
                if is_upload and sends in (a_close, much_and_a_close):
                    continue  # they would be over before the line is cut
                name = f"{sends.__name__}, {'from' if is_upload else 'to'} the client"
                cases[name] = (*await self.open(), sends, is_upload)
        cut_at = time.monotonic() + 0.9
        asyncio.get_running_loop().call_later(0.9, self.line.cut)
        await side_by_side({name: is_noticed(*case) for name, case in cases.items()})
        await settled(self.ways.gateway)

    async def test_a_line_that_comes_back_in_time_costs_nothing(self):
        await self.start(delay_ms=20)
        client, app = await self.open()
        self.line.cut()
        await app.send_message(PIECE)
        await client.send_message(PIECE)
        await asyncio.sleep(TIMEOUT / 2)
        self.line.mend()
        await client.until(lambda: client.messages == 1, "the app's message")
        await app.until(lambda: app.messages == 1, "the client's message")
        await asyncio.sleep(TIMEOUT)
        self.assertIsNone(client.ended or client.closed_with, client.summary())


if __name__ == "__main__":
    main()
