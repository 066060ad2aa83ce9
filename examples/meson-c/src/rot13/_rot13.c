#define PY_SSIZE_T_CLEAN
#include <Python.h>

static char turned(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        return (char)('a' + (letter - 'a' + 13) % 26);
    if (letter >= 'A' && letter <= 'Z')
        return (char)('A' + (letter - 'A' + 13) % 26);
    return letter;
}

static PyObject *rot13(PyObject *module, PyObject *argument)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(argument, &length);
    PyObject *result;
    char *buffer;

    (void)module;
    if (text == NULL)
        return NULL;
    buffer = PyMem_Malloc(length + 1);
    if (buffer == NULL)
        return PyErr_NoMemory();
    for (Py_ssize_t place = 0; place < length; place++)
        buffer[place] = turned(text[place]);
    result = PyUnicode_DecodeUTF8(buffer, length, NULL);
    PyMem_Free(buffer);
    return result;
}

static PyMethodDef methods[] = {
    {"rot13", rot13, METH_O, "Return the text with each Latin letter turned by thirteen places."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_rot13", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__rot13(void)
{
    return PyModuleDef_Init(&definition);
}
