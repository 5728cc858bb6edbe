"""The application behind the gateway in the system tests.

It remembers what happened to each session, by the query parameter `name`, and tells it at GET
/events.
"""

from collections import defaultdict

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
events = defaultdict(list)
events["app"].append({"event": "start"})


@app.get("/events")
def get_events():
    return events


async def serve(websocket: WebSocket, on_message):
    """Hands each message to on_message until the session ends, and remembers how."""
    log = events[websocket.query_params.get("name", "")]
    log.append({"event": "open"})
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"])
            await on_message(message)
    except WebSocketDisconnect as end:
        log.append({"event": "disconnect", "code": end.code})


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    async def reply(message):
        if message.get("text") is not None:
            await websocket.send_text(message["text"])
        else:
            await websocket.send_bytes(message["bytes"])

    await websocket.accept()
    await serve(websocket, reply)


@app.websocket("/facts/{item}")
async def facts(websocket: WebSocket, item: str):
    """Tells what the app knows of the client, and chooses a subprotocol and a cookie."""
    await websocket.accept(subprotocol="chat.v2", headers=[(b"set-cookie", b"seen=yes; Path=/")])
    await websocket.send_json(
        {
            "item": item,
            "address": websocket.client.host,
            "headers": {name: websocket.headers.getlist(name) for name in websocket.headers.keys()},
            "cookies": websocket.cookies,
            "query": websocket.query_params.multi_items(),
            "subprotocols": websocket.scope["subprotocols"],
        }
    )
    await serve(websocket, None)


@app.websocket("/refuse")
async def refuse(websocket: WebSocket):
    await websocket.close()  # before accept(): uvicorn answers 403


@app.websocket("/close")
async def close(websocket: WebSocket):
    """Closes with the code and reason that the first message names."""

    async def obey(message):
        code, reason = message["text"].split(" ", 1)
        await websocket.close(int(code), reason)

    await websocket.accept()
    await serve(websocket, obey)
