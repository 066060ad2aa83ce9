#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

static double median(std::vector<double> numbers)
{
    if (numbers.empty())
        throw std::invalid_argument("no numbers");
    auto middle = numbers.begin() + numbers.size() / 2;
    std::nth_element(numbers.begin(), middle, numbers.end());
    if (numbers.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(numbers.begin(), middle)) / 2;
}

PYBIND11_MODULE(_median, module)
{
    module.def("median", &median, pybind11::arg("numbers"), "Return the middle of the numbers.");
}
