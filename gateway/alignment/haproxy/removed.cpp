#include "alignment/haproxy/removed.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

struct removed_row {
    std::string_view first;
    std::string_view second; // the word after it, of those that are gone only with it; or ""
    bool is_global;
    std::string_view since; // the first version that refuses it; "": 2.6 does
    std::string_view cure;
};

// As HAProxy 2.6 names them when it refuses them; each is in a file of tests/cases/haproxy.
constexpr std::array rows{
    removed_row{"nbproc", "", true, "2.5", "remove it: threads serve all processors by themselves"},
    removed_row{"tune.chksize", "", true, "", "write `tune.bufsize` instead"},
    removed_row{"option", "forceclose", false, "2.0", "remove it"},
    removed_row{"option", "http-tunnel", false, "2.1", "remove it"},
    removed_row{"option", "http_proxy", false, "2.5", "write `http-request set-dst` instead"},
    removed_row{"option", "http-use-htx", false, "", "remove it"},
    removed_row{"reqadd", "", false, "2.1", "write `http-request add-header NAME VALUE`"},
    removed_row{"reqallow", "", false, "2.1", "write `http-request allow if …`"},
    removed_row{"reqiallow", "", false, "2.1", "write `http-request allow if …`"},
    removed_row{"reqdel", "", false, "2.1", "write `http-request del-header NAME`"},
    removed_row{"reqidel", "", false, "2.1", "write `http-request del-header NAME`"},
    removed_row{"reqdeny", "", false, "2.1", "write `http-request deny if …`"},
    removed_row{"reqideny", "", false, "2.1", "write `http-request deny if …`"},
    removed_row{"reqpass", "", false, "2.1", "remove it"},
    removed_row{"reqipass", "", false, "2.1", "remove it"},
    removed_row{"reqrep", "", false, "2.1",
                "write `http-request replace-path`, `replace-uri` or `replace-header` instead"},
    removed_row{"reqirep", "", false, "2.1",
                "write `http-request replace-path`, `replace-uri` or `replace-header` instead"},
    removed_row{"reqtarpit", "", false, "2.1", "write `http-request tarpit if …`"},
    removed_row{"reqitarpit", "", false, "2.1", "write `http-request tarpit if …`"},
    removed_row{"rspadd", "", false, "2.1", "write `http-response add-header NAME VALUE`"},
    removed_row{"rspdel", "", false, "2.1", "write `http-response del-header NAME`"},
    removed_row{"rspidel", "", false, "2.1", "write `http-response del-header NAME`"},
    removed_row{"rspdeny", "", false, "2.1", "write `http-response deny if …`"},
    removed_row{"rspideny", "", false, "2.1", "write `http-response deny if …`"},
    removed_row{"rsprep", "", false, "2.1", "write `http-response replace-header` instead"},
    removed_row{"rspirep", "", false, "2.1", "write `http-response replace-header` instead"},
    removed_row{"block", "", false, "2.1", "write `http-request deny` in place of `block`"},
    removed_row{"redispatch", "", false, "2.1", "write `option redispatch`"},
    removed_row{"appsession", "", false, "1.6", "write `cookie` or `stick-table` instead"},
    removed_row{"monitor-net", "", false, "",
                "write `http-request return status 200 if { src … }`"},
    removed_row{"mode", "health", false, "", "write `http-request return status 200`"},
    removed_row{"grace", "", false, "2.5", "remove it, or set `grace` in `global`"},
};

} // namespace

bool report_removed_directive(const haproxy_line& line, bool is_global,
                              haproxy_findings& findings) {
    const std::vector<haproxy_word>& words = line.words;
    const std::size_t at = words.size() > 2 && words[0].text == "no" ? 1 : 0;
    const std::string_view second =
        at + 1 < words.size() ? std::string_view(words[at + 1].text) : "";
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const removed_row& each) {
        return each.is_global == is_global && each.first == words[at].text &&
               (each.second.empty() || each.second == second);
    });
    if (found == rows.end())
        return false;
    const haproxy_word& which = words[found->second.empty() ? at : at + 1];
    findings.problems.push_back(
        {hop_code::haproxy_syntax,
         quoted(which.text) + (found->since.empty()
                                   ? " is gone: HAProxy 2.6 refuses it"
                                   : " is gone since HAProxy " + std::string(found->since)),
         {which.where, ""},
         {},
         std::string(found->cure)});
    return true;
}

} // namespace pulsegate
