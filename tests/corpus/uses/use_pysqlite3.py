from pysqlite3 import dbapi2

assert dbapi2.connect(":memory:").execute("select 6 * 7").fetchone() == (42,)
assert dbapi2.sqlite_version.startswith("3.40")
