#include "command/check.hpp"

#include "config/loader.hpp"

#include <ostream>

namespace pulsegate {
namespace {

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

void write_report(std::ostream& out, const std::string& name, report_format format,
                  std::span<const diagnostic> diagnostics) {
    switch (format) {
    case report_format::text:
        out << render_text(diagnostics) << (diagnostics.empty() ? "" : "\n")
            << summary(name, count(diagnostics));
        break;
    case report_format::line:
        out << render_line(diagnostics);
        break;
    case report_format::json:
        out << render_json(diagnostics);
        break;
    }
}

} // namespace

int check(const check_options& options, std::ostream& out, std::ostream& errors) {
    const auto file = read_source(options.config_path);
    if (!file.has_value()) {
        errors << "pulsegate: cannot read " << options.config_path << ": " << file.error().message()
               << '\n';
        return 2;
    }
    const load_result loaded = load_configuration(*file);
    write_report(out, (*file)->name(), options.format, loaded.diagnostics);
    if (has_errors(loaded.diagnostics))
        return 1;
    return options.is_strict && !loaded.diagnostics.empty() ? 3 : 0;
}

} // namespace pulsegate
