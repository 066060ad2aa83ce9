import brotli

data = b"a fairly repetitive text, " * 400
packed = brotli.compress(data, quality=9)
assert len(packed) < 100 and brotli.decompress(packed) == data
compressor = brotli.Compressor()
parts = compressor.process(data[:100]) + compressor.process(data[100:]) + compressor.finish()
assert brotli.decompress(parts) == data
try:
    brotli.decompress(b"not brotli")
except brotli.error:
    pass
else:
    raise AssertionError("nonsense was decompressed")
