# cython: language_level=3
def length(unsigned long long number):
    """Return how many steps the Collatz sequence takes from number to 1."""
    cdef unsigned long long steps = 0
    if number == 0:
        raise ValueError("the sequence of 0 never ends")
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps
