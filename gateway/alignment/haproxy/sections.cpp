#include "alignment/haproxy/sections.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <array>

namespace pulsegate {
namespace {

using kinds = haproxy_section::kinds;

struct section_word {
    std::string_view text;
    kinds kind;
};

// Those up to HAProxy 3.2.
constexpr std::array section_words{
    section_word{"global", kinds::global},     section_word{"defaults", kinds::defaults},
    section_word{"frontend", kinds::frontend}, section_word{"backend", kinds::backend},
    section_word{"listen", kinds::listen},     section_word{"acme", kinds::other},
    section_word{"cache", kinds::other},       section_word{"crt-store", kinds::other},
    section_word{"fcgi-app", kinds::other},    section_word{"http-errors", kinds::other},
    section_word{"log-forward", kinds::other}, section_word{"log-profile", kinds::other},
    section_word{"mailers", kinds::other},     section_word{"namespace_list", kinds::other},
    section_word{"peers", kinds::other},       section_word{"program", kinds::other},
    section_word{"resolvers", kinds::other},   section_word{"ring", kinds::other},
    section_word{"traces", kinds::other},      section_word{"userlist", kinds::other},
};

std::optional<kinds> kind_of(const haproxy_word& first) {
    for (const section_word& each : section_words)
        if (each.text == first.text)
            return each.kind;
    return std::nullopt;
}

diagnostic problem(const span& where, std::string message, std::string help) {
    return {hop_code::haproxy_syntax, std::move(message), {where, ""}, {}, std::move(help)};
}

diagnostic out_of_section(const haproxy_word& first) {
    std::array<std::string_view, section_words.size()> candidates;
    for (std::size_t i = 0; i < section_words.size(); ++i)
        candidates[i] = section_words[i].text;
    const auto meant = nearest(first.text, candidates);
    return problem(first.where, quoted(first.text) + " begins no section",
                   meant ? "did you mean " + quoted(*meant) + "?"
                         : "begin with a section, such as `global` or `defaults`");
}

/// `KIND NAME [from DEFAULTS]`; the name of `global` and `defaults` may be absent.
void read_head(haproxy_section& section, std::vector<diagnostic>& problems) {
    const std::vector<haproxy_word>& words = section.head.words;
    const bool needs_name = section.kind != kinds::global && section.kind != kinds::defaults;
    std::size_t next = 1;
    if (next < words.size() && (needs_name || words[next].text != "from"))
        section.name = words[next++].text;
    if (needs_name && section.name.empty())
        problems.push_back(problem(words.front().where,
                                   "this " + quoted(words.front().text) + " has no name",
                                   "write a name after it"));
    if (next + 1 < words.size() && words[next].text == "from") {
        section.from = words[next + 1];
        next += 2;
    }
    if (next < words.size())
        problems.push_back(problem(words[next].where,
                                   quoted(words[next].text) + " is one word too many",
                                   "a section is `KIND NAME`, or `KIND NAME from DEFAULTS`"));
}

} // namespace

std::vector<haproxy_section> split_haproxy_sections(std::span<const haproxy_line> lines,
                                                    std::vector<diagnostic>& problems) {
    std::vector<haproxy_section> sections;
    bool is_outside_reported = false; // once: a file of another kind has nothing but such lines
    for (const haproxy_line& line : lines) {
        if (const auto kind = kind_of(line.words.front())) {
            haproxy_section& section = sections.emplace_back();
            section.kind = *kind;
            section.head = line;
            if (*kind != kinds::other)
                read_head(section, problems);
        } else if (!sections.empty()) {
            sections.back().lines.push_back(line);
        } else if (!is_outside_reported) {
            problems.push_back(out_of_section(line.words.front()));
            is_outside_reported = true;
        }
    }
    return sections;
}

} // namespace pulsegate
