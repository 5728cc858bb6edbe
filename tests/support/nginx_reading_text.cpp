#include "support/nginx_reading_text.hpp"

#include "base/duration.hpp"

namespace pulsegate::test {
namespace {

std::string shown(const std::string& value) {
    return value;
}
std::string shown(std::uint64_t value) {
    return std::to_string(value);
}
std::string shown(unsigned value) {
    return std::to_string(value);
}
std::string shown(milliseconds value) {
    return format_duration(value);
}

template <class T>
std::string shown(const std::optional<T>& value) {
    return value ? shown(*value) : "none";
}

class reading_writer {
public:
    explicit reading_writer(const nginx_reading& reading) : reading_(reading) {
        if (reading.main)
            folder_ = reading.main->name().substr(0, reading.main->name().rfind('/') + 1);
    }

    std::string text() {
        for (const nginx_passage& each : reading_.passages)
            add(each);
        for (const nginx_undecided& each : reading_.undecided)
            line(place(each.where) + " undecided: " + each.why);
        for (const diagnostic& each : reading_.problems)
            line(place(each.primary.where) + " problem: " + each.message);
        const nginx_process_settings& process = reading_.process;
        add("processes", process.worker_processes);
        add("connections", process.worker_connections);
        add("files", process.worker_rlimit_nofile);
        add("shutdown timeout", process.worker_shutdown_timeout);
        for (const std::string& each : reading_.files)
            line("read " + relative(each));
        for (const std::string& each : reading_.patterns)
            line("matched " + relative(each));
        return text_;
    }

private:
    void line(const std::string& text) { text_ += text + '\n'; }

    std::string relative(const std::string& path) const {
        return path.starts_with(folder_) ? path.substr(folder_.size()) : path;
    }

    std::string place(const span& where) const {
        return where.in ? relative(where.in->name()) + ':' + std::to_string(where.start().line)
                        : "nowhere";
    }

    template <class T>
    void add(const std::string& name, const nginx_setting<T>& setting) {
        const std::string origin =
            setting.set_at ? place(*setting.set_at) : "default at " + place(setting.block);
        line(name + ' ' + shown(setting.value) + " (" + origin + ')');
    }

    void add(const std::string& name, const nginx_header& header) {
        std::string text = name + ' ' + header.name + ':';
        for (const std::string& value : header.possible_values)
            text += " `" + value + '`';
        line(text + " (" + place(header.where) + ')');
    }

    void add(const nginx_passage& passage) {
        line(place(passage.where) + ' ' + passage.title + " -> " + to_string(passage.target) + ' ' +
             passage.path.value_or("unknown path"));
        add("  read timeout", passage.read_timeout);
        if (passage.protocol == nginx_passage::protocols::stream)
            return;
        add("  version", passage.http_version);
        for (const nginx_header& each : passage.headers)
            add("  header", each);
        for (const nginx_header& each : passage.lost_headers)
            add("  lost", each);
    }

    const nginx_reading& reading_;
    std::string folder_;
    std::string text_;
};

} // namespace

std::string to_text(const nginx_reading& reading) {
    return reading_writer(reading).text();
}

} // namespace pulsegate::test
