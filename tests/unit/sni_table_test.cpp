#include "net/tls/sni_table.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

TEST_CASE("a certificate is found by the host name that a client asks for") {
    sni_table table;
    table.add("example.com", 0);
    table.add("*.example.com", 1);
    table.add("API.example.com", 2);
    table.add("example.com", 3); // the first one has it
    table.add("localhost", 4);

    struct row {
        std::string_view host;
        std::optional<std::size_t> certificate;
    };
    for (const auto& [host, certificate] : {row{"example.com", 0},
                                            {"EXAMPLE.com", 0},
                                            {"example.com.", 0},
                                            {"www.example.com", 1},
                                            {"api.example.com", 2},
                                            {"a.b.example.com", std::nullopt},
                                            {".example.com", std::nullopt},
                                            {"example.org", std::nullopt},
                                            {"localhost", 4},
                                            {"", std::nullopt},
                                            {".", std::nullopt}}) {
        CAPTURE(host);
        CHECK(table.find(host) == certificate);
    }
}
