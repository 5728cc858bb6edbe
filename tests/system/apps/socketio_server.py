"""Debian's python3-socketio as an ASGI app."""

import socketio

server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
app = socketio.ASGIApp(server)


@server.event
async def echo(session, text):
    return text
