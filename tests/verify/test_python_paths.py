"""Paths in Python code are followed as far as constants go, within bounds."""

from __future__ import annotations

import time

import pytest
from verify_samples.source import HERE, added, place

from winarm.verify.python_places import ELSEWHERE, UNKNOWN, Place


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("here", place("pkg", "sub")),
        ("os.path.join(here, 'lib')", place("pkg", "sub", "lib")),
        ("os.path.join(here, os.pardir, os.pardir, 'pkg.libs')", place("pkg.libs")),
        ("os.path.join(here, '..', 'a', 'b')", place("pkg", "a", "b")),
        ("here + '/lib'", place("pkg", "sub", "lib")),
        ("here + os.sep + 'lib'", place("pkg", "sub", "lib")),
        ("f'{here}/../lib'", place("pkg", "lib")),
        ("os.path.join(here, platform.machine())", place("pkg", "sub", None)),
        ("os.path.join(here, 'x' + arch)", place("pkg", "sub", None)),
        ("Path(__file__).parent / 'lib'", place("pkg", "sub", "lib")),
        ("str(Path(__file__).resolve().parents[1] / 'lib')", place("pkg", "lib")),
        ("Path(__file__).with_name('lib')", place("pkg", "sub", "lib")),
        ("importlib.resources.files('pkg').joinpath('lib')", place("pkg", "lib")),
        ("(x := os.path.join(here, 'lib'))", place("pkg", "sub", "lib")),
        ("__path__[0]", place("pkg", "sub")),
        ("os.path.split(here)[0]", place("pkg")),
        ("os.path.join(sys.prefix, 'Library', 'bin')", Place("prefix", ("Library", "bin"))),
        ("sysconfig.get_path('platlib')", place()),
        ("os.path.join(sysconfig.get_path('data'), 'bin')", Place("prefix", ("bin",))),
        ("sysconfig.get_path('include')", UNKNOWN),
        ("site.getsitepackages()[1] + '/lib'", place("lib")),
        ("importlib.resources.files(__package__) / 'lib'", place("pkg", "sub", "lib")),
        ("importlib.resources.files(__name__ + '.lib')", place("pkg", "sub", "lib")),
        ("importlib.resources.files(name)", UNKNOWN),
        ("importlib.resources.path('pkg', 'lib')", place("pkg", "lib")),
        ("pkg_resources.resource_filename('pkg', 'lib')", place("pkg", "lib")),
        ("distribution('pkg').locate_file('pkg.libs')", place("pkg.libs")),
        ("os.sep.join([here, 'lib'])", place("pkg", "sub", "lib")),
        ("''.join((here, '/', 'lib'))", place("pkg", "sub", "lib")),
        ("'-'.join([here, 'lib'])", UNKNOWN),
        ("__file__.replace('__init__.py', 'lib')", place("pkg", "sub", "lib")),
        ("__file__.replace(name, 'lib')", UNKNOWN),
        ("'lib'", Place(ELSEWHERE, ("lib",))),
        ("os.path.abspath('./lib')", Place(ELSEWHERE, ("lib",))),
        ("'{}/{}'.format(here, 'lib')", place("pkg", "sub", "lib")),
        ("'{1}/{0}'.format('lib', here)", place("pkg", "sub", "lib")),
        ("'{d}/{{a}}/{n!s}'.format(n='lib', d=here)", place("pkg", "sub", "{a}", "lib")),
        ("'{}/{n:>9}'.format(here, n='lib')", place("pkg", "sub", None)),
        ("'{}/{x.y}'.format(here, x=x)", place("pkg", "sub", None)),
        ("'{}/{'.format(here)", UNKNOWN),
        ("'%s/%s' % (here, 'lib')", place("pkg", "sub", "lib")),
        ("'%(d)s/lib' % {'d': here}", UNKNOWN),
        ("os.environ['X']", UNKNOWN),
        ("compute()", UNKNOWN),
    ],
)
def test_folder_that_is_added_is_followed(argument: str, found: Place) -> None:
    assert added(f"{HERE}os.add_dll_directory({argument})") == (found,)


def test_file_may_be_given_another_place() -> None:
    text = "__file__ = 'C:/x/y.py'\nos.add_dll_directory(os.path.dirname(__file__))"

    assert added(text) == (Place(ELSEWHERE, ("C:", "x")),)


def test_names_that_refer_to_one_another_cost_no_time() -> None:
    names = [f"a{number}" for number in range(30)]
    lines = [f"{one} = os.path.join({other}, {other})" for one in names for other in names]
    start = time.process_time()

    assert added("\n".join((*lines, "os.add_dll_directory(a0)"))) != ()
    assert time.process_time() - start < 20
