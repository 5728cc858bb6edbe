#include "command/commands.hpp"

#include "alignment/alignment.hpp"
#include "alignment/codes.hpp"
#include "alignment/nginx/version.hpp"
#include "alignment/proxy_opinion.hpp"
#include "alignment/report.hpp"
#include "base/json_text.hpp"
#include "config/app_reach.hpp"
#include "config/json.hpp"
#include "net/dial_now.hpp"

#include <algorithm>
#include <istream>
#include <iterator>
#include <ostream>
#include <utility>

namespace pulsegate {
namespace {

constexpr const char* standard_input = "standard input";
constexpr int unreadable = 2;

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

/// What was found about the configuration, and about what starts and stops the gateway.
struct findings {
    checked_configuration checked;
    std::vector<stop_plan> plans;
    milliseconds drain{0};
};

void write_text(std::ostream& out, const std::string& name, const findings& found) {
    const checked_configuration& checked = found.checked;
    if (!checked.diagnostics.empty())
        out << render_text(checked.diagnostics) << '\n';
    const std::string chain = checked.aligned ? render_chain(*checked.aligned) : "";
    const std::string plans = render_stop_plans(found.plans, found.drain);
    out << chain << (chain.empty() ? "" : "\n") << plans << (plans.empty() ? "" : "\n")
        << summary(name, count(checked.diagnostics));
}

void write_json(std::ostream& out, const findings& found) {
    boost::json::object report = diagnostics_to_json(found.checked.diagnostics);
    if (found.checked.aligned)
        report["hops"] = chain_to_json(*found.checked.aligned);
    if (!found.plans.empty())
        report["stops"] = stop_plans_to_json(found.plans, found.drain);
    out << to_json_text(report) << '\n';
}

/// The files that options name.
class named_files {
public:
    named_files(std::istream& in, std::ostream& errors) : in_(in), errors_(errors) {}

    /// \param path  `-` is standard input, which can be read only once.
    /// \return null after telling why it cannot be read.
    source read(const std::string& path) {
        if (path == "-") {
            if (!std::exchange(may_read_input_, false)) {
                errors_ << "pulsegate: only one option may read standard input\n";
                return nullptr;
            }
            return make_source(standard_input,
                               std::string(std::istreambuf_iterator<char>(in_), {}));
        }
        const auto file = read_source(path, disk_files::largest_file);
        if (file.has_value())
            return *file;
        (void)report_unreadable(path, file.error(), errors_);
        return nullptr;
    }

    /// False after telling which one cannot be read.
    bool read_all(const std::vector<std::string>& paths, std::vector<source>& into) {
        for (const std::string& path : paths)
            if (source file = read(path))
                into.push_back(std::move(file));
            else
                return false;
        return true;
    }

private:
    std::istream& in_;
    std::ostream& errors_;
    bool may_read_input_ = true;
};

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

void add_stops(findings& to, const std::vector<source>& units,
               const std::vector<source>& manifests) {
    if (!to.checked.aligned) // the configuration has errors: how long a drain takes is not known
        return;
    const load_result& loaded = *to.checked.loaded;
    to.drain = longest_drain(loaded.values);
    std::vector<stop_findings> all;
    if (!units.empty())
        all.push_back(check_unit(loaded, units));
    for (const source& each : manifests)
        all.push_back(check_manifest(loaded, each));
    for (const stop_findings& each : all) {
        to.plans.insert(to.plans.end(), each.plans.begin(), each.plans.end());
        to.checked.diagnostics.insert(to.checked.diagnostics.end(), each.diagnostics.begin(),
                                      each.diagnostics.end());
    }
}

/// Files in volumes of the gateway's pod are there, and not on the machine of who checks.
void excuse_mounted(checked_configuration& checked, const std::vector<std::string>& mounts) {
    std::erase_if(checked.diagnostics, [&](const diagnostic& each) {
        const bool is_absence = each.id == code::tls_unreadable ||
                                each.id == code::token_unreadable ||
                                each.id == hop_code::proxy_unreadable;
        return is_absence &&
               std::any_of(mounts.begin(), mounts.end(), [&](const std::string& path) {
                   return !path.empty() && each.message.find('`' + path) != std::string::npos;
               });
    });
}

} // namespace

int check(const check_options& options, std::istream& in, std::ostream& out, std::ostream& errors) {
    disk_files files;
    named_files named(in, errors);
    std::vector<source> units;
    std::vector<source> manifests;
    if (!named.read_all(options.unit_paths, units) ||
        !named.read_all(options.manifest_paths, manifests))
        return unreadable;
    source file = options.is_config_given ? nullptr : configuration_in(manifests);
    if (file == nullptr) {
        const auto own = read_regular_source(options.config_path);
        if (!own.has_value())
            return report_unreadable(options.config_path, own.error(), errors);
        file = *own;
    }
    load_result loaded = load_configuration(file);
    if (!options.nginx_path.empty()) {
        const source nginx = named.read(options.nginx_path);
        if (nginx == nullptr)
            return unreadable;
        files.put(nginx->name(), nginx->text()); // a pipe can be read only once
        name_nginx(loaded, nginx->name());
    }
    findings found{check_configuration(std::move(loaded),
                                       {files, installed_nginx_version,
                                        options.asks_proxies ? ask_program : nullptr},
                                       pem_files_of_this_machine(), local_ports_of_this_machine(),
                                       listening_here()),
                   {},
                   {}};
    excuse_mounted(found.checked, mounted_paths(manifests));
    if (options.connects && found.checked.aligned) {
        const auto of_apps = check_apps(*found.checked.loaded, dial_now);
        found.checked.diagnostics.insert(found.checked.diagnostics.end(), of_apps.begin(),
                                         of_apps.end());
    }
    add_stops(found, units, manifests);
    switch (options.format) {
    case report_format::text:
        write_text(out, file->name(), found);
        break;
    case report_format::line:
        out << render_line(found.checked.diagnostics);
        break;
    case report_format::json:
        write_json(out, found);
        break;
    }
    const diagnostic_counts counts = count(found.checked.diagnostics);
    if (counts.errors > 0)
        return 1;
    return options.is_strict && counts.warnings > 0 ? 3 : 0;
}

} // namespace pulsegate
