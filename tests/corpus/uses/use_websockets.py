from websockets import frames, speedups

assert frames.apply_mask is speedups.apply_mask
data = bytes(range(256)) * 5 + b"xyz"
mask = b"\x01\x20\xff\x00"
expected = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
assert speedups.apply_mask(data, mask) == expected
assert speedups.apply_mask(memoryview(expected), mask) == data
