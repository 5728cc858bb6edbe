#include "base/quoted.hpp"
#include "config/address.hpp"
#include "config/rules.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array<std::string_view, 4> keys{"ca_file", "certificate", "private_key",
                                               "server_name"};

void check_use(reading& in, const std::string& path, const route& values) {
    const auto* const app = std::get_if<websocket_upstream>(&values.to);
    const origin* const upstream = in.find(path + ".upstream");
    if ((app != nullptr && app->is_secure) || upstream == nullptr || !upstream->is_good)
        return;
    for (const std::string_view key : keys) {
        const origin* const at = in.find(path + ".tls." + std::string(key));
        if (at == nullptr)
            continue;
        const std::string written = to_string(values.to);
        const std::string cure = "remove `tls`";
        in.report({code::tls_without_use,
                   quoted("tls") + " has no effect here",
                   {at->key, ""},
                   {{upstream->value, "is reached without TLS"}},
                   app == nullptr ? cure : cure + ", or write `wss" + written.substr(2) + '`'});
        return;
    }
}

void check_pair(reading& in, const std::string& path) {
    const origin* const certificate = in.find(path + ".tls.certificate");
    const origin* const key = in.find(path + ".tls.private_key");
    if ((certificate == nullptr) == (key == nullptr))
        return;
    const std::string_view missing = certificate == nullptr ? "certificate" : "private_key";
    in.report(code::missing_key,
              {(certificate == nullptr ? key : certificate)->key, "is of no use alone"},
              quoted(path + ".tls." + std::string(missing)) + " is missing",
              "add `" + std::string(missing) +
                  (certificate == nullptr ? ": client.pem`" : ": client.key`"));
}

} // namespace

void check_app_tls(reading& in, const configuration& values) {
    for (std::size_t i = 0; i < values.routes.size(); ++i) {
        const std::string path = "routes[" + std::to_string(i) + ']';
        check_use(in, path, values.routes[i]);
        check_pair(in, path);
    }
}

} // namespace pulsegate
