"""An echo for clients with a session cookie, in one file; a project has the settings elsewhere.

    daphne -b 127.0.0.1 -p 8000 --proxy-headers --proxy-headers-host X-Real-IP \
        --websocket_timeout -1 django_app:application
"""

import logging
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="replace me",
    ALLOWED_HOSTS=["chat.example.com"],
    LOGGING_CONFIG=None,
)
django.setup()

# Django has to be ready before these are imported.
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.http import parse_cookie
from django.urls import path

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
log = logging.getLogger("chat")


class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        headers = dict(self.scope["headers"])
        cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        if cookies.get("session") != "open-sesame":  # a project has AuthMiddlewareStack here
            await self.close()  # before accept(): the client's handshake gets 403
            return
        await self.accept()
        log.info("open client=%s", self.scope["client"][0])

    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data=text_data, bytes_data=bytes_data)

    async def disconnect(self, code):
        log.info("closed client=%s code=%s", self.scope["client"][0], code)


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": AllowedHostsOriginValidator(URLRouter([path("chat", Chat.as_asgi())])),
    }
)
