// Every diagnostic code is explained, and has files that produce it and files that do not.
#include "alignment/alignment.hpp"
#include "alignment/codes.hpp"
#include "alignment/deployment/stop.hpp"
#include "config/app_reach.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace pulsegate;

namespace {

/// Certificates, keys and tokens are those in tests/cases/tls, whatever directory is named. Git
/// does not keep who may read a file: all but `open.…` may be read by their owner alone.
result<pem_file> read_fixture(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename();
    const auto text = read_source(PULSEGATE_SOURCE_DIR "/tests/cases/tls/" + name);
    if (!text.has_value())
        return text.error();
    return pem_file{(*text)->text(), name.starts_with("open.")};
}

/// Stands for `nginx -t`, which knows more than the reader.
std::function<std::optional<program_answer>(const std::vector<std::string>&)>
nginx_that_reads(file_tree& files) {
    return [&files](const std::vector<std::string>& command) -> std::optional<program_answer> {
        auto file = files.read(command.back());
        if (!file) // the examples have relative names
            file = files.read(std::filesystem::path(command.back()).filename());
        const std::string text = file ? (*file)->text() : "";
        if (text.find("no_such_directive") != std::string::npos)
            return program_answer{1, "2026/12/01 09:58:12 [emerg] 7#7: unknown directive "
                                     "\"no_such_directive\" in " +
                                         command.back() + ":5\n"};
        if (text.find("/no/such/folder") != std::string::npos)
            return program_answer{1, "nginx: [emerg] open() \"/no/such/folder/log\" failed (13: "
                                     "Permission denied)\n"};
        return program_answer{};
    };
}

/// One with three users, where only `www-data` is in its group.
const machine_users users{
    [](const std::string& name, const std::string&) -> std::optional<user_identity> {
        if (name != "www-data" && name != "haproxy")
            return std::nullopt;
        return user_identity{name == "www-data" ? 33u : 99u, {name == "www-data" ? 33u : 99u}};
    },
    [](const std::string& name) -> std::optional<unsigned> {
        if (name != "www-data" && name != "pulsegate" && name != "haproxy")
            return std::nullopt;
        return name == "www-data" ? 33u : name == "haproxy" ? 99u : 1000u;
    },
    [](const std::string& path) -> std::optional<file_access> {
        if (path.starts_with("/private"))
            return file_access{1000, 1000, 0700};
        return path == "/tmp" ? std::optional(file_access{0, 0, 0777}) : std::nullopt;
    },
    {1000, {1000, 33}},
    "pulsegate"};

/// A machine of an ordinary user, who may write everywhere but where there is nothing.
const listen_environment places{[](std::uint16_t port) { return port >= 1024 || port == 80; },
                                [](const std::string& directory) {
                                    return std::string(directory == "/nonexistent" ? "is absent"
                                                                                   : "");
                                },
                                users};

/// A network in which only names that can never be are not reached.
std::string dial(const tcp_address& to) {
    return to.host.ends_with(".invalid") ? "its name is not known" : "";
}

/// Most examples are about something else than `routes`.
std::set<std::string_view> but_for_routes(std::set<std::string_view> found, const code_row& row) {
    if (row.id != code_number(code::no_routes))
        found.erase(row_of(code::no_routes).name);
    return found;
}

/// \param unit      a unit of systemd, or null.
/// \param manifest  of Kubernetes, or null.
std::set<std::string_view> codes_of(const source& file, file_tree& files, const source& unit = {},
                                    const source& manifest = {}) {
    std::set<std::string_view> found;
    const auto add = [&](const stop_findings& of) {
        for (const diagnostic& each : of.diagnostics)
            found.insert(each.id.row().name);
    };
    const auto checked = check_configuration(
        load_configuration(file), {files, nullptr, nginx_that_reads(files)},
        {read_fixture, std::chrono::system_clock::now()}, local_ports{32'768, 60'999}, places);
    for (const diagnostic& each : checked.diagnostics)
        found.insert(each.id.row().name);
    if (!checked.is_unusable())
        for (const diagnostic& each : check_apps(*checked.loaded, dial))
            found.insert(each.id.row().name);
    if (unit != nullptr)
        add(check_unit(*checked.loaded, {unit}));
    if (manifest != nullptr)
        add(check_manifest(*checked.loaded, manifest));
    return found;
}

std::set<std::string_view> codes_of_example(const code_row& row, std::string_view yaml,
                                            std::string_view proxy_file) {
    memory_files files;
    if (!row.named_by_option.empty()) {
        const source other = make_source(std::string(row.named_by_option), std::string(proxy_file));
        const bool is_unit = row.named_by_option.ends_with(".service");
        return codes_of(make_source("example", std::string(yaml)), files, is_unit ? other : nullptr,
                        is_unit ? nullptr : other);
    }
    for (const std::string name : {"nginx.conf", "haproxy.cfg"})
        if (!proxy_file.empty() && yaml.find(name) != std::string_view::npos)
            files.add(name, std::string(proxy_file));
    return codes_of(make_source("example", std::string(yaml)), files);
}

/// Of every layer.
std::vector<std::reference_wrapper<const code_row>> all_rows() {
    std::vector<std::reference_wrapper<const code_row>> rows;
    for (const auto table : code_tables())
        rows.insert(rows.end(), table.begin(), table.end());
    return rows;
}

/// What stands beside a case and is named on the command line; null if nothing does.
source beside(std::filesystem::path file, const char* extension) {
    const auto found = read_source(file.replace_extension(extension));
    return found.has_value() ? *found : nullptr;
}

} // namespace

TEST_CASE("every code has an explanation whose examples are true") {
    std::set<std::string_view> names;
    for (const code_row& row : all_rows()) {
        CAPTURE(row.name);
        CHECK(row.name == "PG" + std::to_string(row.id.value));
        CHECK(names.insert(row.name).second);
        CHECK_FALSE(row.title.empty());
        CHECK(row.cause.ends_with('.'));
        CHECK_FALSE(row.source.empty());
        CHECK(find_code(row.name) == &row);
        CHECK(but_for_routes(codes_of_example(row, row.bad, row.bad_proxy), row) ==
              std::set<std::string_view>{row.name});
        CHECK(but_for_routes(codes_of_example(row, row.good, row.good_proxy), row) ==
              std::set<std::string_view>{});
    }
}

TEST_CASE("every code has bad cases that produce only it, and clean cases that produce nothing") {
    const std::filesystem::path cases = PULSEGATE_SOURCE_DIR "/tests/cases";
    for (const code_row& row : all_rows()) {
        CAPTURE(row.name);
        int bad = 0;
        int clean = 0;
        for (const auto& entry : std::filesystem::directory_iterator(cases / row.name)) {
            const std::string name = entry.path().filename();
            if (entry.path().extension() != ".yaml")
                continue; // a proxy's configuration that one of them names, a unit, a manifest
            CAPTURE(name);
            const auto file = read_source(entry.path());
            REQUIRE(file.has_value());
            const bool is_bad = name.starts_with("bad");
            CHECK((is_bad || name.starts_with("clean")));
            ++(is_bad ? bad : clean);
            disk_files files;
            CHECK(but_for_routes(codes_of(*file, files, beside(entry.path(), ".service"),
                                          beside(entry.path(), ".manifest")),
                                 row) ==
                  (is_bad ? std::set{row.name} : std::set<std::string_view>{}));
        }
        CHECK(bad > 0);
        CHECK(clean > 0);
    }
}

TEST_CASE("codes are found however they are written") {
    CHECK(find_code("pg104") == &row_of(code::unknown_key));
    CHECK(find_code("104") == &row_of(code::unknown_key));
    CHECK(find_code("PG999") == nullptr);
    CHECK(find_code("") == nullptr);
}
