#!/usr/bin/python3 -B
"""How fast one client is over a line of 50 ms, through the gateway and directly; needs root.

    PULSEGATE=build/release/pulsegate tests/system/tools/measure_long_line.py [SECONDS]

A line is a process of its own (support/line.py): what it carries without a rate is its own limit.
Prints megabytes a second of either direction, of messages of 64 KiB."""

import os
import pathlib
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.bad_apps import accept_key, switching
from support.case import SystemTest
from support.gateway import Gateway
from support.line import Line
from support.paced_end import data_frame
from support.ports import free_port
from support.raw_client import request

DELAY_MS = 25  # each way
RATES = {"100 Mbit/s": 12.5e6, "500 Mbit/s": 62.5e6, "no rate": 0}
WARM_UP = 2.0
SECONDS = float(sys.argv.pop(1)) if len(sys.argv) > 1 else 6.0
TO_CLIENT, TO_APP = "app to client", "client to app"


def stop(sock, messages, until):
    sock.settimeout(1)
    try:
        while time.monotonic() < until:
            sock.sendall(messages)
    except OSError:
        pass


def count(sock, until):
    """Bytes a second after the warm-up."""
    began = time.monotonic()
    taken, since = 0, None
    sock.settimeout(1)
    try:
        while (now := time.monotonic()) < until:
            if since is None and now - began > WARM_UP:
                taken, since = 0, now
            if not (size := len(sock.recv(1 << 20))):
                break
            taken += size
    except OSError:
        pass
    return taken / (time.monotonic() - since) if since else 0.0


class App:
    def __init__(self, address):
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        self.rates = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            sock, _ = self.listener.accept()
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(4096)
            sock.sendall(switching(accept_key(head)))
            until = time.monotonic() + WARM_UP + SECONDS
            if b"/down" in head:
                stop(sock, data_frame(os.urandom(65536), False) * 4, until)
            else:
                self.rates.append(count(sock, until))
            sock.close()


class LongLine(SystemTest):
    async def test(self):
        print(f"\n{2 * DELAY_MS} ms there and back; MB/s")
        for name, rate in RATES.items():
            line = await Line.start(self, delay_ms=DELAY_MS, rate=rate, offload=True)
            port, admin_port = free_port(), free_port()
            app = App(line.near)
            file = Gateway.write(
                self,
                port,
                admin_port,
                upstream=f"ws://{line.near}:{app.port}",
                heartbeat="{ interval: 25s, timeout: 45s }",
            )
            file.write_text(file.read_text().replace(f"127.0.0.1:{port}", f"{line.near}:{port}"))
            await Gateway.run(self, port, admin_port, file)
            for way, at in (("directly", app.port), ("through the gateway", port)):
                for direction in (TO_CLIENT, TO_APP):
                    figure = self.measure(line, at, direction, app)
                    print(f"{name:12} {way:20} {direction:14} {figure / 1e6:7.1f}", flush=True)

    def measure(self, line, port, direction, app):
        sock = line.far_socket(receive_buffer=None)
        sock.settimeout(10)
        sock.connect((line.near, port))
        sock.sendall(request("/down" if direction == TO_CLIENT else "/up"))
        while b"\r\n\r\n" not in sock.recv(4096, socket.MSG_PEEK):
            pass
        until = time.monotonic() + WARM_UP + SECONDS
        if direction == TO_CLIENT:
            figure = count(sock, until)
            sock.close()
            return figure
        before = len(app.rates)
        stop(sock, data_frame(os.urandom(65536), True) * 4, until)
        while len(app.rates) == before:
            time.sleep(0.05)
        sock.close()
        return app.rates[-1]


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], warnings="ignore")
