import awkward_cpp.cpu_kernels
import awkward_cpp.lib
from awkward_cpp.lib import _ext

builder = _ext.ArrayBuilder(initial=16, resize=8)
for number in (1, 2, 3):
    builder.integer(number)
assert len(builder) == 3
