import numpy as np
from contourpy import contour_generator

z = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
(line,) = contour_generator(z=z).lines(0.5)
assert {tuple(point) for point in line.tolist()} == {(0.5, 1), (1, 0.5), (1.5, 1), (1, 1.5)}
