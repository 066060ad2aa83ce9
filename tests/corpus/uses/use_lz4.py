import lz4.block
import lz4.frame

data = bytes(range(256)) * 500
packed = lz4.frame.compress(data)
assert len(packed) < len(data) // 10
assert lz4.frame.decompress(packed) == data
assert lz4.block.decompress(lz4.block.compress(data, mode="high_compression")) == data
assert lz4.library_version_number() >= 10900
