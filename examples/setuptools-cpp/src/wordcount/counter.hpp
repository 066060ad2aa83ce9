#pragma once

#include <map>
#include <string>
#include <vector>

namespace wordcount {

using Counts = std::map<std::string, unsigned long long>;

// Counts the words of all texts, `threads` of them at a time.
// Throws std::invalid_argument when a text holds a NUL, or when there is no thread to work.
Counts count(const std::vector<std::string> &texts, unsigned threads);

}  // namespace wordcount
