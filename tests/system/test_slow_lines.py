"""Peers that are slow but well: who takes bytes all the time, and answers each ping when it has
come to it, lives until it has everything. On both legs, over TLS, behind proxies that buffer."""

import asyncio
import os
import time
import zlib

from support.case import SystemTest, main
from support.paced_end import data_frame
from support.paced_ways import DIRECTLY, HAPROXY, NGINX, PacedWays, PROXIES, SLOW_LIMITS, TIMEOUT, TLS
from support.waiting import side_by_side

SLOW_FOR = 3.3 * TIMEOUT  # several timeouts, and several `limits.write_stall`
PIECE = os.urandom(65536)
IN_THE_KERNEL, BIG = 16, 120  # pieces; a kernel takes up to 4 MiB of them and more, as it likes
KB = 1000


class SlowLines(SystemTest):
    async def asyncSetUp(self):
        self.ways = await PacedWays.start(self, limits=SLOW_LIMITS)

    async def transfer(self, way, to_client, rate, pieces):
        """One end sends much; the other is slow, then has enough and takes the rest."""
        client, app = await self.ways.open(way)
        sender, taker = (app, client) if to_client else (client, app)
        taker.take_at(rate * KB)

        async def send():
            for _ in range(pieces):
                await sender.send_message(PIECE)

        sending = asyncio.create_task(send())
        await self.lives_slowly(taker, sender)
        self.assertGreater(taker.payload, rate * KB * SLOW_FOR / 3, "it takes bytes all the time")
        taker.take_at(None)
        await sending
        await taker.until(lambda: taker.messages == pieces, "all messages")
        await sender.send_close(1000)
        await taker.until(lambda: taker.closed_with == 1000, "the Close")
        await sender.until(lambda: sender.closed_with == 1000, "the answer to the Close")

    async def lives_slowly(self, *ends):
        began = time.monotonic()
        while time.monotonic() - began < SLOW_FOR:
            await asyncio.sleep(0.1)
            for end in ends:
                self.assertIsNone(
                    end.ended or end.closed_with,
                    f"after {time.monotonic() - began:.1f} s: {end.summary()}",
                )

    async def transfers(self, to_client, ways, rates):
        """What the kernel holds of itself, and what the gateway has to keep as well."""
        await side_by_side(
            {
                f"{way}, {rate} kB/s of {pieces * 64} KiB": self.transfer(
                    way, to_client, rate, pieces
                )
                for way in ways
                for rate in rates
                for pieces in (IN_THE_KERNEL, BIG)
            }
        )

    async def test_a_client_that_takes_30_or_300_kB_a_second_gets_everything(self):
        await self.transfers(True, (DIRECTLY, TLS), (30, 300))

    async def test_a_client_behind_a_proxy_that_takes_150_kB_a_second_gets_everything(self):
        await self.transfers(True, PROXIES, (150,))

    async def test_an_app_that_takes_30_or_200_kB_a_second_gets_everything(self):
        await self.transfers(False, (DIRECTLY, TLS, NGINX), (30, 200))

    async def test_pings_get_out_between_small_messages_that_never_stop(self):
        """The stream is faster than its reader, so that something is pending at every moment."""

        async def stream(way, to_client):
            client, app = await self.ways.open(way)
            sender, taker = (app, client) if to_client else (client, app)
            taker.take_at(300 * KB)
            some = data_frame(bytes(1000), sender.is_client) * 16
            sent = 0
            is_over = False

            async def send():
                nonlocal sent
                while not is_over:
                    await sender.send(some)
                    sent += 16
                    await asyncio.sleep(0.002)

            sending = asyncio.create_task(send())
            await self.lives_slowly(taker, sender)
            is_over = True
            taker.take_at(None)
            await sending
            await taker.until(lambda: taker.messages == sent, f"all {sent} messages")
            self.assertGreaterEqual(taker.pings, 3, taker.summary())
            await self.still_talks(client, app)

        await side_by_side(
            {
                f"{way}, to {'client' if to_client else 'app'}": stream(way, to_client)
                for way in (DIRECTLY, TLS, NGINX, HAPROXY)
                for to_client in (True, False)
            }
        )

    async def test_a_message_in_one_frame_of_many_seconds_is_no_silence(self):
        """No ping can be put inside a frame: its taker was not asked, its sender is not silent."""
        payload = os.urandom(900 * KB)

        async def one_frame(way, to_client):
            client, app = await self.ways.open(way)
            sender, taker = (app, client) if to_client else (client, app)
            frame = data_frame(payload, sender.is_client)
            await sender.send_slowly(frame, len(frame) // int(SLOW_FOR))
            await taker.until(lambda: taker.messages == 1, "the message")
            self.assertEqual(taker.checksum, zlib.crc32(payload))
            await self.still_talks(client, app)

        await side_by_side(
            {
                f"{way}, to {'client' if to_client else 'app'}": one_frame(way, to_client)
                for way in (DIRECTLY, TLS, NGINX, HAPROXY)
                for to_client in (True, False)
            }
        )

    async def test_a_large_frame_that_is_taken_slowly_is_no_silence(self):
        payload = os.urandom(BIG * 65536)

        async def one_frame(way, to_client, rate):
            client, app = await self.ways.open(way)
            sender, taker = (app, client) if to_client else (client, app)
            taker.take_at(rate * KB)
            sending = asyncio.create_task(sender.send_message(payload))
            await self.lives_slowly(taker, sender)
            taker.take_at(None)
            await sending
            await taker.until(lambda: taker.messages == 1, "the message")
            self.assertEqual(taker.checksum, zlib.crc32(payload))
            await self.still_talks(client, app)

        cases = {
            f"{way}, to {'client' if to_client else 'app'}": one_frame(way, to_client, 150)
            for way in (DIRECTLY, TLS, NGINX, HAPROXY)
            for to_client in (True, False)
        }
        cases |= {
            "directly, to client at 30 kB/s": one_frame(DIRECTLY, True, 30),
            "directly, to app at 30 kB/s": one_frame(DIRECTLY, False, 30),
        }
        await side_by_side(cases)

    async def still_talks(self, client, app):
        before = client.messages, app.messages
        await client.send_message(b"still here")
        await app.send_message(b"here too")
        await app.until(lambda: app.messages == before[1] + 1, "a message of the client")
        await client.until(lambda: client.messages == before[0] + 1, "a message of the app")


if __name__ == "__main__":
    main()
