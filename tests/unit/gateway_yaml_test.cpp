// gateway.yaml at the root is the documentation of the configuration: complete, and true.
#include "config/json.hpp"
#include "config/keys.hpp"
#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <random>
#include <sstream>

using namespace pulsegate;

namespace {

source default_file() {
    const auto file = read_source(PULSEGATE_SOURCE_DIR "/gateway.yaml");
    REQUIRE(file.has_value());
    return *file;
}

/// The keys of a configuration as text, one after the other.
std::string show(const key_row& row, configuration& values) {
    proxy_settings proxy;
    certificate_files certificate;
    const target from{values,
                      values.listeners.front(),
                      values.routes.front(),
                      values.heartbeat,
                      values.close,
                      proxy,
                      certificate};
    return row.format.show(from);
}

/// How the file shows the key: `routes[].path` of an item, the others by their name.
bool has_line(const source& file, const key_row& row, bool is_commented_out) {
    const std::string key = std::string(row.name()) + ':';
    const std::string indent = [&] {
        std::string spaces;
        for (const char c : row.path)
            spaces += c == '.' ? "  " : c == '[' ? "  " : "";
        return spaces;
    }();
    const std::string start = '\n' + indent + (is_commented_out ? "# " : "") + key;
    const std::string as_item = indent.size() < 2 ? start : '\n' + indent.substr(2) + "- " + key;
    return file->text().find(start) != std::string::npos ||
           file->text().find(as_item) != std::string::npos;
}

/// The entries that stand as comments below `proxies`, without their comment signs.
std::string proxies_example(const source& file) {
    constexpr std::string_view comment = "  # ";
    std::string out = "proxies:\n";
    std::size_t at = file->text().find("\nproxies: []\n") + 1;
    bool has_begun = false;
    for (;;) {
        const auto line = file->line_of(at);
        at = line.offset + line.text.size() + 1;
        has_begun = has_begun || line.text.starts_with("  # - ");
        if (line.text.empty())
            return out;
        if (has_begun)
            out += "  " + std::string(line.text.substr(comment.size())) + '\n';
    }
}

/// The file with its `tls` sections, which are comments, as keys. The one of the route needs an
/// upstream that speaks TLS.
source with_tls() {
    std::string out;
    bool is_inside = false;
    std::istringstream lines(default_file()->text());
    for (std::string line; std::getline(lines, line);) {
        is_inside = line == "    # tls:" || (is_inside && line.starts_with("    #   "));
        out += is_inside ? "    " + line.substr(6) : line;
        out += '\n';
    }
    const std::string plain = "\n    upstream: echo\n";
    out.replace(out.find(plain), plain.size(), "\n    upstream: wss://10.0.0.1\n");
    return make_source("with_tls", out);
}

} // namespace

TEST_CASE("gateway.yaml loads without a diagnostic and holds the default of every key") {
    load_result loaded = load_configuration(default_file());
    CAPTURE(render_text(loaded.diagnostics));
    REQUIRE(loaded.diagnostics.empty());
    configuration defaults;
    CHECK(loaded.values.listeners.size() == defaults.listeners.size());
    CHECK(loaded.values.routes.size() == defaults.routes.size());
    for (const key_row& row : key_table()) {
        CAPTURE(row.path);
        if (row.kind == key_row::kinds::value)
            CHECK(show(row, loaded.values) == show(row, defaults));
    }
}

TEST_CASE("gateway.yaml shows every key in its section; only one without a default is a comment") {
    const source file = default_file();
    for (const key_row& row : key_table()) {
        CAPTURE(row.path);
        if (row.path.find("].tls.") != std::string_view::npos ||
            row.path.starts_with("routes[].drain."))
            continue; // part of an example in a line of its own
        if (row.path.starts_with("proxies[]"))
            CHECK(proxies_example(file).find(std::string(row.name()) + ':') != std::string::npos);
        else
            CHECK(has_line(file, row,
                           !row.same_as.empty() || row.name() == "tls" ||
                               row.path == "routes[].drain" || row.name() == "token_file" ||
                               row.path == "listeners[].mode" || row.path == "listeners[].group"));
    }
}

TEST_CASE("the TLS that gateway.yaml shows in comments can be taken as it is, and has every key") {
    const load_result loaded = load_configuration(with_tls());
    CAPTURE(render_text(loaded.diagnostics));
    CHECK(loaded.diagnostics.empty());
    for (const key_row& row : key_table()) {
        std::string path(row.path);
        for (std::size_t at = path.find("[]"); at != std::string::npos; at = path.find("[]"))
            path.replace(at, 2, "[0]");
        CAPTURE(path);
        if (path.find(".tls.") != std::string::npos && row.kind == key_row::kinds::value)
            CHECK(loaded.origins.contains(path));
    }
}

TEST_CASE("the proxies that gateway.yaml shows in comments can be taken as they are") {
    const load_result loaded =
        load_configuration(make_source("example", "trusted_proxies: [127.0.0.1/32, cloudflare]\n" +
                                                      proxies_example(default_file())));
    CAPTURE(render_text(loaded.diagnostics));
    CHECK(loaded.diagnostics.empty());
    CHECK(loaded.values.proxies.size() == 4);
}

TEST_CASE("gateway.yaml explains every key in the line above it") {
    const source file = default_file();
    for (const auto& [path, at] : load_configuration(file).origins) {
        CAPTURE(path);
        const auto line = file->line_of(at.key.offset);
        const auto above = file->line_of(line.offset - 1);
        CHECK(above.text.find("# ") != std::string_view::npos);
        CHECK(above.text.size() <= 120);
    }
}

TEST_CASE("each key of the table differs in its path and is found by it") {
    for (const key_row& row : key_table()) {
        CAPTURE(row.path);
        CHECK(find_key(row.section(), row.name()) == &row);
        CHECK((row.kind == key_row::kinds::value) == static_cast<bool>(row.format.read));
    }
    CHECK(find_key("", "heartbeat.interval") != nullptr); // by its whole path
    CHECK(find_key("heartbeat", "nterval") == nullptr);
}

TEST_CASE("no change to gateway.yaml makes the loader throw or crash") {
    const std::string original = default_file()->text();
    const std::vector<std::string> pieces{"\t",
                                          "\n",
                                          "\n  ",
                                          ": ",
                                          "- ",
                                          "[",
                                          "]",
                                          "{",
                                          "}",
                                          "\"",
                                          "'",
                                          "#",
                                          "&a ",
                                          "*a",
                                          "!!t",
                                          "<<: ",
                                          "---\n",
                                          "|",
                                          "...\n",
                                          "\\",
                                          "\xFF",
                                          "\xC3",
                                          "0",
                                          ",",
                                          "\r\n",
                                          "? ",
                                          "@",
                                          "%",
                                          "\x04",
                                          "\0",
                                          "~",
                                          "99999999999999999999s",
                                          "heartbeat:\n",
                                          "\xE2\x80\xA8"};
    const unsigned seed = 20240603;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t bound) { return random() % bound; };
    std::size_t with_diagnostics = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = original;
        for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
            const std::size_t at = below(text.size());
            const std::size_t length = std::min<std::size_t>(below(12), text.size() - at);
            const std::string piece = below(3) == 0 ? text.substr(below(text.size()), below(40))
                                                    : pieces[below(pieces.size())];
            text.replace(at, length, piece);
        }
        CAPTURE(round);
        const auto found = load_configuration(make_source("junk", text)).diagnostics;
        // Every format must cope with every place, and each diagnostic must have one.
        for (const diagnostic& each : found) {
            REQUIRE(each.primary.where.in != nullptr);
            REQUIRE_FALSE(each.message.empty());
        }
        REQUIRE(render_text(found).empty() == found.empty());
        REQUIRE(render_line(found).empty() == found.empty());
        REQUIRE_FALSE(diagnostics_to_json(found).empty());
        with_diagnostics += found.empty() ? 0 : 1;
    }
    CHECK(with_diagnostics > 1500); // the mutations do hit something
    CHECK(with_diagnostics < 3000);
}

TEST_CASE("nesting without end and very long files are refused, not fatal") {
    for (const char* piece : {"[", "{a: ", "- ", "? ", "a:\n ", "!", "&", "\"", "'", "|\n"}) {
        CAPTURE(piece);
        std::string text;
        while (text.size() < 50'000)
            text += piece;
        (void)load_configuration(make_source("deep", text)).diagnostics.size();
    }
    std::string many;
    for (int i = 0; i < 5'000; ++i)
        many += "k" + std::to_string(i) + ": 1\n";
    CHECK(load_configuration(make_source("many", many)).diagnostics.size() == 5'000);
}
