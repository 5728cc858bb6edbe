// PG166 to PG168: the token of the admin listener.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view clean = "admin:\n  token_file: admin.token\n";

constexpr std::array rows{
    code_row{code::token_unreadable, "PG166", severity::error, "the token cannot be read",
             "The file does not exist, or the user that runs the gateway may not read it. The\n"
             "path is taken from the directory of gateway.yaml. `pulsegate check` sees what the\n"
             "gateway would see only if it runs as the same user.",
             "admin:\n  token_file: absent.token\n", clean, "path_resolution(7)"},
    code_row{code::token_open, "PG167", severity::error, "a token that everybody can read",
             "Whoever has the token can close every connection of this gateway. Every user and\n"
             "every program of this machine may read the file.",
             "admin:\n  token_file: open.token\n", clean, "chmod(1)"},
    code_row{code::token_unusable, "PG168", severity::error, "not a usable token",
             "Clients send the token in the header `Authorization: Bearer`, which admits letters,\n"
             "digits and `-._~+/`, with `=` at the end. One of less than 16 characters could be\n"
             "guessed. The file holds the token and nothing else; a line's end after it is fine.",
             "admin:\n  token_file: short.token\n", clean, "RFC 6750 section 2.1"},
};

} // namespace

std::span<const code_row> admin_codes() {
    return rows;
}

} // namespace pulsegate
