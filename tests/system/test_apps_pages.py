"""Whole sites through Nginx and the gateway: a FastAPI app with its page in Chromium, uploads to Django, Jupyter."""

import asyncio
import hashlib
import json
import os
import subprocess

import websockets

from support.app_chain import APPS, QUIET, AppTest
from support.browser import Browser
from support.case import main
from support.waiting import eventually, within
from support.web import ask, get

WAYS = ("events", "fetched", "socket")


class FastApiPage(AppTest):
    async def test_its_page_event_stream_fetched_stream_and_websocket_live_and_come_back(self):
        await self.serve_asgi("fastapi_page:app")
        self.page = await Browser.open(self, self.url)
        self.addAsyncCleanup(self.page.close)
        self.assertEqual(await self.page.evaluate("location.pathname"), "/page")
        await self.heard_by_all("works")
        await asyncio.sleep(QUIET)
        await self.heard_by_all("lives")
        began = [await self.page.evaluate(f"ways.{way}.began") for way in WAYS]
        self.assertEqual(began, [1, 1, 1])
        self.assertEqual(self.page.complaints, [])
        await self.replace_gateway()
        await self.heard_by_all("back")

    async def heard_by_all(self, text):
        async def is_heard():
            await self.page.evaluate(f"say('{text}')")
            heard = [await self.page.evaluate(f"ways.{way}.heard.includes('{text}')") for way in WAYS]
            return heard == [True] * len(WAYS)

        await eventually(is_heard, f"`{text}` in the page")


class DjangoUploads(AppTest):
    async def test_small_and_large_files_arrive_whole_before_and_after_a_drain(self):
        daphne = ["daphne", "-b", "127.0.0.1", "-p"]
        await self.serve_command(
            lambda port: [*daphne, port, "django_uploads:application"], environment={"PYTHONPATH": str(APPS)}
        )
        sizes = {self.url: 900_000, f"http://127.0.0.1:{self.port}": 64_000_000}  # Nginx takes 1 MiB by default
        for url, size in sizes.items():
            await self.upload(url, size)
        await self.replace_gateway()
        for url, size in sizes.items():
            await self.upload(url, size)

    async def upload(self, url, size):
        content = os.urandom(size)
        file = self.directory / "upload"
        file.write_bytes(content)
        jar = self.directory / "cookies"
        token = await self.curl("-c", jar, f"{url}/form/")
        answer = await self.curl(
            "-b", jar, "-H", f"X-CSRFToken: {token}", "-F", f"file=@{file}", f"{url}/upload/"
        )
        self.assertEqual(answer, hashlib.sha256(content).hexdigest())

    async def curl(self, *words):
        command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "30", *words]
        return await asyncio.to_thread(subprocess.check_output, command, text=True)


class Jupyter(AppTest):
    async def test_its_api_and_a_quiet_terminal_work_and_come_back(self):
        await self.serve_command(
            lambda port: [
                "jupyter-server",
                "--no-browser",
                "--allow-root",
                "--ServerApp.ip=127.0.0.1",
                "--ServerApp.token=secret",
                "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={self.directory}",
                f"--ServerApp.port={port}",
            ],
            environment={"HOME": str(self.directory)},
        )
        token = {"Authorization": "token secret"}
        self.assertEqual((await get(f"{self.url}/api/status")).status, 403)
        self.assertEqual((await get(f"{self.url}/api/status", token)).status, 200)
        name = (await ask("POST", f"{self.url}/api/terminals", token)).json()["name"]
        url = f"{self.url.replace('http', 'ws')}/terminals/websocket/{name}"

        def connect():
            return websockets.connect(url, extra_headers=token, ping_interval=None)

        async with connect() as terminal:
            await self.calculate(terminal, 6, 7)
            await asyncio.sleep(QUIET)
            await self.calculate(terminal, 11, 13)
            await self.replace_gateway()
            await within(terminal.wait_closed(), "the end of the session")
            self.assertEqual(terminal.close_code, 1012)
        async with connect() as terminal:
            await self.calculate(terminal, 17, 19)

    async def calculate(self, terminal, one, two):
        """Has the shell print what its input does not contain."""
        await terminal.send(json.dumps(["stdin", f"echo $(({one} * {two}))\r"]))

        async def is_printed():
            while str(one * two) not in json.loads(await terminal.recv())[1]:
                pass

        await within(is_printed(), "the output of the shell")


if __name__ == "__main__":
    main()
