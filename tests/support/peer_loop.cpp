#include "support/peer_loop.hpp"

#include "support/patience.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <thread>

namespace pulsegate::test {
namespace {

struct running_loop {
    running_loop()
        : work(boost::asio::make_work_guard(io)), thread([this] {
              is_test_thread = true;
              io.run();
          }) {}
    ~running_loop() {
        io.stop();
        thread.join();
    }

    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
    std::thread thread;
};

} // namespace

boost::asio::io_context& peer_loop() {
    static running_loop loop;
    return loop.io;
}

} // namespace pulsegate::test
