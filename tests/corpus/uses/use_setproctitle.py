import setproctitle
from setproctitle import _setproctitle

assert _setproctitle.__file__.endswith((".pyd", ".so"))
setproctitle.setproctitle("winarm corpus")
assert setproctitle.getproctitle() == "winarm corpus"
