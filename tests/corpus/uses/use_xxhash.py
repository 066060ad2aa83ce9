import xxhash

assert xxhash.xxh32_hexdigest(b"") == "02cc5d05"
assert xxhash.xxh64_hexdigest(b"") == "ef46db3751d8e999"
assert xxhash.xxh3_64_hexdigest(b"") == "2d06800538d394c2"
assert xxhash.xxh3_128_hexdigest(b"") == "99aa06d3014798d86001c324468d497f"
streamed = xxhash.xxh64(seed=7)
for part in (b"a" * 100, b"b" * 1000):
    streamed.update(part)
assert streamed.digest() == xxhash.xxh64_digest(b"a" * 100 + b"b" * 1000, seed=7)
