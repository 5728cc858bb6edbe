#include "alignment/nginx/passages.hpp"

#include "alignment/codes.hpp"
#include "alignment/hop.hpp"
#include "alignment/nginx/destination.hpp"
#include "alignment/nginx/header.hpp"
#include "alignment/nginx/values.hpp"
#include "alignment/nginx/variables.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {
namespace {

using protocols = nginx_passage::protocols;

/// As written, with one space for each gap between words.
std::string head_text(const nginx_directive& block) {
    std::string text;
    std::size_t end = 0; // of the word before
    for (const nginx_word& word : block.words) {
        if (!text.empty() && word.offset > end)
            text += ' ';
        end = word.offset + word.length;
        text += std::string_view(block.in->text()).substr(word.offset, word.length);
    }
    return text;
}

/// The path of a prefix or exact location; nothing for a regular expression or a name.
std::optional<std::string> prefix_of(const nginx_directive& location) {
    std::string_view first = location.argument(0);
    if (location.arguments() == 2) {
        if (first != "=" && first != "^~")
            return std::nullopt;
        return std::string(location.argument(1));
    }
    // The modifier may be joined to the path: `=/ws`.
    if (first.starts_with('~') || first.starts_with('@'))
        return std::nullopt;
    if (first.starts_with("="))
        first.remove_prefix(1);
    else if (first.starts_with("^~"))
        first.remove_prefix(2);
    return std::string(first);
}

bool is_final_rewrite(const nginx_directive& directive) {
    return directive.name() == "rewrite" && directive.argument(2) == "break";
}

/// True if a `rewrite … break` may have changed the path before `proxy_pass` takes it.
bool rewrites(const nginx_directive& location) {
    return std::any_of(
        location.children.begin(), location.children.end(), [](const nginx_directive& each) {
            return is_final_rewrite(each) ||
                   (each.name() == "if" &&
                    std::any_of(each.children.begin(), each.children.end(), is_final_rewrite));
        });
}

/// For users: `location ~ ^/ws`, `if ($x) in location /`, `server of stream`.
std::string nginx_title(const nginx_level& where) {
    const nginx_directive& block = where.block();
    if (where.is_condition())
        return head_text(block) + " in " + head_text(where.settings_block());
    if (block.name() == "server")
        return "server of stream";
    return head_text(block);
}

/// How the path of every request begins that a `proxy_pass` at this level hands on; nothing where
/// the configuration does not say.
/// \param uri  of the `proxy_pass`: it takes the place of the location's prefix; may be empty.
std::optional<std::string> path_handed_on(const nginx_level& where, std::string_view uri) {
    const nginx_directive& location = where.settings_block();
    if (location.name() != "location" || rewrites(location))
        return std::nullopt;
    const nginx_variable first = find_nginx_variable(uri);
    if (uri.empty() || (first.length > 0 && first.offset == 0 && is_path_of_request(first)))
        return prefix_of(location);
    const std::size_t known = first.length > 0 ? first.offset : uri.size();
    const std::string_view path = uri.substr(0, std::min(known, uri.find('?')));
    return path.starts_with('/') ? std::optional(std::string(path)) : std::nullopt;
}

constexpr milliseconds default_read_timeout = std::chrono::seconds(60);
constexpr milliseconds default_stream_timeout = std::chrono::minutes(10);

/// True for blocks in which a `proxy_pass` can stand.
bool can_proxy(std::string_view name) {
    return name == "location" || name == "if" || name == "limit_except";
}

/// Walks one context, `http` or `stream`.
class passage_finder {
public:
    passage_finder(const nginx_directive& context, const nginx_request& what, nginx_reading& into)
        : what_(what), into_(into),
          protocol_(context.name() == "http" ? protocols::http : protocols::stream), top_(context),
          variables_(context), groups_(context) {}

    void walk() {
        for (const nginx_directive& each : top_.block().children)
            if (each.is_block && each.name() == "server")
                walk(nginx_level(each, &top_));
    }

private:
    void walk(const nginx_level& level) {
        const nginx_directive* const pass = level.own("proxy_pass");
        if (pass && pass->arguments() == 1)
            follow(*pass, level);
        for (const nginx_directive& each : level.block().children)
            if (each.is_block && can_proxy(each.name()))
                walk(nginx_level(each, &level));
    }

    void follow(const nginx_directive& pass, const nginx_level& level) {
        std::vector<std::size_t> reached; // listeners
        for (const std::string& text : variables_.possible_values(pass.argument(0), level)) {
            const auto to = protocol_ == protocols::http ? parse_http_destination(text)
                                                         : parse_stream_destination(text);
            if (!to)
                report_unreadable(text, pass);
            else if (!to->variable.empty())
                add_undecided(*to, pass);
            else
                add_passages(*to, pass, level, reached);
        }
    }

    void add_passages(const nginx_destination& to, const nginx_directive& pass,
                      const nginx_level& level, std::vector<std::size_t>& reached) {
        for (const socket_address& target : groups_.addresses(to)) {
            const auto listener = reached_listener(target, what_.listeners);
            if (!listener || std::find(reached.begin(), reached.end(), *listener) != reached.end())
                continue;
            reached.push_back(*listener);
            nginx_passage passage = passage_at(level);
            passage.proxy_pass = pass.whole();
            passage.target = target;
            passage.listener = *listener;
            if (protocol_ == protocols::http) {
                passage.path = path_handed_on(level, to.uri);
                passage.is_secure = to.is_secure;
            }
            into_.passages.push_back(std::move(passage));
        }
    }

    /// All that does not depend on the target.
    nginx_passage passage_at(const nginx_level& level) const {
        nginx_passage passage;
        passage.protocol = protocol_;
        passage.where = level.block().head();
        passage.title = nginx_title(level);
        if (protocol_ == protocols::stream) {
            passage.read_timeout =
                setting_in_force(level, "proxy_timeout", default_stream_timeout, parse_nginx_time);
            passage.proxy_protocol =
                setting_in_force(level, "proxy_protocol", false, parse_nginx_flag);
            if (setting_in_force(level, "proxy_ssl", false, parse_nginx_flag).value)
                passage.is_secure = true;
            return passage;
        }
        passage.read_timeout =
            setting_in_force(level, "proxy_read_timeout", default_read_timeout, parse_nginx_time);
        passage.http_version = setting_in_force(
            level, "proxy_http_version", std::string(default_http_version(into_.version)),
            [](std::string_view text) { return std::optional(std::string(text)); });
        nginx_proxy_headers headers = read_proxy_headers(level, variables_);
        passage.headers = std::move(headers.in_force);
        passage.lost_headers = std::move(headers.lost);
        return passage;
    }

    /// A destination with a variable: only its port may tell that it is another server.
    void add_undecided(const nginx_destination& to, const nginx_directive& pass) {
        const auto may_be = [&](const socket_address& listener) {
            if (const auto* const tcp = std::get_if<tcp_address>(&listener))
                return !to.is_unix && (!to.has_port || to.port == 0 || to.port == tcp->port);
            return to.is_unix;
        };
        if (std::any_of(what_.listeners.begin(), what_.listeners.end(), may_be))
            add_undecided(to.variable, pass);
    }

    void add_undecided(const std::string& variable, const nginx_directive& pass) {
        into_.undecided.push_back(
            {pass.whole(), quoted(variable) + " is known only when a request arrives"});
    }

    void report_unreadable(const std::string& text, const nginx_directive& pass) {
        if (const nginx_variable unknown = find_nginx_variable(text); unknown.length > 0) {
            add_undecided(text.substr(unknown.offset, unknown.length), pass);
            return;
        }
        // One of several values of a variable need not be good: Nginx refuses it only when it
        // comes to it.
        if (text != pass.argument(0))
            return;
        into_.problems.push_back({hop_code::nginx_value,
                                  quoted(text) + " is nothing that can be proxied to",
                                  {pass.place_of(pass.words[1]), ""},
                                  {},
                                  protocol_ == protocols::http
                                      ? "write it as `proxy_pass http://127.0.0.1:8081;`"
                                      : "write it as `proxy_pass 127.0.0.1:8081;`"});
    }

    const nginx_request& what_;
    nginx_reading& into_;
    const protocols protocol_;
    const nginx_level top_;
    const nginx_variables variables_;
    const nginx_groups groups_;
};

} // namespace

void find_nginx_passages(const nginx_directive& configuration, const nginx_request& what,
                         nginx_reading& into) {
    for (const nginx_directive& each : configuration.children)
        if (each.is_block && (each.name() == "http" || each.name() == "stream"))
            passage_finder(each, what, into).walk();
}

} // namespace pulsegate
