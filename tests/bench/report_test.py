"""The arithmetic and the verdicts of the report, with literal figures."""

import unittest

from harness.loads import Load
from harness.outlook import outlook
from harness.report import load_table, memory_table, report, summarise, verdicts

SOME_LOAD = Load(100, 64, 1)
AT_RATE = Load(100, 64, 1000, mode="rate", rate=10_000)
OPENINGS = Load(64, mode="open")


def observation(cpu_us, p99=100.0, per_second=1000.0):
    names = ["p50", "p90", "p99", "p99_9", "max"]
    return {"cpu_us": cpu_us, "round_trips_per_second": per_second,
            "latency_us": dict.fromkeys(names, p99)}


def rounds(*pairs, base="tunnel"):
    return [{base: observation(other), "pulsegate": observation(gateway)}
            for other, gateway in pairs]


def missed(found):
    return [what for what, _, _, holds in found if not holds]


class Report(unittest.TestCase):
    def test_ratios_are_taken_within_a_round_before_their_median(self):
        # The second round was slow for both: medians of the times alone would say 22/20.
        summary = summarise(rounds((10.0, 12.0), (40.0, 44.0), (20.0, 22.0)))
        self.assertAlmostEqual(summary["pulsegate"]["cpu_of_tunnel"]["median"], 1.1)
        self.assertAlmostEqual(summary["pulsegate"]["cpu_of_tunnel"]["most"], 1.2)
        self.assertEqual(summary["pulsegate"]["cpu_us"],
                         {"median": 22.0, "least": 12.0, "most": 44.0})

    def test_a_run_without_a_tunnel_has_no_ratio_to_it(self):
        summary = summarise([{"nginx": observation(10.0)}])
        self.assertNotIn("cpu_of_tunnel", summary["nginx"])
        self.assertIn("| nginx | 10.00 (10.00–10.00) | – |", load_table(SOME_LOAD, summary))

    def test_a_load_without_latencies_has_no_ratio_of_them(self):
        nothing = [{"nginx": observation(10.0, p99=0.0), "pulsegate": observation(9.0, p99=0.0)}]
        self.assertIsNone(summarise(nothing)["pulsegate"]["p99_of_nginx"])


class Verdicts(unittest.TestCase):
    def test_processor_time_at_the_limit_holds_and_above_it_does_not(self):
        at_limit = {SOME_LOAD: summarise(rounds((10.0, 11.0)))}
        above = {SOME_LOAD: summarise(rounds((10.0, 11.1)))}
        self.assertEqual(missed(verdicts(at_limit, {}, None)), [])
        self.assertEqual(missed(verdicts(above, {}, None)),
                         ["100 × 64 B × 1: processor time, × the tunnel"])

    def test_one_slow_round_of_three_decides_nothing(self):
        summaries = {SOME_LOAD: summarise(rounds((10.0, 10.5), (10.0, 20.0), (10.0, 11.0)))}
        self.assertEqual(missed(verdicts(summaries, {}, None)), [])

    def test_it_is_compared_with_the_better_of_two_proxies(self):
        a_round = {"nginx": observation(20.0), "haproxy": observation(10.0),
                   "pulsegate": observation(15.0)}
        self.assertEqual(
            missed(verdicts({SOME_LOAD: summarise([a_round])}, {}, None)),
            ["100 × 64 B × 1: processor time, × the better of Nginx and HAProxy"])

    def test_latency_counts_at_a_fixed_rate_only(self):
        a_round = {"nginx": observation(10.0, p99=100.0), "pulsegate": observation(9.0, p99=150.0)}
        summaries = {SOME_LOAD: summarise([a_round]), AT_RATE: summarise([a_round])}
        self.assertEqual(missed(verdicts(summaries, {}, None)),
                         ["10000 messages/s of 64 B on 100: p99, × nginx"])

    def test_fewer_connections_a_second_than_nginx_are_a_miss(self):
        a_round = {"nginx": observation(10.0, per_second=2000.0),
                   "pulsegate": observation(10.0, per_second=1900.0)}
        self.assertEqual(missed(verdicts({OPENINGS: summarise([a_round])}, {}, None)),
                         ["open and close, 64 at a time: connections a second, × Nginx"])

    def test_memory_counts_at_every_number_of_connections(self):
        def measured(connections, size):
            return {"connections": connections, "rss_bytes": size, "anonymous_bytes": size,
                    "kernel_bytes": 4000.0}

        memory = {"pulsegate": [measured(1000, 2049.0), measured(8000, 2048.0)],
                  "nginx": [measured(1000, 17000.0)]}
        self.assertEqual(missed(verdicts({}, memory, None)),
                         ["1000 idle sessions: bytes of the process for each"])
        self.assertIn("17000", memory_table(memory))

    def test_a_heartbeat_is_compared_with_a_bare_one(self):
        beats = {"connections": 1000, "gateway_us": 16.0, "bare_us": 10.0}
        self.assertEqual(missed(verdicts({}, {}, beats)),
                         ["a ping with its pong, × a bare send, receive and turn of a loop"])

    def test_the_report_says_plainly_what_was_missed(self):
        where = {"processor": "P", "cores": 2, "kernel": "6", "busy_before": 0.01}
        summaries = {SOME_LOAD: summarise(rounds((10.0, 12.0)))}
        text = report(where, "text", summaries, 1, {}, None, None, verdicts(summaries, {}, None))
        self.assertIn("| 1.20 | ≤ 1.10 | **MISSED** |", text)

    def test_two_workers_that_take_a_ninth_more_for_a_message_do_1_80_times_as_much(self):
        self.assertEqual(missed(verdicts({}, {}, None, [{1: 9.0, 2: 10.0}])), [])
        self.assertEqual(missed(verdicts({}, {}, None, [{1: 9.0, 2: 10.1}])),
                         ["two workers, × one"])


class Outlook(unittest.TestCase):
    MEMORY = [{"connections": 1000, "rss_bytes": 9000.0, "kernel_bytes": 9000.0},
              {"connections": 8000, "rss_bytes": 1000.0, "kernel_bytes": 6000.0}]
    BEATS = {"gateway_us": 12.5}

    def test_the_scarcest_comes_first(self):
        rows = outlook(self.MEMORY, self.BEATS, 9.0)
        self.assertEqual([row[-1] for row in rows],
                         [28_232, 524_288, 6_400_000, int(0.8 * 256 * 2**30 / 4000), 64_000_000])
        self.assertIn("a message with its echo every second", rows[2][0])

    def test_memory_is_the_process_and_half_of_the_chain_s_sockets(self):
        rows = {row[0]: row for row in outlook(self.MEMORY, self.BEATS)}
        takes, there, sessions = rows["memory, four fifths of it"][1:]
        self.assertEqual(takes, "1000 bytes of the process and 3000 of the kernel")
        self.assertEqual((there, sessions), ("256 GiB", int(0.8 * 256 * 2**30 / 4000)))

    def test_both_legs_are_pinged(self):
        rows = {row[0]: row for row in outlook(self.MEMORY, self.BEATS)}
        takes, _, sessions = rows["processors, for heartbeats every 25 s on both legs"][1:]
        self.assertEqual((takes, sessions), ("1.00 µs a second", 64_000_000))


if __name__ == "__main__":
    unittest.main()
