"""The application behind all gateways: tells what it was told of the client, then echoes."""

import json

import websockets


def _first(offered, _):
    return offered[0] if offered else None


async def _serve(websocket):
    headers = websocket.request_headers
    facts = {
        "gateway": "Pulsegate-Connection-Id" in headers,
        "client": headers.get("X-Real-IP", ""),
    }
    try:
        await websocket.send(json.dumps(facts))
        async for message in websocket:
            await websocket.send(message)
    except websockets.ConnectionClosed:
        pass  # cut by a proxy


def serve():
    """Use with `async with`; the server, on a port of the kernel's choice."""
    return websockets.serve(
        _serve, "127.0.0.1", 0, ping_interval=None, select_subprotocol=_first, compression=None
    )
