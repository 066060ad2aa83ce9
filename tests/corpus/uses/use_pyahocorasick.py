import ahocorasick

automaton = ahocorasick.Automaton()
for number, word in enumerate(("he", "her", "hers", "she", "żółw")):
    automaton.add_word(word, (number, word))
automaton.make_automaton()
found = [(end, word) for end, (_, word) in automaton.iter("_hershe_żółw")]
assert found == [(2, "he"), (3, "her"), (4, "hers"), (6, "she"), (6, "he"), (11, "żółw")]
assert "her" in automaton and automaton.get("hers") == (2, "hers")
