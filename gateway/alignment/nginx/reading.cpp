#include "alignment/nginx/reading.hpp"

#include "alignment/codes.hpp"
#include "alignment/nginx/directives.hpp"
#include "alignment/nginx/known_variables.hpp"
#include "alignment/nginx/parser.hpp"
#include "alignment/nginx/passages.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace pulsegate {
namespace {

constexpr std::uint64_t default_connections = 512;

constexpr unsigned processes_by_cpu = 0; // `auto`

std::optional<unsigned> parse_processes(std::string_view text) {
    if (text == "auto")
        return processes_by_cpu;
    const auto count = parse_nginx_count(text);
    if (!count || *count > std::numeric_limits<unsigned>::max())
        return std::nullopt;
    return static_cast<unsigned>(*count);
}

nginx_setting<std::optional<unsigned>> read_processes(const nginx_level& main) {
    nginx_setting<unsigned> read = setting_in_force(main, "worker_processes", 1u, parse_processes);
    nginx_setting<std::optional<unsigned>> processes{{}, std::move(read.set_at), read.block};
    if (read.value != processes_by_cpu)
        processes.value = read.value;
    return processes;
}

std::optional<proxy_user> read_user(const nginx_level& main) {
    for (const nginx_directive* const each : main.simple())
        if (each->name() == "user")
            return proxy_user{std::string(each->argument(0)), std::string(each->argument(1)),
                              each->whole()};
    return std::nullopt;
}

nginx_process_settings read_process_settings(const nginx_directive& configuration) {
    const nginx_level main(configuration);
    const auto events = std::find_if(
        configuration.children.begin(), configuration.children.end(),
        [](const nginx_directive& each) { return each.is_block && each.name() == "events"; });
    const nginx_level connections_level =
        events == configuration.children.end() ? main : nginx_level(*events);
    return {
        read_processes(main),
        setting_in_force(connections_level, "worker_connections", default_connections,
                         parse_nginx_count),
        setting_in_force(main, "worker_rlimit_nofile", std::optional<std::uint64_t>{},
                         parse_nginx_count),
        setting_in_force(main, "worker_shutdown_timeout", std::optional<milliseconds>{},
                         parse_nginx_time),
        read_user(main),
    };
}

/// A file that is included at several places has its faults at each of them; users see them once.
void drop_repeated(std::vector<diagnostic>& problems) {
    std::set<std::tuple<const source_text*, std::size_t, std::string_view, std::string>> seen;
    std::erase_if(problems, [&](const diagnostic& each) {
        const span& where = each.primary.where;
        return !seen.emplace(where.in.get(), where.offset, each.id.row().name, each.message).second;
    });
}

void drop_repeated(std::vector<nginx_undecided>& undecided) {
    std::set<std::tuple<const source_text*, std::size_t, std::string>> seen;
    std::erase_if(undecided, [&](const nginx_undecided& each) {
        return !seen.emplace(each.where.in.get(), each.where.offset, each.why).second;
    });
}

bool has_block(const nginx_directive& configuration, std::string_view name) {
    return std::any_of(
        configuration.children.begin(), configuration.children.end(),
        [&](const nginx_directive& each) { return each.is_block && each.name() == name; });
}

/// What a file is, by the blocks that it has outside of all blocks.
enum class file_kind {
    whole,
    servers,   // of http: a file of conf.d or sites-enabled
    streams,   // servers of stream
    locations, // that belong into a server
};

file_kind kind_of(const nginx_directive& configuration) {
    if (has_block(configuration, "http") || has_block(configuration, "events") ||
        has_block(configuration, "stream"))
        return file_kind::whole;
    const bool has_streams =
        std::any_of(configuration.children.begin(), configuration.children.end(),
                    [](const nginx_directive& each) {
                        return each.is_block && each.name() == "server" &&
                               std::any_of(each.children.begin(), each.children.end(),
                                           [](const nginx_directive& inner) {
                                               return inner.name() == "proxy_pass";
                                           });
                    });
    if (has_block(configuration, "server"))
        return has_streams ? file_kind::streams : file_kind::servers;
    return has_block(configuration, "location") ? file_kind::locations : file_kind::whole;
}

/// A fragment as Nginx reads it where it is included.
nginx_directive inside(nginx_directive fragment, const char* name) {
    nginx_directive whole;
    whole.in = fragment.in;
    whole.is_block = true;
    fragment.words = {{name, 0, 0}};
    fragment.is_block = true;
    whole.children.push_back(std::move(fragment));
    return whole;
}

nginx_directive completed(nginx_directive configuration, file_kind kind) {
    switch (kind) {
    case file_kind::whole:
        break;
    case file_kind::servers:
        return inside(std::move(configuration), "http");
    case file_kind::streams:
        return inside(std::move(configuration), "stream");
    case file_kind::locations:
        return inside(inside(std::move(configuration), "server"), "http");
    }
    return configuration;
}

/// Where the relative paths of a fragment start: at the folder of the nginx.conf that includes it.
std::string prefix_for(file_tree& files, const std::string& fragment) {
    std::string folder = fragment.substr(0, fragment.rfind('/') + 1);
    for (int up = 0; up < 4 && folder.size() > 1; ++up) {
        if (files.read(folder + "nginx.conf").has_value())
            return folder;
        folder.erase(folder.rfind('/', folder.size() - 2) + 1);
    }
    return "/etc/nginx/";
}

/// Lines by which Nginx takes every client's word for its address.
void find_trust_in_all(const nginx_directive& block, std::size_t depth, std::vector<span>& into) {
    for (const nginx_directive& each : block.children) {
        if (each.name() == "set_real_ip_from" && each.argument(0).ends_with("/0"))
            into.push_back(each.whole());
        if (each.is_block && depth < 64)
            find_trust_in_all(each, depth + 1, into);
    }
}

/// The path in a line `# configuration file PATH:`.
std::optional<std::string_view> path_in(std::string_view line) {
    constexpr std::string_view beginning = "# configuration file ";
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    if (!line.starts_with(beginning) || !line.ends_with(':'))
        return std::nullopt;
    line.remove_prefix(beginning.size());
    line.remove_suffix(1);
    return line.starts_with('/') ? std::optional(line) : std::nullopt;
}

/// Nginx puts a line end behind each file.
std::string_view without_added_line_end(std::string_view text) {
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    return text;
}

} // namespace

nginx_reading read_nginx(file_tree& files, const nginx_request& what) {
    nginx_reading reading;
    reading.version = what.version.value_or(assumed_nginx_version);
    reading.is_version_assumed = !what.version.has_value();
    nginx_parser parser(files, reading.problems);
    result<nginx_directive> configuration = parser.parse(what.path);
    const file_kind kind = configuration.has_value() ? kind_of(*configuration) : file_kind::whole;
    reading.is_fragment = kind != file_kind::whole;
    std::vector<diagnostic> unread = parser.unread();
    reading.files = parser.files();
    reading.patterns = parser.patterns();
    if (reading.is_fragment) {
        reading.problems.clear();
        nginx_parser again(files, reading.problems, prefix_for(files, what.path));
        configuration = again.parse(what.path);
        unread = again.unread();
        for (diagnostic& each : unread) {
            each.id = hop_code::nginx_unread;
            each.help = "name nginx.conf itself, which includes this file, or `nginx -T` output";
        }
        reading.files = again.files();
        reading.patterns = again.patterns();
    }
    reading.problems.insert(reading.problems.end(), unread.begin(), unread.end());
    if (!configuration.has_value()) {
        reading.problems.push_back(
            {hop_code::proxy_unreadable,
             "cannot read " + quoted(what.path) + ": " + configuration.error().message(),
             {what.declared, ""},
             {},
             "name the file that Nginx itself reads, and let this user "
             "read it"});
        return reading;
    }
    reading.main = configuration->in;
    *configuration = completed(std::move(*configuration), kind);
    check_nginx_directives(*configuration, reading.problems);
    if (!reading.is_version_assumed)
        check_nginx_version(*configuration, reading.version, reading.problems);
    if (!reading.is_fragment)
        check_nginx_variables(*configuration, reading.problems);
    find_trust_in_all(*configuration, 0, reading.trusts_all);
    reading.process = read_process_settings(*configuration);
    find_nginx_passages(*configuration, what, reading);
    drop_repeated(reading.problems);
    drop_repeated(reading.undecided);
    return reading;
}

std::optional<nginx_dump> split_nginx_dump(std::string_view text) {
    std::optional<nginx_dump> dump;
    std::string path;
    std::size_t content = 0; // where the file at `path` begins
    const auto keep = [&](std::size_t end) {
        if (dump)
            dump->files.add(
                path, std::string(without_added_line_end(text.substr(content, end - content))));
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
        std::string_view line = text.substr(at, next - at);
        if (line.ends_with('\n'))
            line.remove_suffix(1);
        if (const auto found = path_in(line)) {
            keep(at);
            path = *found;
            content = next;
            if (!dump)
                dump = nginx_dump{{}, path};
        }
        at = next;
    }
    keep(text.size());
    return dump;
}

} // namespace pulsegate
