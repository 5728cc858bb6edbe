"""The picture of a quiet connection, as the program draws it."""

import base64
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

from support.browser import Browser
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

    @unittest.skipUnless(shutil.which("chromium"), "takes Chromium")
    async def test_the_svg_is_printed_dark_on_white_also_for_who_prefers_dark_screens(self):
        picture = self.directory / "timeline.svg"
        picture.write_bytes(self.draw("--svg"))
        browser = await Browser.open(self, f"file://{picture}")
        self.addAsyncCleanup(browser.close)
        fill = "getComputedStyle(document.querySelector({!r})).fill"
        await browser.look(scheme="dark")
        self.assertEqual(await browser.evaluate(fill.format(".page")), "rgb(22, 25, 29)")
        await browser.look(scheme="dark", media="print")
        self.assertEqual(await browser.evaluate(fill.format(".page")), "rgb(255, 255, 255)")
        texts = await browser.evaluate(
            "[...document.querySelectorAll('text')].map(each => getComputedStyle(each).fill)"
        )
        for each in texts:  # WCAG: at least 7 to 1 on white
            self.assertLess(max(map(int, each.strip("rgb()").split(", "))), 0x5A, each)
        shapes = await browser.evaluate(
            "[...document.querySelectorAll('rect:not(.page),path,circle,polygon,line')].filter("
            "each => { const style = getComputedStyle(each), white = 'rgb(255, 255, 255)';"
            "return ['none', white].includes(style.fill) && ['none', white].includes(style.stroke) })"
            ".length"
        )
        self.assertEqual(shapes, 0, "shapes that nobody sees on paper")
        paper = await browser.call("Page.printToPDF", printBackground=False, landscape=True)
        self.assertTrue(base64.b64decode(paper["data"]).startswith(b"%PDF-"))

    async def test_the_text_fits_a_terminal_and_has_a_picture_for_each_heartbeat(self):
        lines = self.draw().decode().splitlines()
        self.assertLessEqual(max(map(len, lines)), 110)
        self.assertEqual(sum("pings every" in line for line in lines), 2)


if __name__ == "__main__":
    main()
