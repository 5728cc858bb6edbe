"""A room in which everybody hears everybody: the demonstration behind the gateway."""

import pathlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse

app = FastAPI()
page = (pathlib.Path(__file__).parent / "page.html").read_text()
room: set[WebSocket] = set()


@app.get("/")
async def index() -> HTMLResponse:
    return HTMLResponse(page)


async def tell_all(text: str) -> None:
    for each in list(room):
        try:
            await each.send_text(text)
        except (RuntimeError, WebSocketDisconnect):
            room.discard(each)  # it went while the others were told


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    room.add(websocket)
    try:
        await tell_all(f"{len(room)} here")
        while True:
            await tell_all(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        room.discard(websocket)
        await tell_all(f"{len(room)} here")
