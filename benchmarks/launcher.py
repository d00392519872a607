"""Run a program and print its wall time, processor time and peak memory: `python -I -S launcher.py PROGRAM …`.

A process of its own, because a child's peak memory counts that of the process which started it: this one is small.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    begin = time.perf_counter()
    child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    unit = 1 if sys.platform == "darwin" else 1024
    code = os.waitstatus_to_exitcode(status)
    processor = usage.ru_utime + usage.ru_stime
    print(json.dumps({"code": code, "seconds": seconds, "processor": processor, "peak": usage.ru_maxrss * unit}))
