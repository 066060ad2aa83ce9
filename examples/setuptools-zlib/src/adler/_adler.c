#include <Python.h>

#include <zlib.h>

static PyObject *
checksum(PyObject *self, PyObject *args)
{
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "y*:adler32", &data)) {
        return NULL;
    }
    uLong sum = adler32(adler32(0, NULL, 0), data.buf, (uInt)data.len);
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(sum);
}

static PyObject *
version(PyObject *self, PyObject *args)
{
    return PyUnicode_FromString(zlibVersion());
}

static PyMethodDef methods[] = {
    {"adler32", checksum, METH_VARARGS, "Return the Adler-32 checksum of a bytes-like object."},
    {"version", version, METH_NOARGS, "Return the version of the zlib that is loaded."},
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
    .m_name = "adler._adler",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__adler(void)
{
    return PyModuleDef_Init(&definition);
}
