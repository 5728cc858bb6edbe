// Where to listen, whom to trust, which pages may connect, and how many workers.
#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "config/address.hpp"
#include "config/address_block.hpp"
#include "config/configuration.hpp"
#include "config/nearest.hpp"
#include "config/value_format.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::string_view address_expected = "an address, such as `127.0.0.1:8081`";

std::optional<socket_address> read_address(reading& in, const given& what) {
    const auto text = in.text_of(what, address_expected);
    if (!text)
        return std::nullopt;
    const auto address = parse_listener_address(*text);
    if (!address.has_value()) {
        in.report(code::bad_address, {what.value.where, ""}, address.error().message,
                  address.error().help);
        return std::nullopt;
    }
    return *address;
}

bool read_admin(reading& in, const given& what, const target& to) {
    const auto address = read_address(in, what);
    if (!address)
        return false;
    const auto* const tcp = std::get_if<tcp_address>(&*address);
    if (tcp == nullptr) {
        in.report(code::bad_address, {what.value.where, ""}, "the admin listener is TCP only",
                  "write `127.0.0.1:9464`");
        return false;
    }
    to.all.admin.address = *tcp;
    return true;
}

/// How one value is written where a list is meant.
std::string list_of(const yaml_value& one, const std::string& example) {
    if (one.kind != yaml_value::kinds::scalar)
        return "write a list, such as `[" + example + "]`";
    const std::string quote = example.starts_with('"') ? "\"" : "";
    return "write it as a list: `[" + quote + one.text + quote + "]`";
}

bool report_bad_block(reading& in, const span& where, std::string_view text,
                      const parse_error& error) {
    const auto meant = nearest(text, provider_names());
    in.report(code::bad_block, {where, ""}, error.message,
              meant ? "did you mean " + quoted(*meant) + '?' : error.help);
    return false;
}

bool read_block(reading& in, const given& item, std::vector<trusted_proxy>& out) {
    const span& where = item.value.where;
    const auto text = in.text_of(item, "a block of addresses, such as `10.0.0.0/8`");
    if (!text)
        return false;
    if (const auto provider = find_provider(*text)) {
        out.emplace_back(*provider);
        return true;
    }
    const auto block = parse_address_block(*text);
    if (!block.has_value())
        return report_bad_block(in, where, *text, block.error());
    const ip_address address = *ip_address::parse(block->network);
    const unsigned unused_bits = address.is_v4() ? 96 : 0; // of the IPv6 form
    const ip_address network = address.prefix(unused_bits + block->prefix_bits);
    if (network != address) {
        const std::string suffix = '/' + std::to_string(block->prefix_bits) + '`';
        in.report(code::host_bits, {where, "has bits after its prefix"},
                  quoted(*text) + " is not the beginning of a block",
                  "write `" + network.to_string() + suffix + " for the whole block or `" +
                      address.to_string() + '/' + std::to_string(128 - unused_bits) +
                      "` for the one address");
        return false;
    }
    out.emplace_back(*block);
    return true;
}

bool read_blocks(reading& in, const given& what, const target& to) {
    if (what.value.kind != yaml_value::kinds::list) {
        const bool is_null = what.value.kind == yaml_value::kinds::null;
        in.report(code::wrong_kind,
                  {is_null ? what.key : what.value.where, "must be a list of blocks of addresses"},
                  quoted(what.path) + (is_null ? " has no value"
                                               : " is " + std::string(to_string(what.value.kind))),
                  is_null ? "write `[]` to trust nobody" : list_of(what.value, "10.0.0.0/8"));
        return false;
    }
    std::vector<trusted_proxy> blocks;
    bool is_good = true;
    for (const yaml_value* item : what.value.items) {
        const given each{what.path, item->kind == yaml_value::kinds::null ? what.key : item->where,
                         *item, ""};
        is_good = read_block(in, each, blocks) && is_good;
    }
    if (is_good)
        to.all.trusted_proxies = std::move(blocks);
    return is_good;
}

std::string show_block(const trusted_proxy& which) {
    const auto* const block = std::get_if<address_block>(&which);
    return block == nullptr ? std::string(name_of(std::get<address_provider>(which)))
                            : block->network + '/' + std::to_string(block->prefix_bits);
}

std::string show_blocks(const target& from) {
    std::string out;
    for (const trusted_proxy& each : from.all.trusted_proxies)
        out += (out.empty() ? "" : ", ") + show_block(each);
    return '[' + out + ']';
}

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
    static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               others.find(c) != std::string_view::npos;
    });
}

boost::json::value blocks_to_json(const target& from) {
    boost::json::array out;
    for (const trusted_proxy& each : from.all.trusted_proxies)
        out.emplace_back(boost::json::string(show_block(each)));
    return out;
}

bool read_header_name(reading& in, const given& what, const target& to) {
    const auto text = in.text_of(what, "the name of a header");
    if (!text)
        return false;
    if (!is_token(*text)) {
        in.report(code::bad_header_name, {what.value.where, ""},
                  quoted(*text) + " is not the name of a header",
                  "write the name alone, without a colon, such as `X-Forwarded-For`");
        return false;
    }
    to.all.client_ip_header = *text;
    return true;
}

bool read_via(reading& in, const given& what, const target& to) {
    const auto text = in.text_of(what, "a name, such as `pulsegate`, or `none`");
    if (!text)
        return false;
    if (!is_token(*text) || text->size() > 64) {
        in.report(code::bad_via, {what.value.where, ""},
                  quoted(*text) + " cannot stand in the header `Via`",
                  "write a name without blanks, such as `pulsegate`, or `none`");
        return false;
    }
    to.all.via = *text == "none" ? "" : *text;
    return true;
}

bool read_origin(reading& in, const given& item, std::vector<origin_rule>& out) {
    const auto text = in.text_of(item, "an origin, such as `https://app.example.com`");
    if (!text)
        return false;
    const auto rule = origin_rule::parse(*text);
    if (!rule.has_value()) {
        in.report(code::bad_origin, {item.value.where, ""}, rule.error().message,
                  rule.error().help);
        return false;
    }
    out.push_back(*rule);
    return true;
}

bool read_origins(reading& in, const given& what, const target& to) {
    using kinds = yaml_value::kinds;
    if (what.value.kind != kinds::list) {
        const bool is_null = what.value.kind == kinds::null;
        in.report(code::wrong_kind,
                  {is_null ? what.key : what.value.where, "must be a list of origins"},
                  quoted(what.path) + (is_null ? " has no value"
                                               : " is " + std::string(to_string(what.value.kind))),
                  is_null ? "write `[]` to let pages of any origin connect"
                          : list_of(what.value, "\"https://app.example.com\""));
        return false;
    }
    std::vector<origin_rule> rules;
    bool is_good = true;
    for (const yaml_value* item : what.value.items) {
        if (item->kind == kinds::null) { // an unquoted `null` is none of YAML's texts
            in.report(code::bad_origin, {what.key, ""}, "an origin has no value",
                      "write `\"null\"` with quotes for pages without an origin of their own");
            is_good = false;
            continue;
        }
        is_good = read_origin(in, {what.path, item->where, *item, ""}, rules) && is_good;
    }
    if (is_good)
        to.route.origins = std::move(rules);
    return is_good;
}

std::string show_origins(const target& from) {
    std::string out;
    for (const origin_rule& each : from.route.origins)
        out += (out.empty() ? "\"" : ", \"") + each.text() + '"';
    return '[' + out + ']';
}

boost::json::value origins_to_json(const target& from) {
    boost::json::array out;
    for (const origin_rule& each : from.route.origins)
        out.emplace_back(boost::json::string(to_valid_utf8(each.text())));
    return out;
}

} // namespace

value_format worker_count() {
    static constexpr std::uint64_t most = 1024;
    const auto read = [](reading& in, const given& what, const target& to) {
        const auto text = in.text_of(what, "`auto` or a whole number");
        if (!text)
            return false;
        if (*text == "auto") {
            to.all.workers = 0;
            return true;
        }
        if (text->empty() || text->find_first_not_of("0123456789") != std::string_view::npos) {
            in.report(code::bad_number, {what.value.where, "must be `auto` or a whole number"},
                      quoted(*text) + " is not a number of workers",
                      "write `auto` for one worker on each CPU");
            return false;
        }
        std::uint64_t number = 0;
        const auto count = count_between(
            1, most, [&](const target&) -> auto& { return number; });
        if (!count.read(in, what, to))
            return false;
        to.all.workers = static_cast<unsigned>(number);
        return true;
    };
    return {read,
            [](const target& from) {
                return from.all.workers == 0 ? "auto" : std::to_string(from.all.workers);
            },
            [](const target& from) -> boost::json::value {
                if (from.all.workers == 0)
                    return "auto";
                return from.all.workers;
            }};
}

value_format listener_address() {
    const auto read = [](reading& in, const given& what, const target& to) {
        const auto address = read_address(in, what);
        if (address)
            to.listener.address = *address;
        return address.has_value();
    };
    return {read, [](const target& from) { return to_string(from.listener.address); }};
}

value_format admin_address() {
    return {read_admin,
            [](const target& from) { return to_string(socket_address{from.all.admin.address}); }};
}

value_format address_blocks() {
    return {read_blocks, show_blocks, blocks_to_json};
}

value_format header_name() {
    return {read_header_name, [](const target& from) { return from.all.client_ip_header; }};
}

value_format via_name() {
    return {read_via,
            [](const target& from) { return from.all.via.empty() ? "none" : from.all.via; }};
}

value_format page_origins() {
    return {read_origins, show_origins, origins_to_json};
}

} // namespace pulsegate
