from decimal import Decimal

import simplejson
from simplejson import _speedups, encoder, scanner

assert scanner.c_make_scanner is _speedups.make_scanner
assert encoder.c_make_encoder is _speedups.make_encoder
data = {"a": [1, 2**70, 1.5, None], "b": "é\n"}
assert simplejson.loads(simplejson.dumps(data)) == data
assert simplejson.loads("1.10", use_decimal=True) == Decimal("1.10")
assert simplejson.dumps("</script>", for_json=True) == '"</script>"'
