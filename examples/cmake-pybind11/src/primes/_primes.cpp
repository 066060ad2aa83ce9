#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

static std::vector<std::uint64_t> up_to(std::uint64_t limit)
{
    std::vector<bool> composite(limit + 1);
    std::vector<std::uint64_t> found;
    for (std::uint64_t number = 2; number <= limit; ++number) {
        if (composite[number])
            continue;
        found.push_back(number);
        for (std::uint64_t multiple = number * number; multiple <= limit; multiple += number)
            composite[multiple] = true;
    }
    return found;
}

static std::vector<std::uint64_t> factors(std::uint64_t number)
{
    if (number == 0)
        throw std::domain_error("zero has no prime factors");
    std::vector<std::uint64_t> found;
    for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor)
        for (; number % divisor == 0; number /= divisor)
            found.push_back(divisor);
    if (number > 1)
        found.push_back(number);
    return found;
}

PYBIND11_MODULE(_primes, module)
{
    module.def("up_to", &up_to, pybind11::arg("limit"), "Return all primes up to limit.");
    module.def("factors", &factors, pybind11::arg("number"), "Return the prime factors.");
}
