"""The picture of a quiet connection, as the program draws it."""

import subprocess
import xml.etree.ElementTree

from support.case import BINARY, SystemTest, main

CONFIGURATION = """\
trusted_proxies: [127.0.0.1/32, cloudflare]
proxies:
  - { name: "<edge> & \\"co\\" ]]> \\e\\u00e9", idle: 60s }
  - preset: cloudflare
routes:
  - { path: /chat, upstream: echo }
  - { path: "/edit&co", upstream: echo, heartbeat: { interval: 10s, timeout: 20s } }
"""
SVG = "{http://www.w3.org/2000/svg}"


class Timeline(SystemTest):
    def draw(self, *options):
        file = self.write("gateway.yaml", CONFIGURATION)
        result = subprocess.run(
            [BINARY, "timeline", "--config", file, *options], capture_output=True, timeout=30
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    async def test_the_svg_is_well_formed_whatever_the_names_are(self):
        document = xml.etree.ElementTree.fromstring(self.draw("--svg"))
        self.assertEqual(document.tag, SVG + "svg")
        texts = [each.text for each in document.iter(SVG + "text")]
        self.assertIn('<edge> & "co" ]]> \u241b\u00e9', texts)
        self.assertIn("/edit&co: pings every 10s, evicts after 20s", texts)
        self.assertNotIn("href", self.draw("--svg").decode())

    async def test_the_text_fits_a_terminal_and_has_a_picture_for_each_heartbeat(self):
        lines = self.draw().decode().splitlines()
        self.assertLessEqual(max(map(len, lines)), 110)
        self.assertEqual(sum("pings every" in line for line in lines), 2)


if __name__ == "__main__":
    main()
