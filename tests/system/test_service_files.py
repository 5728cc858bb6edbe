"""The unit files of deploy/: systemd understands them, and the service is confined."""

import asyncio
import shutil

from support.case import SOURCE, SystemTest, main

MOST_EXPOSURE = 15  # tenths; systemd calls 0 to 2.0 safe


async def analyze(*words):
    process = await asyncio.create_subprocess_exec(
        "systemd-analyze",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


class ServiceFiles(SystemTest):
    def units(self):
        """Copies whose program exists on every machine."""
        for name in ("pulsegate.service", "pulsegate.socket"):
            text = (SOURCE / "deploy" / name).read_text()
            yield self.write(name, text.replace("/usr/bin/pulsegate", shutil.which("true")))

    async def test_systemd_finds_nothing_wrong_with_them(self):
        code, output = await analyze("verify", "--man=no", *map(str, self.units()))
        self.assertEqual((code, output), (0, ""))

    async def test_the_service_is_confined(self):
        code, output = await analyze(
            "security",
            "--offline=true",
            f"--threshold={MOST_EXPOSURE}",
            str(SOURCE / "deploy/pulsegate.service"),
        )
        self.assertEqual(code, 0, output)


if __name__ == "__main__":
    main()
