#include "counter.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace wordcount {
namespace {

Counts count_one(const std::string &text)
{
    if (std::string_view{text}.find('\0') != std::string_view::npos) {
        throw std::invalid_argument("a text holds a NUL character");
    }
    Counts counts;
    std::istringstream words{text};
    for (std::string word; words >> word;) {
        ++counts[word];
    }
    return counts;
}

}  // namespace

Counts count(const std::vector<std::string> &texts, unsigned threads)
{
    if (threads == 0) {
        throw std::invalid_argument("at least one thread is needed");
    }
    Counts total;
    std::mutex guard;
    std::exception_ptr failure;
    std::atomic<std::size_t> next{0};

    auto work = [&] {
        for (std::size_t mine = next++; mine < texts.size(); mine = next++) {
            try {
                const Counts counts = count_one(texts[mine]);
                const std::lock_guard lock{guard};
                for (const auto &[word, times] : counts) {
                    total[word] += times;
                }
            } catch (...) {
                const std::lock_guard lock{guard};
                failure = std::current_exception();
            }
        }
    };

    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
        workers.emplace_back(work);
    }
    for (std::thread &worker : workers) {
        worker.join();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
    return total;
}

}  // namespace wordcount
