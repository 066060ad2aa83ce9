from kiwisolver import Constraint, Solver, UnsatisfiableConstraint, Variable

left, right, width = Variable("left"), Variable("right"), Variable("width")
solver = Solver()
solver.addConstraint(right == left + width)
solver.addConstraint(width >= 100)
solver.addConstraint((left == 20) | "strong")
solver.addConstraint((right == 0) | "weak")
solver.updateVariables()
assert (left.value(), right.value(), width.value()) == (20.0, 120.0, 100.0)

# A C++ exception crosses the solver and becomes a Python one.
never: Constraint = width <= 50
try:
    solver.addConstraint(never)
except UnsatisfiableConstraint:
    pass
else:
    raise AssertionError("width is at least 100 and at most 50")
