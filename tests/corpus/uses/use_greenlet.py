from greenlet import getcurrent, greenlet

steps = []


def other(first):
    steps.append(first)
    steps.append(main.switch("from other"))
    try:
        main.switch()
    except ValueError as error:
        return str(error)


main = getcurrent()
child = greenlet(other)
steps.append(child.switch("first"))
child.switch("second")
assert steps == ["first", "from other", "second"]
assert child.throw(ValueError("thrown across")) == "thrown across" and child.dead


def deep(levels):
    return main.switch(levels) if levels == 0 else deep(levels - 1)


# Stacks of several greenlets, copied to and fro.
many = [greenlet(deep) for _ in range(20)]
assert [one.switch(50) for one in many] == [0] * 20
assert [one.switch(number) for number, one in enumerate(many)] == list(range(20))
