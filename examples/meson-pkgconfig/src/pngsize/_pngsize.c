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
    png_image image = {.version = PNG_IMAGE_VERSION};
    int read = png_image_begin_read_from_memory(&image, data.buf, (size_t)data.len);
    PyBuffer_Release(&data);
    if (!read) {
        PyErr_SetString(PyExc_ValueError, image.message);
        return NULL;
    }
    PyObject *found = Py_BuildValue("II", image.width, image.height);
    png_image_free(&image);
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
