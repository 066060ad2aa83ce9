import numpy
import scipy.sparse
import scs

matrix = scipy.sparse.csc_matrix(numpy.array([[-1.0], [1.0]]))
data = {"A": matrix, "b": numpy.array([0.0, 1.0]), "c": numpy.array([-1.0])}
found = scs.SCS(data, {"l": 2}, verbose=False).solve()
assert abs(found["x"][0] - 1) < 1e-3
