import snappy

data = b"snow" * 1000
packed = snappy.compress(data)
assert len(packed) < len(data) / 10
assert snappy.uncompress(packed) == data
