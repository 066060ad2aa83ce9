import hnswlib
import numpy

points = numpy.eye(16, dtype=numpy.float32)
index = hnswlib.Index(space="l2", dim=16)
index.init_index(max_elements=16, ef_construction=100, M=8)
index.add_items(points, numpy.arange(16))
labels, distances = index.knn_query(points[[3, 9]] * 2, k=1)
assert labels.tolist() == [[3], [9]]
assert distances.tolist() == [[1.0], [1.0]]
