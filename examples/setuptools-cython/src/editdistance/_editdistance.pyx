"""Levenshtein's distance with one row of memory."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc


def distance(str left not None, str right not None) -> int:
    """Return the least number of insertions, deletions and substitutions."""
    cdef Py_ssize_t width = len(right)
    cdef Py_ssize_t i, j, diagonal, above, best
    cdef Py_ssize_t *row = <Py_ssize_t *>PyMem_Malloc((width + 1) * sizeof(Py_ssize_t))
    if row == NULL:
        raise MemoryError
    try:
        for j in range(width + 1):
            row[j] = j
        for i in range(len(left)):
            diagonal, row[0] = row[0], i + 1
            for j in range(width):
                above = row[j + 1]
                best = diagonal + (left[i] != right[j])
                best = min(best, above + 1)
                row[j + 1] = min(best, row[j] + 1)
                diagonal = above
        return row[width]
    finally:
        PyMem_Free(row)
