#include "command/completion.hpp"

#include <CLI/App.hpp>
#include <CLI/CLI.hpp>

#include <ostream>
#include <string>

namespace pulsegate {
namespace {

/// What follows an option, as its help shows it: `FILE`, `text|line|json`, or nothing.
std::string value_of(const CLI::Option& option) {
    return option.get_expected_max() == 0 ? "" : option.get_type_name();
}

/// `--config --format`, of all options that begin with dashes.
std::string options_of(const CLI::App& command) {
    std::string list;
    for (const CLI::Option* each : command.get_options())
        for (const std::string& name : each->get_lnames())
            list += (list.empty() ? "--" : " --") + name;
    return list;
}

std::string words(std::string text, char between) {
    for (char& each : text)
        if (each == between)
            each = ' ';
    return text;
}

std::string commands_of(const CLI::App& app) {
    std::string list;
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
        list += (list.empty() ? "" : " ") + each->get_name();
    return list;
}

/// The words that may follow in place of the one under the cursor, by the word before it.
void print_bash(const CLI::App& app, std::ostream& out) {
    out << "_pulsegate() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local list files=\n"
           "    case ${COMP_WORDS[1]}:$before in\n";
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
        for (const CLI::Option* option : each->get_options()) {
            const std::string value = value_of(*option);
            for (const std::string& name : option->get_lnames())
                if (value == "FILE")
                    out << "        " << each->get_name() << ":--" << name << ") files=yes ;;\n";
                else if (value.find('|') != std::string::npos)
                    out << "        " << each->get_name() << ":--" << name << ") list=\""
                        << words(value, '|') << "\" ;;\n";
                else if (value == "PID")
                    out << "        " << each->get_name() << ":--" << name
                        << ") list=$(pgrep -x pulsegate) ;;\n";
        }
    out << "        completion:completion) list=\"bash zsh fish --help\" ;;\n"
           "        *) case $COMP_CWORD:${COMP_WORDS[1]} in\n"
           "            1:*) list=\""
        << commands_of(app) << ' ' << options_of(app) << "\" ;;\n";
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
        out << "            *:" << each->get_name() << ") list=\"" << options_of(*each)
            << "\" ;;\n";
    out << "        esac ;;\n"
           "    esac\n"
           "    if [[ $files ]]; then\n"
           "        compopt -o filenames 2>/dev/null || true\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
           "    else\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$list\" -- \"$word\")\n"
           "    fi\n"
           "}\n"
           "complete -F _pulsegate pulsegate\n";
}

/// In single quotes.
std::string shell_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char each : text)
        quoted += each == '\'' ? std::string("\\'") : std::string(1, each);
    return quoted + "'";
}

void print_fish(const CLI::App& app, std::ostream& out) {
    out << "complete -c pulsegate -f\n";
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
        out << "complete -c pulsegate -n __fish_use_subcommand -a " << each->get_name() << " -d "
            << shell_quoted(each->get_description()) << '\n';
        for (const CLI::Option* option : each->get_options()) {
            const std::string value = value_of(*option);
            for (const std::string& name : option->get_lnames()) {
                out << "complete -c pulsegate -n '__fish_seen_subcommand_from " << each->get_name()
                    << "' -l " << name << " -d " << shell_quoted(option->get_description());
                if (value == "FILE")
                    out << " -r -F";
                else if (value.find('|') != std::string::npos)
                    out << " -x -a " << shell_quoted(words(value, '|'));
                else if (!value.empty())
                    out << " -x";
                out << '\n';
            }
        }
    }
    out << "complete -c pulsegate -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n";
}

} // namespace

bool is_completed_shell(std::string_view name) {
    return name == "bash" || name == "zsh" || name == "fish";
}

void print_completion(const CLI::App& of, std::string_view shell, std::ostream& out) {
    if (shell == "fish")
        return print_fish(of, out);
    if (shell == "zsh")
        out << "#compdef pulsegate\nautoload -U +X bashcompinit && bashcompinit\n";
    print_bash(of, out);
}

} // namespace pulsegate
