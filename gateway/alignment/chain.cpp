#include "alignment/chain.hpp"

#include "alignment/codes.hpp"
#include "alignment/nginx/reading.hpp"
#include "alignment/presets.hpp"
#include "alignment/proxy_opinion.hpp"
#include "base/ascii_case.hpp"
#include "base/quoted.hpp"
#include "config/configuration.hpp"
#include "config/nearest.hpp"
#include "config/reading.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <type_traits>

namespace pulsegate {
namespace {

std::vector<limit> limits_of(const preset& which, const span& where) {
    std::vector<limit> limits;
    for (const preset_limit& each : which.limits)
        if (each.value)
            limits.push_back({.kind = each.kind,
                              .value = *each.value,
                              .resets = each.resets,
                              .option = std::string(each.option),
                              .setting = std::string(each.setting),
                              .origin = limit_origin::preset,
                              .sure = each.sure,
                              .cited = std::string(each.cited),
                              .where = where});
    return limits;
}

/// A figure of gateway.yaml takes the place of the preset's figures of its kind. What the preset
/// says of them, how they are set and what resets them, stays.
void replace(std::vector<limit>& limits, limit_kind kind, const limit_setting& with,
             const span& where) {
    const auto is_kind = [kind](const limit& each) { return each.kind == kind; };
    const auto first = std::find_if(limits.begin(), limits.end(), is_kind);
    limit replaced = first != limits.end() ? *first : limit{.kind = kind};
    std::erase_if(limits, is_kind);
    if (!with.value)
        return;
    replaced.value = *with.value;
    replaced.origin = limit_origin::declared;
    replaced.cited.clear();
    replaced.where = where;
    limits.push_back(std::move(replaced));
}

/// The limit of plain HTTP that the same figure sets: that with the same option, or any of a proxy
/// of which only figures are known.
/// \param of  null if there is no preset.
std::optional<limit_kind> http_twin(const preset* of, limit_kind kind) {
    if (kind != limit_kind::idle && kind != limit_kind::life)
        return std::nullopt;
    const limit_kind twin = kind == limit_kind::idle ? limit_kind::silence : limit_kind::total;
    if (of == nullptr)
        return twin;
    for (const preset_limit& each : of->limits)
        for (const preset_limit& other : of->limits)
            if (each.kind == kind && other.kind == twin && !each.option.empty() &&
                each.option == other.option)
                return twin;
    return std::nullopt;
}

struct other_name {
    std::string_view name;
    std::string_view preset;
};
constexpr std::array other_names{
    other_name{"elb", "aws-alb"},
    other_name{"httpd", "apache"},
    other_name{"istio", "envoy"},
    other_name{"gke", "gcp-classic-alb"},
    other_name{"gce", "gcp-classic-alb"},
    other_name{"gclb", "gcp-global-alb"},
    other_name{"cloudflared", "cloudflare-tunnel"},
    other_name{"argo", "cloudflare-tunnel"},
    other_name{"conntrack", "linux-conntrack"},
};

/// The presets that a name may mean: another name of one, a part of some, or a slip of the pen.
std::string presets_called(std::string_view name, std::span<const std::string_view> presets) {
    const std::string lower = lower_case(name);
    for (const other_name& each : other_names)
        if (each.name == lower)
            return quoted(each.preset);
    constexpr std::size_t shortest_part = 3;
    std::vector<std::string_view> found;
    for (const std::string_view each : presets)
        if (lower.size() >= shortest_part &&
            ('-' + std::string(each) + '-').find('-' + lower + '-') != std::string::npos)
            found.push_back(each);
    if (found.empty())
        if (const auto meant = nearest(lower, presets))
            found.push_back(*meant);
    std::string out;
    for (std::size_t i = 0; i < found.size(); ++i)
        out += (i == 0 ? "" : i + 1 == found.size() ? " or " : ", ") + quoted(found[i]);
    return out;
}

diagnostic unknown_preset(std::string_view name, const span& where) {
    std::vector<std::string_view> names;
    for (const preset& each : preset_table())
        if (each.is_in_front)
            names.push_back(each.name);
    const std::string meant = presets_called(name, names);
    return {code::unknown_choice,
            "there is no preset " + quoted(name),
            {where, "must be one that `pulsegate hops` lists"},
            {},
            !meant.empty() ? "did you mean " + meant + '?'
                           : "describe the proxy by `name` and `idle` instead"};
}

diagnostic unknown_limit(const preset& which, const span& where) {
    return {hop_code::hop_unknown,
            "nobody says when " + std::string(which.title) + " ends a quiet connection",
            {where, "has no documented limit"},
            {},
            "measure it and add `idle: ` with the figure, or `idle: none`"};
}

/// \param path     the entry in gateway.yaml: `proxies[0]`.
/// \param problems receives a preset that there is not, and a proxy of which nothing is known.
void fill_preset_hop(const proxy_settings& proxy, const std::string& path,
                     const origin_map& origins, hop& to, std::vector<diagnostic>& problems) {
    const auto place_of = [&](std::string_view key) {
        const auto found = origins.find(path + '.' + std::string(key));
        return found == origins.end() ? to.where : found->second.value;
    };
    to.where = place_of(proxy.preset.empty() ? "name" : "preset");
    if (!proxy.preset.empty()) {
        const preset* const which = find_preset(proxy.preset);
        if (which == nullptr || !which->is_in_front) {
            problems.push_back(unknown_preset(proxy.preset, to.where));
            return;
        }
        to.limits = limits_of(*which, to.where);
        to.remark = which->remark;
        const bool has_none = std::all_of(to.limits.begin(), to.limits.end(),
                                          [](const limit& each) { return is_http(each.kind); });
        if (!proxy.idle.is_set && has_none && !has_known_idle(*which))
            problems.push_back(unknown_limit(*which, to.where));
    }
    struct figure {
        limit_kind kind;
        const limit_setting& value;
        std::string_view key;
    };
    for (const figure& each : {figure{limit_kind::idle, proxy.idle, "idle"},
                               {limit_kind::life, proxy.lifetime, "lifetime"},
                               {limit_kind::silence, proxy.silence, "silence"},
                               {limit_kind::total, proxy.total, "total"},
                               {limit_kind::keep_alive, proxy.keep_alive, "keep_alive"}}) {
        if (!each.value.is_set)
            continue;
        if (const auto also = http_twin(find_preset(proxy.preset), each.kind))
            replace(to.limits, *also, each.value, place_of(each.key));
        replace(to.limits, each.kind, each.value, place_of(each.key));
    }
    if (proxy.resets)
        for (limit& each : to.limits)
            each.resets = *proxy.resets;
}

/// Turns the entries of `proxies` into hops, the innermost first: where its proxy listens, and
/// leads on to the gateway, is as good a destination for those further out as the gateway itself.
class hop_reader {
public:
    hop_reader(const load_result& loaded, const chain_environment& from, chain& out)
        : loaded_(loaded), from_(from), out_(out) {
        for (const listener_settings& each : loaded.values.listeners)
            destinations_.push_back({each.address});
        if (const auto hosts = from.files.read("/etc/hosts"); hosts.has_value())
            names_ = hosts_file::parse((*hosts)->text());
    }

    /// \param added  empty; one of `out`.
    void read(const proxy_settings& proxy, const std::string& path, chain_hop& added) {
        added.name = proxy.shown_name();
        if (!proxy.nginx_config.empty())
            read_nginx_hop(proxy, path, added);
        else if (!proxy.haproxy_config.empty())
            read_haproxy_hop(proxy, path, added);
        else
            fill_preset_hop(proxy, path, loaded_.origins, added, out_.problems);
    }

private:
    [[nodiscard]] span where(const std::string& path) const {
        return loaded_.origins.find(path)->second.value;
    }

    /// A path of gateway.yaml, from the directory of that file.
    [[nodiscard]] std::string resolve(const std::string& path, const span& declared) const {
        const std::filesystem::path directory =
            std::filesystem::path(declared.in->name()).parent_path();
        return (directory / path).lexically_normal().string();
    }

    [[nodiscard]] std::vector<socket_address> destinations() const {
        std::vector<socket_address> all;
        for (const proxy_entrance& each : destinations_)
            all.push_back(each.at);
        return all;
    }

    /// Passages to a proxy that is further in lead to no listener of the gateway. Its own entrances
    /// are destinations from now on.
    template <class Reading>
    void connect(Reading& reading) {
        const std::size_t listeners = loaded_.values.listeners.size();
        for (auto& passage : reading.passages)
            if (passage.listener && *passage.listener >= listeners) {
                if constexpr (std::is_same_v<Reading, haproxy_reading>)
                    passage.is_proxy_header_taken =
                        destinations_[*passage.listener].takes_proxy_header;
                passage.listener.reset();
            }
        for (const proxy_entrance& each : reading.entrances)
            if (destinations_.size() < most_destinations)
                destinations_.push_back(each);
    }

    void watch(const std::vector<std::string>& files, const std::string& main) {
        out_.files.push_back(main);
        for (const std::string& file : files)
            if (file != main)
                out_.files.push_back(file);
    }

    void take_problems(const std::vector<diagnostic>& problems) {
        out_.problems.insert(out_.problems.end(), problems.begin(), problems.end());
    }

    void read_nginx_hop(const proxy_settings& proxy, const std::string& path, chain_hop& to) {
        to.where = where(path + ".nginx.config");
        const std::string file = resolve(proxy.nginx_config, to.where);
        nginx_request request{
            file, parse_nginx_version(proxy.nginx_version), destinations(), to.where, names_, {}};
        for (const route& each : loaded_.values.routes)
            request.routes.push_back(each.path);
        if (!request.version && from_.installed_nginx)
            request.version = from_.installed_nginx();
        nginx_reading reading = read_files_or_dump(std::move(request));
        connect(reading);
        to.limits = limits_of(reading);
        watch(reading.files, file);
        out_.patterns.insert(out_.patterns.end(), reading.patterns.begin(), reading.patterns.end());
        take_problems(reading.problems);
        if (from_.ask && reading.main != nullptr && !has_errors(reading.problems))
            ask_nginx(file, reading, to.where);
        to.reading = std::move(reading);
    }

    /// A part of a configuration, or a dump of one, cannot be tested.
    void ask_nginx(const std::string& file, const nginx_reading& reading, const span& declared) {
        if (reading.is_fragment || reading.files.empty())
            return;
        const std::string whole = std::filesystem::absolute(file).lexically_normal().string();
        const auto said = from_.ask({"nginx", "-t", "-q", "-c", whole});
        take_problems(opinion_of_nginx(said, from_.files, declared));
    }

    /// The file may be the output of `nginx -T`, which has the others in it.
    [[nodiscard]] nginx_reading read_files_or_dump(nginx_request request) const {
        const auto text = from_.files.read(request.path);
        auto dump = text ? split_nginx_dump((*text)->text()) : std::nullopt;
        if (!dump)
            return read_nginx(from_.files, request);
        request.path = dump->main;
        nginx_reading reading = read_nginx(dump->files, request);
        reading.files.clear(); // they are not on this machine
        reading.patterns.clear();
        return reading;
    }

    void read_haproxy_hop(const proxy_settings& proxy, const std::string& path, chain_hop& to) {
        to.where = where(path + ".haproxy.config");
        const std::string file = resolve(proxy.haproxy_config, to.where);
        haproxy_reading reading =
            read_haproxy(from_.files, {file, destinations(), to.where, names_});
        connect(reading);
        for (const haproxy_passage& passage : reading.passages)
            to.limits.insert(to.limits.end(), passage.limits.begin(), passage.limits.end());
        if (reading.hard_stop_after)
            to.limits.push_back(*reading.hard_stop_after);
        watch(reading.files, file);
        take_problems(reading.problems);
        if (from_.ask && !reading.files.empty() && !has_errors(reading.problems)) {
            const std::string whole = std::filesystem::absolute(file).lexically_normal().string();
            take_problems(opinion_of_haproxy(from_.ask({"haproxy", "-c", "-f", whole}), from_.files,
                                             to.where));
        }
        to.reading = std::move(reading);
    }

    static std::vector<limit> limits_of(const nginx_reading& reading);

    static constexpr std::size_t most_destinations = 10'000;

    const load_result& loaded_;
    const chain_environment& from_;
    chain& out_;
    std::vector<proxy_entrance> destinations_; // the gateway's listeners come first
    hosts_file names_;
};

template <class T>
void place(const nginx_setting<T>& setting, limit& to) {
    to.origin = setting.set_at ? limit_origin::file : limit_origin::file_default;
    to.where = setting.set_at.value_or(setting.block);
}

std::vector<limit> hop_reader::limits_of(const nginx_reading& reading) {
    std::vector<limit> limits;
    for (const nginx_passage& passage : reading.passages) {
        if (passage.is_reached == answer::no)
            continue;
        const bool is_http = passage.protocol == nginx_passage::protocols::http;
        limit idle{.value = passage.read_timeout.value,
                   .option = is_http ? "proxy_read_timeout" : "proxy_timeout",
                   .setting = is_http ? "proxy_read_timeout {}s;" : "proxy_timeout {}s;",
                   .path = passage.path.value_or(""),
                   .place = passage.title};
        if (passage.is_reached == answer::yes)
            idle.routes = passage.routes;
        place(passage.read_timeout, idle);
        limit silence = idle;
        silence.kind = limit_kind::silence;
        limit kept = idle;
        if (!is_for_pages(passage, reading))
            limits.push_back(std::move(idle));
        limits.push_back(std::move(silence));
        if (!passage.keep_alive)
            continue;
        kept.kind = limit_kind::keep_alive;
        kept.value = passage.keep_alive->value;
        kept.option = "keepalive_timeout";
        kept.setting = "keepalive_timeout {}s;";
        kept.place = passage.keep_alive->block.text();
        place(*passage.keep_alive, kept);
        limits.push_back(std::move(kept));
    }
    if (const auto& shutdown = reading.process.worker_shutdown_timeout; shutdown.value) {
        limit reload{.kind = limit_kind::reload,
                     .value = *shutdown.value,
                     .option = "worker_shutdown_timeout",
                     .setting = "worker_shutdown_timeout {}s;"};
        place(shutdown, reload);
        limits.push_back(std::move(reload));
    }
    return limits;
}

} // namespace

const nginx_reading* sound_nginx(const chain_hop& of) {
    const auto* const nginx = std::get_if<nginx_reading>(&of.reading);
    return nginx != nullptr && !has_errors(nginx->problems) ? nginx : nullptr;
}

chain read_chain(const load_result& loaded, const chain_environment& from) {
    chain out;
    hop_reader reader(loaded, from, out);
    const auto& proxies = loaded.values.proxies;
    out.hops.resize(proxies.size());
    for (std::size_t i = proxies.size(); i-- > 0;)
        reader.read(proxies[i], "proxies[" + std::to_string(i) + ']', out.hops[i]);
    return out;
}

} // namespace pulsegate
