#include "command/commands.hpp"

#include "admin/admin_request.hpp"

#include <ostream>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds patience = 3s; // the health checks of container engines give more by default
constexpr int not_well = 1;
constexpr int nowhere = 2;

} // namespace

int ask_health(const std::string& config_path, bool is_readiness, std::ostream& out,
               std::ostream& errors) {
    const auto loaded = load_or_say_why_not(config_path, errors);
    if (!loaded.has_value())
        return loaded.error();
    const tcp_address& address = loaded->values.admin.address;
    if (address.port == 0) {
        errors
            << "pulsegate: " << config_path
            << " lets the kernel choose the port of `admin.address`: nobody knows where to ask\n";
        return nowhere;
    }
    const std::string path = is_readiness ? "/readyz" : "/healthz";
    const auto answer = ask_admin(address, path, patience);
    if (!answer.has_value()) {
        errors << "pulsegate: no answer from " << to_string(address) << path << ": "
               << answer.error().message() << '\n';
        return not_well;
    }
    out << answer->body << (answer->body.ends_with('\n') ? "" : "\n");
    return answer->status == 200 ? 0 : not_well;
}

} // namespace pulsegate
