"""Whether two workers do twice the work of one. The load and the application need processors as
well, so throughput says little on a small machine; what it costs does: workers that got into each
other's way would spend more for each message."""

import argparse

from harness.loads import Load, measure_load

LOAD = Load(100, 64, 16)


def measure_scaling(binaries, options):
    """Processor time for each round trip, in microseconds: [{workers: time} for each round]. All
    processes share all processors."""
    shared = argparse.Namespace(
        **{**vars(options), "cpus_of_target": None, "cpus_of_others": None})
    return [{workers: measure_load("pulsegate", LOAD, binaries, shared, workers=workers)["cpu_us"]
             for workers in (1, 2)} for _ in range(options.rounds)]
