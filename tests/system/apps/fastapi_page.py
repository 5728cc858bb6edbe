"""A FastAPI app with its page, an event stream and a WebSocket; all get what is posted to /say."""

import asyncio
import pathlib

from fastapi import Body, FastAPI, WebSocket
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse

app = FastAPI()
listeners = set()


@app.get("/")
def start():
    return RedirectResponse("/page")


@app.get("/page")
def page():
    answer = FileResponse(pathlib.Path(__file__).with_name("fastapi_page.html"))
    answer.set_cookie("seen", "yes", httponly=True)
    return answer


@app.post("/say")
async def say(text: str = Body()):
    for each in listeners:
        each.put_nowait(text)


async def heard():
    own = asyncio.Queue()
    listeners.add(own)
    try:
        while True:
            yield await own.get()
    finally:
        listeners.discard(own)


@app.get("/events")
def events():
    async def lines():
        async for text in heard():
            yield f"data: {text}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


@app.websocket("/ws")
async def ws(websocket: WebSocket):
    await websocket.accept()
    async for text in heard():
        await websocket.send_text(text)
