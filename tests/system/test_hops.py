"""The list of presets, as the program prints it."""

import json
import subprocess

from support.case import BINARY, SystemTest, main


def hops(*arguments):
    return subprocess.run(
        [BINARY, "hops", *arguments], capture_output=True, text=True, timeout=30
    )


class Hops(SystemTest):
    async def test_the_list_is_printed_as_text_and_as_json(self):
        text = hops()
        self.assertEqual(text.returncode, 0, text.stderr)
        document = hops("--format", "json")
        self.assertEqual(document.returncode, 0, document.stderr)
        presets = json.loads(document.stdout)["presets"]
        self.assertGreater(len(presets), 20)
        for preset in presets:
            self.assertIn(f"\n{preset['name']}: {preset['title']}", text.stdout)

    async def test_an_unknown_format_is_bad_usage(self):
        result = hops("--format", "xml")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertIn("--format", result.stderr)


if __name__ == "__main__":
    main()
