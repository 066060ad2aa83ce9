from iminuit import Minuit


def cost(x, y):
    return (x - 2) ** 2 + 3 * (y + 1) ** 2


minimizer = Minuit(cost, x=0, y=0)
minimizer.migrad()
assert minimizer.valid
assert abs(minimizer.values["x"] - 2) < 1e-4 and abs(minimizer.values["y"] + 1) < 1e-4
assert abs(minimizer.errors["x"] - 1) < 1e-3
