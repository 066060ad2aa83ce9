"""The target view: lets a project that builds on the host see the target.

Standard library only, and nothing of winarm: this package runs in the build environment of any
project, where winarm may not be installed. Everything that it knows comes from one JSON file that
the environment variable WINARM_CHILD names.

    start          reads the file and puts the parts below in place
    view           who asks decides who answers: modules as the project's code sees them
    on_import      runs a function on a module as soon as it has been imported
    distutils_     what setuptools is told about the target: compiler, suffix, libraries, folders
    compiler       the compiler class that distutils uses, and the pool in which it works
    flags          turns the flags that projects pass into those that the toolchain takes
    flag_rules     what becomes of each
    journal        what the parent is told: progress, declared extensions, failures
"""
