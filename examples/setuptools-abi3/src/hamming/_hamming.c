#define PY_SSIZE_T_CLEAN
#include <Python.h>

static Py_ssize_t
bits_set(unsigned char value)
{
    Py_ssize_t count = 0;
    for (; value != 0; value &= (unsigned char)(value - 1)) {
        count++;
    }
    return count;
}

static PyObject *
distance(PyObject *module, PyObject *args)
{
    (void)module;
    Py_buffer left, right;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*:distance", &left, &right)) {
        return NULL;
    }
    if (left.len != right.len) {
        PyErr_Format(PyExc_ValueError, "lengths differ: %zd and %zd", left.len, right.len);
    }
    else {
        Py_ssize_t count = 0;
        for (Py_ssize_t i = 0; i < left.len; i++) {
            count += bits_set(((unsigned char *)left.buf)[i] ^ ((unsigned char *)right.buf)[i]);
        }
        result = PyLong_FromSsize_t(count);
    }
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    return result;
}

static PyMethodDef methods[] = {
    {"distance", distance, METH_VARARGS, "Return how many bits of two bytes-like objects differ."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "hamming._hamming",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__hamming(void)
{
    return PyModuleDef_Init(&definition);
}
