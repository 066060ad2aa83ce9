"""Windows trees for tests: fake ones of empty files, and a sysroot that really links."""
