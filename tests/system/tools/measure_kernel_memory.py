#!/usr/bin/python3 -B
"""What the kernel holds for clients that read nothing, while the application sends to all of them.

    PULSEGATE=build/release/pulsegate tests/system/tools/measure_kernel_memory.py \\
        [--clients 1500] [--seconds 5] [--ceiling 2000] [--window 4096]

Prints the TCP memory of the whole machine (/proc/net/sockstat), second by second, less what it was
before, and the gateway's own memory. Above the ceiling (MiB) the application stops sending: the
kernel would begin to refuse memory to everybody."""

import argparse
import pathlib
import resource
import selectors
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.bad_apps import accept_key, switching
from support.case import SystemTest
from support.gateway import Gateway
from support.paced_end import data_frame
from support.raw_client import request

MESSAGES = data_frame(bytes(4096), False) * 16
APP_BUFFER = 4096  # asked of the kernel, so that the figures are hardly the application's own


def tcp_memory():
    """Bytes of all TCP sockets' buffers."""
    for line in pathlib.Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return int(line.split(" mem ")[1].split()[0]) * resource.getpagesize()
    raise AssertionError("no TCP in /proc/net/sockstat")


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


class App(threading.Thread):
    """Accepts, and sends to all once it may."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, APP_BUFFER)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1024)
        self.port = self.listener.getsockname()[1]
        self.may_send = threading.Event()
        self.is_over = False
        self.sent = 0
        self.sockets = []

    def run(self):
        while not self.may_send.is_set():
            self.listener.settimeout(0.2)
            try:
                sock, _ = self.listener.accept()
            except TimeoutError:
                continue
            sock.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(4096)
            sock.sendall(switching(accept_key(head)))
            sock.setblocking(False)
            self.sockets.append(sock)
        selector = selectors.EpollSelector()
        rests = {}
        for sock in self.sockets:
            selector.register(sock, selectors.EVENT_WRITE)
            rests[sock] = b""
        while not self.is_over:
            for key, _ in selector.select(0.1):
                sock = key.fileobj
                data = rests[sock] or MESSAGES
                try:
                    size = sock.send(data)
                except BlockingIOError:
                    continue
                except OSError:
                    selector.unregister(sock)
                    continue
                rests[sock] = data[size:]
                self.sent += size


class KernelMemory(SystemTest):
    async def test(self):
        app = App()
        app.start()
        gateway = await Gateway.start(
            self,
            upstream=f"ws://127.0.0.1:{app.port}",
            heartbeat="{ interval: 25s, timeout: 45s }",
            limits="{ handshake: 30s, connections: 20000 }",
        )
        clients = [self.open(gateway.port) for _ in range(options.clients)]
        print(f"\n{len(clients)} clients, windows of {options.window}; MiB")
        before, began = tcp_memory(), time.monotonic()
        app.may_send.set()
        most = 0
        while (passed := time.monotonic() - began) < options.seconds:
            time.sleep(0.05)
            held = tcp_memory() - before
            most = max(most, held)
            if int(passed * 2) != int((passed + 0.05) * 2):
                print(
                    f"{passed:5.1f} s: kernel {held >> 20:6}, of the gateway itself"
                    f" {resident(gateway.process.pid) >> 20:5}, the app sent {app.sent >> 20:6}",
                    flush=True,
                )
            if held > options.ceiling << 20:
                print(f"{passed:5.1f} s: above the ceiling of {options.ceiling} MiB: stopped")
                break
        app.is_over = True
        print(f"most: {most >> 20} MiB, {most // len(clients) >> 10} KiB for each client")
        for client in clients:
            client.close()

    def open(self, port):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.window // 2)
        client.settimeout(30)
        client.connect(("127.0.0.1", port))
        client.sendall(request())
        while b"\r\n\r\n" not in client.recv(1024, socket.MSG_PEEK):
            pass
        client.recv(1024)
        return client


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--ceiling", type=int, default=2000, help="MiB")
    parser.add_argument("--window", type=int, default=4096, help="the clients' SO_RCVBUF")
    options = parser.parse_args()
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))  # the gateway's, too
    unittest.main(argv=sys.argv[:1], warnings="ignore")
