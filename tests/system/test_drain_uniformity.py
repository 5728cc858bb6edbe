"""The ends of a drain are spread evenly over its window, as a statistical test finds."""

import json
import math
import random
import signal
import time

from support.accounts import settled
from support.case import SystemTest, main
from support.crowd import spawn_crowd
from support.gateway import Gateway

SESSIONS = 2000
WINDOW = 4.0
TICK = 0.1  # the wheel ends a session up to so much after the moment that was drawn for it
# Before it draws the moments, the gateway looks through the kernel's table of connections for an
# heir. On a busy machine that has taken 0.8 s of the window.
BEGINNING = 1.5


def distance_to_uniform(moments, start, length):
    """Kolmogorov and Smirnov's D: the largest distance of the two distribution functions."""
    count = len(moments)
    shares = [min(max((moment - start) / length, 0.0), 1.0) for moment in sorted(moments)]
    return max(
        max((rank + 1) / count - share, share - rank / count) for rank, share in enumerate(shares)
    )


def critical_distance(count, probability):
    """What D exceeds with this probability if the sample is uniform; for large counts."""
    return math.sqrt(-math.log(probability / 2) / 2 / count)


class DrainUniformity(SystemTest):
    async def test_2000_sessions_end_at_times_uniform_over_the_window(self):
        gateway = await Gateway.start(
            self, heartbeat="{ interval: 1m, timeout: 5m }", drain="{ window: 4s }"
        )
        crowd = spawn_crowd(self, "close_times", gateway.port, SESSIONS)
        await crowd.until(lambda: "open" in crowd.log(), "all sessions are open", 30)
        await settled(gateway, live=SESSIONS)

        started = time.monotonic()
        gateway.process.signal(signal.SIGTERM)
        self.assertEqual(await crowd.ended(WINDOW + 15), 0)
        moments = json.loads(crowd.log().partition("closed ")[2])
        self.assertNotIn(None, moments, "an end without a Close frame")
        # What the wheel's ticks bundle is spread over each tick again. Moments uniform over the
        # window are uniform over every part of it as well, so the beginning is looked at by itself.
        dice = random.Random(1)
        drawn = sorted(moment - started - dice.random() * TICK for moment in moments)
        later = [moment for moment in drawn if moment > BEGINNING]
        distance = distance_to_uniform(later, BEGINNING, WINDOW - BEGINNING)
        limit = critical_distance(len(later), 0.001)
        print(
            f"\n  D = {distance:.4f}, critical at 0.1 %: {limit:.4f};"
            f" {SESSIONS - len(later)} ended within {BEGINNING} s; first after"
            f" {min(moments) - started:.3f} s, last after {max(moments) - started:.3f} s"
        )
        self.assertLess(distance, limit)
        self.assertLess(SESSIONS - len(later), 1.25 * SESSIONS * BEGINNING / WINDOW)
        self.assertLess(max(moments) - started, WINDOW + 1.0)
        self.assertEqual(await gateway.process.ended(), 0)

    def test_the_measure_tells_uniform_from_crowded(self):
        even = [(index + 0.5) / SESSIONS for index in range(SESSIONS)]
        limit = critical_distance(SESSIONS, 0.001)
        self.assertAlmostEqual(limit, 1.949 / math.sqrt(SESSIONS), places=4)
        self.assertLess(distance_to_uniform(even, 0.0, 1.0), limit)
        self.assertGreater(distance_to_uniform([0.9 * x for x in even], 0.0, 1.0), limit)
        self.assertGreater(distance_to_uniform([x**1.2 for x in even], 0.0, 1.0), limit)


if __name__ == "__main__":
    main()
