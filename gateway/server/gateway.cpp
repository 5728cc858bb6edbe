#include "server/gateway.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "metrics/exposition.hpp"
#include "net/admin.hpp"
#include "server/alignment_watch.hpp"
#include "server/open_files.hpp"
#include "server/reload_log.hpp"
#include "server/restart_keys.hpp"
#include "server/scrape.hpp"
#include "server/worker.hpp"
#include "session/lifecycle.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <thread>
#include <unistd.h>

namespace pulsegate {
namespace {

constexpr milliseconds drain_poll{50};
// What a session that was asked to end at the last moment of the window may still take.
constexpr milliseconds drain_grace = 2 * lifecycle::close_wait + milliseconds(1'000);

unsigned worker_count(const configuration& config) {
    return config.workers != 0 ? config.workers : std::max(1u, std::thread::hardware_concurrency());
}

std::string one_line(std::string_view text) {
    return std::string(text) + "\n";
}

admin_answer plain(unsigned status, std::string_view text) {
    return {status, "text/plain; charset=utf-8", one_line(text)};
}

} // namespace

class gateway::wiring {
public:
    wiring(configuration config, options how)
        : settings_(make_settings(std::move(config), counted_paths_)),
          quota_(settings_->config.limits.connections),
          admin_(control_, settings_->config.admin,
                 {.metrics = [this](admin_reply reply) { show_metrics(std::move(reply)); },
                  .healthz = [this](admin_reply reply) { show_health(std::move(reply)); },
                  .readyz = [this](admin_reply reply) { show_readiness(reply); }}),
          read_again_(std::move(how.read_again)), signals_(control_), drain_timer_(control_) {
        (void)random_u64(); // OpenSSL reads its files at the first use: now, not on a worker
        for (unsigned i = 0; i < worker_count(settings_->config); ++i)
            workers_.push_back(std::make_unique<worker>(settings_, quota_));
        for (const listener_settings& each : settings_->config.listeners)
            listen(each.address);
        scraper_.emplace(control_, workers_, counted_paths_.size());
        if (how.checked && how.checked->aligned)
            alignment_.emplace(control_, how.checked->loaded, std::move(*how.checked->aligned));
        if (how.handle_signals)
            wait_for_signals();
    }

    outcome run() {
        for (const auto& each : workers_)
            each->start();
        control_.run();
        for (const auto& each : workers_)
            each->stop();
        for (const auto& address : addresses_)
            if (const auto* local = std::get_if<unix_address>(&address))
                ::unlink(local->path.c_str());
        return outcome_;
    }

    void on_control_thread(void (wiring::*what)()) {
        asio::post(control_, [this, what] { (this->*what)(); });
    }

    void drain() {
        if (drain_until_)
            return stop();
        const duration window = settings_->config.drain.window;
        drain_until_ = clock::now() + window;
        log::write(log::level::info, "draining",
                   {{"connections", quota_.taken()},
                    {"window", std::chrono::duration<double>(window).count()}});
        for (const auto& each : workers_)
            each->drain(*drain_until_);
        wait_until_drained();
    }

    void reload() {
        if (drain_until_)
            return log::write(log::level::warning, "not reloaded",
                              {{"help", "the gateway is draining; start it again instead"}});
        if (!read_again_)
            return log::write(log::level::warning, "not reloaded",
                              {{"help", "there is no file to read the configuration from"}});
        const auto read = read_again_();
        if (!read)
            return reloads_.on_unreadable(read.error());
        if (!read->may_serve())
            return reloads_.on_refused(read->diagnostics);
        serve_by(*read);
    }

    void stop() {
        if (is_finished_)
            return;
        log::write(log::level::warning, "stopping at once", {{"connections", quota_.taken()}});
        finish(outcome::cut);
    }

    [[nodiscard]] tcp_address admin_address() const { return admin_.local_address(); }
    [[nodiscard]] const std::vector<socket_address>& addresses() const { return addresses_; }

private:
    void listen(const socket_address& address) {
        auto first = listener::open(workers_.front()->context().io, address);
        addresses_.push_back(to_address(first.local_endpoint()));
        for (std::size_t i = 1; i < workers_.size(); ++i)
            workers_[i]->listen(listener::open_again(workers_[i]->context().io, first));
        workers_.front()->listen(std::move(first));
    }

    void serve_by(const checked_configuration& found) {
        const configuration& running = settings_->config;
        const configuration& wanted = found.loaded->values;
        reloads_.on_accepted(found.diagnostics, changed_restart_keys(running, wanted));
        settings_ = make_settings(without_restart_keys(running, wanted), counted_paths_);
        quota_.change_limit(wanted.limits.connections);
        raise_open_files(wanted.limits.connections);
        log::start(wanted.log.format, wanted.log.level);
        scraper_->count_routes(counted_paths_.size());
        if (alignment_)
            alignment_->replace(found.loaded, *found.aligned);
        const auto untold = std::make_shared<std::size_t>(workers_.size());
        for (const auto& each : workers_) {
            each->reload(settings_, [this, untold] {
                asio::post(control_, [this, untold] {
                    if (--*untold == 0)
                        reloads_.on_done();
                });
            });
        }
    }

    void wait_for_signals() {
        signals_.add(SIGTERM);
        signals_.add(SIGINT);
        signals_.add(SIGHUP);
        await_signal();
    }

    void await_signal() {
        signals_.async_wait([this](error_code cancelled, int signal) {
            if (cancelled)
                return;
            if (signal == SIGHUP)
                reload();
            else
                drain();
            if (!is_finished_)
                await_signal();
        });
    }

    void wait_until_drained() {
        if (is_finished_)
            return;
        if (quota_.taken() == 0 || clock::now() >= *drain_until_ + drain_grace)
            return finish(outcome::drained);
        drain_timer_.expires_after(drain_poll);
        drain_timer_.async_wait([this](error_code cancelled) {
            if (!cancelled)
                wait_until_drained();
        });
    }

    void finish(outcome how) {
        if (std::exchange(is_finished_, true))
            return;
        outcome_ = how;
        admin_.stop();
        if (alignment_)
            alignment_->stop();
        signals_.cancel();
        drain_timer_.cancel();
        control_.stop();
    }

    void show_metrics(admin_reply reply) {
        scraper_->scrape([this, reply = std::move(reply)](scraper::result found) {
            snapshot shown;
            shown.routes = counted_paths_;
            shown.total = std::move(found.total);
            shown.workers = static_cast<unsigned>(workers_.size());
            shown.workers_answered = found.workers_answered;
            if (alignment_)
                add_alignment(shown);
            reloads_.add_to(shown);
            shown.draining = drain_until_.has_value();
            shown.log_lines_dropped = log::dropped();
            shown.process = read_process_figures();
            reply({200, std::string(prometheus_content_type), to_prometheus_text(shown)});
        });
    }

    void add_alignment(snapshot& to) const {
        for (const margin& each : alignment_->margins())
            to.margins.push_back(
                {each.hop, each.direction, std::chrono::duration<double>(each.value).count()});
        to.alignment_errors = alignment_->findings().errors;
        to.alignment_warnings = alignment_->findings().warnings;
    }

    /// Alive: every worker turns its event loop.
    void show_health(admin_reply reply) {
        scraper_->scrape([this, reply = std::move(reply)](const scraper::result& found) {
            if (found.workers_answered == workers_.size())
                return reply(plain(200, "ok"));
            reply(plain(503, std::to_string(workers_.size() - found.workers_answered) + " of " +
                                 std::to_string(workers_.size()) + " workers do not respond"));
        });
    }

    /// Ready: new connections are welcome.
    void show_readiness(const admin_reply& reply) {
        reply(drain_until_ ? plain(503, "draining") : plain(200, "ready"));
    }

    asio::io_context control_{1}; // the loop of the control thread, the one that calls run()
    std::vector<std::string> counted_paths_; // of the routes, also of those that a reload removed
    settings_pointer settings_;
    connection_quota quota_;
    std::vector<socket_address> addresses_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::optional<scraper> scraper_; // once the workers are there
    admin_listener admin_;
    std::optional<alignment_watch> alignment_;
    std::function<result<checked_configuration>()> read_again_;
    reload_log reloads_;
    asio::signal_set signals_;
    asio::steady_timer drain_timer_;
    std::optional<time_point> drain_until_;
    bool is_finished_ = false;
    outcome outcome_ = outcome::cut;
};

gateway::gateway(configuration config, options how)
    : wiring_(std::make_unique<wiring>(std::move(config), std::move(how))) {}

gateway::~gateway() = default;

std::vector<socket_address> gateway::listener_addresses() const {
    return wiring_->addresses();
}

tcp_address gateway::admin_address() const {
    return wiring_->admin_address();
}

gateway::outcome gateway::run() {
    return wiring_->run();
}

void gateway::drain() {
    wiring_->on_control_thread(&wiring::drain);
}

void gateway::reload() {
    wiring_->on_control_thread(&wiring::reload);
}

void gateway::stop() {
    wiring_->on_control_thread(&wiring::stop);
}

} // namespace pulsegate
