// Which of several certificates fits the host name that a client asks for (SNI). Pure; built once,
// then only read.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

class sni_table {
public:
    /// \param name  of a certificate, such as `example.com` or `*.example.com`. The first
    /// certificate
    ///              that has a name keeps it.
    void add(std::string_view name, std::size_t certificate);

    /// A name as such wins over a wildcard, which stands for one whole label (RFC 6125 §6.4.3).
    [[nodiscard]] std::optional<std::size_t> find(std::string_view host) const;

private:
    std::map<std::string, std::size_t, std::less<>> names_; // in lower case, wildcards as `*.…`
};

} // namespace pulsegate
