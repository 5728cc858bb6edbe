"""The arithmetic and the verdict of the report, with literal figures."""

import unittest

from harness.report import cpu_table, excesses, memory_table, summarise


def observation(cpu_us, latency=100.0):
    names = ["p50", "p90", "p99", "p99_9", "max"]
    return {"cpu_us": cpu_us, "round_trips_per_second": 1000.0,
            "latency_us": dict.fromkeys(names, latency)}


def rounds(*pairs):
    return [{"tunnel": observation(tunnel), "pulsegate": observation(gateway)}
            for tunnel, gateway in pairs]


class Report(unittest.TestCase):
    def test_ratios_are_taken_within_a_round_before_their_median(self):
        # The second round was slow for both: medians of the times alone would say 22/20.
        summary = summarise(rounds((10.0, 12.0), (40.0, 44.0), (20.0, 22.0)))
        self.assertAlmostEqual(summary["pulsegate"]["cpu_ratio"]["median"], 1.1)
        self.assertAlmostEqual(summary["pulsegate"]["cpu_ratio"]["most"], 1.2)
        self.assertEqual(summary["pulsegate"]["cpu_us"],
                         {"median": 22.0, "least": 12.0, "most": 44.0})

    def test_a_run_without_a_tunnel_has_no_ratios(self):
        summary = summarise([{"nginx": observation(10.0)}])
        self.assertNotIn("cpu_ratio", summary["nginx"])
        self.assertIn("nginx", cpu_table({"some load": summary}))

    def test_processor_time_at_the_limit_passes_and_above_it_does_not(self):
        at_limit = {"some load": summarise(rounds((10.0, 12.5)))}
        above = {"some load": summarise(rounds((10.0, 12.6)))}
        self.assertEqual(excesses(at_limit, {}), [])
        self.assertEqual(excesses(above, {}),
                         ["some load: pulsegate uses 1.26 × the tunnel's processor time, "
                          "more than 1.25"])

    def test_one_slow_round_of_three_does_not_fail_the_check(self):
        cpu = {"some load": summarise(rounds((10.0, 11.0), (10.0, 20.0), (10.0, 11.5)))}
        self.assertEqual(excesses(cpu, {}), [])

    def test_memory_above_the_limit_fails_at_any_number_of_connections(self):
        def measured(connections, size):
            return {"connections": connections, "rss_bytes": size, "anonymous_bytes": size}

        memory = {"pulsegate": [measured(2000, 2501.0), measured(8000, 2500.0)],
                  "nginx": [measured(2000, 17000.0)]}
        found = excesses({}, memory)
        self.assertEqual(len(found), 1)
        self.assertIn("2000 idle connections: pulsegate holds 2501 bytes", found[0])
        self.assertIn("17000", memory_table(memory))


if __name__ == "__main__":
    unittest.main()
