#include "alignment/nginx/sent.hpp"

#include "base/ascii_case.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using obstacles = nginx_obstacle::kinds;

/// True if `wanted` is one of the options in a list like `keep-alive, Upgrade` (RFC 9110 §5.6.1).
bool has_option(std::string_view value, std::string_view wanted) {
    while (!value.empty()) {
        const std::size_t end = std::min(value.find(','), value.size());
        std::string_view option = value.substr(0, end);
        value.remove_prefix(std::min(end + 1, value.size()));
        constexpr std::string_view blank = " \t";
        option.remove_prefix(std::min(option.find_first_not_of(blank), option.size()));
        option = option.substr(0, option.find_last_not_of(blank) + 1);
        if (equals_ignoring_case(option, wanted))
            return true;
    }
    return false;
}

/// True for a variable that is some other header of the client's, which no WebSocket client sets.
bool is_other_header(std::string_view value) {
    const nginx_variable found = find_nginx_variable(value);
    return found.length == value.size() && found.name.starts_with("http_") &&
           found.name != "http_upgrade" && found.name != "http_connection" &&
           found.name.find("upgrade") == found.name.npos &&
           found.name.find("connection") == found.name.npos;
}

answer answer_of(std::string_view value, std::string_view wanted) {
    if (has_option(value, wanted))
        return answer::yes;
    return is_open(value) && !is_other_header(value) ? answer::unclear : answer::no;
}

answer worse(answer a, answer b) {
    return std::min(a, b);
}

/// One run of sent_by().
class request_writer {
public:
    request_writer(const nginx_place& place, const nginx_variables& variables,
                   const nginx_handshake& state)
        : place_(place), variables_(variables), state_(state), has_gaps_(has_gaps(place.level)) {
        for (const nginx_level* level = &place.level; level != nullptr && in_force_.empty();
             level = level->outer())
            if (!level->is_condition())
                for (const nginx_directive* each : level->own())
                    if (each->name() == "proxy_set_header" && each->arguments() == 2)
                        in_force_.push_back(each);
    }

    nginx_sent write(const nginx_setting<std::string>& http_version) {
        check_version(http_version);
        check("Upgrade", "websocket", sent_.upgrade);
        check("Connection", "upgrade", sent_.connection);
        check_key();
        check_answer();
        sent_.host = values_of("Host").value_or(std::vector<std::string>{});
        if (sent_.host == std::vector<std::string>{""})
            blame(answer::no, {obstacles::other, directive("Host")->whole(),
                               "sends no `Host`, which every request must have",
                               "proxy_set_header Host $host;"});
        check_method();
        std::stable_sort(
            sent_.obstacles.begin(), sent_.obstacles.end(),
            [](const nginx_obstacle& a, const nginx_obstacle& b) { return a.kind < b.kind; });
        return std::move(sent_);
    }

private:
    [[nodiscard]] const nginx_directive* directive(std::string_view header) const {
        const auto found =
            std::find_if(in_force_.rbegin(), in_force_.rend(), [&](const nginx_directive* each) {
                return equals_ignoring_case(each->argument(0), header);
            });
        return found == in_force_.rend() ? nullptr : *found;
    }

    /// Nothing if no `proxy_set_header` names it.
    [[nodiscard]] std::optional<std::vector<std::string>> values_of(std::string_view header) const {
        const nginx_directive* const set = directive(header);
        if (set == nullptr)
            return std::nullopt;
        return variables_.values(set->argument(1), state_);
    }

    [[nodiscard]] const nginx_directive* setting(std::string_view name) const {
        for (const nginx_level* level = &place_.level; level != nullptr; level = level->outer())
            for (const nginx_directive* const each : level->simple())
                if (each->name() == name)
                    return each;
        return nullptr;
    }

    void blame(answer is_handshake, nginx_obstacle obstacle) {
        if (is_handshake == answer::no && has_gaps_ && obstacle.where.in == nullptr)
            is_handshake = answer::unclear; // what is not there may stand in the unread file
        if (is_handshake == answer::no && sent_.is_handshake != answer::no)
            sent_.obstacles.clear(); // what is certain says more
        if (is_handshake == answer::unclear && sent_.is_handshake == answer::no)
            return;
        sent_.is_handshake = worse(sent_.is_handshake, is_handshake);
        sent_.obstacles.push_back(std::move(obstacle));
    }

    void check_version(const nginx_setting<std::string>& version) {
        if (version.value == "1.1")
            return;
        blame(answer::no, {obstacles::http_version, version.set_at.value_or(span{}),
                           "speaks HTTP/" + version.value, "proxy_http_version 1.1;"});
    }

    void check(std::string_view header, std::string_view wanted, std::vector<std::string>& sent) {
        const auto values = values_of(header);
        const std::string cure = header == "Upgrade" ? "proxy_set_header Upgrade $http_upgrade;"
                                                     : "proxy_set_header Connection \"upgrade\";";
        if (!values) {
            sent = {""};
            return blame(answer::no, {obstacles::no_headers, {}, std::string(header), cure});
        }
        sent = *values;
        answer all = answer_of(values->front(), wanted);
        for (const std::string& each : *values)
            if (answer_of(each, wanted) != all)
                all = answer::unclear;
        if (all == answer::yes)
            return;
        const auto culprit = std::find_if(values->begin(), values->end(), [&](const auto& each) {
            return answer_of(each, wanted) != answer::yes;
        });
        blame(all, {obstacles::value, directive(header)->whole(),
                    culprit->empty() ? "sends no " + quoted(header)
                                     : "sends " + quoted(std::string(header) + ": " + *culprit),
                    cure});
    }

    /// `Sec-WebSocket-Key` and `Sec-WebSocket-Version` are the client's, unless something is in the
    /// way.
    void check_key() {
        const nginx_directive* const passes = setting("proxy_pass_request_headers");
        const bool passes_none = passes != nullptr && passes->argument(0) == "off";
        for (const std::string_view name : {"Sec-WebSocket-Key", "Sec-WebSocket-Version"}) {
            const auto values = values_of(name);
            if (!values && passes_none)
                return blame(answer::no, {obstacles::key, passes->whole(),
                                          "keeps " + quoted(name) + " from the gateway",
                                          "proxy_pass_request_headers on;"});
            if (values && *values == std::vector<std::string>{""})
                return blame(answer::no, {obstacles::key, directive(name)->whole(),
                                          "keeps " + quoted(name) + " from the gateway", ""});
        }
    }

    /// The client needs these headers of the answer.
    void check_answer() {
        for (const nginx_level* level = &place_.level; level != nullptr; level = level->outer()) {
            bool has_any = false;
            for (const nginx_directive* const each : level->simple()) {
                if (each->name() != "proxy_hide_header")
                    continue;
                has_any = true;
                for (const std::string_view name : {"Sec-WebSocket-Accept", "Upgrade"})
                    if (equals_ignoring_case(each->argument(0), name))
                        blame(answer::no, {obstacles::key, each->whole(),
                                           "takes " + quoted(name) + " out of the answer", ""});
            }
            if (has_any)
                return;
        }
    }

    void check_method() {
        const nginx_directive* const method = setting("proxy_method");
        if (method == nullptr || equals_ignoring_case(method->argument(0), "GET"))
            return;
        const bool is_known = !is_open(method->argument(0));
        if (is_known)
            blame(answer::no, {obstacles::other, method->whole(), "a WebSocket is opened by GET",
                               "proxy_method GET;"});
    }

    const nginx_place& place_;
    const nginx_variables& variables_;
    const nginx_handshake& state_;
    const bool has_gaps_;
    std::vector<const nginx_directive*> in_force_;
    nginx_sent sent_;
};

} // namespace

bool has_gaps(const nginx_level& where) {
    for (const nginx_level* level = &where; level != nullptr; level = level->outer())
        for (const nginx_directive* const each : level->simple())
            if (each->name() == "include") // the others were replaced by what they name
                return true;
    return false;
}

nginx_sent sent_by(const nginx_place& place, const nginx_variables& variables,
                   const nginx_handshake& state, const nginx_setting<std::string>& http_version) {
    return request_writer(place, variables, state).write(http_version);
}

} // namespace pulsegate
