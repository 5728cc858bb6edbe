#include "command/check.hpp"

#include "alignment/checked.hpp"
#include "alignment/installed_nginx.hpp"
#include "alignment/report.hpp"
#include "command/load.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <istream>
#include <iterator>
#include <ostream>

namespace pulsegate {
namespace {

constexpr const char* standard_input = "standard input";

std::string counted(std::size_t count, const std::string& noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

/// `gateway.yaml: 2 errors, 1 warning`
std::string summary(const std::string& name, const diagnostic_counts& counts) {
    std::string found = counts.errors > 0 ? counted(counts.errors, "error") : "";
    if (counts.warnings > 0)
        found += (found.empty() ? "" : ", ") + counted(counts.warnings, "warning");
    return name + ": " + (found.empty() ? "fine" : found) + '\n';
}

void write_text(std::ostream& out, const std::string& name, const checked_configuration& checked) {
    if (!checked.diagnostics.empty())
        out << render_text(checked.diagnostics) << '\n';
    const std::string chain = checked.aligned ? render_chain(*checked.aligned) : "";
    out << chain << (chain.empty() ? "" : "\n") << summary(name, count(checked.diagnostics));
}

void write_json(std::ostream& out, const checked_configuration& checked) {
    boost::json::object report = diagnostics_to_json(checked.diagnostics);
    if (checked.aligned)
        report["hops"] = chain_to_json(*checked.aligned);
    out << boost::json::serialize(report) << '\n';
}

/// Makes the innermost Nginx of `proxies` read another file, or adds one.
void name_nginx(load_result& loaded, const std::string& path) {
    auto& proxies = loaded.values.proxies;
    auto found = std::find_if(proxies.rbegin(), proxies.rend(), [](const proxy_settings& each) {
        return !each.nginx_config.empty();
    });
    proxy_settings& nginx = found != proxies.rend() ? *found : proxies.emplace_back();
    nginx.nginx_config = path;
    const source argument = make_source("--nginx", path);
    const span where{argument, 0, path.size()};
    loaded.origins["proxies[" + std::to_string(&nginx - proxies.data()) + "].nginx.config"] = {
        where, where, true};
}

} // namespace

int check(const check_options& options, std::istream& in, std::ostream& out, std::ostream& errors) {
    const auto file = read_source(options.config_path);
    if (!file.has_value())
        return report_unreadable(options.config_path, file.error(), errors);
    load_result loaded = load_configuration(*file);
    disk_files files;
    if (options.nginx_path == "-") {
        files.put(standard_input, std::string(std::istreambuf_iterator<char>(in), {}));
        name_nginx(loaded, standard_input);
    } else if (!options.nginx_path.empty()) {
        const auto nginx = read_source(options.nginx_path, disk_files::largest_file);
        if (!nginx.has_value())
            return report_unreadable(options.nginx_path, nginx.error(), errors);
        files.put(options.nginx_path, (*nginx)->text()); // a pipe can be read only once
        name_nginx(loaded, options.nginx_path);
    }
    const checked_configuration checked =
        check_configuration(std::move(loaded), {files, installed_nginx_version});
    switch (options.format) {
    case report_format::text:
        write_text(out, (*file)->name(), checked);
        break;
    case report_format::line:
        out << render_line(checked.diagnostics);
        break;
    case report_format::json:
        write_json(out, checked);
        break;
    }
    const diagnostic_counts counts = count(checked.diagnostics);
    if (counts.errors > 0)
        return 1;
    return options.is_strict && counts.warnings > 0 ? 3 : 0;
}

} // namespace pulsegate
