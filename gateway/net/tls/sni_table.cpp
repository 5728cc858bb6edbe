#include "net/tls/sni_table.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// A final dot, that of the root, is not part of a name in TLS (RFC 6066 §3), but some clients send
/// it.
std::string normal(std::string_view name) {
    if (name.ends_with('.'))
        name.remove_suffix(1);
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

} // namespace

void sni_table::add(std::string_view name, std::size_t certificate) {
    names_.emplace(normal(name), certificate);
}

std::optional<std::size_t> sni_table::find(std::string_view host) const {
    const std::string name = normal(host);
    auto found = names_.find(name);
    const std::size_t dot = name.find('.');
    if (found == names_.end() && dot != std::string::npos && dot > 0)
        found = names_.find('*' + name.substr(dot));
    if (found == names_.end())
        return std::nullopt;
    return found->second;
}

} // namespace pulsegate
