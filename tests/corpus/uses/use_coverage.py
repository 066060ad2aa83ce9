import os
import tempfile

import coverage
from coverage import tracer

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "measured.py")
    with open(path, "w") as file:
        file.write("def f(x):\n    if x:\n        return 1\n    return 2\nf(1)\n")
    measured = coverage.Coverage(data_file=None, config_file=False, include=[path])
    measured.set_option("run:core", "ctrace")
    measured.start()
    tracers = [type(one) for one in measured._collector.tracers]
    with open(path) as file:
        exec(compile(file.read(), path, "exec"), {})
    measured.stop()
    _, lines, _, missed, _ = measured.analysis2(path)
    assert tracers == [tracer.CTracer]
    assert lines == [1, 2, 3, 4, 5] and missed == [4]
