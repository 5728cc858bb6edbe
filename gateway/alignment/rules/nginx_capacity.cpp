// PG314 and PG326: an Nginx with room for fewer connections than the gateway, or for few.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <thread>

namespace pulsegate {
namespace {

/// A relayed WebSocket takes two connections, and two descriptors, of its worker.
constexpr std::uint64_t connections_per_session = 2;
/// The listening socket, and the channel to the master process; measured with Nginx 1.22.
constexpr std::uint64_t own_connections = 2;

std::uint64_t worker_count(const nginx_process_settings& process) {
    return process.worker_processes.value.value_or(
        std::max(1u, std::thread::hardware_concurrency()));
}

std::string setting_of(const nginx_process_settings& process) {
    const std::uint64_t workers = worker_count(process);
    return std::to_string(process.worker_connections.value) + " connections for each of " +
           std::to_string(workers) + (workers == 1 ? " worker" : " workers");
}

/// By default the gateway has room for more than most Nginx will ever get: only a number that
/// somebody chose says how many are expected.
void check(const nginx_process_settings& process, const load_result& loaded, findings& out) {
    if (!loaded.origins.contains("limits.connections"))
        return;
    const std::uint64_t wanted = loaded.values.limits.connections;
    const std::uint64_t workers = worker_count(process);
    std::uint64_t per_worker = process.worker_connections.value;
    const bool lacks_files = process.worker_rlimit_nofile.value.has_value() &&
                             *process.worker_rlimit_nofile.value < per_worker;
    if (lacks_files)
        per_worker = *process.worker_rlimit_nofile.value;
    const std::uint64_t room = workers * (std::max(per_worker, own_connections) - own_connections) /
                               connections_per_session;
    if (room >= wanted)
        return;
    const std::uint64_t needed =
        (wanted + workers - 1) / workers * connections_per_session + own_connections;
    const auto& connections = process.worker_connections;
    diagnostic what{hop_code::nginx_capacity,
                    "Nginx has room for " + std::to_string(room) + " WebSockets, the gateway for " +
                        std::to_string(wanted),
                    {},
                    {},
                    ""};
    const std::string text = setting_of(process) + ", two for each WebSocket";
    if (lacks_files)
        what.primary = {process.worker_rlimit_nofile.set_at.value_or(connections.block),
                        "each worker may open " + std::to_string(per_worker) +
                            " files, two for each WebSocket"};
    else if (connections.set_at)
        what.primary = {*connections.set_at, text};
    else
        what.primary = {connections.block, "by default " + text};
    const std::string files = "`worker_rlimit_nofile " + std::to_string(2 * needed) + ";`";
    what.help = lacks_files ? "set " + files
                            : "set `worker_connections " + std::to_string(needed) + ";` here and " +
                                  files + " outside of `events`";
    what.help += ",\nor `limits.connections: " + std::to_string(room) + '`';
    const auto limit = loaded.origins.find("limits.connections");
    if (limit != loaded.origins.end())
        what.others.push_back({limit->second.value, "the gateway takes this many"});
    out.push_back(std::move(what));
}

constexpr std::uint64_t few_of_one_client = 10; // tabs, people behind one address
constexpr std::uint64_t few_of_all = 100;

void check_cap(const nginx_cap& cap, const nginx_process_settings& process,
               const load_result& loaded, findings& out) {
    if (cap.most == 0) {
        out.push_back({hop_code::nginx_connection_cap,
                       "Nginx refuses clients that come more than once in a while",
                       {cap.where, "counts handshakes: less than one a second"},
                       {},
                       "add `burst=20 nodelay` here, or limit other places only"});
        return;
    }
    const configuration& values = loaded.values;
    const bool is_chosen = loaded.origins.contains("limits.connections");
    std::uint64_t wanted = is_chosen ? values.limits.connections : few_of_all;
    if (cap.is_per_client)
        wanted = values.limits.connections_per_client > 0
                     ? std::min(values.limits.connections_per_client, wanted)
                     : std::min(few_of_one_client, wanted);
    const std::uint64_t most = cap.most * (cap.is_per_worker ? worker_count(process) : 1);
    if (most >= wanted)
        return;
    const std::string whose = cap.is_per_client ? " of one address" : "";
    out.push_back({hop_code::nginx_connection_cap,
                   "Nginx has room for " + std::to_string(most) +
                       (most == 1 ? " WebSocket" : " WebSockets") + whose +
                       ", and refuses the next one",
                   {cap.where, "counts each WebSocket for as long as it lives"},
                   {},
                   "set a number of at least " + std::to_string(wanted) + " here"});
}

} // namespace

void check_capacity(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        if (const auto* const nginx = sound_nginx(each)) {
            if (!nginx->is_fragment && !nginx->passages.empty())
                check(nginx->process, in.loaded, out);
            for (const nginx_passage& passage : nginx->passages)
                if (passage.is_reached != answer::no && !is_for_pages(passage, *nginx))
                    for (const nginx_cap& cap : passage.caps)
                        check_cap(cap, nginx->process, in.loaded, out);
        }
}

} // namespace pulsegate
