"""When real proxies cut an event stream, hold it back, and let go of an idle connection; and what
`check` says of their files."""

import asyncio
import functools
import json
import subprocess
import typing

from support.apache import Apache
from support.case import BINARY, SystemTest, main
from support.haproxy import HAProxy
from support.nginx import Nginx
from support.nginx_site import http_site, stream_site
from support.ports import free_port
from support.stream_app import StreamApp, StreamClient
from support.waiting import side_by_side, within

TOLERANCE = 0.5
RAISED = 60  # seconds; more than a run takes
AT_ONCE = 2.0  # within which an event comes that nobody holds back
HELD = 4.0  # for which one has not come that somebody holds back
VERSION = "proxy_http_version 1.1;"
PATIENT = "timeout client 60s\n    timeout tunnel 60s\n    "


async def nginx(test, app, setting):
    return await Nginx.start_site(test, app, http_site, location=VERSION + setting)


async def nginx_stream(test, app, setting):
    return await Nginx.start_site(test, app, stream_site, server=setting)


class Limit(typing.NamedTuple):
    start: typing.Callable  # (test, app, setting) → the proxy
    setting: str  # with {} for the seconds
    seconds: int = 3


LIMITS = {
    "nginx": Limit(nginx, "proxy_read_timeout {}s;"),
    "nginx, buffering off": Limit(nginx, "proxy_buffering off; proxy_read_timeout {}s;"),
    "nginx stream": Limit(nginx_stream, "proxy_timeout {}s;"),
    "haproxy server": Limit(HAProxy.start, PATIENT + "timeout server {}s"),
    "haproxy rule": Limit(
        functools.partial(HAProxy.start, backend="http-request set-timeout server 3s"),
        PATIENT + "timeout server 60s",
    ),
    "apache": Limit(Apache.start, "Timeout 60\nProxyTimeout {}"),
}

# What looks like a limit of 2 s, and is none for an answer.
HARMLESS = {
    "nginx send": (nginx, "proxy_send_timeout 2s; send_timeout 2s; keepalive_timeout 2s;"),
    "haproxy tunnel": (
        HAProxy.start,
        "timeout client 60s\n    timeout server 60s\n    timeout tunnel 2s",
    ),
    "haproxy client": (HAProxy.start, "timeout client 2s\n    timeout server 60s"),
    "haproxy requests": (
        HAProxy.start,
        PATIENT + "timeout server 60s\n    timeout http-request 2s\n    timeout http-keep-alive 2s",
    ),
}

GZIP = "gzip on; gzip_types text/event-stream;"
DEAF = "proxy_ignore_headers X-Accel-Buffering;"
OLD = "proxy_http_version 1.0;"


class Passing(typing.NamedTuple):
    location: str
    told: bool  # by X-Accel-Buffering, as the gateway does
    held: bool
    code: typing.Optional[str] = None  # what `check` says of the file, if the answer is told


PASSING = {
    "1.1": Passing(VERSION, False, False),
    "1.0": Passing(OLD, False, True),
    "1.0, told": Passing(OLD, True, False),
    "1.0, buffering off": Passing(OLD + "proxy_buffering off;", False, False),
    "gzip": Passing(VERSION + GZIP, False, True),
    "gzip, told": Passing(VERSION + GZIP, True, False),
    "gzip of all": Passing(VERSION + "gzip on; gzip_types *;", False, True),
    "gzip of others": Passing(VERSION + "gzip on; gzip_types text/css;", False, False),
    "gzip, buffering off": Passing(VERSION + GZIP + "proxy_buffering off;", False, False),
    "deaf, 1.1": Passing(VERSION + DEAF, True, False),
    # Of HTTP/1.0 `check` says that no WebSocket passes, and nothing more.
    "deaf, 1.0": Passing(OLD + DEAF, True, True),
    "deaf, 1.0, buffering off": Passing(OLD + DEAF + "proxy_buffering off;", True, False),
    "deaf, gzip": Passing(VERSION + DEAF + GZIP, True, True, "PG349"),
}


class Inner(typing.NamedTuple):
    outer: str
    inner: str
    held: bool
    code: typing.Optional[str] = None


TWO = {
    "outer 1.0": Inner(OLD, VERSION, True),
    "outer gzip": Inner(VERSION + GZIP, VERSION, True, "PG348"),
    "outer 1.1": Inner(VERSION, VERSION, False),
    "outer 1.0, passed on": Inner(OLD, VERSION + "proxy_pass_header X-Accel-Buffering;", False),
    "outer 1.0, added": Inner(OLD, VERSION + "add_header X-Accel-Buffering no;", False),
    "outer 1.0, buffering off": Inner(OLD + "proxy_buffering off;", VERSION, False),
}


def two_sites(port, app_port, outer, inner, inner_port):
    text = http_site(port, inner_port, location=outer)
    server = (
        f"    server {{\n        listen 127.0.0.1:{inner_port};\n        location / {{\n"
        f"            proxy_pass http://127.0.0.1:{app_port};\n            {inner}\n"
        "        }\n    }\n}\n"
    )
    return text.rstrip().removesuffix("}") + server


async def nginx_keeping(test, app, setting):
    location = 'proxy_http_version 1.1; proxy_set_header Connection "";'

    def site(port, app_port):
        text = http_site(port, app_port, location=location)
        text = text.replace(f"proxy_pass http://127.0.0.1:{app_port};", "proxy_pass http://app;")
        group = f"upstream app {{ server 127.0.0.1:{app_port}; {setting} }}"
        return text.replace("access_log off;", "access_log off;\n" + group)

    return await Nginx.start_site(test, app, site)


async def haproxy_keeping(test, app, setting):
    return await HAProxy.start(
        test, app, PATIENT + "timeout server 60s\n    default-server " + setting
    )


# For how long an idle connection to the app is kept: at least, at most.
KEPT = {
    "nginx": (nginx_keeping, "keepalive 4; keepalive_timeout 2s;", 2, 2),
    "nginx, one that keeps none": (nginx_keeping, "", 0, 0),
    # It looks every so often, and closes half of what it did not need since: in two or three steps.
    "haproxy": (haproxy_keeping, "pool-purge-delay 2s", 2, 6),
}


class StreamLimits(SystemTest):
    async def asyncSetUp(self):
        self.app = await StreamApp.start(self)

    async def start(self, proxies):
        """Starts {name: (start, setting)}."""
        return await side_by_side(
            {name: start(self, self.app, setting) for name, (start, setting) in proxies.items()}
        )

    async def open(self, proxy, path, encoding=None):
        client = await StreamClient.open(self, proxy.port, path, encoding)
        assert await client.hears_within(15), "no event came"
        return client

    def codes(self, proxy, declared, interval="25s"):
        """Those of `check` about streams, of a proxy whose file leads to the app."""
        file = self.write(
            f"{proxy.port}.yaml",
            f"listeners: [{{ address: 127.0.0.1:{self.app.port} }}]\n"
            f"heartbeat: {{ interval: {interval}, timeout: 1h }}\nhealth: {{ path: none }}\n"
            f"proxies: [{declared}]\n"
            "routes: [{ path: /, upstream: ws://127.0.0.1:9 }]\n",
        )
        done = subprocess.run(
            [BINARY, "check", "--format", "json", "--config", file],
            capture_output=True,
            text=True,
            timeout=30,
        )
        found = json.loads(done.stdout)["diagnostics"]
        return {each["code"] for each in found if "PG346" <= each["code"] <= "PG353"}

    async def test_a_silent_stream_is_cut_at_the_limit_and_comments_keep_it(self):
        limited = await self.start(
            {name: (each.start, each.setting.format(each.seconds)) for name, each in LIMITS.items()}
        )
        raised = await self.start(
            {
                name: (each.start, each.setting.format(RAISED))
                for name, each in LIMITS.items()
                if "{}" in each.setting
            }
        )

        def said_of_haproxy(proxy):
            return self.codes(
                proxy, f"{{ haproxy: {{ config: {self.directory}/haproxy-{proxy.port}.cfg }} }}"
            )

        for name, proxy in limited.items():
            if name.startswith("haproxy"):  # the other ones have one limit for WebSockets, too
                self.assertEqual(said_of_haproxy(proxy), {"PG346"}, name)
                if name in raised:
                    self.assertEqual(said_of_haproxy(raised[name]), set(), name)

        async def silent(name, limit):
            client = await self.open(limited[name], "/stream?told=1")
            end = await client.end_within(4 * limit.seconds)
            self.assertIsNotNone(end, "still there")
            self.assertAlmostEqual(end - client.heard, limit.seconds, delta=TOLERANCE)

        async def silent_below_a_higher_limit(name, limit):
            if name in raised:
                client = await self.open(raised[name], "/stream?told=1")
                self.assertIsNone(await client.end_within(2 * limit.seconds + 1))

        async def kept_by_comments(name, limit):
            client = await self.open(limited[name], "/stream?told=1&comments=0.5")
            self.assertIsNone(await client.end_within(2 * limit.seconds + 1))

        await side_by_side(
            {
                f"{name}: {kind.__name__}": kind(name, limit)
                for name, limit in LIMITS.items()
                for kind in (silent, silent_below_a_higher_limit, kept_by_comments)
            }
        )

    async def test_what_is_no_limit_of_an_answer_cuts_no_silent_stream(self):
        proxies = await self.start(HARMLESS)

        async def silent(proxy):
            client = await self.open(proxy, "/stream?told=1")
            self.assertIsNone(await client.end_within(6))

        await side_by_side({name: silent(proxy) for name, proxy in proxies.items()})

    async def held(self, proxy, told):
        client = await StreamClient.open(
            self, proxy.port, "/stream?told=1" if told else "/stream", encoding="gzip"
        )
        if await client.hears_within(AT_ONCE):
            return False
        assert not await client.hears_within(HELD - AT_ONCE), "neither at once nor held back"
        return True

    async def test_nginx_holds_a_stream_back_where_check_says_so(self):
        async def tried(row):
            proxy = await Nginx.start_site(self, self.app, http_site, location=row.location)
            self.assertEqual(await self.held(proxy, row.told), row.held)
            if row.told:
                file = self.directory / f"nginx-{proxy.port}/nginx.conf"
                self.assertEqual(
                    self.codes(proxy, f"{{ nginx: {{ config: {file} }} }}"),
                    {row.code} if row.code else set(),
                )

        await side_by_side({name: tried(row) for name, row in PASSING.items()})

    async def test_the_outer_of_two_nginx_is_not_told_unless_the_inner_one_passes_it_on(self):
        async def tried(row):
            proxy = await Nginx.start_site(
                self,
                self.app,
                functools.partial(two_sites, inner_port=free_port()),
                outer=row.outer,
                inner=row.inner,
            )
            self.assertEqual(await self.held(proxy, True), row.held)
            file = self.directory / f"nginx-{proxy.port}/nginx.conf"
            self.assertEqual(
                self.codes(proxy, f"{{ nginx: {{ config: {file} }} }}"),
                {row.code} if row.code else set(),
            )

        await side_by_side({name: tried(row) for name, row in TWO.items()})

    async def test_an_idle_connection_to_the_gateway_is_kept_as_long_as_the_file_says(self):
        async def kept(row):
            start, setting, least, most = row
            app = await StreamApp.start(self)
            proxy = await start(self, app, setting)
            client = await StreamClient.open(self, proxy.port, "/plain")
            self.assertTrue(await client.hears_within(15))
            seconds = await within(app.kept.get(), "the end of the idle connection", 15)
            self.assertGreaterEqual(seconds, least - TOLERANCE)
            self.assertLessEqual(seconds, most + TOLERANCE)

        await side_by_side({name: kept(row) for name, row in KEPT.items()})


if __name__ == "__main__":
    main()
