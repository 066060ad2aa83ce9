#include <Python.h>

static PyObject *isqrt(PyObject *module, PyObject *argument)
{
    unsigned long long number = PyLong_AsUnsignedLongLong(argument);
    unsigned long long root = 0, bit = 1ULL << 62;

    (void)module;
    if (PyErr_Occurred())
        return NULL;
    while (bit > number)
        bit >>= 2;
    for (; bit != 0; bit >>= 2) {
        if (number >= root + bit) {
            number -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return PyLong_FromUnsignedLongLong(root);
}

static PyMethodDef methods[] = {
    {"isqrt", isqrt, METH_O, "Return the square root, rounded down, of a number below 2**64."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_isqrt", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__isqrt(void)
{
    return PyModuleDef_Init(&definition);
}
