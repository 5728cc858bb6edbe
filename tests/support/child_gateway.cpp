#include "support/child_gateway.hpp"

#include "support/patience.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

namespace pulsegate::test {
namespace {

std::string write_temporary_file(std::string_view text) {
    std::string path = std::filesystem::temp_directory_path() / "pulsegate-test-XXXXXX";
    const int file = ::mkstemp(path.data());
    if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("cannot write " + path);
    ::close(file);
    return path;
}

} // namespace

child_gateway::child_gateway(const std::string& program, std::string_view yaml)
    : config_path_(write_temporary_file(yaml)) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw std::runtime_error("pipe2");
    log_ = ends[0];
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::string words[] = {program, "run", "--config", config_path_};
    char* const arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                               nullptr};
    const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0)
        throw std::runtime_error("cannot start " + program);
    const std::string before = "127.0.0.1:";
    for (;;) {
        const std::string line = read_line();
        const auto at = line.find(before);
        if (line.find("admin") == std::string::npos &&
            line.find("listening") != std::string::npos && at != std::string::npos) {
            address_ = {"127.0.0.1",
                        static_cast<std::uint16_t>(std::stoul(line.substr(at + before.size())))};
            return;
        }
    }
}

child_gateway::~child_gateway() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(log_);
    ::unlink(config_path_.c_str());
}

std::string child_gateway::read_line() {
    for (;;) {
        if (const auto end = unread_.find('\n'); end != std::string::npos) {
            std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        pollfd one{log_, POLLIN, 0};
        char bytes[4096];
        const auto longest = static_cast<int>(std::chrono::milliseconds(patience).count());
        const auto count = ::poll(&one, 1, longest) == 1 ? ::read(log_, bytes, sizeof bytes) : 0;
        if (count <= 0)
            throw std::runtime_error("the gateway did not start; its last words: " + unread_);
        unread_.append(bytes, static_cast<std::size_t>(count));
    }
}

void child_gateway::signal(int number) const {
    ::kill(pid_, number);
}

int child_gateway::wait_exit() {
    int status = 0;
    wait_until("the gateway to exit", [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace pulsegate::test
