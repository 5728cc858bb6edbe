#include "alignment/haproxy/telling.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {
namespace {

using ways_of_telling = haproxy_address_header::ways;

/// True if a value is made of a header of the request, which clients write.
bool is_of_header(std::string_view value) {
    return value.find("hdr(") != value.npos || value.find("hdr_ip(") != value.npos;
}

/// True if the rule holds for every request.
bool is_always(const haproxy_rule& rule) {
    return rule.when.terms.empty();
}

} // namespace

void add_haproxy_telling(const haproxy_proxy& section, std::vector<haproxy_address_header>& told) {
    const haproxy_settings& settings = section.settings;
    if (!settings.speaks_http)
        return;
    std::vector<std::string> deleted; // headers that none has after the rules
    std::optional<span> forged;       // what takes the address itself from a header
    for (const haproxy_rule& rule : settings.rules) {
        const std::vector<haproxy_word>& words = rule.words;
        if (words.front().text != "http-request" || words.size() < 3)
            continue;
        const std::string& action = words[1].text;
        if (action == "set-src" && is_of_header(words[2].text))
            forged = rule.where;
        else if (action == "del-header" && words.size() == 3 && is_always(rule))
            deleted.push_back(lower_case(words[2].text));
        else if ((action == "set-header" || action == "add-header") && words.size() > 3)
            told.push_back({words[2].text,
                            forged || is_of_header(words[3].text) ? ways_of_telling::as_sent
                            : action == "set-header"              ? ways_of_telling::set
                                                                  : ways_of_telling::added,
                            rule.where});
    }
    if (!settings.forwardfor)
        return;
    const bool is_gone = std::find(deleted.begin(), deleted.end(),
                                   lower_case(settings.forwardfor->header)) != deleted.end();
    told.push_back({settings.forwardfor->header,
                    forged                         ? ways_of_telling::as_sent
                    : is_gone                      ? ways_of_telling::set
                    : settings.forwardfor->if_none ? ways_of_telling::if_none
                                                   : ways_of_telling::added,
                    forged.value_or(settings.forwardfor->where)});
}

} // namespace pulsegate
