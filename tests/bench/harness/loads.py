"""What is measured under load: processor time, latency, system calls."""

import dataclasses
import shutil
import signal
import subprocess

from harness.processes import BenchError, Children
from harness.targets import start_app, start_target

PATIENCE_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Load:
    connections: int
    message_bytes: int = 64
    in_flight: int = 1
    writes: str = "each"  # each message with its own write, as libraries do; or several together
    mode: str = "run"  # of bench_load
    rate: int = 0  # messages a second, of the mode `rate`
    publish_every_us: int = 0  # of the application, for the mode `read`

    @property
    def name(self):
        size = f"{self.message_bytes // 1024} KiB" if self.message_bytes >= 1024 else (
            f"{self.message_bytes} B")
        if self.mode == "rate":
            return f"{self.rate} messages/s of {size} on {self.connections}"
        if self.mode == "read":
            per_second = 1_000_000 // self.publish_every_us
            return f"fan-out of {per_second} × {size}/s to {self.connections}"
        if self.mode == "open":
            return f"open and close, {self.connections} at a time"
        together = " together" if self.writes == "together" else ""
        return f"{self.connections} × {size} × {self.in_flight}{together}"

    @property
    def unit(self):
        return {"run": "round trip", "rate": "round trip", "read": "message",
                "open": "connection"}[self.mode]


LOADS = [
    Load(100, 64, 1),
    Load(100, 64, 16),
    Load(100, 64, 16, "together"),
    Load(100, 4096, 4),
    Load(1000, 125, 1),
    Load(10, 1024 * 1024, 1),
    Load(100, 64, 1000, mode="rate", rate=10_000),
    Load(100, 125, mode="read", publish_every_us=10_000),
    Load(64, mode="open"),
]


def publishing(load):
    if load.mode != "read":
        return []
    return ["--publish-every-us", load.publish_every_us, "--message-bytes", load.message_bytes]


def start_load(children, binaries, load, port, options, *more):
    return children.start("the load generator", [
        binaries.tool("load"), load.mode, "--target", port,
        "--connections", load.connections, "--in-flight", load.in_flight,
        "--message-bytes", load.message_bytes, "--opcode", options.opcode,
        "--writes", load.writes, *(["--rate", load.rate] if load.rate else []), *more],
        cpus=options.cpus_of_others)


def observe(load, child, seconds):
    seen = child.read_json(seconds + PATIENCE_SECONDS)
    child.expect_success(PATIENCE_SECONDS)
    if seen["round_trips"] == 0:
        raise BenchError(f"`{load.name}`: nothing came back in {seconds} s")
    return seen


def measure_load(target, load, binaries, options, **settings):
    """One run of one target, all its processes fresh. Returns the load generator's observation.

    settings: as start_target() takes them."""
    with Children() as children:
        app = start_app(children, binaries, options.cpus_of_others, *publishing(load))
        running = start_target(target, children, binaries, app.port, options.cpus_of_target,
                               **settings)
        child = start_load(
            children, binaries, load, running.port, options,
            "--warm-up-ms", round(options.warm_up * 1000),
            "--measure-ms", round(options.measure * 1000),
            "--cpu-of", ",".join(map(str, running.child.group())))
        seen = observe(load, child, options.warm_up + options.measure)
        seen["cpu_us"] = seen["cpu_seconds"] / seen["round_trips"] * 1e6
        return seen


def can_count_system_calls():
    """True where perf(1) may count them: it is not installed everywhere, nor always allowed."""
    if shutil.which("perf") is None:
        return False
    probe = subprocess.run(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "true"],
                           capture_output=True, check=False)
    return probe.returncode == 0


def count_system_calls(target, load, binaries, options):
    """System calls of a target for each round trip, handshakes included, in a run of its own: to be
    counted slows them down."""
    with Children() as children:
        app = start_app(children, binaries, options.cpus_of_others, *publishing(load))
        running = start_target(target, children, binaries, app.port, options.cpus_of_target)
        child = start_load(children, binaries, load, running.port, options,
                           "--warm-up-ms", 0, "--measure-ms", round(options.measure * 1000))
        counting = subprocess.Popen(
            ["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter",
             "-p", ",".join(map(str, running.child.group()))], stderr=subprocess.PIPE, text=True)
        try:
            seen = observe(load, child, options.measure)
        finally:
            counting.send_signal(signal.SIGINT)
            figures = counting.communicate(timeout=PATIENCE_SECONDS)[1]
        return int(figures.strip().split(",")[0]) / seen["round_trips"]
