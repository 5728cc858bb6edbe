#include "http/forwarding_headers.hpp"

#include "base/ascii_case.hpp"
#include "base/connection_id.hpp"
#include "base/random.hpp"
#include "client/client_address.hpp"
#include "client/identity_headers.hpp"

#include <array>
#include <string>

namespace pulsegate {
namespace {

/// True for a header that must not pass as it is.
bool must_go(std::string_view name, const client_facts& facts, std::string_view header_name) {
    // The gateway's own words, and all that an application could mistake for them.
    for (const std::string_view own : {"Pulsegate-Connection-Id", "X-Real-IP"})
        if (is_same_header(name, own))
            return true;
    if (!facts.is_peer_trusted)
        return tells_of_client(name) || is_same_header(name, header_name);
    const bool has_other_spelling = name.find('_') != name.npos;
    return has_other_spelling && tells_of_client(name);
}

void erase_forgeries(upgrade_request& request, const client_facts& facts,
                     std::string_view header_name) {
    for (auto at = request.begin(); at != request.end();)
        at = must_go(at->name_string(), facts, header_name) ? request.erase(at) : std::next(at);
}

/// Makes one header of all that there are, with `more` at its end.
void append(upgrade_request& request, std::string_view name, const std::string& more) {
    std::string all = joined(request, name);
    if (!more.empty())
        all += (all.empty() ? "" : ", ") + more;
    request.erase(name);
    if (!all.empty())
        request.set(name, all);
}

} // namespace

std::optional<ip_address> read_client_address(const upgrade_request& request,
                                              std::string_view header_name,
                                              const client_facts& facts,
                                              std::span<const ip_block> trusted) {
    const std::string header = joined(request, header_name);
    return client_address(facts.peer, {address_header_form_of(header_name), header}, trusted);
}

void set_forwarding_headers(upgrade_request& request, const client_facts& facts,
                            std::string_view header_name) {
    erase_forgeries(request, facts, header_name);
    const std::string peer = facts.peer ? facts.peer->to_string() : "";
    append(request, "X-Forwarded-For", peer);
    if (request.count("Forwarded") != 0 || equals_ignoring_case(header_name, "Forwarded"))
        append(request, "Forwarded", facts.peer ? forwarded_element(*facts.peer, facts.proto) : "");
    if (request.count("X-Forwarded-Proto") == 0)
        request.set("X-Forwarded-Proto", facts.proto);
    if (facts.client)
        request.set("X-Real-IP", facts.client == facts.peer ? peer : facts.client->to_string());
    if (request.count("X-Request-Id") == 0)
        request.set("X-Request-Id", to_text(random_u64()) + to_text(random_u64()));
    request.set("Pulsegate-Connection-Id", facts.connection_id);
}

} // namespace pulsegate
