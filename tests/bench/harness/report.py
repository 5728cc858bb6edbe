"""From the rounds' figures to medians, verdicts and a report. Pure: nothing here measures."""

import statistics

from harness.outlook import CORES, MEMORY_BYTES, outlook

LATENCIES = ["p50", "p90", "p99", "p99_9", "max"]
YARDSTICKS = ["tunnel", "nginx", "haproxy"]

# What the gateway is held to, each in one run. Ratios are of medians over the rounds.
MOST_OF_TUNNEL = 1.10  # processor time
MOST_OF_PROXIES = 1.00  # of the better of Nginx and HAProxy: processor time, and p99 at a rate
LEAST_OPENED = 1.00  # of Nginx: connections a second
LEAST_OF_TWO_WORKERS = 1.80  # of one worker, for the same processor time each
MOST_IDLE_BYTES = 2048  # of the process, for each idle session
MOST_OF_BARE_BEAT = 1.50  # a ping with its pong, of a bare send, receive and turn of a loop


def spread(values):
    values = list(values)
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def summarise(rounds, calls=None):
    """Of the rounds of one load, a list of {target: observation}: {target: medians and spreads}.
    Ratios are taken within a round, then their median: what slows a whole round cancels out."""
    summary = {}
    for target in rounds[0]:
        row = {"cpu_us": spread(a_round[target]["cpu_us"] for a_round in rounds),
               "per_second": spread(
                   a_round[target]["round_trips_per_second"] for a_round in rounds),
               "latency_us": {name: spread(a_round[target]["latency_us"][name]
                                           for a_round in rounds) for name in LATENCIES}}
        for base in YARDSTICKS:
            if base in rounds[0]:
                row[f"cpu_of_{base}"] = ratio(rounds, target, base, lambda seen: seen["cpu_us"])
                row[f"p99_of_{base}"] = ratio(rounds, target, base,
                                              lambda seen: seen["latency_us"]["p99"])
                row[f"opened_of_{base}"] = ratio(rounds, target, base,
                                                 lambda seen: seen["round_trips_per_second"])
        if calls and target in calls:
            row["system_calls"] = calls[target]
        summary[target] = row
    return summary


def ratio(rounds, target, base, of):
    """Nothing where the base has no such figure: latencies of a fan-out are not measured."""
    pairs = [(of(a_round[target]), of(a_round[base])) for a_round in rounds]
    return spread(one / other for one, other in pairs) if all(b for _, b in pairs) else None


def speed_of_two(scaling):
    """How much two workers do, as a multiple of what one does, for the same time of a processor
    each: spread over the rounds."""
    return spread(2 * a_round[1] / a_round[2] for a_round in scaling)


def verdicts(summaries, memory, beats, scaling=None, target="pulsegate"):
    """What the gateway is held to: (what, measured, limit, holds), in words and figures.

    summaries: {load: summary}, by Load."""
    found = []

    def at_most(what, measured, limit):
        found.append((what, f"{measured:.2f}", f"≤ {limit:.2f}", measured <= limit))

    for load, summary in summaries.items():
        row = summary[target]
        if row.get("cpu_of_tunnel"):
            at_most(f"{load.name}: processor time, × the tunnel",
                    row["cpu_of_tunnel"]["median"], MOST_OF_TUNNEL)
        proxies = [row[f"cpu_of_{name}"]["median"] for name in ("nginx", "haproxy")
                   if row.get(f"cpu_of_{name}")]
        if proxies:
            at_most(f"{load.name}: processor time, × the better of Nginx and HAProxy",
                    max(proxies), MOST_OF_PROXIES)
        if load.mode == "rate":
            for name in ("nginx", "haproxy"):
                if row.get(f"p99_of_{name}"):
                    at_most(f"{load.name}: p99, × {name}", row[f"p99_of_{name}"]["median"],
                            MOST_OF_PROXIES)
        if load.mode == "open" and row.get("opened_of_nginx"):
            measured = row["opened_of_nginx"]["median"]
            found.append((f"{load.name}: connections a second, × Nginx", f"{measured:.2f}",
                          f"≥ {LEAST_OPENED:.2f}", measured >= LEAST_OPENED))
    for measured in memory.get(target, []):
        found.append((f"{measured['connections']} idle sessions: bytes of the process for each",
                      f"{measured['rss_bytes']:.0f}", f"≤ {MOST_IDLE_BYTES}",
                      measured["rss_bytes"] <= MOST_IDLE_BYTES))
    if beats:
        at_most("a ping with its pong, × a bare send, receive and turn of a loop",
                beats["gateway_us"] / beats["bare_us"], MOST_OF_BARE_BEAT)
    if scaling:
        measured = speed_of_two(scaling)["median"]
        found.append(("two workers, × one", f"{measured:.2f}", f"≥ {LEAST_OF_TWO_WORKERS:.2f}",
                      measured >= LEAST_OF_TWO_WORKERS))
    return found


def with_spread(value, digits):
    if value is None:
        return "–"
    return "{:.{d}f} ({:.{d}f}–{:.{d}f})".format(
        value["median"], value["least"], value["most"], d=digits)


def markdown_table(head, rows):
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells) + "\n"


def load_table(load, summary):
    rows = []
    for target, row in summary.items():
        latency = [f"{row['latency_us'][name]['median']:.0f}" for name in LATENCIES]
        rows.append([target, with_spread(row["cpu_us"], 2),
                     with_spread(row.get("cpu_of_tunnel"), 2),
                     f"{row['per_second']['median']:.0f}",
                     *(latency if load.mode != "read" else ["–"] * len(latency)),
                     f"{row['system_calls']:.2f}" if "system_calls" in row else "–"])
    return markdown_table(["", f"CPU µs/{load.unit}", "× tunnel", f"{load.unit}s/s", "p50 µs",
                           "p90", "p99", "p99.9", "max", f"system calls/{load.unit}"], rows)


def memory_table(memory):
    rows = [[target, str(measured["connections"]), f"{measured['rss_bytes']:.0f}",
             f"{measured['anonymous_bytes']:.0f}", f"{measured['kernel_bytes']:.0f}"]
            for target, measurements in memory.items() for measured in measurements]
    return markdown_table(["", "idle connections", "bytes of the process for each",
                           "anonymous ones", "bytes of the kernel for each, four sockets"], rows)


def beats_text(beats):
    cycles = 200_000 / 25
    return (f"A ping with its pong takes the gateway {beats['gateway_us']:.2f} µs and a bare server "
            f"{beats['bare_us']:.2f} µs ({beats['connections']} idle connections). 200,000 clients "
            f"pinged every 25 s take {cycles * beats['gateway_us'] / 1e6:.3f} of a processor, and "
            "as much again for their applications' legs.\n")


def scaling_text(scaling):
    times = {workers: spread(a_round[workers] for a_round in scaling) for workers in (1, 2)}
    return (f"A round trip takes one worker {with_spread(times[1], 2)} µs and two workers "
            f"{with_spread(times[2], 2)} µs, with all processes on all processors: two do "
            f"{with_spread(speed_of_two(scaling), 2)} × the work of one.\n")


def outlook_table(rows):
    return markdown_table(["what runs out", "a session takes", "there are", "sessions at its end"],
                          [[what, takes, there, f"{sessions:,}"]
                           for what, takes, there, sessions in rows])


def verdict_table(found):
    """Of several runs a verdict has one figure more: what each of them measured."""
    each = ["in each run"] if found and len(found[0]) == 5 else []
    return markdown_table(["held to", "measured", *each, "limit", ""],
                          [[*words, "holds" if holds else "**MISSED**"] for *words, holds in found])


def report(where, opcode, summaries, rounds, memory, beats, scaling, found):
    parts = [f"{where['processor']}, {where['cores']} cores, Linux {where['kernel']}, "
             f"{where['busy_before']:.0%} busy before the run. {opcode.capitalize()} "
             f"messages, one worker each; medians of {rounds} rounds in turns, with least "
             "and most.\n"]
    for load, summary in summaries.items():
        parts += [f"### {load.name}\n", load_table(load, summary)]
    if memory:
        parts += ["### Idle\n", memory_table(memory)]
    if beats:
        parts.append(beats_text(beats))
    if scaling:
        parts += ["### Two workers\n", scaling_text(scaling)]
    if memory.get("pulsegate") and beats:
        echo = next((summary["pulsegate"]["cpu_us"]["median"]
                     for load, summary in summaries.items() if load.mode == "run"), None)
        parts += [f"### A machine of {CORES} cores and {MEMORY_BYTES // 2**30} GiB, computed\n",
                  outlook_table(outlook(memory["pulsegate"], beats, echo))]
    if found:
        parts += ["### Verdicts\n", verdict_table(found)]
    return "\n".join(parts)
