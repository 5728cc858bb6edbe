"""The measurements: processor time and latency under load, memory with idle connections."""

import dataclasses
import pathlib
import subprocess
import time

from harness.processes import BenchError, Children
from harness.targets import has_heartbeats, start_app, start_target

WARMING_CONNECTIONS = 10  # few: what they leave in the heap is missing from the difference
PATIENCE_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Scenario:
    connections: int
    message_bytes: int
    in_flight: int
    writes: str = "each"  # each message with its own write, as libraries do; or several together

    @property
    def name(self):
        together = " together" if self.writes == "together" else ""
        return f"{self.connections} × {self.message_bytes} B × {self.in_flight}{together}"


SCENARIOS = [
    Scenario(100, 64, 1),
    Scenario(100, 64, 16),
    Scenario(100, 64, 16, "together"),
    Scenario(100, 4096, 4),
]


def measure_load(target, scenario, binaries, options):
    """One run of one target, all its processes fresh. Returns the load generator's observation."""
    with Children() as children:
        app_port = start_app(children, binaries)
        running = start_target(target, children, binaries, app_port)
        load = children.start("the load generator", [
            binaries.tool("load"), "run", "--target", running.port,
            "--connections", scenario.connections, "--in-flight", scenario.in_flight,
            "--message-bytes", scenario.message_bytes, "--opcode", options.opcode,
            "--writes", scenario.writes, "--warm-up-ms", round(options.warm_up * 1000),
            "--measure-ms", round(options.measure * 1000),
            "--cpu-of", ",".join(map(str, running.child.group()))])
        seen = load.read_json(options.warm_up + options.measure + PATIENCE_SECONDS)
        load.expect_success(PATIENCE_SECONDS)
        if seen["round_trips"] == 0 or seen["cpu_seconds"] == 0:
            raise BenchError(f"{target}: {seen['round_trips']} messages came back in "
                             f"{options.measure} s with {seen['cpu_seconds']} s of processor time")
        seen["cpu_us"] = seen["cpu_seconds"] / seen["round_trips"] * 1e6
        return seen


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


def memory_of(processes):
    """Resident memory of some processes together, in bytes: all of it, and the anonymous part, in
    which pages that they share count once."""
    total = {"rss": 0, "anonymous": 0}
    fields = {"Rss:": "rss", "Pss_Anon:": "anonymous"}
    for process in processes:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            words = line.split()
            if words[0] in fields:
                total[fields[words[0]]] += int(words[1]) * 1024
    return total


def hold_idle(children, binaries, running, connections, message_bytes, want_pings, interval):
    """Opens connections that have echoed one message each, and been pinged if there are heartbeats;
    returns the process that holds them until its standard input ends."""
    load = children.start("the load generator", [
        binaries.tool("load"), "idle", "--target", running.port, "--connections", connections,
        "--message-bytes", message_bytes], stdin=subprocess.PIPE)
    for event in ["idle", "pinged"] if want_pings else ["idle"]:
        said = load.read_json(PATIENCE_SECONDS + 2 * interval)
        if said["event"] != event:
            raise BenchError(f"the load generator said {said}, not `{event}`")
    return load


def release(load):
    load.process.stdin.close()
    load.expect_success(PATIENCE_SECONDS)


def measure_memory(target, connections, binaries, options):
    """What an idle relayed connection adds to the target's processes, in bytes."""
    want_pings = has_heartbeats(target)
    with Children() as children:
        app_port = start_app(children, binaries)
        running = start_target(target, children, binaries, app_port, options.idle_interval)
        release(hold_idle(children, binaries, running, WARMING_CONNECTIONS,
                          options.idle_message_bytes, False, options.idle_interval))
        before = memory_of(running.child.group())
        load = hold_idle(children, binaries, running, connections, options.idle_message_bytes,
                         want_pings, options.idle_interval)
        held = memory_of(running.child.group())
        release(load)
        return {
            "connections": connections, "before": before, "held": held,
            "rss_bytes": (held["rss"] - before["rss"]) / connections,
            "anonymous_bytes": (held["anonymous"] - before["anonymous"]) / connections,
        }
