import Levenshtein

assert Levenshtein.distance("lewenstein", "levenshtein") == 2
assert abs(Levenshtein.ratio("Levenshtein", "Lewenstein") - 0.857) < 1e-3
assert Levenshtein.editops("spam", "park")[0] == ("delete", 0, 0)
