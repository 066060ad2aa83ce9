import os
import tempfile

from annoy import AnnoyIndex

index = AnnoyIndex(3, "angular")
for number, vector in enumerate(([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0])):
    index.add_item(number, vector)
index.set_seed(1)
index.build(10)
assert index.get_nns_by_item(0, 2) == [0, 3]
assert abs(index.get_distance(0, 1) - 2**0.5) < 1e-6

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "index.ann")
    index.save(path)
    again = AnnoyIndex(3, "angular")
    again.load(path)
    assert again.get_n_items() == 4 and again.get_nns_by_vector([0, 0, 2], 1) == [2]
    again.unload()
    index.unload()
