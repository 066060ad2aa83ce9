import cffi

ffi = cffi.FFI()
ffi.cdef("int abs(int);")
crt = ffi.dlopen("ucrtbase.dll")
assert crt.abs(-3) == 3


@ffi.callback("int(int)")
def twice(value):
    return 2 * value


assert twice(21) == 42
