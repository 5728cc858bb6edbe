// `--name value` pairs of a benchmark tool's command line.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pulsegate::bench {

/// The command line is wrong; `what()` says how. The tools exit with 2.
class usage_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class options {
public:
    /// \param arguments  pairs only: the program's name and its subcommand are taken off before.
    /// \param known      the names that may appear, without their dashes.
    /// Throws usage_error.
    options(std::span<char* const> arguments, std::initializer_list<std::string_view> known);

    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;

    /// A number in [least, most]. Throws usage_error if it is not, or is absent and has no
    /// fallback.
    [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t least,
                                       std::uint64_t most,
                                       std::optional<std::uint64_t> fallback = {}) const;

    /// A TCP port, which must be given. Throws usage_error.
    [[nodiscard]] std::uint16_t port(std::string_view name) const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

} // namespace pulsegate::bench
