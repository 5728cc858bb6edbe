// PROXY headers, and the request headers in which proxies tell a client's address, of any content:
// a verdict does not depend on how the bytes arrived, and what a client writes on the left of a
// list changes nothing on its right.
#include "base/assert.hpp"
#include "client/address_header.hpp"
#include "client/origin_rule.hpp"
#include "client/proxy_protocol.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

using namespace pulsegate;

namespace {

std::size_t bytes_of(const proxy_header_verdict& verdict) {
    const auto* const header = std::get_if<proxy_header>(&verdict);
    return header == nullptr ? 0 : header->bytes;
}

void check_proxy_header(std::span<const std::uint8_t> bytes) {
    const auto whole = read_proxy_header(bytes);
    PULSEGATE_ASSERT(bytes_of(whole) <= std::min(bytes.size(), max_proxy_header_bytes));
    bool was_decided = false;
    for (std::size_t cut = 0; cut <= std::min<std::size_t>(bytes.size(), 300); ++cut) {
        const auto early = read_proxy_header(bytes.first(cut));
        const bool is_decided = !std::holds_alternative<proxy_header_begins>(early);
        PULSEGATE_ASSERT(is_decided || !was_decided);
        if (is_decided) {
            PULSEGATE_ASSERT(early.index() == whole.index());
            PULSEGATE_ASSERT(bytes_of(early) == bytes_of(whole));
        }
        was_decided = is_decided;
    }
}

void check_walk(address_header_form form, const std::string& text) {
    address_header_walk alone(form, text);
    std::size_t count = 0;
    while (alone.next())
        PULSEGATE_ASSERT(++count <= text.size());
    if (form == address_header_form::single)
        return;
    const ip_address proxy = *ip_address::parse("2001:db8::1");
    const std::string added =
        form == address_header_form::list ? proxy.to_string() : forwarded_element(proxy, "https");
    const std::string value = text + ", " + added;
    address_header_walk extended(form, value);
    PULSEGATE_ASSERT(extended.next() == proxy);
}

void check_origin(const std::string& text) {
    const auto rule = origin_rule::parse(text);
    if (!rule.has_value()) {
        PULSEGATE_ASSERT(!rule.error().message.empty() && !rule.error().help.empty());
        return;
    }
    const auto again = origin_rule::parse(rule->text());
    PULSEGATE_ASSERT(again.has_value() && *again == *rule);
    PULSEGATE_ASSERT(rule->allows(text) == (text.find('*') == text.npos));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_proxy_header({data, size});
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const auto form :
         {address_header_form::list, address_header_form::single, address_header_form::forwarded})
        check_walk(form, text);
    check_origin(text);
    return 0;
}
