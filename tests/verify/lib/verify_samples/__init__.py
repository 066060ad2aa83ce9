"""Windows binaries and wheels made field by field, for tests and for the hostile set."""
