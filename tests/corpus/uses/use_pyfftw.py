import numpy
import pyfftw

values = pyfftw.empty_aligned(8, dtype="complex128")
values[:] = numpy.arange(8)
assert numpy.allclose(pyfftw.interfaces.numpy_fft.fft(values), numpy.fft.fft(numpy.arange(8)))
