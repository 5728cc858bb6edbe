"""The ends of a drain are spread evenly over its window, as a statistical test finds."""

import datetime
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


def began_to_drain(gateway):
    """When the window began, as the gateway's log has it; by this process's monotonic clock."""
    [line] = gateway.log_lines(" draining ")
    told = datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00"))
    return time.monotonic() - (time.time() - told.timestamp())


class DrainUniformity(SystemTest):
    async def test_2000_sessions_end_at_times_uniform_over_the_window(self):
        gateway = await Gateway.start(
            self, heartbeat="{ interval: 1m, timeout: 5m }", drain="{ window: 4s }"
        )
        crowd = spawn_crowd(self, "close_times", gateway.port, SESSIONS)
        await crowd.until(lambda: "open" in crowd.log(), "all sessions are open", 30)
        await settled(gateway, live=SESSIONS)

        gateway.process.signal(signal.SIGTERM)
        self.assertEqual(await crowd.ended(WINDOW + 15), 0)
        started = began_to_drain(gateway)
        moments = json.loads(crowd.log().partition("closed ")[2])
        self.assertNotIn(None, moments, "an end without a Close frame")
        # What the wheel's ticks bundle is spread over each tick again.
        dice = random.Random(1)
        drawn = [moment - started - dice.random() * TICK for moment in moments]
        distance = distance_to_uniform(drawn, 0.0, WINDOW)
        limit = critical_distance(SESSIONS, 0.001)
        print(
            f"\n  D = {distance:.4f}, critical at 0.1 %: {limit:.4f}; first after"
            f" {min(moments) - started:.3f} s, last after {max(moments) - started:.3f} s"
        )
        self.assertLess(distance, limit)
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
