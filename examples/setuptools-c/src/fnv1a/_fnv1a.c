#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

static PyObject *
fnv1a_32(PyObject *module, PyObject *args)
{
    (void)module;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "y*:fnv1a_32", &data)) {
        return NULL;
    }
    uint32_t hash = UINT32_C(0x811c9dc5);
    const unsigned char *bytes = data.buf;
    for (Py_ssize_t i = 0; i < data.len; i++) {
        hash = (hash ^ bytes[i]) * UINT32_C(0x01000193);
    }
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(hash);
}

static PyObject *
fnv1a_64(PyObject *module, PyObject *args)
{
    (void)module;
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "y*:fnv1a_64", &data)) {
        return NULL;
    }
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    const unsigned char *bytes = data.buf;
    for (Py_ssize_t i = 0; i < data.len; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x00000100000001b3);
    }
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLongLong(hash);
}

static PyMethodDef methods[] = {
    {"fnv1a_32", fnv1a_32, METH_VARARGS, "Return the 32-bit FNV-1a hash of a bytes-like object."},
    {"fnv1a_64", fnv1a_64, METH_VARARGS, "Return the 64-bit FNV-1a hash of a bytes-like object."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "fnv1a._fnv1a",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__fnv1a(void)
{
    return PyModuleDef_Init(&definition);
}
