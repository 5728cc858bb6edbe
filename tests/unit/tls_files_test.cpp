// What is said about the files of certificates and keys; what every code has is in codes_test.
#include "config/address.hpp"
#include "config/tls_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace pulsegate;

namespace {

using std::chrono::system_clock;

constexpr std::string_view yaml = "listeners:\n"
                                  "  - address: 127.0.0.1:8443\n"
                                  "    tls:\n"
                                  "      certificate: expired.pem\n"
                                  "      private_key: private.key\n";

/// The fixture's time ends with 2020.
system_clock::time_point end_of_2020() {
    return system_clock::from_time_t(1'609'459'200);
}

result<pem_file> read_fixture(const std::string& path) {
    const auto text = read_source(PULSEGATE_SOURCE_DIR "/tests/cases/tls/" +
                                  std::filesystem::path(path).filename().string());
    if (!text.has_value())
        return text.error();
    return pem_file{(*text)->text()};
}

std::string found_at(system_clock::time_point now) {
    return render_line(check_tls_files(load_configuration(make_source("g.yaml", std::string(yaml))),
                                       {read_fixture, now}));
}

} // namespace

TEST_CASE("a certificate is worth a warning from 14 days before its end on") {
    using std::chrono::hours;
    CHECK(found_at(end_of_2020() - hours(14 * 24)) == "");
    CHECK(found_at(end_of_2020() - hours(14 * 24 - 1)) ==
          "g.yaml:4:20: warning[PG163]: this certificate expires soon; renew it, and reload the "
          "gateway (SIGHUP)\n");
    CHECK(found_at(end_of_2020()) ==
          "g.yaml:4:20: warning[PG163]: this certificate has expired; renew it, and reload the "
          "gateway (SIGHUP)\n");
}

TEST_CASE("paths of certificates start at the directory of the configuration") {
    const load_result loaded =
        load_configuration(make_source("/etc/pulsegate/gateway.yaml", std::string(yaml)));
    CHECK(loaded.values.listeners[0].tls.own.certificate == "/etc/pulsegate/expired.pem");
    const load_result beside = load_configuration(make_source("gateway.yaml", std::string(yaml)));
    CHECK(beside.values.listeners[0].tls.own.private_key == "private.key");
}

TEST_CASE("a file that everybody can read is known by its mode") {
    const std::string path = std::filesystem::temp_directory_path() / "pulsegate-open-key-test";
    const auto from = pem_files_of_this_machine();
    CHECK_FALSE(from.read(path).has_value());
    std::filesystem::copy_file(PULSEGATE_SOURCE_DIR "/tests/cases/tls/private.key", path);
    for (const bool is_open : {true, false}) {
        CAPTURE(is_open);
        std::filesystem::permissions(path, std::filesystem::perms(is_open ? 0644 : 0640));
        const auto read = from.read(path);
        REQUIRE(read.has_value());
        CHECK(read->is_open_to_all == is_open);
    }
    std::filesystem::remove(path);
}

TEST_CASE("an application over TLS has port 443 unless it says otherwise") {
    const auto app = parse_upstream("wss://app.example/x");
    REQUIRE(app.has_value());
    const auto& read = std::get<websocket_upstream>(*app);
    CHECK(read.is_secure);
    CHECK(read.address == tcp_address{"app.example", 443});
    CHECK(to_string(*app) == "wss://app.example:443/x");
    CHECK_FALSE(std::get<websocket_upstream>(*parse_upstream("ws://app.example")).is_secure);
}
