#include <Python.h>

#include <sqlite3.h>

static PyObject *
value(PyObject *self, PyObject *args)
{
    const char *sql;
    if (!PyArg_ParseTuple(args, "s:value", &sql)) {
        return NULL;
    }
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    PyObject *found = NULL;
    if (sqlite3_open(":memory:", &db) == SQLITE_OK
        && sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW) {
        found = PyUnicode_FromString((const char *)sqlite3_column_text(statement, 0));
    } else {
        PyErr_SetString(PyExc_ValueError, sqlite3_errmsg(db));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return found;
}

static PyObject *
version(PyObject *self, PyObject *args)
{
    return PyUnicode_FromString(sqlite3_libversion());
}

static PyMethodDef methods[] = {
    {"value", value, METH_VARARGS, "Return the first value that a query gives, as text."},
    {"version", version, METH_NOARGS, "Return the version of the SQLite that is loaded."},
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
    .m_name = "minisql._minisql",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__minisql(void)
{
    return PyModuleDef_Init(&definition);
}
