"""An echo for clients with a session cookie.

    python3 -m uvicorn fastapi_app:app --host 127.0.0.1 --port 8000
"""

import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger("uvicorn.error")


@app.websocket("/chat")
async def chat(websocket: WebSocket):
    if websocket.cookies.get("session") != "open-sesame":  # ask your session store here
        await websocket.close()  # before accept(): the client's handshake gets 403
        return
    await websocket.accept()
    client = websocket.headers.get("x-real-ip")
    log.info("open client=%s", client)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as end:
        log.info("closed client=%s code=%s", client, end.code)
