"""An application that takes all and says nothing: `sink_app.py PORT`."""

import asyncio
import sys

from support.bad_apps import accept_key, switching


async def serve(reader, writer):
    writer.write(switching(accept_key(await reader.readuntil(b"\r\n\r\n"))))
    try:
        while await reader.read(1 << 20):
            pass
    except ConnectionError:
        pass
    writer.close()


async def main(port):
    async with await asyncio.start_server(serve, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
