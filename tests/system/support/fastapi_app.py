"""The application of tests/system/app.py under a real uvicorn."""

import sys

from support.case import SOURCE
from support.ports import free_port
from support.waiting import eventually
from support.web import get


class FastapiApp:
    def __init__(self, port, process):
        self.port = port
        self.process = process
        self.url = f"ws://127.0.0.1:{port}"

    @classmethod
    async def start(cls, test):
        port = free_port()
        process = test.spawn(
            "uvicorn",
            [
                sys.executable,
                "-m",
                "uvicorn",
                "app:app",
                "--app-dir",
                SOURCE / "tests/system",
                "--host",
                "127.0.0.1",
                "--port",
                port,
                "--ws",
                "websockets",
            ],
        )
        app = cls(port, process)
        await process.until(app.events, "uvicorn serves the app", 30)
        return app

    async def events(self):
        """What happened to its sessions so far: {"name": [event, ...]}; always with an entry."""
        return (await get(f"http://127.0.0.1:{self.port}/events")).json()

    async def disconnect_code(self, name, seconds=20.0):
        """Waits for the end of the session with ?name=…; the code of its WebSocketDisconnect."""

        async def ended():
            return [
                event
                for event in (await self.events()).get(name, [])
                if event["event"] == "disconnect"
            ]

        disconnects = await eventually(ended, f"the app sees the end of {name}", seconds)
        assert len(disconnects) == 1, disconnects
        return disconnects[0]["code"]
