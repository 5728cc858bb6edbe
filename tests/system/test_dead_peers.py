"""Peers that are gone without a word, however much waits for them: each is noticed in time, on both
legs, whether it is stopped, so that its kernel takes what fits, or hidden behind a proxy that takes
more."""

import asyncio
import contextlib
import time

from support.accounts import settled
from support.case import SystemTest, main
from support.paced_senders import (
    PIECE,
    SENDERS,
    a_close,
    a_trickle,
    much_and_a_close,
    nothing,
    one_slow_frame,
    some,
)
from support.paced_ways import DIRECTLY, PROXIES, TIMEOUT, TLS, PacedWays
from support.waiting import side_by_side

# Seconds: for what its kernel had taken, `limits.write_stall` while its window is closed, the Close,
# ticks and a loaded machine.
EXTRA = 8.0
TO_FILL_KERNELS = 4.0  # seconds, for a slow sender: until then a dead peer's kernel takes bytes
SLOWEST = 64 * 1024  # bytes a second: what a proxy may hold back is waited for as long


class DeadPeers(SystemTest):
    async def asyncSetUp(self):
        self.ways = await PacedWays.start(self)

    async def is_noticed(self, way, is_client, sends, extra=0.0):
        """One end takes nothing more; the other, which is well and sends, hears of it."""
        client, app = await self.ways.open(way)
        dead, well = (client, app) if is_client else (app, client)
        dead.take_at(0)
        began = time.monotonic()
        sending = asyncio.create_task(sends(well))
        try:
            await well.over(TIMEOUT + EXTRA + extra)
        finally:
            sending.cancel()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await sending
        took = time.monotonic() - began
        if sends not in (a_close, much_and_a_close):
            self.assertGreater(took, TIMEOUT - 0.3, "it had its time")
            # A client that takes nothing of what waits may also be called slow.
            wanted = (4001, 1008) if is_client else (1014,)
            self.assertIn(well.closed_with, wanted, well.summary())

    async def test_a_dead_client_is_noticed_in_time_whatever_is_sent_to_it(self):
        await side_by_side(
            {
                f"{way}, {sends.__name__}": self.is_noticed(
                    way, True, sends, TO_FILL_KERNELS * (sends is one_slow_frame)
                )
                for way in (DIRECTLY, TLS)
                for sends in SENDERS
            }
        )
        await settled(self.ways.gateway)

    async def test_a_dead_app_is_noticed_in_time_whatever_is_sent_to_it(self):
        await side_by_side(
            {
                f"{way}, {sends.__name__}": self.is_noticed(
                    way, False, sends, TO_FILL_KERNELS * (sends is one_slow_frame)
                )
                for way in (DIRECTLY, TLS)
                for sends in SENDERS
            }
        )
        await settled(self.ways.gateway)

    async def test_a_dead_client_behind_a_proxy_is_noticed_in_time(self):
        """A proxy takes what it can hold. A trickle must not look like life."""
        extras = {nothing: 0.0, a_trickle: 0.0, a_close: 0.0, some: 4 * len(PIECE) / SLOWEST}
        await side_by_side(
            {
                f"{way}, {sends.__name__}": self.is_noticed(way, True, sends, extra)
                for way in PROXIES
                for sends, extra in extras.items()
            }
        )
        await settled(self.ways.gateway)


if __name__ == "__main__":
    main()
