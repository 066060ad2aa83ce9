#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "counter.hpp"

#include <exception>
#include <stdexcept>

namespace {

// Appends the UTF-8 of each item; returns false with a Python error set.
bool read_texts(PyObject *sequence, std::vector<std::string> &texts)
{
    PyObject *items = PySequence_Fast(sequence, "texts must be a sequence of str");
    if (items == nullptr) {
        return false;
    }
    const Py_ssize_t size = PySequence_Fast_GET_SIZE(items);
    for (Py_ssize_t i = 0; i < size; ++i) {
        Py_ssize_t length = 0;
        const char *text = PyUnicode_AsUTF8AndSize(PySequence_Fast_GET_ITEM(items, i), &length);
        if (text == nullptr) {
            Py_DECREF(items);
            return false;
        }
        texts.emplace_back(text, static_cast<std::size_t>(length));
    }
    Py_DECREF(items);
    return true;
}

PyObject *as_dict(const wordcount::Counts &counts)
{
    PyObject *result = PyDict_New();
    if (result == nullptr) {
        return nullptr;
    }
    for (const auto &[word, times] : counts) {
        PyObject *value = PyLong_FromUnsignedLongLong(times);
        if (value == nullptr || PyDict_SetItemString(result, word.c_str(), value) < 0) {
            Py_XDECREF(value);
            Py_DECREF(result);
            return nullptr;
        }
        Py_DECREF(value);
    }
    return result;
}

PyObject *count(PyObject *, PyObject *args, PyObject *keywords)
{
    static const char *names[] = {"texts", "threads", nullptr};
    PyObject *sequence = nullptr;
    unsigned threads = 2;
    if (!PyArg_ParseTupleAndKeywords(
            args, keywords, "O|I:count", const_cast<char **>(names), &sequence, &threads)) {
        return nullptr;
    }
    try {
        std::vector<std::string> texts;
        if (!read_texts(sequence, texts)) {
            return nullptr;
        }
        wordcount::Counts counts;
        std::exception_ptr failure;
        Py_BEGIN_ALLOW_THREADS
        try {
            counts = wordcount::count(texts, threads);
        } catch (...) {
            failure = std::current_exception();
        }
        Py_END_ALLOW_THREADS
        if (failure) {
            std::rethrow_exception(failure);
        }
        return as_dict(counts);
    } catch (const std::invalid_argument &error) {
        PyErr_SetString(PyExc_ValueError, error.what());
    } catch (const std::exception &error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
}

PyMethodDef methods[] = {
    {"count", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(count)),
     METH_VARARGS | METH_KEYWORDS, "Return how often each word occurs in a sequence of texts."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "wordcount._wordcount", nullptr, 0, methods,
    nullptr, nullptr, nullptr, nullptr,
};

}  // namespace

PyMODINIT_FUNC
PyInit__wordcount()
{
    return PyModuleDef_Init(&definition);
}
