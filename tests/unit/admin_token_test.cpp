// What may be a token, and what is said about the file that holds it; what every code has is in
// codes_test.
#include "config/admin_token.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace pulsegate;

namespace {

constexpr std::string_view good = "0123456789abcdef";

std::string read_as(std::string_view text) {
    const auto token = parse_token(text);
    return token.has_value() ? *token : "wrong: " + token.error().message;
}

pem_environment holding(result<pem_file> file) {
    return {[file = std::move(file)](const std::string&) { return file; }, {}};
}

std::string findings(result<pem_file> file) {
    return render_line(
        check_admin_token(load_configuration(make_source("g.yaml", "admin: { token_file: t }\n")),
                          holding(std::move(file))));
}

} // namespace

TEST_CASE("a token is what is in its file without the white space around it") {
    for (const std::string text : {"0123456789abcdef", "0123456789abcdef\n",
                                   "0123456789abcdef\r\n\r\n", " \t\n0123456789abcdef \n"})
        CHECK(read_as(text) == good);
    CHECK(read_as("AZaz09-._~+/AZaz09==") == "AZaz09-._~+/AZaz09==");
    CHECK(read_as(std::string(1024, 'x')) == std::string(1024, 'x'));
}

TEST_CASE("a token that could be guessed, or that no header carries, is none") {
    struct {
        std::string text;
        std::string message;
    } const rows[] = {
        {"", "the token has 0 characters, and could be guessed"},
        {" \n ", "the token has 0 characters, and could be guessed"},
        {"0123456789abcde\n", "the token has 15 characters, and could be guessed"},
        {std::string(1025, 'x'), "the token has 1025 characters"},
        {"0123456789 abcdef", "the token has a character that its header cannot carry, number 11"},
        {"0123456789abcdef\n0123456789abcdef",
         "the token has a character that its header cannot carry, number 17"},
        {"=0123456789abcdef", "the token has a character that its header cannot carry, number 1"},
        {"================", "the token has a character that its header cannot carry, number 1"},
        {"0123456789abcde\xC3\xA9",
         "the token has a character that its header cannot carry, number 16"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(read_as(row.text) == "wrong: " + row.message);
    }
}

TEST_CASE("findings about a token's file never tell the token") {
    CHECK(findings(pem_file{std::string(good)}) == "");
    CHECK(findings(pem_file{"short-secret"}) ==
          "g.yaml:1:22: error[PG168]: `t` holds no usable token; make one with `openssl rand "
          "-base64 32`\n");
    CHECK(findings(pem_file{std::string(good), true}) ==
          "g.yaml:1:22: error[PG167]: `t` can be read by every user; run `chmod 600 t`, as the "
          "user that runs the gateway\n");
    CHECK(findings(make_error_code(boost::system::errc::permission_denied)) ==
          "g.yaml:1:22: error[PG166]: `t` cannot be read; let the user that runs the gateway read "
          "it\n");
}

TEST_CASE("the token is read again at every use, and one that has become unusable is an error") {
    admin_settings settings;
    CHECK(read_admin_token(settings, holding(pem_file{"not asked for"})) == "");
    settings.token_file = "t";
    CHECK(read_admin_token(settings, holding(pem_file{std::string(good)})) == good);
    CHECK_THROWS_AS((void)read_admin_token(settings, holding(pem_file{"short"})),
                    std::runtime_error);
    CHECK_THROWS_AS(
        (void)read_admin_token(settings, holding(make_error_code(boost::system::errc::io_error))),
        std::runtime_error);
}
