"""`pulsegate health`, against real gateways."""

import asyncio
import signal

import websockets

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.waiting import eventually


class Health(SystemTest):
    async def ask(self, file, *arguments):
        process = await asyncio.create_subprocess_exec(
            BINARY,
            *("health", "--config", str(file)),
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await asyncio.wait_for(process.communicate(), 20)
        return process.returncode, out.decode(), errors.decode()

    async def test_it_repeats_what_the_gateway_says_and_tells_draining_from_ill(self):
        gateway = await Gateway.start(self, drain="{ window: 30s }")
        file = self.directory / f"gateway-{gateway.port}.yaml"
        self.assertEqual(await self.ask(file), (0, "ok\n", ""))
        self.assertEqual((await self.ask(file, "--ready"))[0], 0)

        async with websockets.connect(gateway.url, ping_interval=None):
            gateway.process.signal(signal.SIGTERM)

            async def is_draining():
                return (await gateway.readyz()).status == 503

            await eventually(is_draining, "the gateway drains")
            self.assertEqual((await self.ask(file))[0], 0)
            code, said, _ = await self.ask(file, "--ready")
            self.assertEqual((code, said), (1, "draining\n"))
        self.assertEqual(await gateway.process.ended(), 0)

    async def test_a_gateway_that_does_not_answer_is_not_well(self):
        gateway = await Gateway.start(self)
        file = self.directory / f"gateway-{gateway.port}.yaml"
        gateway.process.signal(signal.SIGSTOP)
        code, said, errors = await self.ask(file)
        gateway.process.signal(signal.SIGCONT)
        self.assertEqual((code, said), (1, ""))
        self.assertIn(f"no answer from 127.0.0.1:{gateway.admin_port}/healthz", errors)
        self.assertIn("timed out", errors.lower())

    async def test_it_says_why_nobody_can_be_asked(self):
        port = free_port()
        for name, text, code, message in (
            ("nobody", f"admin: {{ address: 127.0.0.1:{port} }}\n", 1, "refused"),
            ("any", "admin: { address: 127.0.0.1:0 }\n", 2, "lets the kernel choose the port"),
            ("broken", "admn: {}\n", 1, "PG104"),
        ):
            with self.subTest(name=name):
                file = self.write(f"{name}.yaml", text)
                got, said, errors = await self.ask(file)
                self.assertEqual((got, said), (code, ""), errors)
                self.assertIn(message, errors)
        code, _, errors = await self.ask(self.directory / "absent.yaml")
        self.assertEqual(code, 2)
        self.assertIn("No such file", errors)


if __name__ == "__main__":
    main()
