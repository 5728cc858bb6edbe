#include "server/gateway.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "metrics/exposition.hpp"
#include "net/admin.hpp"
#include "server/alignment_watch.hpp"
#include "server/drain_watch.hpp"
#include "server/listening.hpp"
#include "server/open_files.hpp"
#include "server/reload_log.hpp"
#include "server/restart_keys.hpp"
#include "server/scrape.hpp"
#include "server/service_manager.hpp"
#include "server/worker.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <thread>

namespace pulsegate {
namespace {

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
        : settings_(make_settings(std::move(config), counted_paths_, /*before=*/nullptr)),
          quota_(settings_->config.limits.connections),
          admin_(control_, settings_->config.admin,
                 {.metrics = [this](admin_reply reply) { show_metrics(std::move(reply)); },
                  .healthz = [this](admin_reply reply) { show_health(std::move(reply)); },
                  .readyz = [this](admin_reply reply) { show_readiness(reply); }},
                 /*limits=*/{}, how.listening),
          read_again_(std::move(how.read_again)), on_ready_(std::move(how.on_ready)),
          service_manager_(control_), signals_(control_), drained_(control_, quota_) {
        std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to sockets whose peers may be gone
        (void)random_u64(); // OpenSSL reads its files at the first use: now, not on a worker
        for (unsigned i = 0; i < worker_count(settings_->config); ++i)
            workers_.push_back(std::make_unique<worker>(settings_, quota_, admission_));
        listening_.emplace(settings_->config, how.listening, workers_);
        scraper_.emplace(control_, workers_, counted_paths_.size());
        if (how.checked && how.checked->aligned)
            alignment_.emplace(control_, how.checked->loaded, std::move(*how.checked->aligned));
        if (how.handle_signals)
            wait_for_signals();
    }

    outcome run() {
        for (const auto& each : workers_)
            each->start();
        announce_readiness();
        service_manager_.watch([this](std::function<void()> alive) {
            ask_all_workers([alive = std::move(alive)](bool all_answer) {
                if (all_answer)
                    alive();
            });
        });
        control_.run();
        for (const auto& each : workers_)
            each->stop();
        return outcome_;
    }

    void on_control_thread(void (wiring::*what)()) {
        asio::post(control_, [this, what] { (this->*what)(); });
    }

    void drain() {
        if (drain_until_)
            return stop();
        const duration window = settings_->config.drain.window;
        service_manager_.on_drain(window + drain_watch::grace + drain_watch::last_answers);
        const bool has_heir = listening_->hand_over();
        admin_.hand_over();
        drain_until_ = clock::now() + window;
        drain_deadline_ = std::chrono::system_clock::now() + window;
        log::write(log::level::info, "draining",
                   {{"connections", quota_.taken()},
                    {"window", std::chrono::duration<double>(window).count()}});
        if (has_heir)
            log::write(log::level::info, "another gateway takes over");
        for (const auto& each : workers_)
            each->drain(*drain_until_, has_heir);
        using newcomers = drain_watch::newcomers;
        const auto what = has_heir                     ? newcomers::go_to_heir
                          : listening_->is_inherited() ? newcomers::are_awaited
                                                       : newcomers::are_refused;
        drained_.start(
            *drain_until_, what, *scraper_, [this] { last_call(); },
            [this] { finish(outcome::drained); });
    }

    void reload() {
        if (drain_until_)
            return log::write(log::level::warning, "not reloaded",
                              {{"help", "the gateway is draining; start it again instead"}});
        if (!read_again_)
            return log::write(log::level::warning, "not reloaded",
                              {{"help", "there is no file to read the configuration from"}});
        service_manager_.on_reload_begins();
        const auto read = read_again_();
        service_manager_.on_reload_ends();
        if (!read)
            return reloads_.on_unreadable(read.error());
        if (read->loaded->origins.empty()) // more likely cut short than meant
            return reloads_.on_unusable("the file is empty");
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
    [[nodiscard]] const listening& sockets() const { return *listening_; }

private:
    void ask_all_workers(std::function<void(bool all_answer)> then) {
        scraper_->scrape([this, then = std::move(then)](const scraper::result& found) {
            then(found.workers_answered == workers_.size());
        });
    }

    void announce_readiness() {
        ask_all_workers([this](bool all_answer) {
            if (!all_answer)
                return announce_readiness();
            service_manager_.on_ready();
            if (on_ready_)
                on_ready_();
        });
    }

    void serve_by(const checked_configuration& found) {
        const configuration& running = settings_->config;
        const configuration& wanted = found.loaded->values;
        const auto restart_keys = changed_restart_keys(running, wanted);
        const bool logs_as_before =
            running.log.format == wanted.log.format && running.log.level == wanted.log.level;
        try {
            settings_ = make_settings(without_restart_keys(running, wanted), counted_paths_,
                                      settings_.get());
        } catch (const std::runtime_error& error) {
            return reloads_.on_unusable(error.what());
        }
        reloads_.on_accepted(found.diagnostics, restart_keys);
        quota_.change_limit(wanted.limits.connections);
        raise_open_files(wanted.limits.connections);
        if (!logs_as_before)
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

    void last_call() {
        listening_->remove_files();
        for (const auto& each : workers_)
            each->last_call();
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

    void finish(outcome how) {
        if (std::exchange(is_finished_, true))
            return;
        outcome_ = how;
        admin_.stop();
        if (alignment_)
            alignment_->stop();
        service_manager_.stop();
        signals_.cancel();
        drained_.stop();
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
            shown.connections_limit = quota_.limit();
            shown.draining = drain_until_.has_value();
            shown.drain_deadline_seconds =
                std::chrono::duration<double>(drain_deadline_.time_since_epoch()).count();
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
    shared_admission admission_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::optional<listening> listening_; // once the workers are there
    std::optional<scraper> scraper_;     // once the workers are there
    admin_listener admin_;
    std::optional<alignment_watch> alignment_;
    std::function<result<checked_configuration>()> read_again_;
    std::function<void()> on_ready_;
    reload_log reloads_;
    service_manager service_manager_;
    asio::signal_set signals_;
    drain_watch drained_;
    std::optional<time_point> drain_until_;
    std::chrono::system_clock::time_point drain_deadline_{}; // the same for people; 1970: no drain
    bool is_finished_ = false;
    outcome outcome_ = outcome::cut;
};

gateway::gateway(configuration config, options how)
    : wiring_(std::make_unique<wiring>(std::move(config), std::move(how))) {}

gateway::~gateway() = default;

std::vector<socket_address> gateway::listener_addresses() const {
    return wiring_->sockets().addresses();
}

bool gateway::has_predecessor() const {
    return wiring_->sockets().has_predecessor();
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
