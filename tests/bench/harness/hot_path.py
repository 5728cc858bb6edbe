"""The hot path in isolation: a gateway under callgrind, and a client and an application of one
connection that let it relay one message at a time, so that every run does exactly the same."""

import concurrent.futures
import pathlib
import re
import socket
import struct
import threading
import time

from harness.processes import BenchError, Children, free_port

SCENARIOS = {
    "client_to_app": "a message of 64 bytes from the client",
    "app_to_client": "a message of 64 bytes from the application",
    "heartbeat": "a ping and its pong, on either leg",
}
MESSAGES = 1000
BEATS = 12
MESSAGE = b"m" * 64
MASK = b"\x11\x22\x33\x44"
PATIENCE_SECONDS = 60
# Seldom enough that the gateway, which callgrind slows down fifty times, keeps the time: both legs' pings
# are due at the same moment then.
NEVER, OFTEN = "1h", "500ms"

# What a session does happens in these two: the events of its sockets, and its deadlines. Not the
# wheel's turning: how often it turns in a run is a matter of seconds.
COLLECTED = ["pulsegate::poller::deliver()", "pulsegate::session::on_due*"]

CONFIGURATION = """\
listeners: [{{ address: "127.0.0.1:{port}" }}]
admin: {{ address: "127.0.0.1:{admin_port}" }}
workers: 1
heartbeat: {{ interval: {interval}, timeout: 24h }}
routes: [{{ path: /, upstream: "ws://127.0.0.1:{app_port}" }}]
drain: {{ window: 0ms }}
log: {{ level: error }}
"""

ANSWER = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
REQUEST = ("GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")


def frame(opcode, payload, masked):
    head = struct.pack("!BB", 0x80 | opcode, len(payload) | (0x80 if masked else 0))
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


class Peer:
    """One end of the chain: whole frames in and out, one at a time."""

    def __init__(self, connected, masks):
        self._socket = connected
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._masks = masks

    def read_head(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._exactly(1)
        return head

    def send_text(self, text):
        self._socket.sendall(text.encode())

    def send(self, opcode, payload):
        self._socket.sendall(frame(opcode, payload, self._masks))

    def receive(self):
        """The next frame's opcode and payload, without its mask."""
        opcode, length = self._exactly(2)
        mask = self._exactly(4) if length & 0x80 else bytes(4)
        payload = self._exactly(length & 0x7F)
        return opcode & 0xF, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))

    def close(self):
        self._socket.close()

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise BenchError("the gateway ended the connection")
            data += more
        return data


def connect(port, listener):
    """Both ends of a session."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            client = Peer(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS), True)
            break
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise BenchError("the gateway does not listen") from None
            time.sleep(0.05)
    client.send_text(REQUEST)
    app = Peer(listener.accept()[0], False)
    app.read_head()
    app.send_text(ANSWER)
    if not client.read_head().startswith(b"HTTP/1.1 101 "):
        raise BenchError("the gateway refused the upgrade")
    return client, app


def relay(sender, receiver):
    for _ in range(MESSAGES):
        sender.send(0x1, MESSAGE)
        if receiver.receive() != (0x1, MESSAGE):
            raise BenchError("a message arrived changed")


def answer_until_close(peer, answered):
    """Answers every ping, and the Close that a drain sends. Returns the number of pings."""
    pings = 0
    while True:
        opcode, payload = peer.receive()
        if opcode == 0x8:
            peer.send(0x8, payload)
            return pings
        if opcode != 0x9:
            raise BenchError(f"a frame with opcode {opcode} came instead of a ping")
        peer.send(0xA, payload)
        pings += 1
        answered.release()


def run_once(pulsegate, interval, work=lambda client, app: None, beats=0):
    """The instructions of one session that does `work(client, app)` and then lives for so many
    heartbeats at least; and how many it had, of both legs."""
    with Children() as children, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_SECONDS)
        directory = pathlib.Path(children.directory)
        port, admin_port = free_port(), free_port()
        config = directory / "gateway.yaml"
        config.write_text(CONFIGURATION.format(
            port=port, admin_port=admin_port, interval=interval,
            app_port=listener.getsockname()[1]))
        profile = directory / "callgrind.out"
        gateway = children.start("the gateway under callgrind", [
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}",
            *(f"--toggle-collect={name}" for name in COLLECTED),
            pulsegate, "run", "--config", config])
        client, app = connect(port, listener)
        work(client, app)
        answered = threading.Semaphore(0)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            peers = [pool.submit(answer_until_close, peer, answered) for peer in (client, app)]
            for _ in range(2 * beats):
                if not answered.acquire(timeout=PATIENCE_SECONDS):
                    raise BenchError("the gateway's pings do not come")
            gateway.process.terminate()
            pings = sum(peer.result() for peer in peers)
        gateway.expect_success(PATIENCE_SECONDS)
        for peer in (client, app):
            peer.close()
        return instructions_in(profile), pings


def instructions_in(profile):
    found = re.search(r"^(?:totals|summary): (\d+)", profile.read_text(), re.MULTILINE)
    if found is None or int(found[1]) == 0:
        raise BenchError("callgrind saw nothing of the hot path; are its functions still called "
                         + " and ".join(COLLECTED) + "?")
    return int(found[1])


def count_instructions(pulsegate):
    """{scenario: instructions}: a run of each, less what a session without any of it takes."""
    beginning_and_end, _ = run_once(pulsegate, NEVER)
    counted = {}
    for name, work in {"client_to_app": lambda client, app: relay(client, app),
                       "app_to_client": lambda client, app: relay(app, client)}.items():
        total, _ = run_once(pulsegate, NEVER, work)
        counted[name] = round((total - beginning_and_end) / MESSAGES)
    total, pings = run_once(pulsegate, OFTEN, beats=BEATS)
    counted["heartbeat"] = round((total - beginning_and_end) / pings)
    return counted
