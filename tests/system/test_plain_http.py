"""Plain HTTP through the gateway: what passes, what ends how, and that nothing is left behind."""

import asyncio
import re

from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import RawClient, request
from support.scripted_app import ScriptedApp, serve
from support.tcp_table import connections_to
from support.waiting import eventually, within

GET = b"GET / HTTP/1.1\r\nHost: gateway.test\r\n\r\n"


def ask(line="GET /", *lines, body=""):
    """A request of HTTP/1.1 with these header lines."""
    return "\r\n".join([f"{line} HTTP/1.1", "Host: gateway.test", *lines, "", body]).encode("latin-1")


async def echo_request(talk, head):
    """Answers with the request's first line and its body."""
    body = await talk.body(head)
    talk.answer(head.split("\r\n")[0] + "\n" + body.decode("latin-1"))


class PlainHttp(SystemTest):
    async def start(self, script, **settings):
        self.app = await ScriptedApp.start(self, script)
        self.gateway = await Gateway.start(self, upstream=self.app.url, **settings)
        return await self.connect()

    async def connect(self):
        client = await RawClient.connect(self.gateway.port)
        self.addCleanup(client.abort)
        return client

    async def all_is_over(self):
        """Each request that began has ended, and has given its place back."""

        async def is_over():
            metrics = await self.gateway.metrics()
            return metrics.sum("pulsegate_http_requests_in_progress") == 0 and metrics

        return await eventually(is_over, "the end of all requests")

    async def test_requests_share_connections_on_both_sides(self):
        client = await self.start(serve(echo_request))
        for path in ("/a", "/b", "/c"):
            client.send(ask(f"GET {path}"))
            status, headers, body = await client.answer()
            self.assertEqual((status, body), (200, f"GET {path} HTTP/1.1\n".encode()))
            self.assertNotIn("connection", headers)
        self.assertEqual(self.app.connections, 1)
        metrics = await self.all_is_over()
        reused = metrics.sum("pulsegate_http_app_connections_total", how="reused")
        self.assertEqual((reused, metrics.sum("pulsegate_http_requests_total", code="2xx")), (2, 3))
        self.assertEqual(metrics.sum("pulsegate_http_idle_clients"), 1)

    async def test_requests_in_one_segment_are_answered_in_their_order(self):
        client = await self.start(serve(echo_request))
        client.send(b"".join(ask(f"POST /{n}", "Content-Length: 1", body=str(n)) for n in range(9)))
        for n in range(9):
            _, _, body = await client.answer()
            self.assertEqual(body, f"POST /{n} HTTP/1.1\n{n}".encode())

    async def test_a_websocket_may_follow_plain_requests_on_one_connection(self):
        async def answer(talk, head):
            if "sec-websocket-key" in head.lower():
                talk.answer(status="403 Forbidden")
            else:
                talk.answer("page")

        client = await self.start(serve(answer))
        client.send(GET)
        self.assertEqual((await client.answer())[2], b"page")
        client.send(request("/"))
        self.assertEqual((await client.answer())[0], 403)

    async def test_bodies_of_either_framing_reach_the_application(self):
        client = await self.start(serve(echo_request))
        client.send(ask("POST /", "Content-Length: 11", body="hello world"))
        self.assertEqual((await client.answer())[2], b"POST / HTTP/1.1\nhello world")
        client.send(ask("POST /", "Transfer-Encoding: chunked"))
        for piece in (b"5\r\nhel", b"lo\r", b"\n6;ext=1\r\n worl", b"d\r\n", b"0\r\nX: y\r\n", b"\r\n"):
            client.send(piece)
            await asyncio.sleep(0)
        self.assertEqual((await client.answer())[2], b"POST / HTTP/1.1\nhello world")

    async def test_an_answer_to_head_has_no_body_and_keeps_its_length(self):
        async def answer(talk, head):
            talk.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")

        client = await self.start(serve(answer))
        for _ in range(2):  # the second one shows that nothing was waited for
            client.send(ask("HEAD /"))
            head = await client.head()
            self.assertIn("content-length: 1000", head.lower())

    async def test_answers_without_a_body_end_with_their_head(self):
        async def answer(talk, head):
            status = head.split()[1].strip("/")
            talk.send(f"HTTP/1.1 {status} X\r\nETag: x\r\n\r\n")

        client = await self.start(serve(answer))
        for status in ("204", "304", "204"):
            client.send(ask(f"GET /{status}"))
            self.assertIn(f"HTTP/1.1 {status}", await client.head())

    async def test_interim_answers_pass_to_those_who_know_them(self):
        async def answer(talk, head):
            talk.send("HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n")
            talk.answer("page")

        client = await self.start(serve(answer))
        client.send(GET)
        self.assertIn("103 Early Hints", await client.head())
        self.assertEqual((await client.answer())[2], b"page")
        old = await self.connect()
        old.send(b"GET / HTTP/1.0\r\n\r\n")
        self.assertIn("200 OK", await old.head())

    async def test_the_application_decides_whether_a_body_is_sent(self):
        async def answer(talk, head):
            assert "Expect: 100-continue" in head, head
            if "POST /no" in head:
                talk.answer("too large", status="413 Content Too Large")
                return
            talk.send("HTTP/1.1 100 Continue\r\n\r\n")
            talk.answer((await talk.body(head)).decode())

        client = await self.start(serve(answer))
        client.send(ask("POST /yes", "Content-Length: 4", "Expect: 100-continue"))
        self.assertIn("100 Continue", await client.head())
        client.send(b"body")
        self.assertEqual((await client.answer())[2], b"body")
        client.send(ask("POST /no", "Content-Length: 4", "Expect: 100-continue"))
        status, headers, _ = await client.answer()
        self.assertEqual((status, headers["connection"]), (413, "close"))
        await client.ended()

    async def test_an_answer_that_ends_with_the_connection_gets_chunks(self):
        async def script(talk):
            await talk.head()
            talk.send("HTTP/1.0 200 OK\r\n\r\nto the end")

        client = await self.start(script)
        client.send(GET)
        head = await client.head()
        self.assertIn("Transfer-Encoding: chunked", head)
        self.assertEqual(await client.chunked_body(), b"to the end")

    async def test_an_answer_that_is_cut_short_is_cut_short_for_the_client(self):
        for framing in ("Content-Length: 100", "Transfer-Encoding: chunked"):

            async def script(talk, framing=framing):
                await talk.head()
                talk.send(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n5\r\nhello\r\n")

            with self.subTest(framing):
                client = await self.start(script)
                client.send(GET)
                await client.head()
                rest = await client.rest()
                self.assertNotIn(b"0\r\n\r\n", rest)
                await self.all_is_over()

    async def test_trailers_pass_but_for_those_that_would_be_headers(self):
        async def answer(talk, head):
            talk.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                "0\r\nX-Sum: 1\r\nSet-Cookie: a=b\r\n\r\n"
            )

        client = await self.start(serve(answer))
        client.send(GET)
        await client.head()
        self.assertEqual(await client.until(b"\r\n\r\n"), b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")

    async def test_a_request_on_a_connection_that_was_just_closed_is_sent_again_if_it_may(self):
        async def script(talk):
            head = await talk.head()
            talk.answer("first")
            if talk.number % 2 == 0:  # closes at the next request, without a word
                await talk.head()
                talk.reset()
                return
            while head := await talk.head():
                talk.answer("again")

        client = await self.start(script)
        client.send(ask("GET /1"))
        self.assertEqual((await client.answer())[2], b"first")
        client.send(ask("GET /2"))
        self.assertEqual((await client.answer())[2], b"first")
        metrics = await self.all_is_over()
        self.assertEqual(metrics.sum("pulsegate_http_retries_total"), 1)

    async def test_what_may_have_been_carried_out_is_not_sent_again(self):
        async def script(talk):
            await talk.head()
            talk.answer("first")
            await talk.head()
            talk.reset()

        client = await self.start(script)
        client.send(GET)
        await client.answer()
        client.send(ask("POST /", "Content-Length: 0"))
        status, _, body = await client.answer()
        self.assertEqual(status, 502)
        self.assertIn(b"without an answer", body)
        self.assertEqual(self.app.connections, 1)

    async def test_an_idle_connection_that_the_application_ends_is_not_used(self):
        async def script(talk):
            await talk.head()
            talk.answer(f"{talk.number}")

        client = await self.start(script)
        for n in range(3):
            client.send(ask("POST /", "Content-Length: 0"))
            self.assertEqual((await client.answer())[2], str(n).encode())
            await eventually(
                lambda: not connections_to(self.app.port), "the end of the idle connection"
            )

    async def test_a_client_that_leaves_ends_the_work_of_the_application(self):
        gone = asyncio.Event()

        async def script(talk):
            await talk.head()
            if talk.number == 1:
                talk.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            await talk.ended()
            gone.set()

        client = await self.start(script)
        client.send(GET)
        await eventually(lambda: self.app.connections == 1, "the request")
        client.abort()
        await within(gone.wait(), "the end of the application's connection")
        gone.clear()
        client = await self.connect()
        client.send(GET)
        await client.head()
        client.abort()
        await within(gone.wait(), "the end of the application's connection")
        metrics = await self.all_is_over()
        self.assertEqual(metrics.sum("pulsegate_http_requests_total", code="none"), 1)
        self.assertEqual(metrics.sum("pulsegate_http_requests_total", code="2xx"), 1)

    async def test_what_two_servers_could_read_in_two_ways_is_refused(self):
        client = await self.start(serve(echo_request))
        chunked = "Transfer-Encoding: chunked"
        smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        post = "POST / HTTP/1.1\r\nHost: a\r\n"
        rows = {
            "both framings": f"{post}Content-Length: 5\r\n{chunked}\r\n\r\n{smuggled}",
            "both, the other way": f"{post}{chunked}\r\nContent-Length: 5\r\n\r\n{smuggled}",
            "another coding": f"{post}Transfer-Encoding: gzip, chunked\r\n\r\n{smuggled}",
            "a coding twice": f"{post}{chunked}\r\n{chunked}\r\n\r\n{smuggled}",
            "a coding that is none": f"{post}Transfer-Encoding: xchunked\r\n\r\n{smuggled}",
            "identity": f"{post}Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
            "chunks in HTTP/1.0": f"POST / HTTP/1.0\r\nHost: a\r\n{chunked}\r\n\r\n{smuggled}",
            "two lengths": f"{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{smuggled}",
            "a length twice": f"{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\n{smuggled}",
            "a list of lengths": f"{post}Content-Length: 5, 5\r\n\r\n{smuggled}",
            "a signed length": f"{post}Content-Length: +5\r\n\r\n{smuggled}",
            "a length in hexadecimal": f"{post}Content-Length: 0x5\r\n\r\n{smuggled}",
            "no length": f"{post}Content-Length:\r\n\r\n{smuggled}",
            "a folded header": f"{post}X: y\r\n {chunked}\r\n\r\n{smuggled}",
            "a folded framing": f"{post}Transfer-Encoding:\r\n chunked\r\n\r\n{smuggled}",
            "a bare line feed": f"{post}X: y\n{chunked}\r\n\r\n{smuggled}",
            "a bare CR": f"{post}X: y\r{chunked}\r\n\r\n{smuggled}",
            "a space before the colon": f"{post}Transfer-Encoding : chunked\r\n\r\n{smuggled}",
            "a tab before the colon": f"{post}Content-Length\t: 5\r\n\r\n{smuggled}",
            "a header without a colon": f"{post}Content-Length 5\r\n\r\n{smuggled}",
            "a NUL in a name": f"{post}Content\0-Length: 5\r\n\r\n{smuggled}",
            "two hosts": "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "no host": "GET / HTTP/1.1\r\n\r\n",
            "a target without a path": "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
            "two spaces": "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
            "HTTP/2.0": "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        }
        for name, text in rows.items():
            with self.subTest(name):
                client = await self.connect()
                client.send(text.encode("latin-1"))
                status, headers, _ = await client.answer()
                self.assertEqual((status, headers["connection"]), (400, "close"))
        self.assertEqual(self.app.connections, 0)

    async def test_broken_chunks_end_the_request_and_nothing_behind_them_is_read(self):
        seen = []

        async def answer(talk, head):
            seen.append(head.split("\r\n")[0])
            await talk.body(head)

        await self.start(serve(answer))
        behind = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        for broken in ("5\r\nhelloX\r\n", "5\nhello\r\n", "-1\r\n", "g\r\n", " 5\r\nhello\r\n",
                       "5 \r\nhello\r\n", "fffffffffffffffff\r\n", "5\r\nhello\n0\r\n\r\n", "0x5\r\nhello\r\n"):
            with self.subTest(broken):
                client = await self.connect()
                client.send(ask("POST /", "Transfer-Encoding: chunked", body=broken + behind))
                status, _, _ = await client.answer()
                self.assertEqual(status, 400)
                await client.ended()
        self.assertNotIn("GET /smuggled HTTP/1.1", seen)

    async def test_requests_that_only_another_server_could_serve_say_so(self):
        await self.start(serve(echo_request))
        for text in (ask("TRACE /"), b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
                     ask("GET /", "Upgrade: tcp", "Connection: Upgrade")):
            client = await self.connect()
            client.send(text)
            self.assertEqual((await client.answer())[0], 501)
        self.assertEqual(self.app.connections, 0)
        client = await self.connect()  # a mere offer, as of curl and of Java
        client.send(ask("GET /", "Upgrade: h2c", "HTTP2-Settings: x", "Connection: Upgrade, HTTP2-Settings"))
        self.assertEqual((await client.answer())[0], 200)

    async def test_times_and_bytes_are_those_of_the_application_s_answer(self):
        async def answer(talk, head):
            await talk.body(head)
            await asyncio.sleep(0.3)
            talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            await asyncio.sleep(0.3)
            talk.send("0\r\n\r\n")

        client = await self.start(serve(answer))
        client.send(ask("POST /", "Transfer-Encoding: chunked", body="7\r\nrequest\r\n0\r\n\r\n"))
        await client.head()
        await client.chunked_body()
        metrics = await self.all_is_over()
        to_head = metrics.sum("pulsegate_http_answer_head_seconds_sum")
        to_end = metrics.sum("pulsegate_http_answer_seconds_sum")
        self.assertEqual(metrics.sum("pulsegate_http_answer_seconds_count"), 1)
        self.assertTrue(0.25 <= to_head <= to_end - 0.25, (to_head, to_end))
        for way, size in (("client_to_app", 7), ("app_to_client", 5)):
            self.assertEqual(metrics.sum("pulsegate_http_bytes_total", direction=way), size)

    async def test_an_application_that_does_not_answer_in_time_is_given_up(self):
        async def script(talk):
            await talk.head()
            await talk.ended()

        client = await self.start(script, more="http: { answer: 300ms }")
        client.send(GET)
        status, _, body = await client.answer()
        self.assertEqual(status, 504)
        self.assertIn(b"http.answer", body)

    async def test_a_client_that_stops_in_its_request_is_given_up(self):
        async def script(talk):
            await talk.ended()

        client = await self.start(script, more="http: { body: 300ms }")
        client.send(ask("POST /", "Content-Length: 10", body="half"))
        self.assertEqual((await client.answer())[0], 408)
        await client.ended()
        await self.all_is_over()

    async def test_bad_answers_are_told_as_such(self):
        answers = {
            "no HTTP": "hello\r\n\r\n",
            "a status that is none": "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n",
            "101": "HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
            "both framings": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "another coding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "nothing": "",
            "half a head": "HTTP/1.1 200 OK\r\nConte",
            "too much": "HTTP/1.1 200 OK\r\n" + "".join(f"X-{n}: {'x' * 1000}\r\n" for n in range(80)) + "\r\n",
        }

        async def script(talk):
            head = await talk.head()
            talk.send(answers[re.match(r"GET /(.*) HTTP", head)[1].replace("%20", " ")])

        await self.start(script)
        for name in answers:
            with self.subTest(name):
                client = await self.connect()
                client.send(ask(f"GET /{name.replace(' ', '%20')}"))
                self.assertEqual((await client.answer())[0], 502)
        await self.all_is_over()

    async def test_a_route_may_refuse_plain_requests(self):
        client = await self.start(serve(echo_request), route_keys={"/": "http: refuse"})
        client.send(GET)
        self.assertEqual((await client.answer())[0], 426)

    async def test_a_client_has_only_so_many_requests_under_way(self):
        go_on = asyncio.Event()

        async def answer(talk, head):
            await go_on.wait()
            talk.answer("page")

        first = await self.start(
            serve(answer), limits="{ requests_per_client: 2 }"
        )
        clients = [first, await self.connect()]
        for client in clients:
            client.send(GET)
        await eventually(lambda: self.app.connections == 2, "two requests under way")
        metrics = await self.gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_http_requests_in_progress"), 2)
        third = await self.connect()
        third.send(GET)
        status, headers, _ = await third.answer()
        self.assertEqual((status, headers["retry-after"]), (429, "1"))
        go_on.set()
        for client in clients:
            self.assertEqual((await client.answer())[2], b"page")
        clients[0].send(GET)
        self.assertEqual((await clients[0].answer())[0], 200)

    async def test_a_slow_client_does_not_make_the_gateway_collect_the_answer(self):
        size = 100_000_000

        async def answer(talk, head):
            talk.send(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n")
            for _ in range(size // 1_000_000):
                talk.send(b"x" * 1_000_000)
                await talk.writer.drain()

        client = await self.start(serve(answer))
        before = (await self.gateway.metrics()).sum("process_resident_memory_bytes")
        client.send(GET)
        await client.head()
        await asyncio.sleep(0.5)  # the application would write more, if it were taken
        held = (await self.gateway.metrics()).sum("process_resident_memory_bytes") - before
        self.assertLess(held, 8_000_000)
        self.assertEqual(len(await client.exactly(size)), size)


if __name__ == "__main__":
    main()
