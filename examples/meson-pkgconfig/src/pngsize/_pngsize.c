#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <png.h>

static PyObject *
size(PyObject *self, PyObject *args)
{
    Py_buffer data;
    if (!PyArg_ParseTuple(args, "y*:size", &data)) {
        return NULL;
    }
    const png_byte *bytes = data.buf;
    PyObject *found = NULL;
    /* The signature, then the chunk IHDR, which begins with both. */
    if (data.len >= 24 && png_sig_cmp(bytes, 0, 8) == 0) {
        found = Py_BuildValue("II", png_get_uint_32(bytes + 16), png_get_uint_32(bytes + 20));
    } else {
        PyErr_SetString(PyExc_ValueError, "no PNG image");
    }
    PyBuffer_Release(&data);
    return found;
}

static PyObject *
version(PyObject *self, PyObject *args)
{
    return PyUnicode_FromString(png_get_libpng_ver(NULL));
}

static PyMethodDef methods[] = {
    {"size", size, METH_VARARGS, "Return width and height of a PNG image in bytes."},
    {"version", version, METH_NOARGS, "Return the version of the libpng that is loaded."},
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
    .m_name = "pngsize._pngsize",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__pngsize(void)
{
    return PyModuleDef_Init(&definition);
}
