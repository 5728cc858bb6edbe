#include "alignment/nginx/pattern.hpp"

#include <boost/regex.hpp>

#include <algorithm>
#include <cctype>
#include <exception>

namespace pulsegate {
namespace {

constexpr std::size_t longest_text = 4096; // bytes, of an expression and of what it is tried on

/// PCRE's other way to write a named group.
std::string in_perl(std::string_view text) {
    std::string out(text);
    for (std::size_t at = out.find("(?P<"); at != out.npos; at = out.find("(?P<", at))
        out.erase(at + 2, 1);
    return out;
}

std::vector<std::string> names_of_groups(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = text.find("(?<"); at != text.npos; at = text.find("(?<", at + 3)) {
        const std::size_t end = text.find('>', at);
        if (end != text.npos && at + 3 < end &&
            std::isalpha(static_cast<unsigned char>(text[at + 3])))
            names.emplace_back(text.substr(at + 3, end - at - 3));
    }
    return names;
}

/// Writes texts that an expression may match: whether they do is tried afterwards.
class sampler {
public:
    explicit sampler(std::string_view text) : text_(text) {}

    std::vector<std::string> alternatives(std::size_t depth = 0) {
        std::vector<std::string> all = sequence(depth);
        while (at_ < text_.size() && text_[at_] == '|') {
            ++at_;
            for (std::string& each : sequence(depth))
                if (all.size() < most_samples)
                    all.push_back(std::move(each));
        }
        return all;
    }

private:
    static constexpr std::size_t most_samples = 8;
    static constexpr std::size_t most_depth = 32;
    static constexpr std::size_t longest_sample = 512;

    std::vector<std::string> sequence(std::size_t depth) {
        std::vector<std::string> all{""};
        while (at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')')
            append(all, quantified(atom(depth)));
        return all;
    }

    static void append(std::vector<std::string>& all, const std::vector<std::string>& endings) {
        if (endings.empty())
            return;
        std::vector<std::string> longer;
        for (const std::string& ending : endings)
            for (const std::string& each : all)
                if (longer.size() < most_samples && each.size() + ending.size() <= longest_sample)
                    longer.push_back(each + ending);
        if (!longer.empty())
            all = std::move(longer);
    }

    std::vector<std::string> atom(std::size_t depth) {
        const char c = text_[at_++];
        switch (c) {
        case '^':
        case '$':
            return {""};
        case '.':
            return {"x"};
        case '[':
            return {of_class()};
        case '(':
            return group(depth);
        case '\\':
            return {escaped()};
        default:
            return {std::string(1, c)};
        }
    }

    std::string escaped() {
        if (at_ == text_.size())
            return "";
        const char c = text_[at_++];
        switch (c) {
        case 'd':
            return "0";
        case 'w':
        case 'D':
        case 'S':
            return "x";
        case 'W':
            return "-";
        case 's':
            return " ";
        case 'b':
        case 'B':
        case 'A':
        case 'z':
        case 'Z':
            return "";
        default:
            return std::string(1, c);
        }
    }

    /// A character of the class that begins behind `[`.
    std::string of_class() {
        const std::size_t first = at_;
        const bool is_negated = at_ < text_.size() && text_[at_] == '^';
        if (is_negated)
            ++at_;
        const std::size_t content = at_;
        while (at_ < text_.size() && (text_[at_] != ']' || at_ == content))
            at_ += text_[at_] == '\\' ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
        const nginx_pattern whole("[" + std::string(text_.substr(first, at_ - first)), false);
        for (const char c : std::string_view("x0aXA-_./"))
            if (whole.matches(std::string(1, c)) == answer::yes)
                return std::string(1, c);
        return is_negated || content >= text_.size() ? "x" : std::string(1, text_[content]);
    }

    std::vector<std::string> group(std::size_t depth) {
        bool is_assertion = false;
        if (text_.substr(at_).starts_with('?')) {
            const std::string_view rest = text_.substr(at_);
            is_assertion = rest.starts_with("?=") || rest.starts_with("?!") ||
                           rest.starts_with("?<=") || rest.starts_with("?<!");
            const bool is_named =
                !is_assertion && (rest.starts_with("?<") || rest.starts_with("?P<"));
            const std::size_t end = rest.find_first_of(is_named ? ">" : ":=!)");
            at_ += std::min(end, rest.size());
            if (at_ < text_.size() && text_[at_] != ')')
                ++at_;
        }
        std::vector<std::string> inner =
            depth < most_depth ? alternatives(depth + 1) : std::vector<std::string>{};
        if (at_ < text_.size() && text_[at_] == ')')
            ++at_;
        else
            at_ = text_.size();
        return is_assertion ? std::vector<std::string>{""} : inner;
    }

    std::vector<std::string> quantified(std::vector<std::string> atoms) {
        if (at_ == text_.size())
            return atoms;
        const char c = text_[at_];
        if (c == '*' || c == '?') {
            ++at_;
            atoms.emplace_back("");
        } else if (c == '+') {
            ++at_;
        } else if (c == '{' && at_ + 1 < text_.size() &&
                   std::isdigit(static_cast<unsigned char>(text_[at_ + 1]))) {
            std::size_t count = 0;
            for (++at_; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]));
                 ++at_)
                count = std::min<std::size_t>(
                    10 * count + static_cast<std::size_t>(text_[at_] - '0'), longest_sample);
            at_ = std::min(text_.find('}', at_), text_.size() - 1) + 1;
            std::vector<std::string> repeated{""};
            for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
                append(repeated, {atoms.empty() ? "" : atoms.front()});
            atoms = std::move(repeated);
        } else {
            return atoms;
        }
        if (at_ < text_.size() && (text_[at_] == '?' || text_[at_] == '+'))
            ++at_; // lazy, possessive
        return atoms;
    }

    const std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

struct nginx_pattern::compiled {
    boost::regex expression;
    std::vector<std::string> names;
};

nginx_pattern::nginx_pattern(std::string_view text, bool ignores_case) {
    if (text.size() > longest_text)
        return;
    const std::string perl = in_perl(text);
    boost::regex::flag_type flags = boost::regex::perl | boost::regex::no_except;
    if (ignores_case)
        flags |= boost::regex::icase;
    try {
        auto read =
            std::make_unique<compiled>(compiled{boost::regex(perl, flags), names_of_groups(perl)});
        if (read->expression.status() == 0)
            compiled_ = std::move(read);
    } catch (const std::exception&) { // what is too complex throws in spite of `no_except`
    }
}

nginx_pattern::~nginx_pattern() = default;
nginx_pattern::nginx_pattern(nginx_pattern&&) noexcept = default;
nginx_pattern& nginx_pattern::operator=(nginx_pattern&&) noexcept = default;

answer nginx_pattern::matches(const std::string& text, nginx_captures* captures) const {
    if (compiled_ == nullptr || text.size() > longest_text)
        return answer::unclear;
    try {
        boost::smatch found;
        if (!boost::regex_search(text, found, compiled_->expression))
            return answer::no;
        if (captures != nullptr) {
            captures->clear();
            for (std::size_t i = 0; i < found.size() && i < 10; ++i)
                captures->insert_or_assign(std::to_string(i), found.str(static_cast<int>(i)));
            for (const std::string& name : compiled_->names)
                captures->insert_or_assign(name, found[name].str());
        }
        return answer::yes;
    } catch (const std::exception&) { // it gives up where backtracking would not end
        return answer::unclear;
    }
}

std::vector<std::string> sample_paths(std::string_view pattern, bool ignores_case) {
    std::vector<std::string> paths;
    if (pattern.size() > longest_text)
        return paths;
    const nginx_pattern expression(pattern, ignores_case);
    for (const std::string& sample : sampler(pattern).alternatives())
        for (const std::string_view before : {"", "/", "/x"}) {
            std::string path = std::string(before) + sample;
            if (!path.starts_with('/') || expression.matches(path) != answer::yes)
                continue;
            if (std::find(paths.begin(), paths.end(), path) == paths.end())
                paths.push_back(std::move(path));
            break;
        }
    return paths;
}

} // namespace pulsegate
