"""What the program says about its configuration, and the exit codes that scripts rely on."""

import os
import pathlib
import random
import socket
import subprocess

from support.case import BINARY, SOURCE, SystemTest, main
from support.nginx import PROGRAM
from support.ports import free_port

BROKEN = """\
heartbeat:
  interval: 25
  tiemout: 45s
limits:
  message: lots
routes:
  - path: /
    upstream: http://127.0.0.1:8000
"""


def pulsegate(*arguments):
    return subprocess.run(
        [BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=30
    )


class Check(SystemTest):
    async def test_check_accepts_the_documented_default_file(self):
        result = pulsegate("check", "--config", SOURCE / "gateway.yaml")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    async def test_every_mistake_is_named_with_file_and_line_in_one_run(self):
        file = self.write("broken.yaml", BROKEN)
        for command, code in (("check", 1), ("run", 78)):
            with self.subTest(command=command):
                result = pulsegate(command, "--config", file)
                self.assertEqual(result.returncode, code, result.stderr)
                report = result.stdout if command == "check" else result.stderr
                for line in (2, 3, 5, 8):
                    self.assertIn(f"{file}:{line}:", report)
                self.assertIn("`25s`", report)
                self.assertIn("`timeout`", report)

    async def test_a_file_that_is_not_there_and_bad_usage_have_their_own_code(self):
        for arguments in (
            ["check", "--config", self.directory / "absent.yaml"],
            ["check", "--no-such-option"],
            ["no-such-command"],
        ):
            with self.subTest(arguments=arguments):
                result = pulsegate(*arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertNotEqual(result.stderr, "")

    async def test_a_configuration_of_nginx_may_come_through_a_pipe(self):
        file = SOURCE / "gateway.yaml"
        text = pulsegate("nginx", "--config", file, "--complete").stdout
        reader, writer = os.pipe()
        with open(reader, "rb"):
            with open(writer, "w") as pipe:
                pipe.write(text)
            result = subprocess.run(
                [BINARY, "check", "--strict", "--config", file, "--nginx", f"/dev/fd/{reader}"],
                pass_fds=[reader],
                capture_output=True,
                text=True,
                timeout=30,
            )
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    async def test_nonsense_on_standard_input_is_answered_with_a_diagnostic(self):
        nonsense = {
            "nothing": b"",
            "one byte": b"x",
            "zeros": bytes(100_000),
            "no text": bytes(random.Random(1).randrange(256) for _ in range(100_000)),
            "a program": pathlib.Path(PROGRAM).read_bytes(),
            "another language": b"<html><body>502 Bad Gateway</body></html>",
            "deep blocks": b"a {" * 100_000,
            "blocks that end too often": b"}" * 100_000,
            "one long word": b"a" * 1_000_000,
            "an endless string": b'http { server_name "' + b"b" * 1_000_000,
            "not UTF-8": b"http { server_name \xc3\x28\xff; }",
            "an escape sequence": b"\x1b]0;title\x07\x1b[2J{",
            "a dump of nothing": b"# configuration file /etc/nginx/nginx.conf:\n",
            "a dump that includes itself": b"# configuration file /a.conf:\ninclude /a.conf;\n",
        }
        for name, data in nonsense.items():
            for form in ("text", "line", "json"):
                with self.subTest(name=name, form=form):
                    command = ("check", "--config", SOURCE / "gateway.yaml", "--nginx", "-")
                    result = subprocess.run(
                        [BINARY, *command, "--format", form],
                        input=data,
                        capture_output=True,
                        timeout=30,
                    )
                    self.assertEqual((result.returncode, result.stderr), (1, b""))
                    report = result.stdout.decode()
                    self.assertRegex(report, r"PG3\d\d")
                    self.assertTrue(report.replace("\n", "").isprintable())
                    self.assertLess(len(report), 20_000)

    async def test_a_port_that_is_taken_is_a_runtime_failure_that_names_the_address(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            taken = f"127.0.0.1:{holder.getsockname()[1]}"
            for listener, admin in (
                (taken, f"127.0.0.1:{free_port()}"),
                (f"127.0.0.1:{free_port()}", taken),
            ):
                file = self.write(
                    "taken.yaml",
                    f"listeners: [{{ address: {listener} }}]\n" f"admin: {{ address: {admin} }}\n",
                )
                result = pulsegate("run", "--config", file)
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn(taken, result.stdout + result.stderr)


if __name__ == "__main__":
    main()
