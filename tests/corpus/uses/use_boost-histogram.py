import boost_histogram as bh

histogram = bh.Histogram(bh.axis.Regular(4, 0, 4), storage=bh.storage.Int64())
histogram.fill([0.5, 1.5, 1.6, 3.2, 9])
assert histogram.view().tolist() == [1, 2, 0, 1]
assert histogram.sum(flow=True) == 5
