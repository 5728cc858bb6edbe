#include "admin/admin_rules.hpp"

#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <openssl/crypto.h>

#include <algorithm>

namespace pulsegate {
namespace {

std::optional<admin_method> method_of(std::string_view name) {
    if (name == "GET" || name == "HEAD")
        return admin_method::get;
    if (name == "POST")
        return admin_method::post;
    if (name == "DELETE")
        return admin_method::delete_;
    return std::nullopt;
}

/// What a path has in place of the pattern's `{…}`, "" if the pattern has none; nothing if it does
/// not fit.
std::optional<std::string> argument_in(std::string_view path, std::string_view pattern) {
    const std::size_t brace = pattern.find('{');
    if (brace == std::string_view::npos)
        return path == pattern ? std::optional(std::string()) : std::nullopt;
    if (path.size() <= brace || path.substr(0, brace) != pattern.substr(0, brace) ||
        path.find('/', brace) != std::string_view::npos)
        return std::nullopt;
    return std::string(path.substr(brace));
}

/// A page of another site may have its own name point here (DNS rebinding), and its browser then
/// reads what is here as that site's own; an address or `localhost` cannot be pointed elsewhere.
bool is_own_host(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end != std::string_view::npos &&
               ip_address::parse(host.substr(1, end - 1)).has_value();
    }
    const std::string_view name = host.substr(0, host.rfind(':'));
    return equals_ignoring_case(name, "localhost") || ip_address::parse(name).has_value();
}

bool has_token(std::string_view authorization, std::string_view token) {
    constexpr std::string_view scheme = "bearer ";
    if (token.empty() || authorization.size() != scheme.size() + token.size() ||
        !equals_ignoring_case(authorization.substr(0, scheme.size()), scheme))
        return false;
    // Takes as long whatever the token is: else it could be guessed byte by byte.
    return CRYPTO_memcmp(authorization.data() + scheme.size(), token.data(), token.size()) == 0;
}

admin_answer unauthorized() {
    admin_answer answer =
        admin_error(401, "the token is missing or wrong",
                    "send `Authorization: Bearer` with the token in `admin.token_file`");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"pulsegate\"");
    return answer;
}

std::optional<admin_answer> refuse_access(admin_access access, const admin_question& asked,
                                          const admin_guard& guard) {
    if (access == admin_access::open)
        return std::nullopt;
    if (guard.is_on_loopback && !is_own_host(asked.host))
        return admin_error(403, "this host name is not the gateway's own",
                           "ask for the address or for `localhost`; a proxy in front sends either "
                           "as `Host`");
    if (access == admin_access::page || access == admin_access::scrape ||
        (access == admin_access::read && guard.is_on_loopback))
        return std::nullopt;
    if (guard.token.empty())
        return admin_error(403, "without a token nothing can be changed",
                           "set `admin.token_file` in gateway.yaml, and reload (SIGHUP)");
    if (!has_token(asked.authorization, guard.token))
        return unauthorized();
    return std::nullopt;
}

std::string in_words(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + quoted(name);
    return list;
}

/// Takes the parameters over, or says what is wrong with one.
std::optional<admin_answer> take_parameters(const boost::urls::url_view& url,
                                            const admin_endpoint& endpoint, admin_request& to) {
    boost::urls::encoding_opts as_forms_do;
    as_forms_do.space_as_plus = true;
    for (const auto each : url.params(as_forms_do)) {
        if (std::find(endpoint.parameters.begin(), endpoint.parameters.end(), each.key) ==
            endpoint.parameters.end())
            return admin_error(400, "there is no parameter " + quoted(each.key),
                               endpoint.parameters.empty()
                                   ? "this takes none"
                                   : "there are " + in_words(endpoint.parameters));
        if (to.find(each.key) != nullptr)
            return admin_error(400, "the parameter " + quoted(each.key) + " is given twice",
                               "give it once");
        to.parameters.emplace_back(each.key, each.value);
    }
    return std::nullopt;
}

/// RFC 9110 §15.5.6.
admin_answer wrong_method(std::span<const admin_endpoint* const> there_are) {
    std::string allowed;
    bool is_plain = false;
    for (const admin_endpoint* each : there_are) {
        allowed += allowed.empty() ? "" : ", ";
        allowed += each->method == admin_method::get    ? "GET, HEAD"
                   : each->method == admin_method::post ? "POST"
                                                        : "DELETE";
        is_plain = is_plain || is_for_watchers(each->access);
    }
    const std::string text = "only " + allowed + " is allowed here";
    admin_answer answer = is_plain ? admin_answer{405, std::string(plain_text_type), text + "\n"}
                                   : admin_error(405, "this cannot be done with this method", text);
    answer.headers.emplace_back("Allow", allowed);
    return answer;
}

admin_answer not_found(std::span<const admin_endpoint> endpoints) {
    std::string list;
    for (const admin_endpoint& each : endpoints)
        if (const std::string word = ' ' + each.path; (list + ' ').find(word + ' ') == list.npos)
            list += word;
    return admin_error(404, "there is nothing at this path", "there are" + list);
}

} // namespace

std::variant<admin_match, admin_answer> judge(const admin_question& asked,
                                              std::span<const admin_endpoint> endpoints,
                                              const admin_guard& guard) {
    const auto url = boost::urls::parse_origin_form({asked.target.data(), asked.target.size()});
    if (!url.has_value())
        return admin_error(400, "the target is not a path with a query",
                           "write everything else than letters and digits with percent signs");
    const std::string path = url->path();
    const auto method = method_of(asked.method);
    std::vector<const admin_endpoint*> there_are; // at this path, whatever the method
    for (const admin_endpoint& each : endpoints) {
        auto argument = argument_in(path, each.path);
        if (!argument)
            continue;
        there_are.push_back(&each);
        if (each.method != method)
            continue;
        if (auto refused = refuse_access(each.access, asked, guard))
            return std::move(*refused);
        admin_match found{&each, {std::move(*argument), {}}};
        const bool takes_any = is_for_watchers(each.access) || each.access == admin_access::page;
        if (auto wrong = takes_any ? std::nullopt : take_parameters(*url, each, found.request))
            return std::move(*wrong);
        return found;
    }
    return there_are.empty() ? not_found(endpoints) : wrong_method(there_are);
}

} // namespace pulsegate
