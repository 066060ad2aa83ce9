import hiredis

reader = hiredis.Reader(encoding="utf-8")
reader.feed(b"*3\r\n:1\r\n$5\r\nhel")
assert reader.gets() is False
reader.feed(b"lo\r\n_\r\n")
assert reader.gets() == [1, "hello", None]
reader.feed(b"-ERR no\r\n")
assert isinstance(reader.gets(), hiredis.ReplyError)
assert hiredis.pack_command(("SET", "k", 1)) == b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\n1\r\n"
