"""The log cannot be written: the gateway serves on, and leaves with 0 all the same."""

import asyncio
import fcntl
import os
import subprocess
import unittest

from support.accounts import ends, settled
from support.case import SystemTest, main
from support.gateway import Gateway
from support.raw_client import RawClient
from support.witness import Witness

CLIENTS = 300


class FaultsOfLogs(SystemTest):
    async def serve(self, log):
        """Many sessions, a line in the log for each, while standard error is the file `log`."""
        gateway = await Gateway.start(
            self, prefix=["bash", "-c", f'exec "$@" 2>"{log}"', "bash"], limits="{ handshake: 2s }"
        )

        async def come_and_go():
            (await RawClient.open(gateway.port)).abort()

        async with Witness(gateway.url):
            for _ in range(10):
                await asyncio.gather(*(come_and_go() for _ in range(CLIENTS // 10)))
            self.assertEqual(ends(await settled(gateway, live=1)), {"client_lost": CLIENTS})
        await settled(gateway)

    async def test_a_full_device(self):
        await self.serve("/dev/full")

    @unittest.skipUnless(os.geteuid() == 0, "takes root")
    async def test_a_full_disk(self):
        disk = self.directory / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            self.skipTest("nothing may be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk], check=False)
        await self.serve(disk / "log")
        self.assertLessEqual((disk / "log").stat().st_size, 16384)
        self.assertEqual(os.statvfs(disk).f_bavail, 0, "the disk is full")

    async def test_a_pipe_that_nobody_reads(self):
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        descriptor = os.open(pipe, os.O_RDWR)
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 4096)
        try:
            await self.serve(pipe)
            await self.asyncTearDown()  # it leaves although nobody reads its last lines
        finally:
            os.close(descriptor)


if __name__ == "__main__":
    main()
