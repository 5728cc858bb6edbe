#include "alignment/checked.hpp"

#include "config/admin_token.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// True unless the code is one of proxies.
bool is_of_gateway_yaml(const code_row& row) {
    const auto own = config_codes();
    return std::any_of(own.begin(), own.end(),
                       [&](const code_row& each) { return each.id == row.id; });
}

} // namespace

checked_configuration check_configuration(load_result loaded, const chain_environment& from,
                                          const pem_environment& certificates) {
    checked_configuration out;
    out.loaded = std::make_shared<const load_result>(std::move(loaded));
    out.diagnostics = out.loaded->diagnostics;
    if (has_errors(out.diagnostics))
        return out;
    const auto of_tls = check_tls_files(*out.loaded, certificates);
    out.diagnostics.insert(out.diagnostics.end(), of_tls.begin(), of_tls.end());
    const auto of_token = check_admin_token(*out.loaded, certificates);
    out.diagnostics.insert(out.diagnostics.end(), of_token.begin(), of_token.end());
    sort_and_unique(out.diagnostics);
    out.aligned = align(*out.loaded, from);
    out.diagnostics.insert(out.diagnostics.end(), out.aligned->diagnostics.begin(),
                           out.aligned->diagnostics.end());
    return out;
}

bool checked_configuration::is_unusable() const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const diagnostic& each) {
        return each.level() == severity::error && is_of_gateway_yaml(each.id.row());
    });
}

bool checked_configuration::may_serve() const {
    return !is_unusable() &&
           (loaded->values.alignment == alignment_mode::warn || !has_errors(aligned->diagnostics));
}

} // namespace pulsegate
