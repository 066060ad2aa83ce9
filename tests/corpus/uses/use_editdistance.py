import editdistance

assert editdistance.eval("kitten", "sitting") == 3
assert editdistance.eval([1, 2, 3], [1, 3]) == 1
