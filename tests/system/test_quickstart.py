"""deploy/quickstart, with the binary that is being tested."""

import os
import re
import shutil
import signal
import socket

import websockets

from support.case import BINARY, SOURCE, SystemTest, main
from support.fastapi_app import FastapiApp
from support.ports import free_port
from support.tcp_table import is_listening
from support.web import get

FAILING_BUILD = """
[ "$1" = --build ] || exit 0
echo "[1/2] Building CXX object one.o"
echo "FAILED: two.o"
echo "two.cpp:1: error: no such type"
exit 1
"""


class Quickstart(SystemTest):
    async def start(self, *arguments):
        """Starts it; {what it prints: the URL beside it}."""
        process = self.spawn(
            "quickstart",
            [SOURCE / "deploy/quickstart", *arguments],
            environment={"PULSEGATE": BINARY, "TMPDIR": str(self.directory)},
        )
        await process.until(lambda: "Ctrl-C" in process.log(), "quickstart says what to do", 60)
        urls = dict(re.findall(r"^  (\w[\w ?]*?)  +.*?((?:http|ws)://\S+)", process.log(), re.M))
        return process, urls

    async def test_it_serves_a_page_and_an_echo_and_leaves_nothing_behind(self):
        process, urls = await self.start()
        self.assertIn("<title>Pulsegate</title>", (await get(urls["in a browser"])).text)
        self.assertIn("pulsegate_connections", (await get(urls["metrics"])).text)
        self.assertIn("<title>", (await get(urls["its status"])).text)
        async with websockets.connect(urls["in a terminal"], ping_interval=None) as client:
            await client.send("hello")
            self.assertEqual(await client.recv(), "hello")

        process.signal(signal.SIGINT)
        self.assertEqual(await process.ended(), 0)
        for url in urls.values():
            port = int(re.search(r":(\d+)", url).group(1))
            self.assertFalse(is_listening(port), f"{url} is still served")
        self.assertEqual(
            [
                name
                for name in os.listdir(self.directory)
                if "quickstart." in name and not name.endswith(".log")
            ],
            [],
            "its temporary directory is still there",
        )

    async def test_a_build_shows_how_far_it_is_and_why_it_failed(self):
        """With a copy of the script, and a cmake that fails."""
        tree = self.directory / "tree"
        (tree / "deploy").mkdir(parents=True)
        shutil.copy(SOURCE / "deploy/quickstart", tree / "deploy")
        for name, text in (("deploy/packages", ""), ("cmake", FAILING_BUILD)):
            (tree / name).write_text("#!/bin/sh\n" + text)
            (tree / name).chmod(0o755)
        process = self.spawn(
            "build",
            ["script", "--quiet", "--return", "--command", tree / "deploy/quickstart", "/dev/null"],
            environment={"PATH": f"{tree}:{os.environ['PATH']}", "PULSEGATE": ""},
        )
        self.assertEqual(await process.ended(), 1)
        self.assertIn("step 1 of 2", process.log())
        self.assertIn("the build failed (build/quickstart.log)", process.log())
        self.assertIn("error: no such type", process.log())

    async def test_it_fronts_an_application_and_two_of_it_run_side_by_side(self):
        app = await FastapiApp.start(self)
        first, first_urls = await self.start()
        second, second_urls = await self.start("--app", app.url)
        self.assertEqual(set(first_urls.values()) & set(second_urls.values()), set())
        async with websockets.connect(
            second_urls["in a terminal"] + "echo?name=mine", ping_interval=None
        ) as client:
            await client.send("to the app")
            self.assertEqual(await client.recv(), "to the app")
            self.assertEqual((await app.events())["mine"], [{"event": "open"}])
        page = await get(second_urls["its own pages"] + "openapi.json")
        self.assertEqual(page.status, 200, "the application's pages pass")
        self.assertNotIn("cannot be reached", second.log())
        for process in (first, second):
            process.signal(signal.SIGTERM)
            self.assertEqual(await process.ended(), 0)

    async def test_it_says_that_the_application_is_not_there_yet(self):
        process, _ = await self.start("--app", f"ws://127.0.0.1:{free_port()}")
        self.assertIn("the application cannot be reached yet", process.log())
        process.signal(signal.SIGTERM)
        self.assertEqual(await process.ended(), 0)

    async def test_it_says_what_went_wrong(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", taken := free_port()))
            holder.listen()
            for arguments, message in (
                (["--port", taken], f"port {taken} is taken"),
                (["--port", "abc"], "`abc` is not a port"),
                (["--port", "0"], "`0` is not a port"),
                (["--port", "65536"], "`65536` is not a port"),
                (["--port", "-1"], "`-1` is not a port"),
                (["--app", "http://127.0.0.1:8000"], "--app ws://127.0.0.1:8000"),
                (["--app", "https://app.example"], "--app wss://app.example"),
                (["--app", "127.0.0.1:8000"], "the URL of a WebSocket application"),
                (["--app", "ws://127.0.0.1:port"], "the gateway ended"),
                (["--nonsense"], "unknown argument"),
            ):
                with self.subTest(arguments=arguments):
                    process = self.spawn(
                        "quickstart",
                        [SOURCE / "deploy/quickstart", *arguments],
                        environment={"PULSEGATE": BINARY, "TMPDIR": str(self.directory)},
                    )
                    self.assertEqual(await process.ended(), 1)
                    self.assertIn(message, process.log())


if __name__ == "__main__":
    main()
