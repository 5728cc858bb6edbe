"""Holds the source tree to the rules in source_rules.py, and the rules to planted offences."""

import os
import pathlib
import tempfile
import unittest

import source_rules as rules

GATEWAY = pathlib.Path(__file__).resolve().parents[2] / "gateway"
COMPILER = os.environ.get("CXX", "c++")


class TheSourceTree(unittest.TestCase):
    maxDiff = None

    def check(self, offences):
        self.assertEqual("\n".join(offences), "")

    def test_has_sources(self):
        self.assertGreater(len(rules.sources(GATEWAY)), 20)

    def test_includes_go_downward_only(self):
        self.check(rules.includes_going_up(GATEWAY))

    def test_has_no_include_cycles(self):
        self.check(rules.include_cycles(GATEWAY))

    def test_knows_the_network_in_its_own_layers_only(self):
        self.check(rules.network_elsewhere(GATEWAY))

    def test_introduces_every_header(self):
        self.check(rules.headers_without_introduction(GATEWAY))

    def test_has_no_overlong_file(self):
        self.check(rules.long_files(GATEWAY))

    def test_headers_stand_alone(self):
        self.check(rules.headers_not_standing_alone(GATEWAY, COMPILER))


class TheRules(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.gateway = pathlib.Path(directory.name) / "gateway"

    def plant(self, name, text):
        path = self.gateway / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def assert_one(self, offences, *words):
        offences = list(offences)
        self.assertEqual(len(offences), 1, offences)
        for word in words:
            self.assertIn(word, offences[0])

    def test_find_an_include_that_goes_up(self):
        self.plant("net/socket.hpp", "")
        self.plant("session/beat.hpp", '#include "net/socket.hpp"\n')
        self.assert_one(rules.includes_going_up(self.gateway), "beat.hpp", "net/socket.hpp")

    def test_find_an_include_that_goes_sideways(self):
        self.plant("config/key.hpp", "")
        self.plant("metrics/table.cpp", '#  include "config/key.hpp"\n')
        self.assert_one(rules.includes_going_up(self.gateway), "table.cpp", "config/key.hpp")

    def test_find_an_include_by_another_root(self):
        self.plant("base/time.hpp", "")
        self.plant("base/clock.hpp", '#include "time.hpp"\n')
        self.assert_one(rules.includes_going_up(self.gateway), "clock.hpp", "no file")

    def test_find_a_directory_that_is_no_layer(self):
        self.plant("util/helper.hpp", "")
        self.assert_one(rules.includes_going_up(self.gateway), "`util` is no layer")

    def test_allow_includes_within_a_layer_and_downward(self):
        self.plant("base/time.hpp", "")
        self.plant("base/clock.hpp", '#include "base/time.hpp"\n')
        self.plant("main.cpp", '#include "base/clock.hpp"\n#include <vector>\n')
        self.assertEqual(list(rules.includes_going_up(self.gateway)), [])
        self.assertEqual(list(rules.include_cycles(self.gateway)), [])

    def test_find_an_include_cycle(self):
        self.plant("base/a.hpp", '#include "base/b.hpp"\n')
        self.plant("base/b.hpp", '#include "base/a.hpp"\n')
        self.assert_one(rules.include_cycles(self.gateway), "base/a.hpp -> base/b.hpp")

    def test_find_asio_and_beast_outside_the_network_layers(self):
        self.plant("net/a.cpp", "#include <boost/asio/ip/tcp.hpp>\n")
        self.plant("server/b.cpp", "#include <boost/beast/core.hpp>\n")
        self.plant("session/c.hpp", "#include <boost/intrusive/list.hpp>\n")
        self.assertEqual(list(rules.network_elsewhere(self.gateway)), [])
        self.plant("config/d.cpp", "#include <boost/asio.hpp>\n")
        self.assert_one(rules.network_elsewhere(self.gateway), "d.cpp", "boost/asio.hpp")

    def test_find_a_header_that_does_not_say_what_it_is(self):
        self.plant("base/good.hpp", "// What it is.\n#pragma once\n")
        self.plant("base/bad.hpp", "#pragma once\n// Too late.\n")
        self.assert_one(rules.headers_without_introduction(self.gateway), "bad.hpp")

    def test_find_a_header_without_include_guard(self):
        self.plant("base/bad.hpp", "// What it is.\n")
        self.assert_one(rules.headers_without_introduction(self.gateway), "#pragma once")

    def test_find_a_file_that_is_too_long(self):
        self.plant("base/long.cpp", "\n" * 401)
        self.assert_one(rules.long_files(self.gateway), "long.cpp", "401")

    def test_find_a_header_that_needs_another(self):
        self.plant("base/alone.hpp", "#include <vector>\ninline std::vector<int> v;\n")
        self.plant("base/needy.hpp", "inline std::vector<int> w;\n")
        self.assert_one(
            rules.headers_not_standing_alone(self.gateway, COMPILER), "needy.hpp", "compile"
        )

    def test_find_a_source_that_hides_what_its_header_needs(self):
        self.plant("base/needy.hpp", "inline std::vector<int> w;\n")
        self.plant("base/needy.cpp", '#include <vector>\n#include "base/needy.hpp"\n')
        self.assert_one(
            rules.headers_not_standing_alone(self.gateway, COMPILER), "needy.cpp", "first"
        )


if __name__ == "__main__":
    unittest.main()
