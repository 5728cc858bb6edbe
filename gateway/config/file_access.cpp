#include "config/file_access.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::size_t room = 64 * 1024; // for a row of passwd(5), or of group(5) with its members
constexpr int most_groups = 65'536;     // NGROUPS_MAX of Linux

std::optional<unsigned> number_of_group(const std::string& name) {
    std::vector<char> text(room);
    group row{};
    group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &row, text.data(), text.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    return row.gr_gid;
}

std::string name_of_group(unsigned number) {
    std::vector<char> text(room);
    group row{};
    group* found = nullptr;
    if (::getgrgid_r(number, &row, text.data(), text.size(), &found) != 0 || found == nullptr)
        return "";
    return row.gr_name;
}

std::optional<user_identity> identity_of(const std::string& name, const std::string& group) {
    std::vector<char> text(room);
    passwd row{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &row, text.data(), text.size(), &found) != 0 || found == nullptr)
        return std::nullopt;
    unsigned own = row.pw_gid;
    if (!group.empty()) {
        const auto other = number_of_group(group);
        if (!other)
            return std::nullopt;
        own = *other;
    }
    user_identity who{row.pw_uid, std::vector<unsigned>(64)};
    int count = static_cast<int>(who.groups.size());
    if (::getgrouplist(name.c_str(), own, who.groups.data(), &count) < 0) {
        who.groups.resize(static_cast<std::size_t>(std::clamp(count, 1, most_groups)));
        count = static_cast<int>(who.groups.size());
        (void)::getgrouplist(name.c_str(), own, who.groups.data(), &count);
    }
    who.groups.resize(std::min(who.groups.size(), static_cast<std::size_t>(std::max(count, 0))));
    return who;
}

std::optional<file_access> access_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return file_access{status.st_uid, status.st_gid, status.st_mode & 0777u};
}

} // namespace

bool may_use(const user_identity& who, const file_access& what, file_use how) {
    const auto needed = static_cast<unsigned>(how);
    if (who.user == 0)
        return true;
    if (who.user == what.owner)
        return (what.mode & (needed << 6)) != 0;
    const bool is_member =
        std::find(who.groups.begin(), who.groups.end(), what.group) != who.groups.end();
    return (what.mode & (is_member ? needed << 3 : needed)) != 0;
}

machine_users users_of_this_machine() {
    machine_users out{identity_of, number_of_group, access_of, {::geteuid(), {::getegid()}}, {}};
    out.own_group = name_of_group(out.self.groups.front());
    const int count = std::min(::getgroups(0, nullptr), most_groups);
    if (count > 0) {
        std::vector<gid_t> others(static_cast<std::size_t>(count));
        if (::getgroups(count, others.data()) == count)
            out.self.groups.insert(out.self.groups.end(), others.begin(), others.end());
    }
    return out;
}

} // namespace pulsegate
