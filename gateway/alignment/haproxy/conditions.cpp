#include "alignment/haproxy/conditions.hpp"

#include "alignment/haproxy/criteria.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace pulsegate {
namespace {

using truths = haproxy_verdict::truths;

constexpr std::size_t most_paths = 256; // past that, more requests count as there than are

haproxy_verdict negated(const haproxy_verdict& of) {
    if (of.truth != truths::maybe)
        return certain(of.truth == truths::no);
    if (of.is_exact && of.paths.not_under.empty())
        return {truths::maybe, {{}, of.paths.under}, true, true};
    if (of.is_exact && of.paths.under.empty())
        return {truths::maybe, {of.paths.not_under, {}}, true, true};
    return {};
}

haproxy_verdict both(const haproxy_verdict& a, const haproxy_verdict& b) {
    if (a.truth == truths::no || b.truth == truths::no)
        return certain(false);
    if (a.truth == truths::yes)
        return b;
    if (b.truth == truths::yes)
        return a;
    const auto paths = both_of(a.paths, b.paths);
    return paths ? haproxy_verdict{truths::maybe, *paths, a.is_exact && b.is_exact,
                                   a.is_by_path && b.is_by_path}
                 : certain(false);
}

haproxy_verdict either(const haproxy_verdict& a, const haproxy_verdict& b) {
    if (a.truth == truths::yes || b.truth == truths::yes)
        return certain(true);
    if (a.truth == truths::no)
        return b;
    if (b.truth == truths::no)
        return a;
    haproxy_verdict sum;
    const bool is_union = a.paths.not_under.empty() && b.paths.not_under.empty() &&
                          !a.paths.under.empty() && !b.paths.under.empty();
    if (is_union) {
        sum.paths.under = a.paths.under;
        sum.paths.under.insert(sum.paths.under.end(), b.paths.under.begin(), b.paths.under.end());
        sum.is_exact = a.is_exact && b.is_exact;
        sum.is_by_path = a.is_by_path && b.is_by_path;
    }
    return sum;
}

struct usual_acl {
    std::string_view name;
    truths truth;
};

/// configuration.txt section 7.4; those that hold for a GET without a body.
constexpr std::array usual_acls{
    usual_acl{"FALSE", truths::no},
    usual_acl{"HTTP", truths::maybe},
    usual_acl{"HTTP_1.0", truths::no},
    usual_acl{"HTTP_1.1", truths::maybe},
    usual_acl{"HTTP_2.0", truths::maybe},
    usual_acl{"HTTP_3.0", truths::maybe},
    usual_acl{"HTTP_CONTENT", truths::no},
    usual_acl{"HTTP_URL_ABS", truths::maybe},
    usual_acl{"HTTP_URL_SLASH", truths::maybe},
    usual_acl{"HTTP_URL_STAR", truths::no},
    usual_acl{"LOCALHOST", truths::maybe},
    usual_acl{"METH_CONNECT", truths::no},
    usual_acl{"METH_DELETE", truths::no},
    usual_acl{"METH_GET", truths::yes},
    usual_acl{"METH_HEAD", truths::no},
    usual_acl{"METH_OPTIONS", truths::no},
    usual_acl{"METH_POST", truths::no},
    usual_acl{"METH_PUT", truths::no},
    usual_acl{"METH_TRACE", truths::no},
    usual_acl{"RDP_COOKIE", truths::no},
    usual_acl{"REQ_CONTENT", truths::maybe},
    usual_acl{"TRUE", truths::yes},
    usual_acl{"WAIT_END", truths::yes},
};

const usual_acl* find_usual(std::string_view name) {
    const auto found = std::find_if(usual_acls.begin(), usual_acls.end(),
                                    [&](const usual_acl& each) { return each.name == name; });
    return found == usual_acls.end() ? nullptr : &*found;
}

haproxy_verdict judge_name(const std::string& name, const haproxy_view& from) {
    const auto own = from.acls.find(name);
    if (own == from.acls.end()) {
        const usual_acl* const usual = find_usual(name);
        return usual == nullptr ? haproxy_verdict{}
                                : haproxy_verdict{usual->truth, {}, false, false};
    }
    haproxy_verdict sum = certain(false);
    for (const std::vector<haproxy_word>& line : own->second)
        sum = either(sum, judge_haproxy_criterion(line, from));
    return sum;
}

/// Walks the terms of a condition; `or` binds less than standing side by side.
/// \param on_name       called with the word of an ACL's name, and whether it is negated.
/// \param on_criterion  called with the words of an anonymous one.
template <class Name, class Criterion, class Or>
void walk_terms(const std::vector<haproxy_word>& terms, Name on_name, Criterion on_criterion,
                Or on_or) {
    bool is_negated = false;
    for (std::size_t at = 0; at < terms.size(); ++at) {
        std::string_view text = terms[at].text;
        if (text == "||" || text == "or") {
            on_or();
            continue;
        }
        for (; text.starts_with('!'); text.remove_prefix(1))
            is_negated = !is_negated;
        if (text.empty())
            continue; // before the term that it negates
        if (text == "{") {
            const std::size_t begin = ++at;
            while (at < terms.size() && terms[at].text != "}")
                ++at;
            on_criterion(std::span(terms).subspan(begin, at - begin), is_negated);
        } else {
            on_name(terms[at], std::string(text), is_negated);
        }
        is_negated = false;
    }
}

} // namespace

haproxy_verdict certain(bool is_met) {
    return {is_met ? truths::yes : truths::no, {}, false, false};
}

haproxy_verdict judge_haproxy_condition(const haproxy_condition& when, const haproxy_view& from) {
    if (when.terms.empty())
        return certain(true);
    haproxy_verdict sum = certain(false);
    haproxy_verdict product = certain(true);
    const auto add = [&](haproxy_verdict term, bool is_negated) {
        product = both(product, is_negated ? negated(term) : term);
    };
    walk_terms(
        when.terms,
        [&](const haproxy_word& word, const std::string& name, bool is_negated) {
            add(word.has_variable ? haproxy_verdict{} : judge_name(name, from), is_negated);
        },
        [&](std::span<const haproxy_word> words, bool is_negated) {
            add(judge_haproxy_criterion(words, from), is_negated);
        },
        [&] {
            sum = either(sum, product);
            product = certain(true);
        });
    sum = either(sum, product);
    return when.is_unless ? negated(sum) : sum;
}

std::vector<haproxy_word> unknown_haproxy_acls(const haproxy_condition& when,
                                               const haproxy_acls& acls) {
    std::vector<haproxy_word> unknown;
    walk_terms(
        when.terms,
        [&](const haproxy_word& word, const std::string& name, bool) {
            // HAProxy's own are in capitals; newer versions may know more of them.
            const bool has_small = name.find_first_of("abcdefghijklmnopqrstuvwxyz") != name.npos;
            if (word.has_variable || acls.contains(name) || !has_small)
                return;
            unknown.push_back(word);
            unknown.back().text = name;
        },
        [](std::span<const haproxy_word>, bool) {}, [] {});
    return unknown;
}

haproxy_condition take_haproxy_condition(std::vector<haproxy_word>& words, std::size_t from) {
    haproxy_condition taken;
    for (std::size_t at = from; at < words.size(); ++at) {
        if (words[at].text != "if" && words[at].text != "unless")
            continue;
        taken.is_unless = words[at].text == "unless";
        const auto begin = words.begin() + static_cast<std::ptrdiff_t>(at);
        taken.terms.assign(begin + 1, words.end());
        words.erase(begin, words.end());
        break;
    }
    return taken;
}

std::optional<haproxy_paths> both_of(const haproxy_paths& a, const haproxy_paths& b) {
    haproxy_paths out;
    if (a.under.empty() || b.under.empty())
        out.under = a.under.empty() ? b.under : a.under;
    else
        for (const std::string& one : a.under)
            for (const std::string& other : b.under)
                if (one.starts_with(other) || other.starts_with(one))
                    out.under.push_back(one.size() > other.size() ? one : other);
    if (out.under.empty() && !(a.under.empty() && b.under.empty()))
        return std::nullopt;
    out.not_under = a.not_under;
    out.not_under.insert(out.not_under.end(), b.not_under.begin(), b.not_under.end());
    if (out.not_under.size() > most_paths)
        out.not_under.resize(most_paths);
    if (out.under.size() > most_paths)
        out.under.clear();
    const bool is_restricted = !out.under.empty();
    std::erase_if(out.under, [&](const std::string& each) { return excludes(out, each); });
    if (is_restricted && out.under.empty())
        return std::nullopt;
    return out;
}

std::optional<haproxy_paths> left_over(const haproxy_paths& of, const haproxy_verdict& gone) {
    if (gone.truth == truths::yes)
        return std::nullopt;
    const haproxy_verdict rest = negated(gone);
    return rest.truth == truths::maybe ? both_of(of, rest.paths) : of;
}

bool excludes(const haproxy_paths& paths, std::string_view path) {
    return std::any_of(paths.not_under.begin(), paths.not_under.end(),
                       [&](const std::string& each) { return path.starts_with(each); });
}

} // namespace pulsegate
