"""What idle connections cost: memory of the process and of the kernel, and heartbeats."""

import pathlib
import subprocess
import time

from harness.loads import PATIENCE_SECONDS
from harness.processes import BenchError, Children
from harness.targets import has_heartbeats, start_app, start_target

WARMING_CONNECTIONS = 10  # few: what they leave in the heap is missing from the difference
BEAT_SECONDS = 1
HELD_BEATS = 5


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


def kernel_slab():
    """Bytes of the kernel's own objects on the whole machine: sockets, their buffers' heads, file
    descriptors, epoll entries."""
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("Slab:"):
            return int(line.split()[1]) * 1024
    raise BenchError("/proc/meminfo has no line `Slab:`")


def cpu_seconds_of(processes):
    """Of all threads, to the nanosecond: the scheduler's account."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for process in processes
               for task in pathlib.Path(f"/proc/{process}/task").iterdir()) / 1e9


def hold_idle(children, binaries, running, connections, options, want_pings, interval):
    """Opens connections that have echoed one message each, and been pinged if there are heartbeats;
    returns the process that holds them until its standard input ends."""
    load = children.start("the load generator", [
        binaries.tool("load"), "idle", "--target", running.port, "--connections", connections,
        "--message-bytes", options.idle_message_bytes], stdin=subprocess.PIPE,
        cpus=options.cpus_of_others)
    for event in ["idle", "pinged"] if want_pings else ["idle"]:
        said = load.read_json(PATIENCE_SECONDS + 2 * interval)
        if said["event"] != event:
            raise BenchError(f"the load generator said {said}, not `{event}`")
    return load


def release(load):
    load.process.stdin.close()
    load.expect_success(PATIENCE_SECONDS)


def measure_memory(target, connections, binaries, options):
    """What an idle relayed connection adds to the target's processes, and to the kernel for all
    four sockets of the chain, in bytes."""
    want_pings = has_heartbeats(target)
    with Children() as children:
        app = start_app(children, binaries, options.cpus_of_others)
        running = start_target(target, children, binaries, app.port, options.cpus_of_target,
                               interval=options.idle_interval)
        release(hold_idle(children, binaries, running, WARMING_CONNECTIONS, options, False,
                          options.idle_interval))
        before, slab = memory_of(running.child.group()), kernel_slab()
        load = hold_idle(children, binaries, running, connections, options, want_pings,
                         options.idle_interval)
        held, held_slab = memory_of(running.child.group()), kernel_slab()
        release(load)
        return {
            "connections": connections, "before": before, "held": held,
            "rss_bytes": (held["rss"] - before["rss"]) / connections,
            "anonymous_bytes": (held["anonymous"] - before["anonymous"]) / connections,
            "kernel_bytes": (held_slab - slab) / connections,
        }


def cost_of_beats(children, binaries, running, connections, beats_each, options):
    """Processor time for a ping with its pong, in microseconds, while connections idle."""
    load = hold_idle(children, binaries, running, connections, options, True, BEAT_SECONDS)
    processes = running.child.group()
    began, before = time.monotonic(), cpu_seconds_of(processes)
    time.sleep(HELD_BEATS * BEAT_SECONDS)
    spent, held = cpu_seconds_of(processes) - before, time.monotonic() - began
    release(load)
    return spent / (connections * beats_each * held / BEAT_SECONDS) * 1e6


def measure_beats(connections, binaries, options):
    """What a ping with its pong costs the gateway, which sends one on each leg, and a server that
    does nothing else: a send, a receive and a turn of the event loop."""
    with Children() as children:
        app = start_app(children, binaries, options.cpus_of_others)
        running = start_target("pulsegate", children, binaries, app.port, options.cpus_of_target,
                               interval=BEAT_SECONDS)
        gateway = cost_of_beats(children, binaries, running, connections, 2, options)
    with Children() as children:
        bare = start_app(children, binaries, options.cpus_of_target,
                         "--ping-every-us", BEAT_SECONDS * 1_000_000)
        return {"connections": connections, "gateway_us": gateway,
                "bare_us": cost_of_beats(children, binaries, bare, connections, 1, options)}
