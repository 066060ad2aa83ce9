"""The target view: lets a project that builds on the host see the target.

Standard library only, and nothing of winarm: this package runs in the build environment of any
project, where winarm may not be installed. Everything that it knows comes from one JSON file that
the environment variable WINARM_CHILD names.

    start            reads the file and puts the parts below in place
    view             who asks decides who answers: modules as the project's code sees them
    answers          what those modules say on the target
    markers          packaging.markers, which sees the target where the project's code asks
    packages         what is done to other packages so that they speak of the target
    stubs            stands in for generators of stubs, which would import the target's modules
    on_import        runs a function on a module as soon as it has been imported
    distutils_       what setuptools learns of the target: suffix, libraries, folders
    target_compiler  what both compiler classes of distutils share
    compiler         the one for GNU-style toolchains
    msvc_compiler    the one for MSVC-style toolchains
    pool             as many programs at once as there are jobs
    flags            turns the flags that projects pass into those that the toolchain takes;
                     flag_rules has the table; msvc_flags does so for MSVC-style toolchains
    journal          what is reported to the parent: progress, declared extensions, failures
"""
