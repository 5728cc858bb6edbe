"""What the help of each metric says, made true: values, not names."""

import asyncio
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

import websockets

from support.case import BINARY, SOURCE, SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.raw_client import PING, PONG, TEXT, RawClient, frame, request
from support.waiting import eventually

CALM = "{ interval: 1m, timeout: 2m }"

# What takes more than a gateway with some clients.
ELSEWHERE = {
    "pulsegate_accept_errors_total": "tests/system/test_faults_of_descriptors.py",
    "pulsegate_alignment_findings": "tests/system/test_alignment_watch.py",
    "pulsegate_alignment_margin_seconds": "tests/system/test_alignment_watch.py",
    "pulsegate_app_dial_seconds": "tests/inprocess/refusal_test.cpp",
    "pulsegate_certificate_expiry_timestamp_seconds": "tests/system/test_tls.py",
    **{
        f"pulsegate_http_{name}": "tests/system/test_plain_http.py"
        for name in (
            *("requests_in_progress", "requests_total", "answer_head_seconds", "answer_seconds"),
            *("bytes_total", "app_connections_total", "retries_total", "idle_clients"),
        )
    },
    "pulsegate_pending_bytes": "tests/inprocess/backpressure_test.cpp",
    **{
        f"pulsegate_{name}": "tests/system/test_event_streams.py"
        for name in ("streams", "streams_opened_total", "streams_ended_total", "stream_heartbeats_total")
    },
    "pulsegate_suspected_hop_cuts_total": "tests/inprocess/lost_connections_test.cpp",
}


class Sentences(SystemTest):
    async def start(self, **settings):
        settings.setdefault("heartbeat", CALM)
        self.gateway = await Gateway.start(self, **settings)

    async def value(self, name, **labels):
        return (await self.gateway.metrics()).sum(f"pulsegate_{name}", **labels)

    async def becomes(self, wanted, name, **labels):
        async def is_there():
            return await self.value(name, **labels) == wanted

        await eventually(is_there, f"{name} {labels} is {wanted}")

    async def test_each_metric_is_proved_here_or_elsewhere(self):
        await self.start()
        text = (await self.gateway.metrics()).text
        here = pathlib.Path(__file__).read_text()
        for name in re.findall(r"^# TYPE (\w+) ", text, re.M):
            short = name.removeprefix("pulsegate_")
            if name in ELSEWHERE:
                proof = SOURCE / ELSEWHERE[name]
                self.assertIn(name, proof.read_text(), proof)
            else:
                self.assertRegex(here, rf'"(pulsegate_)?{short}(_sum|_count)?"', name)

    async def test_sessions_open_and_opened_by_route(self):
        await self.start(routes={"/": "echo", "/chat": "echo"}, limits="{ connections: 77 }")
        first, second = await RawClient.open(self.gateway.port), await RawClient.open(
            self.gateway.port, "/chat/7"
        )
        for route in ("/", "/chat"):
            await self.becomes(1, "connections", route=route)
            await self.becomes(1, "connections_opened_total", route=route)
        second.abort()
        await self.becomes(1, "connections_closed_total", route="/chat", reason="client_lost")
        await self.becomes(0, "connections", route="/chat")
        await self.becomes(1, "connections_opened_total", route="/chat")
        await self.becomes(1, "connections_closed_total")
        await self.becomes(77, "connections_limit")
        first.abort()

    async def lose(self, sessions, at_once):
        """So many sessions that end without a Close, in crowds."""
        for _ in range(sessions // at_once):
            crowd = await asyncio.gather(
                *(RawClient.open(self.gateway.port) for _ in range(at_once))
            )
            for each in crowd:
                each.abort()

    async def test_losses_that_were_too_many_at_once_to_be_compared(self):
        # Each worker keeps 2048 until they are fetched, once a second. A fetch may come in between.
        kept, lost = 2048, 4500
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, heartbeat=CALM)
        file.write_text(file.read_text().replace("workers: 2", "workers: 1"))
        self.gateway = await Gateway.run(self, port, admin_port, file)
        await self.lose(100, 100)
        await self.becomes(100, "connections_closed_total", reason="client_lost")
        self.assertEqual(await self.value("losses_not_compared_total"), 0)
        crowd = []
        for _ in range(lost // 100):
            crowd += await asyncio.gather(
                *(RawClient.open(self.gateway.port) for _ in range(100))
            )
        self.gateway.process.signal(signal.SIGSTOP)  # so that it loses them at one moment
        for each in crowd:
            each.abort()
        await asyncio.sleep(0)
        self.gateway.process.signal(signal.SIGCONT)
        await self.becomes(lost + 100, "connections_closed_total", reason="client_lost")
        told = await self.value("losses_not_compared_total")
        self.assertGreaterEqual(told, lost - 2 * kept)
        self.assertLessEqual(told, lost - kept)

    async def test_log_lines_that_standard_error_takes_too_slowly(self):
        # 8192 lines wait; a pipe that nobody reads has room for a few more.
        waiting, pipe = 8192, self.directory / "pipe"
        os.mkfifo(pipe)
        self.addCleanup(os.close, os.open(pipe, os.O_RDWR))
        await self.start(prefix=["bash", "-c", f'exec "$@" 2>"{pipe}"', "bash"])
        await self.lose(4000, 200)
        await self.becomes(4000, "connections_closed_total")
        self.assertEqual(await self.value("log_lines_dropped_total"), 0)
        await self.lose(6000, 200)
        await self.becomes(10_000, "connections_closed_total")
        told = await self.value("log_lines_dropped_total")
        in_pipe = 65536 // 150  # of lines that are no shorter
        self.assertGreaterEqual(told, 10_000 - waiting - in_pipe)
        self.assertLessEqual(told, 10_000 - waiting + 20)  # and some from its start

    async def test_how_long_a_session_lasted(self):
        await self.start()
        began = time.monotonic()
        client = await RawClient.open(self.gateway.port)
        await asyncio.sleep(0.7)
        client.abort()
        await self.becomes(1, "connection_duration_seconds_count")
        lasted = time.monotonic() - began
        told = await self.value("connection_duration_seconds_sum")
        self.assertGreaterEqual(told, 0.7)
        self.assertLessEqual(told, lasted)

    async def test_how_long_a_client_had_sent_nothing_when_it_was_evicted(self):
        # Pinged all the while, so that not much time has passed since the last byte to it.
        await self.start(heartbeat="{ interval: 400ms, timeout: 1500ms }")
        silent = await RawClient.open(self.gateway.port)
        self.assertEqual((await silent.read_close())[0], 4001)
        await self.becomes(1, "idle_at_close_seconds_count")
        told = await self.value("idle_at_close_seconds_sum")
        self.assertGreaterEqual(told, 1.5)
        self.assertLess(told, 2.5)
        await self.becomes(1, "timeout_evictions_total", route="/")

    async def test_connections_that_are_no_sessions_yet(self):
        await self.start()
        newcomer = await RawClient.connect(self.gateway.port)
        await self.becomes(1, "handshakes_in_progress")
        newcomer.send(request())
        self.assertEqual((await newcomer.answer())[0], 101)
        await self.becomes(0, "handshakes_in_progress")
        newcomer.abort()

    async def test_rejections_and_failures_by_route(self):
        await self.start(
            routes={"/down": f"ws://127.0.0.1:{free_port()}", "/fine": "echo"},
        )
        for path, status in (("/down", 502), ("/nowhere", 404), ("/down/2", 502)):
            client = await RawClient.connect(self.gateway.port)
            client.send(request(path))
            self.assertEqual((await client.answer())[0], status)
        rejected = "handshakes_rejected_total"
        await self.becomes(2, rejected, route="/down", reason="app_unreachable")
        await self.becomes(1, rejected, route="", reason="no_route")
        await self.becomes(3, rejected)
        await self.becomes(0, rejected, route="/fine")
        await self.becomes(2, "app_errors_total", route="/down", kind="connect")
        await self.becomes(2, "app_errors_total")
        await self.becomes(0, "app_errors_total", route="/fine")

    async def test_heartbeats_and_their_answers(self):
        await self.start(heartbeat="{ interval: 400ms, timeout: 30s }")
        client = await RawClient.open(self.gateway.port)
        client.send(frame(PONG, b"nobody asked"))
        opcode, payload, _ = await client.read_frame()
        self.assertEqual(opcode, PING)
        await asyncio.sleep(0.2)  # as a network takes
        client.send(frame(PONG, payload))
        await self.becomes(1, "ping_rtt_seconds_count", route="/")
        told = await self.value("ping_rtt_seconds_sum", route="/")
        self.assertGreaterEqual(told, 0.2)
        self.assertLess(told, 1)
        self.assertGreaterEqual(await self.value("pings_sent_total", route="/", leg="client"), 1)
        # One for the ping; the other answered none.
        self.assertLessEqual(await self.value("pongs_received_total", route="/", leg="client"), 1)
        client.abort()

    async def test_text_heartbeats_are_heartbeats_and_their_answers_answers(self):
        await self.start(
            heartbeat="{ interval: 300ms, timeout: 30s, method: text,"
            " text: { send: are you there, expect: here } }"
        )
        client = await RawClient.open(self.gateway.port)
        for _ in range(2):
            opcode, payload, _ = await client.read_frame()
            self.assertEqual((opcode, payload), (TEXT, b"are you there"))
            client.send(frame(TEXT, b"here"))
        await self.becomes(2, "pongs_received_total", route="/", leg="client")
        self.assertGreaterEqual(await self.value("pings_sent_total", route="/", leg="client"), 2)
        self.assertEqual(await self.value("messages_total"), 0)
        client.abort()

    async def test_messages_and_bytes_by_route_and_direction(self):
        await self.start(routes={"/": "echo", "/other": "echo"})
        client = await RawClient.open(self.gateway.port)
        client.send(frame(TEXT, b"hel", fin=False) + frame(0, b"lo"))
        for _ in range(2):
            await client.read_frame()
        sent, came = {"direction": "client_to_app"}, {"direction": "app_to_client"}
        await self.becomes(1, "messages_total", route="/", **sent)
        await self.becomes(1, "messages_total", route="/", **came)
        await self.becomes(2 * 6 + 5, "bytes_total", route="/", **sent)
        self.assertLessEqual(await self.value("bytes_total", route="/", **came), 2 * 2 + 5)
        await self.becomes(0, "bytes_total", route="/other")
        client.abort()

    async def test_how_late_the_event_loops_are(self):
        await self.start()
        await self.becomes(2, "workers")
        await self.becomes(2, "workers_answered")
        before = await self.value("event_loop_lag_seconds_sum")
        self.gateway.process.signal(signal.SIGSTOP)
        await asyncio.sleep(0.6)
        self.gateway.process.signal(signal.SIGCONT)

        async def is_seen():  # each of the two was late by nearly as much
            return await self.value("event_loop_lag_seconds_sum") - before > 0.9

        await eventually(is_seen, "the lag of a gateway that was stopped")
        self.assertGreater(await self.value("event_loop_lag_seconds_count"), 2)

    async def test_whether_the_configuration_in_use_is_the_one_in_the_file(self):
        port, admin = free_port(), free_port()
        file = Gateway.write(self, port, admin, heartbeat=CALM)
        self.gateway = await Gateway.run(self, port, admin, file)
        read_at = "config_last_reload_success_timestamp_seconds"
        self.assertAlmostEqual(await self.value(read_at), time.time(), delta=30)
        self.assertEqual(await self.value("config_last_reload_successful"), 1)
        await asyncio.sleep(0.05)
        before = time.time()
        self.gateway.process.signal(signal.SIGHUP)
        await self.becomes(1, "config_reloads_total", result="success")
        self.assertGreaterEqual(await self.value(read_at), before)
        good = file.read_text()
        file.write_text("nonsense: true\n")
        self.gateway.process.signal(signal.SIGHUP)
        await self.becomes(1, "config_reloads_total", result="failure")
        self.assertEqual(await self.value("config_last_reload_successful"), 0)
        file.write_text(good)
        self.gateway.process.signal(signal.SIGHUP)
        await self.becomes(1, "config_last_reload_successful")

    async def test_whether_it_drains_and_until_when(self):
        await self.start(drain="{ window: 20s }")
        self.assertEqual(await self.value("draining"), 0)
        self.assertEqual(await self.value("drain_deadline_timestamp_seconds"), 0)
        clients = [await RawClient.open(self.gateway.port) for _ in range(5)]
        self.gateway.process.signal(signal.SIGTERM)
        until = time.time() + 20
        await self.becomes(1, "draining")
        told = await self.value("drain_deadline_timestamp_seconds")
        self.assertAlmostEqual(told, until, delta=3)
        for client in clients:
            client.abort()
        self.assertEqual(await self.gateway.process.ended(), 0)

    async def test_what_runs_and_what_it_uses(self):
        await self.start()
        metrics = await self.gateway.metrics()
        version = subprocess.run([BINARY, "--version"], capture_output=True, text=True).stdout
        self.assertEqual(
            metrics.sum("pulsegate_build_info", version=version.split()[1]), 1
        )
        pid = self.gateway.process.pid
        self.assertAlmostEqual(
            metrics.sum("process_open_fds"), len(os.listdir(f"/proc/{pid}/fd")), delta=3
        )
        soft, _ = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        self.assertEqual(metrics.sum("process_max_fds"), soft)
        pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
        resident = pages * resource.getpagesize()
        self.assertAlmostEqual(
            metrics.sum("process_resident_memory_bytes"), resident, delta=resident / 4
        )
        self.assertAlmostEqual(metrics.sum("process_start_time_seconds"), time.time(), delta=60)
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        self.assertAlmostEqual(metrics.sum("process_cpu_seconds_total"), used, delta=1)


if __name__ == "__main__":
    main()
