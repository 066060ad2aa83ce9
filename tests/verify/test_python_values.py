"""What names, containers and calls stand for is followed in Python code."""

from __future__ import annotations

import pytest
from verify_samples.source import HERE, added, place

from winarm.verify.python_places import UNKNOWN

LIB = "os.path.join(here, 'lib')"


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n def f(self):\n  self.d = {0}\n  add_dll_directory(self.d)\nA().f()",
        "class A:\n    d = {0}\nos.add_dll_directory(A.d)",
        "class A:\n    d: str = {0}\nos.add_dll_directory(A().d)",
        "class A:\n @property\n def d(self):\n  return {0}\nos.add_dll_directory(A().d)",
        "class A:\n    def __init__(self, d):\n        self.d = d\nos.add_dll_directory(A({0}).d)",
        "def add(d={0}):\n    os.add_dll_directory(d)\nadd()",
        "def add(*, d={0}):\n    os.add_dll_directory(d)\nadd()",
        "add = lambda d={0}: os.add_dll_directory(d)\nadd()",
        "add = lambda d: os.add_dll_directory(d)\nadd({0})",
        "def add(a, d):\n    os.add_dll_directory(d)\nadd(1, d={0})",
        "def add(*dirs):\n    for d in dirs:\n        os.add_dll_directory(d)\nadd({0})",
        "def add(a, d):\n    os.add_dll_directory(os.path.join(a, d))\nadd(*[here, 'lib'])",
        "def of(n):\n    return os.path.join(here, n)\nof('bin')\nos.add_dll_directory(of('lib'))",
        "def of(n='lib'):\n    return os.path.join(here, n)\nos.add_dll_directory(of())",
        "def dirs():\n    yield {0}\nfor d in dirs():\n    os.add_dll_directory(d)",
        "parts = (here, 'lib')\nos.add_dll_directory(os.path.join(*parts))",
        "parts = ['lib']\nos.add_dll_directory(os.path.join(here, *parts))",
        "for d, n in (({0}, 1),):\n    os.add_dll_directory(d)",
        "for n, d in enumerate([{0}]):\n    os.add_dll_directory(d)",
        "for n, d in zip('a', [{0}]):\n    os.add_dll_directory(d)",
        "for n, d in {{'a': {0}}}.items():\n    os.add_dll_directory(d)",
        "for d in {{'a': {0}}}.values():\n    os.add_dll_directory(d)",
        "for d in filter(os.path.isdir, [{0}]):\n    os.add_dll_directory(d)",
        "for d in [*[{0}]]:\n    os.add_dll_directory(d)",
        "for d in [] + [{0}]:\n    os.add_dll_directory(d)",
        "dirs = []\ndirs.append({0})\nfor d in dirs:\n    os.add_dll_directory(d)",
        "dirs = []\ndirs.extend([{0}])\nfor d in dirs:\n    os.add_dll_directory(d)",
        "dirs = []\ndirs += [{0}]\nfor d in dirs:\n    os.add_dll_directory(d)",
        "dirs = {{}}\ndirs['a'] = {0}\nos.add_dll_directory(dirs['a'])",
        "dirs = [os.path.join(here, n) for n in ('lib',)]\nos.add_dll_directory(dirs[0])",
        "dirs = ['bin', {0}]\nos.add_dll_directory(dirs[1])",
        "dirs = {{'a': 'bin', 'b': {0}}}\nos.add_dll_directory(dirs['b'])",
        "dirs = {{'a': 'bin'}}\nos.add_dll_directory(dirs.get('b', {0}))",
        "a, b = here, 'lib'\nos.add_dll_directory(os.path.join(a, b))",
        "a, _ = os.path.split({0} + '/x')\nos.add_dll_directory(a)",
        "for p in __path__:\n    os.add_dll_directory(os.path.join(p, 'lib'))",
        "d = None\ndef start():\n    global d\n    d = {0}\nstart()\nos.add_dll_directory(d)",
        "for d in map(str, [{0}]):\n    os.add_dll_directory(d)",
        "dirs = [{0}, {0}]\nfor d in dirs[1:]:\n    os.add_dll_directory(d)",
        "os.add_dll_directory(next(iter([{0}])))",
        "todo = [{0}]\nos.add_dll_directory(todo.pop())",
        "def fill(out):\n    out.append({0})\nd = []\nfill(d)\nos.add_dll_directory(d[0])",
    ],
)
def test_value_is_followed_and_no_other_is_added(text: str) -> None:
    assert added(HERE + text.format(LIB)) == (place("pkg", "sub", "lib"),)


@pytest.mark.parametrize(
    "text",
    [
        "os.add_dll_directory(self.d)",
        "for d in dirs:\n    os.add_dll_directory(d)",
        "os.add_dll_directory(dirs['a'])",
        "dirs = dirs + dirs\nfor d in dirs:\n    os.add_dll_directory(d)",
        "a = a[0]\nos.add_dll_directory(a)",
        "def f(n):\n    return f(n)\nos.add_dll_directory(f(1))",
        "os.environ['X'] = here\nos.add_dll_directory(os.environ['Y'])",
    ],
)
def test_value_that_the_code_does_not_tell_may_be_any(text: str) -> None:
    assert added(f"import os\n{text}") == (UNKNOWN,)


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def __init__(self):\n        self.d = 'x'\nos.add_dll_directory(conf.d)",
        "def add(d):\n    os.add_dll_directory(d)\nadd('x')\nThread(target=add, args=(d,))",
        "def add(d='x'):\n    os.add_dll_directory(d)\nadd()\n{'win32': add}[platform](y)",
        "dirs = read()\ndirs['a'] = 'x'\nos.add_dll_directory(dirs['b'])",
    ],
)
def test_value_that_something_else_may_give_may_be_any(text: str) -> None:
    assert UNKNOWN in added(f"import os\n{text}")


def test_attribute_of_a_path_is_no_attribute_of_an_own_class() -> None:
    text = "class A:\n    def __init__(self):\n        self.parent = 'x'\n"
    add = "os.add_dll_directory(Path(__file__).parent / 'lib')"

    assert added(f"{HERE}{text}{add}") == (place("pkg", "sub", "lib"),)


def test_function_that_returns_in_two_places_is_no_constant() -> None:
    text = "def linux():\n    if os.name == 'nt':\n        return False\n    return True\n"

    add = "os.add_dll_directory(here)"
    assert added(f"{HERE}{text}if not linux():\n    {add}") == (place("pkg", "sub"),)


def test_folders_that_are_walked_through_are_below_one() -> None:
    text = f"{HERE}for d, _, _ in os.walk({LIB}):\n    os.add_dll_directory(d)"

    assert any(one.fits(("site", "pkg", "sub", "lib", "a")) for one in added(text))
    assert not any(one.fits(("site", "pkg", "bin")) for one in added(text))


def test_containers_made_of_one_another_cost_no_time() -> None:
    names = [f"a{number}" for number in range(40)]
    lines = [f"{one} = ({', '.join(names)})" for one in names]
    calls = [f"def f{n}(x):\n    return f{n - 1}(x), f{n - 1}(x)" for n in range(1, 60)]

    text = "\n".join((*lines, *calls, "for d in a0:\n    os.add_dll_directory(d)"))
    assert added(f"{text}\nos.add_dll_directory(f59(a1))") != ()
