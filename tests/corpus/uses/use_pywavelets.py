import numpy as np
import pywt

signal = np.array([3.0, 7.0, 1.0, 1.0, -2.0, 5.0, 4.0, 6.0])
approximation, detail = pywt.dwt(signal, "haar")
assert np.allclose(approximation, [7.07106781, 1.41421356, 2.12132034, 7.07106781])
assert np.allclose(pywt.idwt(approximation, detail, "haar"), signal)
