"""From the rounds' figures to medians, a table and a verdict. Pure: nothing here measures."""

import statistics

LATENCIES = ["p50", "p90", "p99", "p99_9", "max"]
CPU_RATIO_LIMIT = 1.25
IDLE_BYTES_LIMIT = 2500


def spread(values):
    values = list(values)
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def summarise(rounds, base="tunnel"):
    """Of the rounds of one scenario, a list of {target: observation}: {target: medians and spreads}.
    Ratios are taken within a round, then their median: what slows a whole round cancels out."""
    summary = {}
    for target in rounds[0]:
        row = {"cpu_us": spread(a_round[target]["cpu_us"] for a_round in rounds),
               "round_trips_per_second": spread(
                   a_round[target]["round_trips_per_second"] for a_round in rounds),
               "latency_us": {name: spread(a_round[target]["latency_us"][name]
                                           for a_round in rounds) for name in LATENCIES}}
        if base in rounds[0]:
            row["cpu_ratio"] = spread(a_round[target]["cpu_us"] / a_round[base]["cpu_us"]
                                      for a_round in rounds)
        summary[target] = row
    return summary


def excesses(cpu, memory, target="pulsegate"):
    """What exceeds a limit, one sentence each; of {scenario: summary} and {target: [measurement]}."""
    found = []
    for scenario, summary in cpu.items():
        ratio = summary[target]["cpu_ratio"]["median"]
        if ratio > CPU_RATIO_LIMIT:
            found.append(f"{scenario}: {target} uses {ratio:.2f} × the tunnel's processor time, "
                         f"more than {CPU_RATIO_LIMIT}")
    for measured in memory.get(target, []):
        if measured["rss_bytes"] > IDLE_BYTES_LIMIT:
            found.append(f"{measured['connections']} idle connections: {target} holds "
                         f"{measured['rss_bytes']:.0f} bytes for each, "
                         f"more than {IDLE_BYTES_LIMIT}")
    return found


def _columns(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in rows)


def _with_spread(value, digits):
    return "{:.{d}f} ({:.{d}f}–{:.{d}f})".format(
        value["median"], value["least"], value["most"], d=digits)


def cpu_table(cpu):
    rows = [["connections × message × in flight", "target", "CPU µs/round trip", "× tunnel",
             "round trips/s", "p50 µs", "p90", "p99", "p99.9", "max"]]
    for scenario, summary in cpu.items():
        for target, row in summary.items():
            ratio = _with_spread(row["cpu_ratio"], 2) if "cpu_ratio" in row else "–"
            rows.append([scenario, target, _with_spread(row["cpu_us"], 2), ratio,
                         f"{row['round_trips_per_second']['median']:.0f}"] +
                        [f"{row['latency_us'][name]['median']:.0f}" for name in LATENCIES])
    return _columns(rows)


def memory_table(memory):
    rows = [["idle connections", "target", "bytes/connection", "of it anonymous"]]
    for target, measurements in memory.items():
        for measured in measurements:
            rows.append([str(measured["connections"]), target, f"{measured['rss_bytes']:.0f}",
                         f"{measured['anonymous_bytes']:.0f}"])
    return _columns(rows)
