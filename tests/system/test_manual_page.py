"""The manual page and `--help` name the same commands and options."""

import re
import subprocess

from support.case import BINARY, SOURCE, SystemTest, main

PAGE = SOURCE / "deploy/pulsegate.1"


def help_of(*command):
    return subprocess.run(
        [BINARY, *command, "--help"], capture_output=True, text=True, check=True, timeout=30
    ).stdout


def commands():
    text = help_of().partition("Subcommands:")[2]
    return set(re.findall(r"^  (\w+)", text, re.M))


def options_of(text):
    return set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M))


class ManualPage(SystemTest):
    def page(self):
        """Its text without the macros: hyphens that may be copied are written with a backslash."""
        return PAGE.read_text().replace("\\-", "-")

    async def test_it_has_every_command_and_no_other(self):
        section = self.page().partition(".SH COMMANDS")[2].partition(".SH")[0]
        named = set(re.findall(r"^\.TP\n\.B(?:I)? (\w+)", section, re.M))
        self.assertEqual(named, commands())

    async def test_it_has_every_option_and_no_other(self):
        wanted = options_of(help_of())
        for command in commands():
            wanted |= options_of(help_of(command))
        named = set(re.findall(r"--[a-z][\w-]*", self.page()))
        self.assertEqual(named, wanted)

    async def test_its_version_is_the_program_s(self):
        version = subprocess.run(
            [BINARY, "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()
        self.assertIn(f'"{version}"', self.page())

    async def test_the_formatter_complains_of_nothing(self):
        result = subprocess.run(
            ["groff", "-man", "-ww", "-z", str(PAGE)], capture_output=True, text=True, timeout=30
        )
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    main()
