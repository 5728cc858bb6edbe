"""Several runs as one, with literal figures."""

import copy
import json
import pathlib
import tempfile
import unittest

from harness.combine import combine, read_figures, verdicts_of_each
from harness.loads import LOADS
from harness.processes import BenchError
from harness.report import report, summarise, verdicts

LATENCIES = {"p50": 1.0, "p90": 1.0, "p99": 1.0, "p99_9": 1.0, "max": 1.0}


def observation(cpu_us):
    return {"cpu_us": cpu_us, "round_trips_per_second": 1.0, "latency_us": LATENCIES}


def a_run(cpu_us, busy=0.01):
    """Three rounds with the tunnel at 10 µs."""
    name = LOADS[0].name
    rounds = [{"tunnel": observation(10.0), "pulsegate": observation(one)} for one in cpu_us]
    summary = summarise(rounds, {"tunnel": 4.0, "pulsegate": cpu_us[0]})
    return {"machine": {"processor": "P", "cores": 2, "kernel": "6", "busy_before": busy},
            "opcode": "text", "measured_seconds": 2.0, "rounds": {name: rounds},
            "summary": {name: summary},
            "memory": {"pulsegate": [{"connections": 8000, "held": {"rss": 9 * cpu_us[0]},
                                      "rss_bytes": 100 * cpu_us[0],
                                      "anonymous_bytes": 1.0, "kernel_bytes": 9000.0}]},
            "beats": {"connections": 1000, "gateway_us": cpu_us[0], "bare_us": 10.0},
            "scaling": [{1: 3.0, 2: 3.0}],
            "verdicts": verdicts({LOADS[0]: summary}, {}, None)}


class Combine(unittest.TestCase):
    RUNS = [a_run([11.0, 11.0, 11.0]), a_run([12.0, 12.0, 12.0], busy=0.3),
            a_run([10.0, 10.5, 12.0])]

    def test_rounds_of_all_runs_count_alike(self):
        where, rounds, calls, memory, beats, scaling = combine(self.RUNS)
        self.assertEqual(len(rounds[LOADS[0]]), 9)
        summary = summarise(rounds[LOADS[0]], calls[LOADS[0]])
        self.assertEqual(summary["pulsegate"]["cpu_of_tunnel"]["median"], 1.1)
        self.assertEqual(summary["pulsegate"]["system_calls"], 11.0)
        self.assertEqual(memory["pulsegate"][0]["rss_bytes"], 1100.0)
        self.assertEqual(memory["pulsegate"][0]["held"], {"rss": 99.0})
        self.assertEqual(beats, {"connections": 1000, "gateway_us": 11.0, "bare_us": 10.0})
        self.assertEqual(len(scaling), 3)
        self.assertEqual(where["busy_before"], 0.3)

    def test_the_report_tells_what_each_run_measured(self):
        where, rounds, calls, memory, beats, scaling = combine(self.RUNS)
        summaries = {load: summarise(seen, calls[load]) for load, seen in rounds.items()}
        found = verdicts_of_each(self.RUNS, verdicts(summaries, memory, beats, scaling))
        text = report(where, "text", summaries, 9, memory, beats, scaling, found)
        self.assertIn("× the tunnel | 1.10 | 1.10 1.20 1.05 | ≤ 1.10 | holds |", text)

    def test_runs_that_measured_different_things_are_not_combined(self):
        other = copy.deepcopy(self.RUNS[0])
        other["opcode"] = "binary"
        fewer = copy.deepcopy(self.RUNS[0])
        del fewer["summary"][LOADS[0].name]["tunnel"]
        for one in (other, fewer):
            with self.assertRaises(BenchError):
                combine([self.RUNS[0], one])

    def test_what_was_written_is_read_again(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            (directory / "figures.json").write_text(json.dumps(self.RUNS[0]))
            self.assertEqual(read_figures(directory)["scaling"], [{1: 3.0, 2: 3.0}])

    def test_a_directory_without_figures_is_told_of(self):
        with tempfile.TemporaryDirectory() as name, self.assertRaisesRegex(BenchError, "--report"):
            read_figures(pathlib.Path(name))


if __name__ == "__main__":
    unittest.main()
