import psycopg2
import psycopg2.extensions

assert psycopg2.extensions.libpq_version() >= 150000
try:
    psycopg2.connect("host=127.0.0.1 port=1 connect_timeout=2")
except psycopg2.OperationalError:
    pass
else:
    raise AssertionError("nobody answers there")
