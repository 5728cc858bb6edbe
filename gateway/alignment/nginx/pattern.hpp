// A regular expression of Nginx, which is PCRE's, as far as Boost.Regex's Perl syntax reads it the
// same way; and texts that it matches. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// What can be said of a question that may depend on the request.
enum class answer : std::uint8_t { no, unclear, yes };

/// What a match leaves: `$1` as `1`, and named groups by their names.
using nginx_captures = std::map<std::string, std::string, std::less<>>;

class nginx_pattern {
public:
    nginx_pattern(std::string_view text, bool ignores_case);
    ~nginx_pattern();
    nginx_pattern(nginx_pattern&&) noexcept;
    nginx_pattern& operator=(nginx_pattern&&) noexcept;

    /// `unclear` for an expression that is not understood, and for one that takes too long.
    /// \param captures  receives what the groups matched.
    [[nodiscard]] answer matches(const std::string& text, nginx_captures* captures = nullptr) const;

private:
    struct compiled;
    std::unique_ptr<compiled> compiled_; // null: not understood
};

/// Paths that the expression matches, each beginning with `/`: an example for each of its first
/// alternatives, at most eight. May be empty.
[[nodiscard]] std::vector<std::string> sample_paths(std::string_view pattern, bool ignores_case);

} // namespace pulsegate
