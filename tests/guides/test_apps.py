"""The apps of the guides behind the gateway: what passes, and what they are told of each end."""

import signal

import websockets

import guide_app as apps
from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import RawClient, request
from support.waiting import within

ORIGIN = "https://chat.example.com"
CLIENT = "127.0.0.5"
COOKIE = {"Cookie": "session=open-sesame"}


class Apps(SystemTest):
    async def start(self, command, **settings):
        self.app = await apps.App.start(self, command)
        await self.start_gateway(**settings)

    async def start_gateway(self, **settings):
        url = f"ws://127.0.0.1:{self.app.port}"
        self.gateway = await Gateway.start(self, upstream=url, **settings)

    def connect(self, headers=None, origin=ORIGIN, path="/chat"):
        return websockets.connect(
            f"{self.gateway.url}{path}",
            local_addr=(CLIENT, 0),
            origin=origin,
            extra_headers=headers or COOKIE,
            ping_interval=None,
        )

    async def closed(self, session):
        """(code, reason) with which it ends."""
        await within(session.wait_closed(), "the end of the session")
        return session.close_code, session.close_reason

    async def assert_refused(self, status, **how):
        with self.assertRaises(websockets.InvalidStatusCode) as refusal:
            await self.connect(**how)
        self.assertEqual(refusal.exception.status_code, status)

    async def assert_it_keeps_what_the_guide_says(self, command, refusal, at_its_end):
        """refusal: the status for a client without a session. at_its_end: the client's code and
        reason when the app is stopped."""
        await self.start(command)
        async with self.connect(COOKIE | {"X-Real-IP": "198.51.100.1"}) as session:
            for message in ("Grüße", "x" * 100_000):
                await session.send(message)
                self.assertEqual(await session.recv(), message)
            await self.app.says("open", f"client={CLIENT}")
            await session.close(4321, "enough")
        await self.app.says("closed", f"client={CLIENT}", "code=4321")

        await self.assert_refused(refusal, headers={"Cookie": "session=guess"})

        session = await self.connect()
        session.transport.abort()
        await self.app.says("closed", "code=1006")

        async with self.connect() as session:
            self.gateway.process.signal(signal.SIGTERM)
            self.assertEqual(await self.closed(session), (1012, "service restart"))
        await self.app.says("closed", "code=1012")
        self.assertEqual(await self.gateway.process.ended(), 0)

        await self.start_gateway()
        async with self.connect() as session:
            self.app.process.signal_group(signal.SIGTERM)
            self.assertEqual(await self.closed(session), at_its_end)

    async def test_fastapi_under_uvicorn(self):
        await self.assert_it_keeps_what_the_guide_says(
            apps.fastapi, refusal=403, at_its_end=(1014, "application connection lost")
        )

    async def test_node(self):
        await self.assert_it_keeps_what_the_guide_says(
            apps.node, refusal=401, at_its_end=(1012, "service restart")
        )

    async def test_django_under_daphne(self):
        await self.assert_it_keeps_what_the_guide_says(
            apps.django_under_daphne, refusal=403, at_its_end=(1014, "application connection lost")
        )

    async def test_django_under_uvicorn(self):
        await self.assert_it_keeps_what_the_guide_says(
            apps.django_under_uvicorn, refusal=403, at_its_end=(1014, "application connection lost")
        )

    async def test_django_refuses_pages_of_other_hosts_and_other_paths(self):
        await self.start(apps.django_under_daphne)
        await self.assert_refused(403, origin="https://evil.example")
        await self.assert_refused(403, origin=None)
        await self.assert_refused(500, path="/other")

    async def test_daphne_s_age_limit_tells_clients_that_all_is_over(self):
        def aged(port):
            return ["1" if word == "-1" else word for word in apps.django_under_daphne(port)]

        await self.start(aged)
        async with self.connect() as session:
            self.assertEqual(await self.closed(session), (1000, ""))

    async def test_uvicorn_without_a_websocket_library_refuses_each_upgrade(self):
        await self.start(lambda port: [*apps.fastapi(port), "--ws", "none"])
        await self.assert_refused(400)

    async def test_pings_of_the_app_are_the_gateway_s_to_answer_not_the_client_s(self):
        def impatient(port):
            pings = ["--ws-ping-interval", "0.2", "--ws-ping-timeout", "0.4"]
            return [*apps.fastapi(port), *pings]

        async def end_of_one_that_answers_nothing(port):
            client = await RawClient.connect(port)
            client.send(request("/chat", **COOKIE))
            self.assertEqual((await client.answer())[0], 101)
            return (await client.read_close())[0]

        await self.start(impatient, heartbeat="{ interval: 500ms, timeout: 2s }")
        self.assertEqual(await end_of_one_that_answers_nothing(self.app.port), 1011)
        self.assertEqual(await end_of_one_that_answers_nothing(self.gateway.port), 4001)
        await self.app.says("closed", "code=4001")


if __name__ == "__main__":
    main()
