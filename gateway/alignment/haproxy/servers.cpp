#include "alignment/haproxy/servers.hpp"

#include "alignment/haproxy/times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace pulsegate {
namespace {

/// Options of a server whose next word is an argument.
constexpr std::array<std::string_view, 23> with_argument{"addr",
                                                         "alpn",
                                                         "ca-file",
                                                         "check-proto",
                                                         "check-sni",
                                                         "ciphers",
                                                         "cookie",
                                                         "crt",
                                                         "fall",
                                                         "id",
                                                         "inter",
                                                         "maxconn",
                                                         "namespace",
                                                         "observe",
                                                         "port",
                                                         "proto",
                                                         "pool-purge-delay",
                                                         "rise",
                                                         "sni",
                                                         "source",
                                                         "track",
                                                         "weight",
                                                         "ws"};

/// The argument of a `maxconn`; nothing for 0, which is no limit.
std::optional<std::uint64_t> count_of(std::string_view text) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc{} && end == text.data() + text.size() && count > 0
               ? std::optional(count)
               : std::nullopt;
}

} // namespace

haproxy_server_options read_haproxy_server_options(std::span<const haproxy_word> words,
                                                   haproxy_server_options options) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string_view text = words[at].text;
        const bool has_argument =
            std::find(with_argument.begin(), with_argument.end(), text) != with_argument.end();
        const std::string_view argument =
            has_argument && at + 1 < words.size() ? std::string_view(words[++at].text) : "";
        if (text == "ssl" || text == "no-ssl")
            options.speaks_tls = text == "ssl";
        else if (text == "send-proxy" || text == "no-send-proxy")
            options.sends_proxy = text == "send-proxy";
        else if (text.starts_with("send-proxy-v2") || text == "no-send-proxy-v2")
            options.sends_proxy2 = text != "no-send-proxy-v2";
        else if (text == "disabled" || text == "enabled")
            options.is_disabled = text == "disabled";
        else if (text == "weight")
            options.has_no_weight = argument == "0";
        else if (text == "proto")
            options.speaks_h2 = argument == "h2";
        else if (text == "ws")
            options.upgrades_by_h1 = argument == "h1";
        else if (text == "check" || text == "no-check")
            options.is_checked = text == "check";
        else if (text == "port" || text == "addr" || text == "track")
            options.is_checked_elsewhere = true;
        else if (text == "usesrc")
            options.is_transparent = true;
        else if (text == "maxconn")
            options.most = count_of(argument);
        else if (const auto delay = parse_haproxy_time(argument);
                 text == "pool-purge-delay" && delay.has_value())
            options.keeps = *delay;
    }
    return options;
}

std::optional<haproxy_cap> haproxy_cap_of(const haproxy_line& line) {
    const auto most = line.words.size() > 1 && !line.words[1].has_variable
                          ? count_of(line.words[1].text)
                          : std::nullopt;
    return most ? std::optional(haproxy_cap{line.where(), *most}) : std::nullopt;
}

} // namespace pulsegate
