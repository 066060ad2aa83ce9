import ujson

data = {"a": [1, -(2**63), 2**64 - 1, 1.5, None, True], "b": "é\n\U0001f422"}
assert ujson.loads(ujson.dumps(data)) == data
assert ujson.dumps(1.1) == "1.1"
try:
    ujson.loads("[1,")
except ujson.JSONDecodeError:
    pass
else:
    raise AssertionError("broken JSON was taken")
