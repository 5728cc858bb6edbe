"""A line with delay, loss and a rate, to a network namespace of its own; needs root.

Where the kernel has no netem, and to have the same line everywhere, packets pass a process:
`line.py NAMESPACE NETWORK DELAY_MS LOSS RATE [offload]` joins this namespace (NETWORK.1) and that
one (NETWORK.2), says `up`, and carries packets with that delay each way. LOSS is a part of 1; RATE
is bytes a second each way, 0 for any. On SIGUSR1 it loses everything, on SIGUSR2 it works again.
With `offload` packets may be as large as 64 KiB: for what is fast.
"""

import collections
import ctypes
import fcntl
import itertools
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time

TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
IFF_TUN, IFF_NO_PI, IFF_VNET_HDR = 0x0001, 0x1000, 0x4000
CHECKSUM, TSO4, TSO6 = 0x01, 0x02, 0x04
CLONE_NEWNET = 0x40000000
LONGEST_QUEUE = 1.0  # seconds that a packet may wait for the rate; more are lost, as in a router
_libc = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)


class Line:
    """As a test has it."""

    def __init__(self, name, network, process):
        self.name = name
        self.near, self.far = f"{network}.1", f"{network}.2"
        self._process = process

    @classmethod
    async def start(cls, test, delay_ms=0, loss=0.0, rate=0, offload=False):
        """Skips the test where there cannot be one."""
        if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
            test.skipTest("a line of its own takes root and /dev/net/tun")
        for number in itertools.count(os.getpid() % 200):
            name = f"pulsegate-line-{number}"
            made = ip("netns", "add", name)
            if made.returncode == 0:
                break
            if number > 1000:
                test.skipTest(f"no network namespace can be made here: {made.stderr}")
        test.addCleanup(ip, "netns", "delete", name)
        network = f"10.{214 + number // 256}.{number % 256}"
        words = [name, network, delay_ms, loss, rate, *(["offload"] if offload else [])]
        process = test.spawn("line", [sys.executable, "-B", __file__, *words])
        await process.until(lambda: "up" in process.log(), "the line is up")
        return cls(name, network, process)

    def cut(self):
        """From now on nothing arrives on either side, and nobody is told."""
        self._process.signal(signal.SIGUSR1)

    def mend(self):
        self._process.signal(signal.SIGUSR2)

    def far_socket(self, receive_buffer=65536):
        """A new socket at the far end; None for the kernel's own choice of a buffer."""
        with open("/proc/self/ns/net") as here, open(f"/run/netns/{self.name}") as there:
            enter(there)
            try:
                made = socket.socket()
            finally:
                enter(here)
        if receive_buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        made.setblocking(False)
        return made


def enter(namespace):
    if _libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Direction:
    def __init__(self, source, target, delay, loss, rate):
        self.source, self.target = source, target
        self.delay, self.loss, self.rate = delay, loss, rate
        self.queue = collections.deque()  # (when it arrives, packet); bounded by LONGEST_QUEUE
        self.free_at = 0.0
        self.draw = random.Random(20210)

    def on_readable(self, now):
        for _ in range(64):
            try:
                packet = os.read(self.source, 70000)
            except BlockingIOError:
                return
            if self.loss and self.draw.random() < self.loss:
                continue
            self.free_at = max(now, self.free_at)
            if self.free_at - now > LONGEST_QUEUE:
                continue
            if self.rate:
                self.free_at += len(packet) / self.rate
            self.queue.append((self.free_at + self.delay, packet))

    def deliver(self, now):
        """What is due; when the next packet is."""
        while self.queue and self.queue[0][0] <= now:
            _, packet = self.queue.popleft()
            try:
                os.write(self.target, packet)
            except OSError:
                pass  # a full or a closed device loses packets, as lines do
        return self.queue[0][0] if self.queue else None


def device(name, offload):
    made = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    flags = IFF_TUN | IFF_NO_PI | (IFF_VNET_HDR if offload else 0)
    fcntl.ioctl(made, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    if offload:
        fcntl.ioctl(made, TUNSETOFFLOAD, CHECKSUM | TSO4 | TSO6)
    return made


def set_up(namespace, network, offload):
    """The devices of both ends."""
    number = network.replace(".", "-")[3:]
    near_name, far_name = f"pgn{number}", f"pgf{number}"
    near, far = device(near_name, offload), device(far_name, offload)
    for words in (
        ("link", "set", far_name, "netns", namespace),
        ("address", "add", f"{network}.1/30", "dev", near_name),
        ("link", "set", near_name, "up", "txqueuelen", "10000"),
        ("-n", namespace, "address", "add", f"{network}.2/30", "dev", far_name),
        ("-n", namespace, "link", "set", far_name, "up", "txqueuelen", "10000"),
        ("-n", namespace, "link", "set", "lo", "up"),
    ):
        done = ip(*words)
        if done.returncode != 0:
            sys.exit(f"ip {' '.join(words)}: {done.stderr}")
    return near, far


def carry(near, far, delay, loss, rate):
    ways = [Direction(near, far, delay, loss, rate), Direction(far, near, delay, loss, rate)]
    is_cut = False

    def on_signal(number, _):
        nonlocal is_cut
        is_cut = number == signal.SIGUSR1

    signal.signal(signal.SIGUSR1, on_signal)
    signal.signal(signal.SIGUSR2, on_signal)
    print("up", flush=True)
    poll = select.epoll()
    for way in ways:
        poll.register(way.source, select.EPOLLIN)
    while True:
        now = time.monotonic()
        due = [when for way in ways if (when := way.deliver(now)) is not None]
        poll.poll(max(0.0, min(due) - now) if due else 1.0)
        now = time.monotonic()
        for way in ways:
            way.on_readable(now)
            if is_cut:
                way.queue.clear()


if __name__ == "__main__":
    place, net, delay_ms, lost, per_second, *more = sys.argv[1:]
    ends = set_up(place, net, bool(more))
    carry(*ends, float(delay_ms) / 1000, float(lost), float(per_second))
