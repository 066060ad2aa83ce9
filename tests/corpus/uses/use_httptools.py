import httptools


class Seen:
    def __init__(self):
        self.headers, self.body, self.done = {}, b"", False

    def on_url(self, url):
        self.url = url

    def on_header(self, name, value):
        self.headers[name] = value

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.done = True


seen = Seen()
parser = httptools.HttpRequestParser(seen)
parser.feed_data(b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Enc")
parser.feed_data(b"oding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
assert seen.done and seen.url == b"/a?b=c" and seen.body == b"abc"
assert seen.headers[b"Host"] == b"x" and parser.get_method() == b"POST"
url = httptools.parse_url(b"https://example.org:8080/path?q#f")
assert (url.schema, url.host, url.port, url.path) == (b"https", b"example.org", 8080, b"/path")
