"""A stack's report as text: for terminals, programs, issues, browsers and READMEs."""
