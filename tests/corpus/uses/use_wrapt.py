import wrapt
from wrapt import _wrappers

assert issubclass(wrapt.ObjectProxy, _wrappers.ObjectProxy)


@wrapt.decorator
def doubled(wrapped, instance, args, kwargs):
    return 2 * wrapped(*args, **kwargs)


class Adder:
    @doubled
    def add(self, left, right):
        return left + right


assert Adder().add(1, right=2) == 6
proxy = wrapt.ObjectProxy([1, 2])
proxy.append(3)
assert proxy == [1, 2, 3] and isinstance(proxy, list)
