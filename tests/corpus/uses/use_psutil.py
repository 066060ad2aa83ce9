import os

import psutil

me = psutil.Process()
assert me.pid == os.getpid() and me.is_running()
assert me.memory_info().rss > 0
assert psutil.virtual_memory().total > 2**26
assert psutil.cpu_count() >= 1
assert os.getpid() in psutil.pids()
assert psutil.disk_usage(os.path.dirname(os.path.abspath(os.__file__))).total > 0
