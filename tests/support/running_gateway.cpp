#include "support/running_gateway.hpp"

#include "alignment/nginx/version.hpp"
#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace pulsegate::test {
namespace {

constexpr std::string_view admin_token = "0123456789abcdef";

/// A file that only this user may read, as long as this process lives.
class token_file {
public:
    token_file()
        : path_(std::filesystem::temp_directory_path() /
                ("pulsegate-test-token-" + std::to_string(::getpid()))) {
        std::ofstream(path_) << admin_token << '\n';
        std::filesystem::permissions(path_, std::filesystem::perms(0600));
    }
    token_file(const token_file&) = delete;
    token_file& operator=(const token_file&) = delete;
    ~token_file() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

std::string complete(std::string_view yaml) {
    static const token_file token;
    std::string text(yaml);
    if (text.find("listeners:") == std::string::npos)
        text += "\nlisteners: [{ address: 127.0.0.1:0 }]";
    text += "\nadmin: { address: 127.0.0.1:0, token_file: " + token.path() + " }";
    // No ping by chance into what a test reads byte by byte: the first one has a random phase.
    if (text.find("heartbeat:") == std::string::npos)
        text += "\nheartbeat: { interval: 1h, timeout: 2h }";
    if (text.find("workers:") == std::string::npos)
        text += "\nworkers: 2";
    return text + "\n";
}

configuration load(std::string_view yaml) {
    load_result loaded = load_configuration(make_source("test.yaml", complete(yaml)));
    if (has_errors(loaded.diagnostics))
        throw std::runtime_error(render_text(loaded.diagnostics));
    return std::move(loaded.values);
}

double sum_of(const exposed_text& scraped, std::string_view name,
              const running_gateway::labels& with = {}) {
    double sum = 0;
    for (const exposed_sample& sample : scraped.samples) {
        const bool fits =
            sample.name == name && std::all_of(with.begin(), with.end(), [&](const auto& label) {
                const auto found = sample.labels.find(label.first);
                return found != sample.labels.end() && found->second == label.second;
            });
        sum += fits ? sample.value : 0;
    }
    return sum;
}

} // namespace

running_gateway::running_gateway(std::string_view yaml)
    : gateway_(load(yaml), {.handle_signals = false,
                            .read_again = [this]() -> result<checked_configuration> {
                                const std::lock_guard lock(next_mutex_);
                                disk_files files;
                                return check_configuration(
                                    load_configuration(make_source("test.yaml", next_yaml_)),
                                    {files, installed_nginx_version});
                            }}),
      thread_([this] {
          is_test_thread = true; // the control thread; workers are the gateway's own
          outcome_ = gateway_.run();
          has_returned_ = true;
      }) {}

running_gateway::~running_gateway() {
    // After a failure the peers of a test may still be connected: do not wait for them.
    if (!has_returned_ && std::uncaught_exceptions() == 0) {
        try {
            expect_all_closed();
        } catch (const std::exception& error) {
            FAIL_CHECK(error.what());
        }
    }
    if (!has_returned_)
        gateway_.stop();
    if (thread_.joinable())
        thread_.join();
}

socket_address running_gateway::address(std::size_t listener) const {
    return gateway_.listener_addresses().at(listener);
}

bool running_gateway::reload(std::string_view yaml) {
    {
        const std::lock_guard lock(next_mutex_);
        next_yaml_ = complete(yaml);
    }
    const std::string name = "pulsegate_config_reloads_total";
    const double before = metric(name);
    gateway_.reload();
    wait_metric(name, {}, before + 1);
    return metric("pulsegate_config_last_reload_successful") == 1;
}

std::pair<int, std::string> running_gateway::get(std::string_view path) const {
    return ask("GET", path);
}

std::pair<int, std::string> running_gateway::ask(std::string_view method,
                                                 std::string_view target) const {
    raw_socket client = raw_socket::connect(gateway_.admin_address());
    client.send(std::string(method) + ' ' + std::string(target) +
                " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " +
                std::string(admin_token) + "\r\n\r\n");
    const http_head head = client.read_head();
    return {head.status(), client.read_body(head)};
}

exposed_text running_gateway::scrape() const {
    const auto [status, text] = get("/metrics");
    if (status != 200)
        throw std::runtime_error("/metrics answers " + std::to_string(status));
    return parse_exposition(text);
}

double running_gateway::metric(std::string_view name, const labels& with) const {
    return sum_of(scrape(), name, with);
}

void running_gateway::wait_metric(std::string_view name, const labels& with, double value) const {
    double last = 0;
    try {
        wait_until(name, [&] { return (last = metric(name, with)) == value; });
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(std::string(error.what()) + " to become " + std::to_string(value) +
                                 "; it is " + std::to_string(last));
    }
}

double running_gateway::closed(std::string_view reason) const {
    return metric("pulsegate_connections_closed_total", {{"reason", std::string(reason)}});
}

void running_gateway::wait_closed(std::string_view reason, double count) const {
    wait_metric("pulsegate_connections_closed_total", {{"reason", std::string(reason)}}, count);
}

void running_gateway::expect_all_closed() const {
    exposed_text last; // one scrape, since a handshake may become a session between two
    wait_until("all sessions and handshakes to end", [&] {
        last = scrape();
        return sum_of(last, "pulsegate_connections") == 0 &&
               sum_of(last, "pulsegate_handshakes_in_progress") == 0;
    });
    CHECK(sum_of(last, "pulsegate_connections_opened_total") ==
          sum_of(last, "pulsegate_connections_closed_total"));
    CHECK(sum_of(last, "pulsegate_pending_bytes") == 0);
}

gateway::outcome running_gateway::wait_outcome() {
    wait_until("run() to return", [&] { return has_returned_.load(); });
    thread_.join();
    return outcome_;
}

} // namespace pulsegate::test
