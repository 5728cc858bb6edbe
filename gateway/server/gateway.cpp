#include "server/gateway.hpp"

#include "admin/admin_answers.hpp"
#include "admin/admin_listener.hpp"
#include "admin/scraper.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "config/admin_token.hpp"
#include "config/tls_files.hpp"
#include "net/worker.hpp"
#include "server/alignment_watch.hpp"
#include "server/certificate_watch.hpp"
#include "server/cut_watch.hpp"
#include "server/drain_watch.hpp"
#include "server/listening.hpp"
#include "server/log_counts.hpp"
#include "server/reload_log.hpp"
#include "server/service_manager.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace pulsegate {
class gateway::wiring {
public:
    wiring(configuration config, options how)
        : settings_(make_settings(std::move(config), counted_, /*before=*/nullptr)),
          quota_(settings_->config.limits.connections), read_again_(std::move(how.read_again)),
          on_ready_(std::move(how.on_ready)), service_manager_(control_), signals_(control_),
          log_counts_(control_), drained_(control_, quota_) {
        std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to sockets whose peers may be gone
        (void)random_u64(); // OpenSSL reads its files at the first use: now, not on a worker
        for (unsigned i = 0; i < worker_count(settings_->config); ++i)
            workers_.push_back(std::make_unique<worker>(settings_, quota_, admission_, upstreams_));
        listening_.emplace(settings_->config, how.listening, workers_);
        scraper_.emplace(control_, workers_, counted_);
        cuts_.emplace(control_, workers_);
        answers_.emplace(gateway_view{
            .control = control_,
            .workers = workers_,
            .scrapes = *scraper_,
            .counted = counted_,
            .settings = settings_,
            .drain_until = drain_until_,
            .add_findings = [this](snapshot& shown) { add_findings(shown); },
            .proxies = [this] { return proxies_in_front(); },
            .drain = [this] { drain(); },
        });
        admin_.emplace(control_, settings_->config.admin.address, answers_->endpoints(),
                       read_admin_token(settings_->config.admin, pem_files_of_this_machine()),
                       admin_limits{}, how.listening);
        certificates_.emplace(control_, [this] { renew_certificates(); });
        certificates_->watch(settings_->config);
        if (how.checked && how.checked->aligned) {
            alignment_.emplace(control_, how.checked->loaded, std::move(*how.checked->aligned),
                               [this] { suspect(); });
            suspect();
        }
        if (how.handle_signals)
            wait_for_signals();
    }

    outcome run() {
        for (const auto& each : workers_)
            each->start();
        announce_readiness();
        cuts_->start();
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
        service_manager_.on_drain(window + drain_watch::grace);
        const bool has_heir = listening_->hand_over();
        admin_->hand_over();
        drain_until_ = clock::now() + window;
        log::write(log::level::info, "draining",
                   {{"connections", quota_.taken()},
                    {"window", std::chrono::duration<double>(window).count()}});
        if (has_heir)
            log::write(log::level::info, "another gateway takes over");
        for (const auto& each : workers_)
            each->drain(*drain_until_, has_heir);
        using later = drain_watch::newcomers;
        const auto what = has_heir                     ? later::go_to_heir
                          : listening_->is_inherited() ? later::are_awaited
                                                       : later::are_refused;
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

    [[nodiscard]] tcp_address admin_address() const { return admin_->local_address(); }
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
            configuration next = without_restart_keys(running, wanted);
            std::string token = read_admin_token(next.admin, pem_files_of_this_machine());
            settings_ = make_settings(std::move(next), counted_, settings_.get());
            admin_->change_token(std::move(token));
        } catch (const std::runtime_error& error) {
            return reloads_.on_unusable(error.what());
        }
        reloads_.on_accepted(found.diagnostics, restart_keys);
        listening_->on_settings(settings_->config);
        quota_.change_limit(wanted.limits.connections);
        raise_open_files(wanted.limits.connections);
        if (!logs_as_before)
            log::start(wanted.log.format, wanted.log.level);
        if (alignment_) {
            alignment_->replace(found.loaded, *found.aligned);
            suspect();
        }
        certificates_->watch(settings_->config);
        tell_workers([this] { reloads_.on_done(); });
    }

    /// Certificates or keys were written: serves by them, if they are good.
    void renew_certificates() {
        if (drain_until_)
            return;
        if (alignment_) {
            const auto findings =
                check_tls_files(alignment_->loaded(), pem_files_of_this_machine());
            for (const diagnostic& each : findings)
                log_finding("certificates", each);
            if (has_errors(findings))
                return log_old_certificates();
        }
        try {
            settings_ = make_settings(settings_->config, counted_, settings_.get());
        } catch (const std::runtime_error& error) {
            log::write(log::level::error, "cannot use the certificates", {{"error", error.what()}});
            return log_old_certificates();
        }
        tell_workers([] { log::write(log::level::info, "certificates read again"); });
    }

    static void log_old_certificates() {
        log::write(log::level::error, "certificates not read again",
                   {{"help", "those read before stay in use; mend the files, which are watched"}});
    }

    /// Has all workers serve by the settings. \param done  runs on the control thread.
    void tell_workers(std::function<void()> done) {
        const auto untold = std::make_shared<std::size_t>(workers_.size());
        for (const auto& each : workers_) {
            each->reload(settings_, [this, untold, done] {
                asio::post(control_, [untold, done] {
                    if (--*untold == 0)
                        done();
                });
            });
        }
    }

    void last_call() {
        listening_->remove_files();
        for (const auto& each : workers_)
            each->last_call();
    }

    void add_findings(snapshot& shown) const {
        if (alignment_)
            alignment_->add_to(shown);
        cuts_->add_to(shown);
        reloads_.add_to(shown);
    }

    [[nodiscard]] gateway_view::proxies_in_front proxies_in_front() const {
        if (!alignment_)
            return {};
        return {&alignment_->now(), &alignment_->loaded()};
    }

    /// Whom cuts are blamed on follows the alignment.
    void suspect() {
        cuts_->on_alignment(alignment_->now(), alignment_->loaded().values, counted_.all());
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
        admin_->stop();
        if (alignment_)
            alignment_->stop();
        certificates_->stop();
        cuts_->stop();
        service_manager_.stop();
        signals_.cancel();
        drained_.stop();
        log_counts_.stop();
        control_.stop();
    }

    asio::io_context control_{1}; // the loop of the control thread, the one that calls run()
    counted_routes counted_;
    settings_pointer settings_;
    connection_quota quota_;
    shared_admission admission_;
    shared_upstreams upstreams_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::optional<listening> listening_; // once the workers are there
    std::optional<scraper> scraper_;     // once the workers are there
    std::optional<cut_watch> cuts_;      // once the workers are there
    std::optional<alignment_watch> alignment_;
    std::optional<certificate_watch> certificates_; // once the settings are there
    std::function<result<checked_configuration>()> read_again_;
    std::function<void()> on_ready_;
    reload_log reloads_;
    service_manager service_manager_;
    asio::signal_set signals_;
    log_counts log_counts_;
    drain_watch drained_;
    std::optional<time_point> drain_until_;
    std::optional<admin_answers> answers_; // of all that is above
    std::optional<admin_listener> admin_;  // the last, so that nothing is asked of what has gone
    bool is_finished_ = false;
    outcome outcome_ = outcome::cut;
};

gateway::gateway(configuration config, options how)
    : wiring_(std::make_unique<wiring>(std::move(config), std::move(how))) {}

gateway::~gateway() = default;

std::vector<socket_address> gateway::listener_addresses() const {
    return wiring_->sockets().addresses();
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
