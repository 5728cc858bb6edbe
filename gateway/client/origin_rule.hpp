// Which web pages may open sessions: the list `routes[].origins` against the Origin header, which
// browsers send with every upgrade and scripts cannot change (RFC 6455 §10.2). Pure.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pulsegate {

/// `https://app.example.com`, `http://localhost:3000`, `https://*.example.com` for all subdomains
/// of any depth but not the domain itself, or `null` for pages without an origin of their own.
class origin_rule {
public:
    /// Errors: what no browser would ever send; the help has what was probably meant.
    [[nodiscard]] static parsed<origin_rule> parse(std::string_view text);

    /// \param origin  as a browser sends it.
    [[nodiscard]] bool allows(std::string_view origin) const;

    [[nodiscard]] const std::string& text() const { return text_; }

    friend bool operator==(const origin_rule&, const origin_rule&) = default;

private:
    explicit origin_rule(std::string text) : text_(std::move(text)) {}

    std::string text_; // as a browser would write it: lower case, without the scheme's own port
};

/// True if there are no rules, or one of them allows the origin. A request without the header is
/// not a browser's, which alone can be led astray by a foreign page: it is allowed.
/// \param origin  "" if the request has none; several headers joined by commas match no rule.
[[nodiscard]] bool may_come_from(std::string_view origin, std::span<const origin_rule> rules);

} // namespace pulsegate
