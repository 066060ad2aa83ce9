import cmarkgfm

assert cmarkgfm.markdown_to_html("# a *b*") == "<h1>a <em>b</em></h1>\n"
assert "<table>" in cmarkgfm.github_flavored_markdown_to_html("| a |\n| - |\n| 1 |\n")
