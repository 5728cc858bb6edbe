"""A running gateway notices what happens to its proxies' files, tells it once, and goes on."""

import asyncio
import json
import os
import shutil
import statistics
import time
import typing

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.haproxy import haproxy_text
from support.nginx_site import RELAYED, http_site
from support.ports import free_port
from support.waiting import eventually, within
from support.watched_client import WatchedClient
from support.web import get

NOTICED_WITHIN = 2.0  # seconds from the write, as users are told
PATIENCE = 20.0  # a machine that is busy with other tests may take long for anything
FINE, SLOW, UNENDED = "proxy_read_timeout 60s;\n", "proxy_read_timeout 20s;\n", "send_timeout 1s\n"
CALM, TIGHT = 29.9, -10.1  # margins of the two limits, towards the gateway
UNKNOWN = None
FORWARDED = RELAYED + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"


class State(typing.NamedTuple):
    """What /metrics says of the alignment."""

    margin: float | None  # towards the gateway; UNKNOWN where no way leads to it
    errors: int

    @classmethod
    async def of(cls, gateway):
        metrics = await gateway.metrics()
        margins = dict(metrics.each("pulsegate_alignment_margin_seconds"))
        findings = dict(metrics.each("pulsegate_alignment_findings"))
        margin = margins.get(("proxy", "to_gateway"), UNKNOWN)
        return cls(None if margin is None else round(margin, 6), int(findings[("error",)]))


class Proxy:
    """The files of a proxy in a directory of its own."""

    def __init__(self, directory):
        self.at = directory
        self.at.mkdir()

    def write(self, name, text):
        """In place."""
        (self.at / name).write_text(text)

    def replace(self, name, text):
        """As editors do it: another file takes the name."""
        self.write(name + "~", text)
        (self.at / (name + "~")).rename(self.at / name)

    def remove(self, name):
        (self.at / name).unlink()

    def make_directory(self, name):
        (self.at / name).mkdir(parents=True, exist_ok=True)

    def link(self, name, target):
        """A symbolic link in place of the one that has the name."""
        (self.at / (name + "~")).symlink_to(target)
        (self.at / (name + "~")).rename(self.at / name)


async def has_read(gateway):
    """Waits until it has read the files; some milliseconds later it serves."""
    while "alignment margin" not in gateway.process.log():
        await asyncio.sleep(0.001)


class Installation:
    """A gateway that serves a client, with the files of a proxy that it watches."""

    def __init__(self, test, proxy, file, gateway, client):
        self._test = test
        self.proxy = proxy
        self.file = file
        self.gateway = gateway
        self._client = client
        self._told = 0

    @classmethod
    async def start(
        cls,
        test,
        prepare,
        kind="nginx",
        main_file="nginx.conf",
        meanwhile=None,
        state=State(CALM, 0),
    ):
        """Starts one, which comes to the state.

        prepare(proxy, port of the gateway) writes the files, without a fault.
        meanwhile(proxy) changes them when the gateway has read them and does not serve yet.
        """
        port, admin_port = free_port(), free_port()
        proxy = Proxy(test.directory / f"proxy-{port}")
        prepare(proxy, port)
        file = Gateway.write(
            test,
            port,
            admin_port,
            heartbeat="{ interval: 25s, timeout: 45s }",
            limits="{ connections: 100 }",
            more=f"proxies:\n  - {{ name: proxy, {kind}: {{ config: {proxy.at / main_file} }} }}\n"
            "log: { format: json }\n",
        )
        gateway = Gateway(test, port, admin_port, file)
        test.gateways.append(gateway)
        if meanwhile:
            await within(has_read(gateway), "the gateway reads the files")
            meanwhile(proxy)
        await gateway.process.until(gateway.readyz, "the gateway is ready")
        client = await WatchedClient.open(port)
        test.clients.append(client)
        await client.echo("before")
        installed = cls(test, proxy, file, gateway, client)
        await installed.becomes(state)
        return installed

    def new_lines(self):
        """What the log says of the alignment since it was last asked."""
        lines = [
            line
            for line in map(json.loads, self.gateway.process.log().splitlines())
            if line["message"] in ("alignment", "alignment is fine again")
        ]
        new, self._told = lines[self._told :], len(lines)
        return new

    async def becomes(self, state):
        """Fails the test unless /metrics says so soon; the client is served on."""
        since = time.monotonic()
        seen = None

        async def is_seen():
            nonlocal seen
            seen = await State.of(self.gateway)
            return seen == state

        try:
            await eventually(is_seen, f"{state} is noticed", PATIENCE)
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {seen}") from None
        self._test.delays.append(time.monotonic() - since)
        await self._client.echo(f"with {state}")

    async def tells_a_finding(self, code, file, words):
        """One, which is about these words of a file."""
        before, found, _ = file.read_text().partition(words)
        assert found, (file, words)
        place = f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        lines = await eventually(self.new_lines, f"{code} is logged")
        self._test.assertEqual(
            [(line["level"], line.get("code"), line.get("place")) for line in lines],
            [("error", code, place)],
        )
        (line,) = lines
        for key in ("finding", "help"):
            self._test.assertTrue(line[key], key)

    async def tells_that_all_is_fine(self):
        lines = await eventually(self.new_lines, "it logs that all is fine")
        self._test.assertEqual(
            [(line["level"], line["message"]) for line in lines],
            [("info", "alignment is fine again")],
        )


def nginx_that_includes(*names, limits=None):
    """Writes one; `limits`: an included file that exists, without a fault."""

    def prepare(proxy, port):
        includes = "".join(f"include {name};\n" for name in names)
        proxy.write("nginx.conf", http_site(free_port(), port, FORWARDED + includes))
        if limits:
            proxy.make_directory(limits.rpartition("/")[0] or ".")
            proxy.write(limits, FINE)

    return prepare


class AlignmentWatch(SystemTest):
    def setUp(self):
        self.delays = []
        self.clients = []

    async def asyncTearDown(self):
        print(f"noticed after at most {max(self.delays, default=0):.2f} s ", end="", flush=True)
        if self.delays:
            self.assertLess(statistics.median(self.delays), NOTICED_WITHIN)
        for client in self.clients:
            client.abort()
        await super().asyncTearDown()

    async def worsens_and_is_mended(self, prepare, worsen, mend, found, bad=TIGHT, **how):
        """Does so twice. `found`: the code, the file and the words of what worsen() brings about,
        with the margin `bad`."""
        installed = await Installation.start(self, prepare, **how)
        code, file, words = found
        for _ in range(2):
            worsen(installed.proxy)
            await installed.becomes(State(bad, 1))
            await installed.tells_a_finding(code, installed.proxy.at / file, words)
            mend(installed.proxy)
            await installed.becomes(State(CALM, 0))
            await installed.tells_that_all_is_fine()

    async def test_a_limit_that_is_changed_in_place(self):
        await self.worsens_and_is_mended(
            nginx_that_includes("limits.conf", limits="limits.conf"),
            lambda proxy: proxy.write("limits.conf", SLOW),
            lambda proxy: proxy.write("limits.conf", FINE),
            ("PG301", "limits.conf", "proxy_read_timeout"),
        )

    async def test_a_limit_that_is_changed_while_the_gateway_starts(self):
        for _ in range(5):  # most times it is before the file is watched
            await Installation.start(
                self,
                nginx_that_includes("limits.conf", limits="limits.conf"),
                meanwhile=lambda proxy: proxy.write("limits.conf", SLOW),
                state=State(TIGHT, 1),
            )

    async def test_a_file_that_another_one_replaces(self):
        await self.worsens_and_is_mended(
            nginx_that_includes("limits.conf", limits="limits.conf"),
            lambda proxy: proxy.replace("limits.conf", "# Why?\n  " + SLOW),
            lambda proxy: proxy.replace("limits.conf", FINE),
            ("PG301", "limits.conf", "proxy_read_timeout"),
        )

    async def test_a_file_that_comes_to_match_a_pattern(self):
        await self.worsens_and_is_mended(
            nginx_that_includes("conf.d/*.conf", limits="conf.d/disabled"),
            lambda proxy: proxy.write("conf.d/slow.conf", SLOW),
            lambda proxy: proxy.remove("conf.d/slow.conf"),
            ("PG301", "conf.d/slow.conf", "proxy_read_timeout"),
        )

    async def test_a_pipe_that_nobody_writes_to(self):
        await self.worsens_and_is_mended(
            nginx_that_includes("conf.d/*.conf", limits="conf.d/limits.conf"),
            lambda proxy: os.mkfifo(proxy.at / "conf.d/pipe.conf"),
            lambda proxy: proxy.remove("conf.d/pipe.conf"),
            ("PG321", "nginx.conf", "include conf.d"),
            bad=CALM,
        )

    async def test_a_file_in_a_directory_that_comes_to_match_a_pattern(self):
        installed = await Installation.start(
            self, nginx_that_includes("limits.conf", "sites/*/site.conf", limits="limits.conf")
        )
        installed.proxy.make_directory("sites/new")
        installed.proxy.write("limits.conf", "proxy_read_timeout 70s;")
        await installed.becomes(State(CALM + 10, 0))  # it has read again, without that file
        installed.proxy.write("sites/new/site.conf", UNENDED)
        await installed.becomes(State(CALM + 10, 1))
        await installed.tells_a_finding(
            "PG320", installed.proxy.at / "sites/new/site.conf", "send_timeout"
        )

    async def test_a_file_behind_a_symbolic_link(self):
        def prepare(proxy, port):
            nginx_that_includes("sites-enabled/*", limits="sites-available/site")(proxy, port)
            proxy.make_directory("sites-enabled")
            proxy.link("sites-enabled/site", "../sites-available/site")

        await self.worsens_and_is_mended(
            prepare,
            lambda proxy: proxy.write("sites-available/site", SLOW),
            lambda proxy: proxy.replace("sites-available/site", FINE),
            ("PG301", "sites-enabled/site", "proxy_read_timeout"),
        )

    async def test_a_symbolic_link_to_a_directory_that_leads_elsewhere(self):
        def prepare(proxy, port):
            nginx_that_includes("app/current/limits.conf", limits="app/1/limits.conf")(proxy, port)
            proxy.make_directory("app/2")
            proxy.write("app/2/limits.conf", SLOW)
            proxy.link("app/current", "1")

        await self.worsens_and_is_mended(
            prepare,
            lambda proxy: proxy.link("app/current", "2"),
            lambda proxy: proxy.link("app/current", "1"),
            ("PG301", "app/current/limits.conf", "proxy_read_timeout"),
        )

    async def test_the_file_that_the_gateway_names_is_deleted_and_restored(self):
        installed = await Installation.start(self, nginx_that_includes())
        file = installed.proxy.at / "nginx.conf"
        text = file.read_text()
        for _ in range(2):
            installed.proxy.remove("nginx.conf")
            await installed.becomes(State(UNKNOWN, 1))
            await installed.tells_a_finding("PG340", installed.file, str(file))
            installed.proxy.write("nginx.conf", text)
            await installed.becomes(State(CALM, 0))
            await installed.tells_that_all_is_fine()

    async def test_an_included_file_elsewhere_is_deleted_and_restored(self):
        await self.worsens_and_is_mended(
            nginx_that_includes("snippets/limits.conf", limits="snippets/limits.conf"),
            lambda proxy: proxy.remove("snippets/limits.conf"),
            lambda proxy: proxy.write("snippets/limits.conf", FINE),
            ("PG321", "nginx.conf", "include snippets"),
            bad=CALM,
        )

    async def test_its_whole_directory_is_deleted_and_restored(self):
        def restore(proxy):
            proxy.make_directory("snippets")
            proxy.write("snippets/limits.conf", FINE)

        await self.worsens_and_is_mended(
            nginx_that_includes("snippets/limits.conf", limits="snippets/limits.conf"),
            lambda proxy: shutil.rmtree(proxy.at / "snippets"),
            restore,
            ("PG321", "nginx.conf", "include snippets"),
            bad=CALM,
        )

    async def test_broken_syntax_that_is_mended(self):
        await self.worsens_and_is_mended(
            nginx_that_includes("snippets/limits.conf", limits="snippets/limits.conf"),
            lambda proxy: proxy.write("snippets/limits.conf", UNENDED),
            lambda proxy: proxy.write("snippets/limits.conf", FINE),
            ("PG320", "snippets/limits.conf", "send_timeout"),
            bad=CALM,
        )

    async def test_a_haproxy_whose_limit_is_changed(self):
        fine = None

        def prepare(proxy, port):
            nonlocal fine
            limits = "timeout client 9s\n    timeout server 9s\n    timeout tunnel 60s"
            limits += "\n    timeout client-fin 9s"
            fine = haproxy_text(free_port(), port, limits)
            proxy.write("haproxy.cfg", fine)

        await self.worsens_and_is_mended(
            prepare,
            lambda proxy: proxy.write("haproxy.cfg", fine.replace("60s", "20s")),
            lambda proxy: proxy.replace("haproxy.cfg", fine),
            ("PG301", "haproxy.cfg", "timeout tunnel"),
            kind="haproxy",
            main_file="haproxy.cfg",
        )

    async def test_probes_are_answered_while_a_large_file_is_read(self):
        places = "".join(f"location /{i} {{ return 204; }}\n" for i in range(3000))

        def prepare(proxy, port):
            text = http_site(port + 1, port, FORWARDED + "include limit;", server=places)
            proxy.write("nginx.conf", text)
            proxy.write("limit", FINE)

        installed = await Installation.start(self, prepare)
        began = time.monotonic()
        check = await asyncio.create_subprocess_exec(
            BINARY, "check", "--config", installed.file, stdout=asyncio.subprocess.DEVNULL
        )
        await within(check.wait(), "a check of the same file", PATIENCE)
        reading = time.monotonic() - began
        answers, is_noticed = [], False

        async def probe():
            while not is_noticed:
                asked = time.monotonic()
                url = f"http://127.0.0.1:{installed.gateway.admin_port}/healthz"
                self.assertEqual((await get(url)).status, 200)
                answers.append(time.monotonic() - asked)

        probes = asyncio.create_task(probe())
        installed.proxy.write("limit", SLOW)
        await eventually(installed.new_lines, "the change is noticed", PATIENCE)
        is_noticed = True
        await probes  # the last one may have waited all the while
        print(f"{len(answers)} answers within {max(answers):.3f} s, read in {reading:.2f} s ", end="")
        self.assertLess(max(answers), reading / 2)

    async def test_two_hundred_writes_in_a_second_are_read_a_few_times_and_end_true(self):
        installed = await Installation.start(
            self, nginx_that_includes("limits.conf", limits="limits.conf")
        )
        began = time.monotonic()
        for number in range(200):  # each one would be a finding of its own
            installed.proxy.replace("limits.conf", f"proxy_read_timeout {20_000 + number}ms;")
            await asyncio.sleep(0.005)
        await installed.becomes(State(round(TIGHT + 0.199, 6), 1))
        seconds = time.monotonic() - began  # more than one where the machine is busy
        findings = installed.new_lines()
        self.assertLess(len(findings), 5 * seconds, findings)
        installed.proxy.replace("limits.conf", FINE)
        await installed.becomes(State(CALM, 0))
        await installed.tells_that_all_is_fine()


if __name__ == "__main__":
    main()
