import multidict
from multidict import _multidict

assert multidict.CIMultiDict is _multidict.CIMultiDict
headers = multidict.CIMultiDict([("Accept", "a"), ("ACCEPT", "b")])
assert headers.getall("accept") == ["a", "b"]
assert multidict.CIMultiDictProxy(headers)["aCCept"] == "a"
headers.popall("accept")
assert len(headers) == 0
