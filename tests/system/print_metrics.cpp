// Prints an exposition for promtool to judge: of a gateway that has counted everything, or nothing
// yet. Usage: print_metrics [full|fresh]
#include "metrics/exposition.hpp"
#include "support/exposition_text.hpp"

#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
    pulsegate::snapshot shown = pulsegate::test::distinct_snapshot();
    if (argc > 1 && std::string_view(argv[1]) == "fresh") {
        shown = {};
        shown.routes = {"/"};
        shown.total.routes.resize(1);
        shown.process = pulsegate::read_process_figures();
    }
    std::cout << pulsegate::to_prometheus_text(shown);
    return std::cout.flush() ? 0 : 1;
}
