#include "alignment/chain.hpp"

#include "alignment/nginx/dump.hpp"
#include "alignment/preset_hop.hpp"

#include <algorithm>
#include <filesystem>

namespace pulsegate {
namespace {

/// One entry of `proxies` as it is turned into a hop.
class hop_reader {
public:
    hop_reader(const load_result& loaded, const chain_environment& from, chain& out)
        : loaded_(loaded), from_(from), out_(out) {
        for (const listener_settings& each : loaded.values.listeners)
            listeners_.push_back(each.address);
    }

    void read(const proxy_settings& proxy, const std::string& path) {
        chain_hop& added = out_.hops.emplace_back();
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
        nginx_request request{file, parse_nginx_version(proxy.nginx_version), listeners_, to.where};
        if (!request.version && from_.installed_nginx)
            request.version = from_.installed_nginx();
        nginx_reading reading = read_files_or_dump(std::move(request));
        to.limits = limits_of(reading);
        watch(reading.files, file);
        out_.patterns.insert(out_.patterns.end(), reading.patterns.begin(), reading.patterns.end());
        take_problems(reading.problems);
        to.reading = std::move(reading);
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
        haproxy_reading reading = read_haproxy(from_.files, {file, listeners_, to.where});
        for (const haproxy_passage& passage : reading.passages)
            to.limits.insert(to.limits.end(), passage.limits.begin(), passage.limits.end());
        if (reading.hard_stop_after)
            to.limits.push_back(*reading.hard_stop_after);
        watch(reading.files, file);
        take_problems(reading.problems);
        to.reading = std::move(reading);
    }

    static std::vector<limit> limits_of(const nginx_reading& reading);

    const load_result& loaded_;
    const chain_environment& from_;
    chain& out_;
    std::vector<socket_address> listeners_;
};

template <class T>
void place(const nginx_setting<T>& setting, limit& to) {
    to.origin = setting.set_at ? limit_origin::file : limit_origin::file_default;
    to.where = setting.set_at.value_or(setting.block);
}

std::vector<limit> hop_reader::limits_of(const nginx_reading& reading) {
    std::vector<limit> limits;
    for (const nginx_passage& passage : reading.passages) {
        const bool is_http = passage.protocol == nginx_passage::protocols::http;
        limit idle{.value = passage.read_timeout.value,
                   .option = is_http ? "proxy_read_timeout" : "proxy_timeout",
                   .setting = is_http ? "proxy_read_timeout {}s;" : "proxy_timeout {}s;",
                   .path = passage.path.value_or("")};
        place(passage.read_timeout, idle);
        limits.push_back(std::move(idle));
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
    for (std::size_t i = 0; i < loaded.values.proxies.size(); ++i)
        reader.read(loaded.values.proxies[i], "proxies[" + std::to_string(i) + ']');
    return out;
}

} // namespace pulsegate
