"""The machine that a run is made on."""

import os
import pathlib
import platform
import time


def busy_share():
    """How much of all processors is in use for a second, 0 to 1: to see whether others disturb."""
    def ticks():
        fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        counts = list(map(int, fields))
        return sum(counts), counts[3] + counts[4]  # all; idle and waiting for input or output

    all_before, idle_before = ticks()
    time.sleep(1)
    all_after, idle_after = ticks()
    return 1 - (idle_after - idle_before) / (all_after - all_before)


def machine():
    models = [line.split(":", 1)[1].strip()
              for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    return {"processor": models[0] if models else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release(), "busy_before": busy_share()}


def share_processors():
    """(of the target, of the others): a processor of its own for the target, if there are two."""
    allowed = sorted(os.sched_getaffinity(0))
    return ({allowed[-1]}, set(allowed[:-1])) if len(allowed) > 1 else (None, None)
