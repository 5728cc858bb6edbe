"""Event streams through the gateway: kept alive, shown, and ended so that their clients come back."""

import asyncio
import re
import signal

from support.admin import start_with_token
from support.case import SystemTest, main
from support.raw_client import RawClient
from support.scripted_app import ScriptedApp
from support.waiting import eventually, within

GET = b"GET /events HTTP/1.1\r\nHost: gateway.test\r\n\r\n"
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
FAST = "{ interval: 200ms, timeout: 600ms }"


def chunk(text):
    return f"{len(text.encode()):x}\r\n{text}\r\n"


class EventStreams(SystemTest):
    async def start(self, *texts, head=HEAD, **settings):
        """An application that sends these texts, one chunk each, and then nothing more."""
        self.go_on = asyncio.Event()
        self.app_ended = asyncio.Event()

        async def script(talk):
            await talk.head()
            talk.send(head)
            for text in texts:
                talk.send(chunk(text))
            ended = asyncio.ensure_future(talk.ended())
            going = asyncio.ensure_future(self.go_on.wait())
            await asyncio.wait((ended, going), return_when=asyncio.FIRST_COMPLETED)
            if going.done():
                talk.send("0\r\n\r\n")
            self.app_ended.set()

        self.app = await ScriptedApp.start(self, script)
        settings.setdefault("heartbeat", FAST)
        self.gateway, self.admin = await start_with_token(self, upstream=self.app.url, **settings)
        return await self.open()

    async def open(self):
        client = await RawClient.connect(self.gateway.port)
        self.addCleanup(client.abort)
        client.send(GET)
        self.head = await client.head()
        return client

    async def ended_by(self, reason):
        async def is_ended():
            metrics = await self.gateway.metrics()
            opened = metrics.sum("pulsegate_streams_opened_total")
            ended = metrics.sum("pulsegate_streams_ended_total")
            self.assertEqual(opened, ended + metrics.sum("pulsegate_streams"))
            return metrics.sum("pulsegate_streams_ended_total", reason=reason) == 1

        await eventually(is_ended, f"a stream that ended as {reason}")

    async def test_a_quiet_stream_gets_comments_between_events(self):
        client = await self.start("data: 1\n\n")
        self.assertIn("X-Accel-Buffering: no", self.head)
        self.assertIn("Cache-Control: no-transform", self.head)
        self.assertEqual(await client.chunk(), b"data: 1\n\n")
        for _ in range(3):
            self.assertEqual(await client.chunk(), b":\n\n")
        metrics = await self.gateway.metrics()
        self.assertGreaterEqual(metrics.sum("pulsegate_stream_heartbeats_total"), 3)

    async def test_a_stream_that_has_not_begun_gets_comments_too(self):
        client = await self.start()
        self.assertEqual(await client.chunk(), b":\n\n")

    async def test_a_comment_ends_no_event_early_and_stands_in_no_line(self):
        for text, comment in {
            "data: 1\n": b":\n",
            "data: 1\r": b":\r",  # also if LF follows
            "data: 1\r\n": b":\r\n",
            "data: 1\r\r": b":\r\r",
        }.items():
            with self.subTest(text):
                client = await self.start(text)
                await client.chunk()
                self.assertEqual(await client.chunk(), comment)
        client = await self.start("data: in a li")
        await client.chunk()
        with self.assertRaises(AssertionError):
            await client.chunk(0.7)

    async def test_what_the_application_decided_about_caches_stays(self):
        head = HEAD.replace("Type", "Type: text/event-stream\r\nCache-Control: no-cache\r\nX")
        await self.start(head=head)
        self.assertIn("no-cache, no-transform", self.head)

    async def test_an_answer_of_another_type_gets_no_comments(self):
        client = await self.start("{}\n", head=HEAD.replace("text/event-stream", "application/x-ndjson"))
        await client.chunk()
        with self.assertRaises(AssertionError):
            await client.chunk(0.7)

    async def test_a_compressed_stream_gets_no_comments(self):
        client = await self.start(head=HEAD.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n"))
        with self.assertRaises(AssertionError):
            await client.chunk(0.7)

    async def test_the_end_of_the_application_is_the_end_for_the_client(self):
        client = await self.start("data: 1\n\n")
        await client.chunk()
        self.go_on.set()
        while await client.chunk():
            pass
        await self.ended_by("app_ended")

    async def test_a_client_that_leaves_ends_the_stream_of_the_application(self):
        client = await self.start("data: 1\n\n")
        await client.chunk()
        client.abort()
        await within(self.app_ended.wait(), "the end of the application's connection")
        await self.ended_by("client_left")

    async def test_a_drain_ends_streams_with_a_time_to_come_back(self):
        client = await self.start("data: 1\n\n", drain="{ window: 500ms }")
        await client.chunk()
        self.gateway.process.signal(signal.SIGTERM)
        text = (await client.chunked_body()).decode()
        self.assertRegex(text, r"retry: \d+\n\n$")
        self.assertLessEqual(int(re.search(r"retry: (\d+)", text)[1]), 600)
        await client.ended()
        self.assertEqual(await self.gateway.process.ended(), 0)

    async def test_an_old_stream_ends_at_the_border_of_an_event(self):
        client = await self.start(
            "data: 1\n", limits="{ session_age: 300ms }", drain="{ window: 100ms }",
        )
        self.assertEqual(await client.chunk(), b"data: 1\n")
        rest = await client.rest()  # after a while, in its middle, by a cut
        self.assertNotIn(b"retry", rest)
        self.assertFalse(rest.endswith(b"0\r\n\r\n"))
        await self.ended_by("age")

    async def test_streams_stand_among_the_connections_and_can_be_ended(self):
        client = await self.start("data: 1\n\n")
        await client.chunk()
        rows = await self.admin.connections()
        self.assertEqual([row["kind"] for row in rows], ["event_stream"])
        self.assertEqual((rows[0]["path"], rows[0]["app_bytes"]), ("/events", 9))
        await self.admin.close(f"/connections/{rows[0]['id']}")
        self.assertIn(b"retry: ", await client.chunked_body())
        await self.ended_by("admin")


if __name__ == "__main__":
    main()
