"""What the reader of haproxy.cfg takes for granted, asked of a real HAProxy.

The unit tests say what the reader makes of the files in tests/cases/haproxy; here HAProxy says
whether it accepts them, and when it cuts a WebSocket.
"""

import asyncio
import shutil
import subprocess
import time

from support.case import SOURCE, SystemTest, main
from support.ports import free_port
from support.raw_client import request
from support.tcp_table import is_listening
from support.waiting import within

PROGRAM = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin")
CASES = SOURCE / "tests/cases/haproxy"
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
CUT = 2.0  # seconds: the limit that is tried; all others are 60 s
PAUSE = 0.4  # between the bytes of a side that speaks

# What is set in the frontend, what in the backend, which side speaks, and whether it is cut.
TRIALS = [
    ("timeout client 2s", "timeout server 60s", None, True),
    ("timeout client 60s", "timeout server 2s", None, True),
    ("timeout client 2s", "timeout server 2s", "app", False),
    ("timeout client 2s", "timeout server 2s", "client", False),
    ("timeout client 2s", "timeout server 60s; timeout tunnel 0", None, True),
    ("timeout client 60s", "timeout server 60s; timeout tunnel 2s", None, True),
    ("timeout client 60s", "timeout server 60s; timeout tunnel 2s", "app", False),
    ("timeout client 60s", "timeout server 60s; timeout tunnel 2s", "client", False),
    ("timeout client 2s", "timeout server 2s; timeout tunnel 60s", None, False),
    ("timeout client 60s; timeout tunnel 2s", "timeout server 60s", None, False),
    ("timeout client 60s", "timeout server 60s; timeout client 2s", None, False),
    (
        "timeout client 60s; option independent-streams",
        "timeout server 60s; timeout tunnel 2s",
        "app",
        True,
    ),
    (
        "timeout client 60s; option independent-streams",
        "timeout server 60s; timeout tunnel 2s",
        "client",
        False,
    ),
    (
        "timeout client 60s",
        "timeout server 60s; timeout tunnel 2s; option independent-streams",
        "app",
        False,
    ),
    (
        "timeout client 60s",
        "timeout server 60s; timeout tunnel 2s; option independent-streams",
        "client",
        True,
    ),
    ("timeout client 60s", "timeout server 60s; http-request set-timeout tunnel 2s", None, True),
    (
        "timeout client 2s",
        "timeout server 2s; timeout tunnel 2s; http-request set-timeout tunnel 60s",
        None,
        False,
    ),
    ("timeout client 60s", "timeout server 60s; http-request set-timeout server 2s", None, True),
]


def verdict(file):
    return subprocess.run(
        [PROGRAM, "-c", "-f", str(file)], capture_output=True, text=True, timeout=30
    )


def configuration(ports, app_port):
    """One frontend and one backend for each trial."""
    text = "global\n    maxconn 200\ndefaults\n    mode http\n    timeout connect 5s\n"
    for number, (port, (frontend, backend, _, _)) in enumerate(zip(ports, TRIALS)):
        text += f"frontend f{number}\n    bind 127.0.0.1:{port}\n    default_backend b{number}\n"
        text += "".join(f"    {line.strip()}\n" for line in frontend.split(";"))
        text += f"backend b{number}\n    server app 127.0.0.1:{app_port}\n"
        text += "".join(f"    {line.strip()}\n" for line in backend.split(";"))
    return text


async def speak(writer):
    while True:
        writer.write(b"\x89\x00")
        await writer.drain()
        await asyncio.sleep(PAUSE)


async def until_end(reader):
    try:
        while await reader.read(4096):
            pass
    except ConnectionError:
        pass


class App:
    """Accepts upgrades, and tells by path when HAProxy has ended its side."""

    def __init__(self):
        self.ended = {}
        self._tasks = []

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    def stop(self):
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader, writer):
        self._tasks.append(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        _, number, speaker = head.split(b" ")[1].decode().split("/")
        writer.write(ANSWER)
        if speaker == "app":
            self._tasks.append(asyncio.create_task(speak(writer)))
        await until_end(reader)
        self.ended[int(number)].set()


class HaproxyReader(SystemTest):
    async def test_haproxy_accepts_what_the_reader_finds_nothing_wrong_with(self):
        files = sorted((CASES / "accepted").iterdir())
        self.assertTrue(files)
        for file in files:
            with self.subTest(file=file.name):
                result = verdict(file)
                self.assertEqual(result.returncode, 0, result.stderr)

    async def test_haproxy_rejects_what_the_reader_reports(self):
        files = [*sorted((CASES / "rejected").iterdir()), *sorted((CASES / "removed").iterdir())]
        self.assertTrue(files)
        for file in files:
            with self.subTest(file=file.name):
                result = verdict(file)
                self.assertEqual(result.returncode, 1, result.stderr)

    async def test_haproxy_cuts_when_the_reader_says_so(self):
        app = App()
        app_port = await app.start()
        self.addCleanup(app.stop)
        ports = [free_port() for _ in TRIALS]
        file = self.write("haproxy.cfg", configuration(ports, app_port))
        haproxy = self.spawn("haproxy", [PROGRAM, "-db", "-f", file])
        await haproxy.until(lambda: all(map(is_listening, ports)), "HAProxy listens")
        await asyncio.gather(*(self._try(app, port, n) for n, port in enumerate(ports)))

    async def _try(self, app, port, number):
        """A cut of one direction is a cut: the gateway ends the session then."""
        _, _, speaker, is_cut = trial = TRIALS[number]
        app.ended[number] = asyncio.Event()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(f"/{number}/{speaker}"))
        head = await within(reader.readuntil(b"\r\n\r\n"), f"an answer in {trial}")
        self.assertTrue(head.startswith(b"HTTP/1.1 101 "), trial)
        started = time.monotonic()
        speaking = asyncio.create_task(speak(writer)) if speaker == "client" else None
        ends = [
            asyncio.create_task(until_end(reader)),
            asyncio.create_task(app.ended[number].wait()),
        ]
        ended, _ = await asyncio.wait(
            ends, timeout=4 * CUT if is_cut else 2 * CUT, return_when=asyncio.FIRST_COMPLETED
        )
        for task in [*ends, speaking]:
            if task:
                task.cancel()
        writer.close()
        self.assertEqual(bool(ended), is_cut, trial)
        if is_cut:
            self.assertGreater(time.monotonic() - started, CUT * 0.9, trial)


if __name__ == "__main__":
    main()
