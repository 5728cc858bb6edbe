"""The figures of several runs of the same measurements, as if they were those of one long run. Pure
but for reading the files."""

import json
import statistics

from harness.loads import LOADS
from harness.processes import BenchError


def read_figures(directory):
    """What an earlier run wrote with --report."""
    path = directory / "figures.json"
    try:
        figures = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BenchError(f"{path}: {error}; give a directory that `--report` has written") from None
    if figures["scaling"]:
        figures["scaling"] = [{int(workers): time for workers, time in a_round.items()}
                              for a_round in figures["scaling"]]
    return figures


def combine(runs):
    """(machine, rounds, calls, memory, beats, scaling) of all the runs: rounds one after another,
    medians of what a run measures once."""
    if any(what_was_measured(run) != what_was_measured(runs[0]) for run in runs):
        raise BenchError("these runs measured different things: their options differ")
    loads = [load for load in LOADS if load.name in runs[0]["rounds"]]
    rounds = {load: [a_round for run in runs for a_round in run["rounds"][load.name]]
              for load in loads}
    calls = {load: {target: statistics.median(run["summary"][load.name][target]["system_calls"]
                                              for run in runs)
                    for target, row in runs[0]["summary"][load.name].items()
                    if "system_calls" in row} for load in loads}
    memory = {target: [medians([run["memory"][target][i] for run in runs])
                       for i in range(len(measured))]
              for target, measured in runs[0]["memory"].items()}
    # One pair of figures, since they are compared: that of the run between the others.
    beats = sorted((run["beats"] for run in runs if run["beats"]),
                   key=lambda beats: beats["gateway_us"] / beats["bare_us"])
    scaling = [a_round for run in runs for a_round in run["scaling"] or []] or None
    where = dict(runs[0]["machine"])
    where["busy_before"] = max(run["machine"]["busy_before"] for run in runs)
    return where, rounds, calls, memory, beats[len(beats) // 2] if beats else None, scaling


def what_was_measured(run):
    """Of what figures a run consists, and how each load was played."""
    loads = {name: {target: "system_calls" in row for target, row in summary.items()}
             for name, summary in run["summary"].items()}
    idle = {target: [measured["connections"] for measured in measurements]
            for target, measurements in run["memory"].items()}
    return run["opcode"], run["measured_seconds"], loads, idle


def medians(measurements):
    """Of each figure; a measurement may have groups of figures in it."""
    first = measurements[0]
    return {name: medians([one[name] for one in measurements]) if isinstance(first[name], dict)
            else statistics.median(one[name] for one in measurements) for name in first}


def verdicts_of_each(runs, found):
    """The verdicts with what every run measured of them: (what, measured, in each run, limit,
    holds)."""
    measured = [{what: figure for what, figure, *_ in run["verdicts"]} for run in runs]
    return [(what, figure, " ".join(run.get(what, "–") for run in measured), limit, holds)
            for what, figure, limit, holds in found]
