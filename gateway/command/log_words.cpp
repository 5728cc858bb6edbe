#include "command/log_words.hpp"

#include "http/rejection.hpp"
#include "http/stream_end.hpp"
#include "metrics/metric_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>
#include <string>
#include <utility>

namespace pulsegate {
namespace {

// clang-format off
constexpr std::array word_rows{
    // Messages.
    log_word{"session ended", "a line for each session, once it is over; `reason` says why."},
    log_word{"handshake refused", "a client got no session; `reason` says why. The first few lines of a kind are written, the others counted (`more`)."},
    log_word{"request refused", "a plain request was admitted, and got an answer of the gateway's own; `reason` says why. Written as `handshake refused` is."},
    log_word{"stream ended", "a line for each event stream, once it is over; `reason` says why."},
    log_word{"application not reached", "one attempt to connect to an application failed: at `address`, by what was `tried`; `error` has the system's words."},
    log_word{"cannot accept connections", "the kernel gives no connection out; clients wait in its queue. Mostly the limit of open files."},
    log_word{"cannot accept admin connections", "the same on the admin listener."},
    log_word{"a proxy seems to cut connections", "connections were lost as a limit of a proxy would lose them; `finding` has the figures, `help` the cure."},
    log_word{"open files limit connections", "the limit of open files is too low for `limits.connections`; each session takes two."},
    log_word{"listening", "clients may connect at `address`."},
    log_word{"admin listening", "metrics, health and the status page are at `address`."},
    log_word{"alignment", "the proxies' files were read again, and a limit does not fit the heartbeats; as `pulsegate check` says it."},
    log_word{"alignment is fine again", "the proxies' files were read again, and every limit fits."},
    log_word{"alignment margin", "what a proxy's limit leaves after the longest silence of a healthy connection; negative: it cuts such connections."},
    log_word{"changes of the proxies' files may go unnoticed", "the kernel lets nobody watch more files; `pulsegate check` still reads them."},
    log_word{"configuration", "something in gateway.yaml, as `pulsegate check` says it."},
    log_word{"cannot read the configuration", "gateway.yaml cannot be read; the old one stays in use."},
    log_word{"cannot use the configuration", "gateway.yaml was read, and what it names cannot be used; the old one stays in use."},
    log_word{"cannot change who may connect", "`mode` or `group` of a Unix socket could not be set at a reload; the file keeps what it has."},
    log_word{"not started", "the gateway could not start; `error` and `help` say why."},
    log_word{"certificates", "something in the files of certificates and keys, as `pulsegate check` says it."},
    log_word{"certificates read again", "renewed certificates are in use."},
    log_word{"certificates not read again", "renewed certificates cannot be used; those read before stay in use."},
    log_word{"cannot use the certificates", "renewed certificates or keys are not usable; those read before stay in use."},
    log_word{"renewed certificates may go unnoticed", "the kernel lets nobody watch more files; SIGHUP still reads them."},
    log_word{"a change needs a restart", "`key` has changed in gateway.yaml; everything else was taken over."},
    log_word{"the service manager was not told", "systemd asked to be told when the gateway is ready (`Type=notify`), and could not be; it will stop the gateway."},
    log_word{"reloaded", "gateway.yaml was read again and is in use."},
    log_word{"not reloaded", "SIGHUP came, and nothing has changed; the lines before say why."},
    log_word{"draining", "the gateway is being stopped: sessions are asked to come back, over `window` seconds. As a reason: new clients are refused meanwhile."},
    log_word{"drained", "the gateway has ended, and so had all sessions."},
    log_word{"stopped", "the gateway has ended at once."},
    log_word{"stopping at once", "a second signal came, or `drain.window` was over."},
    log_word{"another gateway takes over", "an heir listens on the same addresses; new clients go to it."},
    log_word{"taking over", "the gateway that listened here before, `from`, was told to drain."},
    log_word{"cannot take over", "the process `from` could not be told to drain."},
    log_word{"nobody to take over from", "no other process listens on these addresses."},
    log_word{"closed by administrator", "sessions were closed through the admin listener."},
    log_word{"the kernel encrypts", "TLS of sessions is done by the kernel (`tls.kernel`)."},
    log_word{"the kernel does not encrypt", "`tls.kernel` is on, and the kernel cannot do it; OpenSSL does."},
    // Fields.
    log_word{"reason", "why: `pulsegate explain` knows each."},
    log_word{"status", "of the HTTP answer that the client got; no field, no answer."},
    log_word{"client", "a client's address: its peer's, or what trusted proxies tell. Of labels: the leg towards the client."},
    log_word{"app", "of labels: the leg towards the application."},
    log_word{"file", "the path of a certificate, or of another file that is named in gateway.yaml."},
    log_word{"path", "of the client's request, without its query; its first 256 bytes."},
    log_word{"origin", "of the page that connects, as the browser tells it."},
    log_word{"connection", "the session's own number, which the application gets as `Pulsegate-Connection-Id`."},
    log_word{"route", "the `path` of the route in gateway.yaml."},
    log_word{"detail", "what exactly was wrong."},
    log_word{"more", "how many lines of this kind were not written."},
    log_word{"seconds", "a figure in seconds: a limit, a margin, or the time in which `more` lines came."},
    log_word{"client_code", "the close code that the client saw, or sent (RFC 6455 section 7.4); 1006 is none at all."},
    log_word{"app_code", "the close code that the application saw, or sent; 1006 is none at all."},
    log_word{"duration", "seconds from the 101 to the end."},
    log_word{"client_messages", "messages from the client."},
    log_word{"client_bytes", "bytes of frames from the client, their headers included."},
    log_word{"app_messages", "messages from the application."},
    log_word{"app_bytes", "bytes of frames from the application, their headers included."},
    log_word{"client_idle", "seconds since anything was heard of the client, its pongs included."},
    log_word{"client_quiet", "seconds since anything passed on the client's connection, in either direction."},
    log_word{"app_idle", "seconds since anything was heard of the application."},
    log_word{"upstream", "of the route in gateway.yaml."},
    log_word{"tried", "what an attempt to connect to the application was at."},
    log_word{"rtt", "seconds from the last ping to the client's answer."},
    log_word{"help", "what to do."},
    log_word{"error", "the system's own words. As a severity: `run` does not start."},
    log_word{"finding", "what was found, as a sentence."},
    log_word{"code", "of a diagnostic, such as PG301, or of a Close."},
    log_word{"place", "where in which file."},
    log_word{"where", "where in which file."},
    log_word{"hop", "a proxy in front, by the name it has in `proxies`; `undeclared`: one that is not there."},
    log_word{"undeclared", "a proxy that is not in `proxies`, or the clients themselves."},
    log_word{"option", "the proxy's own name for the limit."},
    log_word{"cuts", "how many connections were lost that way."},
    log_word{"direction", "which bytes count: `client_to_app` and `app_to_client` of what is relayed; `to_client` and `to_gateway` of what a proxy's limit counts, or `life`, if nothing does."},
    log_word{"client_to_app", "from the client to the application."},
    log_word{"app_to_client", "from the application to the client."},
    log_word{"to_client", "bytes towards the client, which a proxy's idle limit counts."},
    log_word{"to_gateway", "bytes from the client, which a proxy's idle limit counts."},
    log_word{"life", "a limit of a connection's age, whatever passes on it."},
    log_word{"address", "where the gateway listens, or what it connects to."},
    log_word{"key", "of gateway.yaml."},
    log_word{"from", "the process id of the gateway that was there before."},
    log_word{"window", "`drain.window`, in seconds."},
    log_word{"connections", "how many."},
    log_word{"closed", "how many sessions were closed."},
    log_word{"limits.connections", "the key of that name."},
    log_word{"open_files", "the limit of open files of this process."},
    log_word{"leg", "of labels: `client` or `app`, the connection towards it."},
    log_word{"kind", "of labels: what went wrong with an application."},
    log_word{"how", "of labels: whether a plain request went to its application on a connection that was `dialled` for it or `reused`."},
    log_word{"dialled", "a new connection to the application."},
    log_word{"reused", "a connection to the application that had carried a request before."},
    log_word{"none", "of plain requests: the client left, or was cut, before there was an answer."},
    log_word{"2xx", "answers with a status from 200 to 299: success."},
    log_word{"3xx", "answers with a status from 300 to 399: the client is to look elsewhere, or has the answer."},
    log_word{"4xx", "answers with a status from 400 to 499: the application's, or the gateway's own, to a wrong request."},
    log_word{"5xx", "answers with a status from 500 to 599: the application's, or the gateway's own if it cannot be reached."},
    log_word{"result", "of labels: `success` or `failure` of a reload."},
    log_word{"success", "a reload after which the new configuration is in use."},
    log_word{"failure", "a reload after which the old configuration stays in use."},
    log_word{"severity", "of labels: `error`, `warning` or `note`, as `pulsegate check` has them."},
    log_word{"warning", "a severity: worth mending, and `run` starts all the same."},
    log_word{"note", "a severity: worth knowing; nothing has to be mended."},
    log_word{"version", "of labels: of this program."},
    log_word{"compiler", "of labels: that has built this program."},
    log_word{"boost", "of labels: the version of that library in this program."},
};
// clang-format on

/// Continuation lines under a word.
std::string indented(std::string_view text) {
    std::string result;
    for (const char c : text)
        result += c == '\n' ? std::string("\n    ") : std::string(1, c);
    return result;
}

void write_rejection(const rejection_row& row, std::ostream& out) {
    out << row.label << ": " << row.meaning << "\n\n";
    if (row.status != 0)
        out << "The client gets " << row.status << ": " << row.text << ".\n";
    else if (row.reason == rejection::app_refused)
        out << "The client gets the application's answer.\n";
    else
        out << "The client gets no answer.\n";
    out << "Counted in pulsegate_handshakes_rejected_total{reason=\"" << row.label << "\"}.\n";
}

/// \return false if no client ever gets this status instead of a session.
bool write_status(std::string_view name, std::ostream& out) {
    unsigned status = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), status);
    if (error != std::errc{} || end != name.data() + name.size() || status < 200 || status > 599)
        return false;
    std::string reasons;
    for (const rejection_row& row : rejection_table())
        if (row.status == status)
            reasons += "  " + std::string(row.label) + ": " + indented(row.meaning) + '\n';
    if (reasons.empty())
        out << "The gateway refuses nobody with " << name << ": it is ";
    else
        out << "The client gets " << name << " for one of these reasons:\n\n"
            << reasons << "\nOr it is ";
    out << "the application's own answer, which the log calls `app_refused`"
        << (status == 200 ? ", or that to a health check (`health.path`).\n" : ".\n");
    return true;
}

void write_metric(const metric_row& row, std::ostream& out) {
    out << row.name << ": " << row.help << '\n';
    for (const std::string_view label : row.labels)
        out << "  label " << label << '\n';
}

} // namespace

std::span<const log_word> log_words() {
    return word_rows;
}

bool explain_word(std::string_view name, std::ostream& out) {
    bool is_known = write_status(name, out);
    const auto begin_sense = [&] {
        if (std::exchange(is_known, true))
            out << '\n';
    };
    for (const rejection_row& row : rejection_table()) {
        if (row.label != name)
            continue;
        begin_sense();
        write_rejection(row, out);
    }
    for (const app_error_row& row : app_error_table()) {
        if (row.label != name)
            continue;
        begin_sense();
        out << row.label << ": of an application: " << row.meaning
            << "\n\nCounted in pulsegate_app_errors_total{kind=\"" << row.label << "\"}.\n";
    }
    for (const stream_end_row& row : stream_ends()) {
        if (row.label != name)
            continue;
        begin_sense();
        out << row.label << ": of an event stream: " << row.meaning
            << "\n\nCounted in pulsegate_streams_ended_total{reason=\"" << row.label << "\"}.\n";
    }
    for (const metric_row& row : metric_rows()) {
        if (row.name != name)
            continue;
        begin_sense();
        write_metric(row, out);
    }
    for (const log_word& each : word_rows) {
        if (each.word != name)
            continue;
        begin_sense();
        out << each.word << ": " << each.meaning << '\n';
    }
    return is_known;
}

std::vector<std::string_view> all_words() {
    std::vector<std::string_view> all;
    for (const rejection_row& row : rejection_table())
        all.push_back(row.label);
    for (const app_error_row& row : app_error_table())
        all.push_back(row.label);
    for (const stream_end_row& row : stream_ends())
        all.push_back(row.label);
    for (const metric_row& row : metric_rows())
        all.push_back(row.name);
    for (const log_word& each : word_rows)
        all.push_back(each.word);
    return all;
}

} // namespace pulsegate
