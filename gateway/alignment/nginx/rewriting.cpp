#include "alignment/nginx/rewriting.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <charconv>

namespace pulsegate {
namespace {

using ends = nginx_rewritten::ends;

constexpr std::size_t most_ways = 32;

answer opposite(answer of) {
    return of == answer::yes ? answer::no : of == answer::no ? answer::yes : answer::unclear;
}

/// The answer for all values if it is one, else `unclear`.
template <class Ask>
answer all_agree(const std::vector<std::string>& values, Ask ask) {
    std::optional<answer> all;
    for (const std::string& each : values) {
        const answer one = is_open(each) ? answer::unclear : ask(each);
        if (all && *all != one)
            return answer::unclear;
        all = one;
    }
    return all.value_or(answer::unclear);
}

/// The words between the parentheses.
std::vector<std::string> condition_words(const nginx_directive& condition) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < condition.arguments(); ++i)
        words.emplace_back(condition.argument(i));
    if (!words.empty() && words.front().starts_with('(')) {
        words.front().erase(0, 1);
        if (words.front().empty())
            words.erase(words.begin());
    }
    if (!words.empty() && words.back().ends_with(')')) {
        words.back().pop_back();
        if (words.back().empty())
            words.pop_back();
    }
    return words;
}

bool is_script(std::string_view name) {
    return name.starts_with("rewrite_by_lua") || name.starts_with("access_by_lua") ||
           name.starts_with("server_rewrite_by_lua") || name == "access_by_njs";
}

/// One run of rewrite().
class rewriter {
public:
    rewriter(const nginx_place& block, const nginx_variables& variables)
        : block_(block), variables_(variables) {}

    std::vector<nginx_rewritten> run(nginx_handshake state) {
        carry_out(0, {ends::goes_on, 0, &block_, nullptr, std::move(state)});
        return std::move(ways_);
    }

private:
    void carry_out(std::size_t from, nginx_rewritten way) {
        const auto& codes = block_.block().children;
        for (std::size_t i = from; i < codes.size(); ++i) {
            const nginx_directive& code = codes[i];
            if (!(code.is_block && code.name() == "if")) {
                if (!step(code, way))
                    return add(std::move(way));
                continue;
            }
            nginx_rewritten taken = way;
            const answer holds = condition_holds(code, variables_, taken.state);
            if (holds == answer::no)
                continue;
            const nginx_place* const place = block_.find(code);
            if (block_.outer != nullptr && place != nullptr) // that of a server has no handler
                taken.place = place;
            const bool goes_on =
                std::all_of(code.children.begin(), code.children.end(),
                            [&](const nginx_directive& inner) { return step(inner, taken); });
            if (holds == answer::yes) {
                way = std::move(taken);
                if (!goes_on)
                    return add(std::move(way));
            } else if (!goes_on) {
                add(std::move(taken));
            } else if (++forks_ < most_ways) {
                carry_out(i + 1, std::move(taken));
            }
        }
        add(std::move(way));
    }

    void add(nginx_rewritten way) {
        if (ways_.size() < most_ways)
            ways_.push_back(std::move(way));
    }

    /// False if no more of the block is carried out.
    bool step(const nginx_directive& code, nginx_rewritten& way) const {
        const std::string_view name = code.name();
        nginx_handshake& state = way.state;
        if (name == "set" && code.argument(0).starts_with('$')) {
            std::vector<std::string> values = variables_.values(code.argument(1), state);
            for (std::string& each : values)
                each = frozen(std::move(each));
            state.variables.insert_or_assign(lower_case(code.argument(0).substr(1)),
                                             std::move(values));
            return true;
        }
        if (name == "break") {
            if (way.end == ends::uri_changed) {
                way.end = ends::goes_on;
                state.is_rewritten = true;
            }
            return false;
        }
        if (name == "return")
            return answered(code, way);
        if (name == "rewrite")
            return rewritten(code, way);
        if (name.starts_with("set_by_lua") || name == "auth_request_set" || name == "js_set") {
            const std::string_view variable = code.argument(0);
            state.variables.insert_or_assign(
                lower_case(variable.substr(variable.starts_with('$') ? 1 : 0)),
                std::vector<std::string>{frozen(std::string(variable))});
            return true;
        }
        if (is_script(name)) {
            state.is_clouded = true;
            for (auto& [variable, values] : state.variables)
                values = {frozen('$' + variable)};
        }
        return true;
    }

    bool answered(const nginx_directive& code, nginx_rewritten& way) const {
        const std::string_view status = code.argument(0);
        way.end = ends::answered;
        way.by = &code;
        const auto [stop, error] =
            std::from_chars(status.data(), status.data() + status.size(), way.status);
        if (error != std::errc{} || stop != status.data() + status.size())
            way.status = 302; // `return URL`
        return false;
    }

    bool rewritten(const nginx_directive& code, nginx_rewritten& way) const {
        nginx_handshake& state = way.state;
        answer is_match = answer::unclear;
        if (state.uri)
            is_match = nginx_pattern(code.argument(0), false).matches(*state.uri, &state.captures);
        if (is_match == answer::no)
            return true;
        const std::string_view flag = code.argument(2);
        const std::string_view to = code.argument(1);
        if (is_match == answer::unclear) { // from here on everything may be otherwise
            state.uri.reset();
            state.is_unsure = true;
        } else if (flag == "redirect" || flag == "permanent" || to.starts_with("http://") ||
                   to.starts_with("https://") || to.starts_with("$scheme")) {
            way.end = ends::answered;
            way.status = flag == "permanent" ? 301 : 302;
            way.by = &code;
            return false;
        } else {
            const std::vector<std::string> values = variables_.values(to, state);
            state.uri.reset();
            if (values.size() == 1 && !is_open(values.front()))
                state.uri = values.front().substr(0, values.front().find('?'));
        }
        way.end = flag == "break" ? ends::goes_on : ends::uri_changed;
        state.is_internal = true;
        state.is_rewritten |= flag == "break";
        return flag.empty();
    }

    const nginx_place& block_;
    const nginx_variables& variables_;
    std::vector<nginx_rewritten> ways_;
    std::size_t forks_ = 0;
};

} // namespace

answer condition_holds(const nginx_directive& condition, const nginx_variables& variables,
                       nginx_handshake& of) {
    const std::vector<std::string> words = condition_words(condition);
    if (words.size() == 1)
        return all_agree(variables.values(words[0], of), [](const std::string& value) {
            return value.empty() || value == "0" ? answer::no : answer::yes;
        });
    if (words.size() != 3)
        return answer::unclear; // of files
    const std::vector<std::string> values = variables.values(words[0], of);
    std::string_view operation = words[1];
    const bool is_negated = operation.starts_with('!');
    if (is_negated)
        operation.remove_prefix(1);
    answer holds = answer::unclear;
    if (operation == "=") {
        const std::vector<std::string> others = variables.values(words[2], of);
        if (others.size() == 1 && !is_open(others.front()))
            holds = all_agree(values, [&](const std::string& value) {
                return value == others.front() ? answer::yes : answer::no;
            });
    } else if (operation == "~" || operation == "~*") {
        const nginx_pattern pattern(words[2], operation == "~*");
        nginx_captures captures;
        holds = all_agree(
            values, [&](const std::string& value) { return pattern.matches(value, &captures); });
        if (holds == answer::yes)
            of.captures = std::move(captures);
    }
    return is_negated ? opposite(holds) : holds;
}

std::vector<nginx_rewritten> rewrite(const nginx_place& block, const nginx_variables& variables,
                                     nginx_handshake state) {
    return rewriter(block, variables).run(std::move(state));
}

} // namespace pulsegate
