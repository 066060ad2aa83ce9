#include <nanobind/nanobind.h>
#include <nanobind/stl/complex.h>

#include <complex>

namespace nb = nanobind;

static int steps(std::complex<double> point, int limit)
{
    std::complex<double> value = 0;
    for (int step = 0; step < limit; ++step) {
        if (std::norm(value) > 4)
            return step;
        value = value * value + point;
    }
    return limit;
}

NB_MODULE(_mandel, module)
{
    module.def("steps", &steps, nb::arg("point"), nb::arg("limit") = 1000,
               "Return after how many steps the point leaves the circle of radius 2, or limit.");
}
