"""deploy/install, with the binary that is being tested."""

import subprocess
import unittest

from support.case import BINARY, SOURCE, SystemTest, main
from support.scratch_root import ScratchRoot

INSTALL = str(SOURCE / "deploy/install")


class Install(SystemTest):
    def install(self, *arguments, code=0):
        result = subprocess.run(
            [INSTALL, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def files(self, root):
        return {
            "/" + str(file.relative_to(root)): oct(file.stat().st_mode)[-3:]
            for file in root.rglob("*")
            if file.is_file()
        }

    async def test_it_fills_a_directory_twice_and_empties_it_again(self):
        root = self.directory / "root"
        root.mkdir()
        said = self.install("--binary", BINARY, "--destdir", root)
        self.assertIn("gateway.yaml: fine", said)
        self.assertIn("systemctl enable --now pulsegate.service", said)
        self.assertEqual(
            self.files(root),
            {
                "/etc/pulsegate/gateway.yaml": "644",
                "/etc/systemd/system/pulsegate.service": "644",
                "/etc/systemd/system/pulsegate.socket": "644",
                "/usr/lib/sysusers.d/pulsegate.conf": "644",
                "/usr/local/bin/pulsegate": "755",
                "/usr/local/share/bash-completion/completions/pulsegate": "644",
                "/usr/local/share/man/man1/pulsegate.1": "644",
            },
        )
        unit = (root / "etc/systemd/system/pulsegate.service").read_text()
        self.assertIn("ExecStart=/usr/local/bin/pulsegate run", unit)
        self.assertNotIn("/usr/bin/pulsegate", unit)

        configuration = root / "etc/pulsegate/gateway.yaml"
        configuration.write_text("drain: { window: 60s }\n")
        before = self.files(root)
        said = self.install("--binary", BINARY, "--destdir", root)
        self.assertIn(f"kept: {configuration}", said)
        self.assertEqual(configuration.read_text(), "drain: { window: 60s }\n")
        self.assertEqual(self.files(root), before)

        configuration.write_text("drain: { windo: 60s }\n")
        said = self.install("--binary", BINARY, "--destdir", root)
        self.assertIn("PG104", said)
        self.assertIn("will not start before these errors are mended", said)

        said = self.install("--uninstall", "--destdir", root)
        self.assertIn("kept: ", said)
        self.assertEqual(list(self.files(root)), ["/etc/pulsegate/gateway.yaml"])
        self.install("--uninstall", "--destdir", root)

    async def test_it_says_what_is_wrong(self):
        root = self.directory
        text = self.write("text", "no program\n")
        for arguments, code, message in (
            (["--nonsense"], 2, "unknown argument `--nonsense`; see --help"),
            (["--binary"], 2, "--binary needs a value"),
            (["--destdir", root / "absent"], 1, "there is no directory"),
            (["--destdir", root, "--binary", root / "absent"], 1, "there is no file"),
            (["--destdir", root, "--binary", text], 1, "does not run here"),
            (["--destdir", root, "--binary", "/bin/echo"], 1, "is not pulsegate: it says"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(message, self.install(*arguments, code=code))
        self.assertFalse((root / "usr").exists(), "something was installed all the same")

    @unittest.skipUnless(ScratchRoot.is_possible(), "needs root that may mount")
    async def test_on_a_machine_it_creates_the_user_and_says_that_systemd_does_not_run(self):
        root = await ScratchRoot.start(self)
        said = root.run(INSTALL, "--binary", BINARY)
        self.assertIn("created: the user pulsegate", said)
        self.assertIn("systemd does not run here", said)
        self.assertIn(":/nonexistent:/usr/sbin/nologin", root.run("getent", "passwd", "pulsegate"))
        root.run("systemd-analyze", "verify", "--man=no", "/etc/systemd/system/pulsegate.service")

        said = root.run(INSTALL, "--binary", BINARY)
        self.assertNotIn("created", said)
        self.assertIn("kept: /etc/pulsegate/gateway.yaml", said)

        said = root.run(INSTALL, "--uninstall")
        self.assertIn("to remove it: userdel pulsegate", said)
        self.assertFalse(root.has("/usr/local/bin/pulsegate"))


if __name__ == "__main__":
    main()
