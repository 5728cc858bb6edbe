#include "alignment/proxy_opinion.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_wait = 10s;
constexpr std::size_t most_output = 64 * 1024;

/// `unknown directive "x" in /etc/nginx/nginx.conf:5`, taken apart.
struct complaint {
    std::string message;
    std::string file; // empty if none is named
    std::size_t line = 0;
};

std::vector<complaint> complaints_in(std::string_view output) {
    constexpr std::string_view level = "[emerg] ";
    std::vector<complaint> all;
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        std::string_view line = output.substr(0, end);
        output.remove_prefix(std::min(end + 1, output.size()));
        const std::size_t at = line.find(level);
        if (at == line.npos)
            continue;
        line.remove_prefix(at + level.size());
        if (const std::size_t who = line.find_first_not_of("0123456789#");
            who != line.npos && who > 0 && line.substr(who).starts_with(": "))
            line.remove_prefix(who + 2); // `7#7: `, of a line for its log
        complaint one{std::string(line), "", 0};
        const std::size_t in = line.rfind(" in ");
        const std::size_t colon = line.rfind(':');
        if (in != line.npos && colon != line.npos && colon > in &&
            std::from_chars(line.data() + colon + 1, line.data() + line.size(), one.line).ec ==
                std::errc{}) {
            one.message = line.substr(0, in);
            one.file = line.substr(in + 4, colon - in - 4);
        }
        all.push_back(std::move(one));
    }
    return all;
}

/// `[ALERT] (7) : config : parsing [/etc/haproxy/haproxy.cfg:5] : unknown keyword 'x'`, taken
/// apart.
std::vector<complaint> alerts_in(std::string_view output) {
    constexpr std::string_view level = "[ALERT]";
    constexpr std::string_view topic = " : config : ";
    std::vector<complaint> all;
    while (!output.empty()) {
        std::string_view line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(line.size() + 1, output.size()));
        const std::size_t at = line.find(topic);
        // What counts the errors at the end says nothing of them.
        if (!line.starts_with(level) || at == line.npos ||
            line.find("rror(s) found") != line.npos || line.find("errors found") != line.npos)
            continue;
        line.remove_prefix(at + topic.size());
        complaint one{std::string(line), "", 0};
        const std::size_t open = line.find('[');
        const std::size_t close = line.find(']', std::min(open, line.size()));
        const std::size_t colon = line.substr(0, std::min(close, line.size())).rfind(':');
        if (close != line.npos && colon != line.npos && colon > open &&
            std::from_chars(line.data() + colon + 1, line.data() + close, one.line).ec ==
                std::errc{}) {
            one.file = line.substr(open + 1, colon - open - 1);
            const std::size_t text = line.find_first_not_of(" :", close + 1);
            one.message = line.substr(std::min(text, line.size()));
        }
        all.push_back(std::move(one));
    }
    return all;
}

/// The line without the white space before it.
span line_of(const source& in, std::size_t number) {
    const std::string_view text = in->text();
    std::size_t at = 0;
    for (std::size_t line = 1; line < number && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    at = std::min(text.find_first_not_of(" \t", at), text.size());
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    return {in, at, end - at};
}

/// What this user may not do says nothing of the file.
bool is_of_this_user(std::string_view message) {
    return message.find("(13: ") != message.npos || message.find("(1: ") != message.npos ||
           message.find("bind() to ") != message.npos;
}

/// Proxies are in folders that are in the PATH of administrators only.
std::string path_of(const std::string& program) {
    const char* const own = std::getenv("PATH");
    std::string folders = "/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin";
    if (own != nullptr)
        folders += ':' + std::string(own);
    for (std::size_t at = 0; at < folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        const std::string path = folders.substr(at, end - at) + '/' + program;
        if (::access(path.c_str(), X_OK) == 0)
            return path;
        at = end + 1;
    }
    return {};
}

/// Reads until the other end is closed; false if that takes too long.
bool read_all(int from, std::string& into) {
    const auto deadline = std::chrono::steady_clock::now() + longest_wait;
    std::array<char, 4096> buffer{};
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        ::pollfd watched{from, POLLIN, 0};
        if (left <= 0ms || ::poll(&watched, 1, static_cast<int>(left.count())) <= 0)
            return false;
        const ::ssize_t got = ::read(from, buffer.data(), buffer.size());
        if (got <= 0)
            return got == 0;
        if (into.size() < most_output)
            into.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

} // namespace

std::vector<diagnostic> opinion_of_nginx(const std::optional<program_answer>& said,
                                         file_tree& files, const span& declared) {
    std::vector<diagnostic> found;
    const auto not_asked = [&](std::string why) {
        found.push_back({hop_code::proxy_not_asked,
                         "Nginx itself could not test this file",
                         {declared, std::move(why)},
                         {},
                         "run `nginx -t` on the machine and as the user of Nginx"});
    };
    if (!said) {
        not_asked("no `nginx` here that answers");
        return found;
    }
    if (said->exit_code == 0)
        return found;
    for (const complaint& each : complaints_in(said->output)) {
        if (is_of_this_user(each.message)) {
            not_asked(each.message);
            continue;
        }
        const auto file = files.read(each.file);
        const bool has_place = !each.file.empty() && file.has_value();
        found.push_back({hop_code::proxy_refused,
                         "Nginx itself refuses this file",
                         {has_place ? line_of(*file, each.line) : declared, each.message},
                         {},
                         "`nginx -t` says the same"});
    }
    if (found.empty())
        not_asked("it ended with " + std::to_string(said->exit_code));
    return found;
}

std::vector<diagnostic> opinion_of_haproxy(const std::optional<program_answer>& said,
                                           file_tree& files, const span& declared) {
    std::vector<diagnostic> found;
    if (!said || said->output.find("ermission denied") != std::string::npos) {
        found.push_back({hop_code::proxy_not_asked,
                         "HAProxy itself could not test this file",
                         {declared, !said ? "no `haproxy` here that answers"
                                          : "this user may not read all that it names"},
                         {},
                         "run `haproxy -c -f` on the machine and as the user of HAProxy"});
        return found;
    }
    if (said->exit_code == 0)
        return found;
    for (const complaint& each : alerts_in(said->output)) {
        const auto file = files.read(each.file);
        const bool has_place = !each.file.empty() && file.has_value();
        found.push_back({hop_code::proxy_refused,
                         "HAProxy itself refuses this file",
                         {has_place ? line_of(*file, each.line) : declared, each.message},
                         {},
                         "`haproxy -c -f` says the same"});
    }
    return found;
}

std::optional<program_answer> ask_program(const std::vector<std::string>& command) {
    std::string path = path_of(command.front());
    std::array<int, 2> ends{};
    if (path.empty() || ::pipe2(ends.data(), O_CLOEXEC) != 0)
        return std::nullopt;
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    for (std::string& each : words)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    ::posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    ::pid_t process = 0;
    const int error =
        ::posix_spawn(&process, path.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    program_answer said;
    const bool has_ended = error == 0 && read_all(ends[0], said.output);
    ::close(ends[0]);
    if (error != 0)
        return std::nullopt;
    if (!has_ended)
        ::kill(process, SIGKILL);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (!has_ended || !WIFEXITED(status))
        return std::nullopt;
    said.exit_code = WEXITSTATUS(status);
    return said;
}

} // namespace pulsegate
