#include "config/yaml.hpp"

#include "base/assert.hpp"
#include "base/quoted.hpp"
#include "config/yaml_span.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace pulsegate {
namespace {

using kinds = yaml_value::kinds;

/// Builds the tree from yaml-cpp's events.
class tree_builder : public YAML::EventHandler {
public:
    tree_builder(source in, yaml_document& document) : in_(std::move(in)), document_(document) {}

    /// The opening quote that yaml-cpp did not miss at the end of the file.
    [[nodiscard]] const std::optional<span>& unclosed_quote() const { return unclosed_quote_; }

    /// Where the document begins; -1 before it has.
    [[nodiscard]] int start() const { return start_; }

    /// The collection that the parser was in when it gave up; null outside of any.
    [[nodiscard]] const yaml_value* innermost() const {
        return open_.empty() ? nullptr : open_.back();
    }

    void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark.pos; }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        begin(kinds::null, mark, anchor);
        end();
    }

    void OnAlias(const YAML::Mark&, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        PULSEGATE_ASSERT(found != anchors_.end()); // yaml-cpp refuses unknown names
        place(found->second);
    }

    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  const std::string& text) override {
        yaml_value& value = begin(kinds::scalar, mark, anchor);
        value.text = text;
        if (const auto where = span_of_scalar(in_, value.where.offset, text))
            value.where = *where;
        else if (!unclosed_quote_)
            unclosed_quote_ = span{in_, value.where.offset, 1};
        end();
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(kinds::list, mark, anchor);
    }
    void OnSequenceEnd() override { end(); }

    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(kinds::map, mark, anchor);
    }
    void OnMapEnd() override { end(); }

private:
    yaml_value& begin(kinds kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        const std::size_t offset =
            skip_properties(in_->text(), static_cast<std::size_t>(std::max(mark.pos, 0)));
        yaml_value& value = document_.values.emplace_back();
        value.kind = kind;
        value.where = span_of_collection(in_, offset);
        if (anchor != YAML::NullAnchor)
            anchors_[anchor] = &value;
        open_.push_back(&value);
        return value;
    }

    void end() {
        const yaml_value* const done = open_.back();
        open_.pop_back();
        place(done);
    }

    /// Hands a finished value to the collection that is open, or makes it the root.
    void place(const yaml_value* value) {
        if (open_.empty()) {
            document_.root = value;
            return;
        }
        yaml_value& parent = *open_.back();
        if (parent.kind == kinds::list)
            parent.items.push_back(value);
        else if (parent.entries.empty() || parent.entries.back().value != nullptr)
            parent.entries.push_back({value, nullptr});
        else
            parent.entries.back().value = value;
    }

    source in_;
    yaml_document& document_;
    std::vector<yaml_value*> open_;
    std::map<YAML::anchor_t, const yaml_value*> anchors_;
    std::optional<span> unclosed_quote_;
    int start_ = -1;
};

/// yaml-cpp's messages in words that help somebody who does not know the grammar.
diagnostic syntax_error(const source& in, const YAML::Exception& error,
                        const yaml_value* innermost) {
    const std::string_view said = error.msg;
    const std::size_t offset = static_cast<std::size_t>(std::max(error.mark.pos, 0));
    const source_text::line line = in->line_of(offset);
    const std::size_t first = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    const std::size_t tab = line.text.substr(0, first).find('\t');
    if (tab != std::string_view::npos)
        return {code::syntax,
                "a tab indents this line",
                {{in, line.offset + tab, 1}, ""},
                {},
                "YAML is indented with spaces only"};
    diagnostic out{code::syntax, "", {span_to_line_end(in, offset), ""}, {}, ""};
    if (out.primary.where.length > 1)
        out.primary.where.length = 1;
    if (said == "end of map not found" || said == "end of sequence not found") {
        out.message = "this line does not fit the indentation of the lines above it";
        out.help = "indent it exactly like the keys that it belongs with";
    } else if (said.ends_with("flow not found") && innermost != nullptr) {
        const bool is_list = innermost->kind == kinds::list;
        out.primary.where = {in, innermost->where.offset, 1};
        out.message = is_list ? "this `[` is never closed" : "this `{` is never closed";
        out.help = is_list ? "add a `]`" : "add a `}`";
    } else if (said == "illegal map value") {
        out.message = "a `:` stands where no value can begin";
        out.help = "put text that contains `: ` in quotes";
    } else if (said == "the referenced anchor is not defined") {
        out.message = "this alias names an anchor that does not exist";
    } else if (said == "bad file") { // its word for more than 500 levels, as well as for no text
        out.message = "lists and maps are nested too deeply here";
    } else {
        out.message = "not valid YAML: " + std::string(said);
        out.help = "put text with special characters in quotes";
    }
    return out;
}

bool may_stand_in_yaml(char32_t c) { // YAML 1.2.2 §5.1, c-printable
    return c == '\t' || c == '\n' || c == '\r' || c == 0x85 || (c >= 0x20 && c < 0x7F) || c >= 0xA0;
}

/// yaml-cpp takes the control character U+0004 for the end of the file, and bytes on trust.
std::optional<diagnostic> find_bad_byte(const source& in) {
    const std::string_view text = in->text();
    for (std::size_t at = 0; at < text.size();) {
        const auto [code_point, length] = decode_character(text.substr(at));
        const bool is_broken = code_point == 0xFFFD && length == 1;
        if (is_broken || !may_stand_in_yaml(code_point))
            return diagnostic{
                code::not_text,
                is_broken ? "the file is not UTF-8" : "the file has a control character",
                {{in, at, length}, is_broken ? "this byte" : "this character"},
                {},
                is_broken ? "save it with the encoding UTF-8"
                          : "write it as an escape in double quotes, such as `\"\\x1B\"`"};
        at += length;
    }
    return std::nullopt;
}

diagnostic second_document(const yaml_value& root) {
    return {code::not_a_map,
            "the configuration ends before this line",
            {root.where, "this begins a second document"},
            {},
            "keep one configuration in a file, with all of its top-level keys in the same column"};
}

/// False at the end of the file and after a syntax error.
/// \param start  where the document before this one began, -1 for none; becomes this one's.
bool read_document(YAML::Parser& parser, const source& in, yaml_document& out, int& start,
                   std::vector<diagnostic>& problems) {
    tree_builder builder(in, out);
    try {
        if (!parser.HandleNextDocument(builder))
            return false;
        // yaml-cpp does not move past a token that begins no value, such as a lone `]`.
        if (std::exchange(start, builder.start()) == builder.start()) {
            YAML::Mark here;
            here.pos = builder.start();
            throw YAML::ParserException(here, "no value begins like this");
        }
    } catch (const YAML::Exception& error) {
        problems.push_back(syntax_error(in, error, builder.innermost()));
        return false;
    }
    const auto quote = builder.unclosed_quote();
    if (quote)
        problems.push_back({code::syntax, "this quote is never closed", {*quote, ""}, {}, ""});
    return !quote;
}

} // namespace

std::string_view to_string(yaml_value::kinds kind) {
    switch (kind) {
    case kinds::null:
        return "nothing";
    case kinds::scalar:
        return "text";
    case kinds::list:
        return "a list";
    case kinds::map:
        return "a map";
    }
    return "";
}

yaml_document parse_yaml(const source& in, std::vector<diagnostic>& problems) {
    yaml_document out;
    if (auto bad = find_bad_byte(in)) {
        problems.push_back(std::move(*bad));
        return out;
    }
    std::istringstream stream(in->text());
    YAML::Parser parser(stream);
    int start = -1;
    if (!read_document(parser, in, out, start, problems))
        return out;
    yaml_document rest;
    if (read_document(parser, in, rest, start, problems) && rest.root != nullptr)
        problems.push_back(second_document(*rest.root));
    return out;
}

std::vector<yaml_document> parse_yaml_stream(const source& in, std::vector<diagnostic>& problems) {
    std::vector<yaml_document> out;
    if (auto bad = find_bad_byte(in)) {
        problems.push_back(std::move(*bad));
        return out;
    }
    std::istringstream stream(in->text());
    YAML::Parser parser(stream);
    int start = -1;
    for (yaml_document next; read_document(parser, in, next, start, problems); next = {})
        if (next.root != nullptr && next.root->kind != kinds::null)
            out.push_back(std::move(next));
    return out;
}

} // namespace pulsegate
