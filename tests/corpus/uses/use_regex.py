import regex

assert regex.findall(r"\p{Lu}\p{Ll}+", "Ząb Äpfel été") == ["Ząb", "Äpfel"]
assert regex.fullmatch(r"(?:colou?r){e<=1}", "colur") is not None
assert regex.match(r"(?<word>\w+)(?:,(?<word>\w+))*", "a,b,c").captures("word") == ["a", "b", "c"]
assert regex.sub(r"(?i)ß", "s", "STRASSE straße", flags=regex.FULLCASE) == "STRAsE strase"
