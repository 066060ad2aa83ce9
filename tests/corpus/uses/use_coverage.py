import sys
import types

try:
    import sqlite3
except ImportError:
    # Where the results would go; a Python without it can still trace.
    sys.modules["sqlite3"] = types.ModuleType("sqlite3")

from coverage.tracer import CFileDisposition, CTracer


def should_trace(filename, frame):
    disposition = CFileDisposition()
    disposition.original_filename = disposition.canonical_filename = filename
    disposition.source_filename = filename
    disposition.trace = filename == "measured.py"
    disposition.reason, disposition.file_tracer = "", None
    disposition.has_dynamic_filename = False
    return disposition


code = compile(
    "def f(x):\n    if x:\n        return 1\n    return 2\nf(1)\n", "measured.py", "exec"
)
tracer = CTracer()
tracer.data, tracer.should_trace, tracer.should_trace_cache = {}, should_trace, {}
tracer.trace_arcs, tracer.file_tracers, tracer.warn = True, {}, print
tracer.concur_id_func = tracer.should_start_context = None
tracer.check_include = tracer.switch_context = tracer.disable_plugin = None
tracer.lock_data = tracer.unlock_data = lambda: None
tracer.start()
exec(code, {})
tracer.stop()

# A step from one line to the next is packed into a number: into the module, from def to f(1) and
# out; into f, from its if to return 1 and out.
assert list(tracer.data) == ["measured.py"]
assert len(tracer.data["measured.py"]) == 6
