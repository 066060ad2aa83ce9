from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler, Levenshtein

assert Levenshtein.distance("kitten", "sitting") == 3
assert round(fuzz.ratio("this is a test", "this is a test!"), 2) == 96.55
assert abs(JaroWinkler.similarity("martha", "marhta") - 0.9611) < 1e-3
assert (
    process.extractOne("new york jets", ["Atlanta Falcons", "New York Jets"])[0] == "New York Jets"
)

# The C++ modules themselves, not their Python twins.
from rapidfuzz import fuzz_cpp, process_cpp_impl  # noqa: F401
