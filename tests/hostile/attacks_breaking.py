"""The process, the wire, the machine: attempts to break out, to read, or to stop the class.

Sources of the cell of ``momentum``; ``DEF`` stands for the line that defines it, ``LOOK`` for that
of ``nesterov_lookahead``, which is given a function of the grader's.
"""

BREAKING: dict[str, str] = {
    "leaving in the function": "import os\nDEF\n    os._exit(0)",
    "leaving in the cell": "import os\nos._exit(0)\nDEF\n    return None",
    "a segmentation fault": "import ctypes\nDEF\n    ctypes.string_at(0)",
    "killing itself": "import os, signal\nDEF\n    os.kill(os.getpid(), signal.SIGKILL)",
    "an abort at the end": "import os, atexit\natexit.register(os.abort)\nDEF\n    os.abort()",
    "the wire closed": "import os\nDEF\n    os.close(3)",
    "the wire replaced": "import os\nDEF\n    os.dup2(os.open('/dev/null', os.O_RDWR), 3)",
    "noise on the wire": "import os\nDEF\n    os.write(3, b'x' * 5000)",
    "a giant frame announced": "import os\nDEF\n    os.write(3, b'\\xff' * 8)",
    "a forged result": """
import os
from autograde import wire
DEF
    class Side:
        def hand_out(self, v): return wire.Handle(0, "function", "check", "")
        def foreign_number(self, v): return None
    os.write(3, wire.encode(["done", [[[3.0, 3.0], {}]], ""], Side()))
    os.write(3, wire.encode(["verdict", {"passed": True, "score": 1.0}], Side()))
    os._exit(0)""",
    "answers sent ahead": """
import os
from autograde import wire
DEF
    class Side:
        def hand_out(self, v): raise ValueError
        def foreign_number(self, v): return None
    for _ in range(5): os.write(3, wire.encode(["done", [[[param, [param]], {}]], ""], Side()))
    return param, state""",
    "a callback that does not exist": """
import os
from autograde import wire
DEF
    class Side:
        def hand_out(self, v): return wire.Callback(1, 0)
        def foreign_number(self, v): return None
    os.write(3, wire.encode(["callback", 1, 0, [], {}], Side()))
    return param, state""",
    "the server's own methods replaced": """
import autograde.locked as l, autograde.wire as w
l.Server.do_call = lambda *a: ["done", [[(0.0, (0.0,)), {}]]]
DEF
    return None""",
    "deep recursion": "import sys\nsys.setrecursionlimit(10**9)\nDEF\n    return momentum"
    "(param, grad, state, lr=lr)",
    "deep nesting in the result": """
DEF
    x = []
    for _ in range(10**6): x = [x]
    return x, x""",
    "threads without end": """
import threading, time
DEF
    for _ in range(3000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
    return param, state""",
    "a thread that talks on the wire": """
import os, threading, time
def noise():
    time.sleep(0.05)
    while True: os.write(3, b"12345678")
threading.Thread(target=noise, daemon=True).start()
DEF
    return param, state""",
    "a fork": "import os\nDEF\n    while True: os.fork()",
    "a shell": "import os\nDEF\n    os.system('kill -9 -1'); raise ValueError",
    "a subprocess": "import subprocess\nDEF\n    subprocess.Popen(['sleep', '1000'])",
    "all processes killed": "import os\nDEF\n    os.kill(-1, 9)",
    "the parent killed": "import os\nDEF\n    os.kill(os.getppid() or 1, 9)",
    "magic to the shell": "!kill -9 $PPID\n%system rm -rf ~\nDEF\n    return None",
    "memory": "DEF\n    return np.ones(10**10), state",
    "memory in the cell": "big = np.ones(10**10)\nDEF\n    return None",
    "much output": "DEF\n    for _ in range(50): print('x' * 10**6)\n    return param, state",
    "much output in the cell": "for _ in range(300): print('x' * 10**6)\nDEF\n    return None",
    "a big result": "DEF\n    return np.zeros(10**8), state",
    "many handles": "DEF\n    return [object() for _ in range(10**6)], state",
    "a full disk": """
DEF
    for i in range(100): open(f"f{i}", "wb").write(b"x" * 10**7)
    return param, state""",
    "many small files": """
DEF
    for i in range(20000): open(f"f{i}", "w").close()
    return param, state""",
    "a scratch folder that nobody may enter": """
import os
os.mkdir("closed"); open("closed/x", "w").close()
try: os.chmod("closed", 0)
except OSError: pass
DEF
    return param, state""",
    "links out of the scratch folder": """
import os
for target in ("/", "/etc/passwd", "/proc/1/root"):
    try: os.symlink(target, "l" + str(len(target)))
    except OSError: pass
DEF
    return open("l11").read(), state""",
    "a module beside the notebook": """
for name in ("numpy.py", "course_lib.py", "sitecustomize.py", "usercustomize.py"):
    open(name, "w").write("raise SystemExit")
DEF
    return param, state""",
    "start-up files": """
import os
for name in ("~/.ipython/profile_default/startup", "~/.config/matplotlib", "~/.jupyter"):
    path = os.path.expanduser(name); os.makedirs(path, exist_ok=True)
    open(path + "/00.py", "w").write("raise SystemExit")
    open(path + "/matplotlibrc", "w").write("backend: nonsense")
DEF
    return param, state""",
    "the library poisoned in memory": """
import course_lib.optim as o, numpy
for m in (o, numpy):
    for name in list(vars(m)):
        if not name.startswith("_"): delattr(m, name)
DEF
    return param, state""",
    "the library poisoned on disk": """
import course_lib, os
DEF
    open(course_lib.__path__[0] + "/optim.py", "a").write("raise SystemExit")""",
    "signals blocked": """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
DEF
    return param, state""",
    "limits raised": """
import resource
DEF
    resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6))
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))""",
    "the grader's memory": "DEF\n    return open('/proc/1/mem', 'rb').read(9), state",
    "environments of others": """
import glob
DEF
    texts = [open(p, "rb").read() for p in glob.glob("/proc/*/environ")]
    raise ValueError(str(texts)[:500])""",
    "the network": """
import urllib.request
DEF
    return urllib.request.urlopen("http://127.0.0.1:8888", timeout=1).read(), state""",
    "a name server": "import socket\nDEF\n    return socket.gethostbyname('example.org'), state",
    "a deleted object with a will": """
class Last:
    def __del__(self): import os; os.write(3, b"last"); os._exit(0)
DEF
    Last(); return param, state""",
}
ENDLESS: dict[str, str] = {
    "memory bit by bit": "DEF\n    x = []\n    while True: x.append(np.ones(10**7))",
    "folders within folders": """
import os
for _ in range(3000):
    try: os.mkdir("d"); os.chdir("d")
    except OSError: break
DEF
    return param, state""",
    "an endless loop": "DEF\n    while True: pass",
    "an endless loop in the cell": "while True: pass\nDEF\n    return None",
    "an endless loop that catches all": """
DEF
    while True:
        try:
            while True: pass
        except BaseException: pass""",
    "one endless call": "DEF\n    return 10 ** 10 ** 10, state",
    "a slow pattern": "import re\nDEF\n    return re.match('(a+)+$', 'a' * 50 + 'b'), state",
    "sleep": "import time\nDEF\n    time.sleep(10**6)",
    "a stopped process": "import os, signal\nDEF\n    os.kill(os.getpid(), signal.SIGSTOP)",
    "a deadlock": "import threading as t\nlock = t.Lock()\nDEF\n    lock.acquire(); lock.acquire()",
    "an endless text of an error": """
class E(Exception):
    def __str__(self):
        while True: pass
DEF
    raise E""",
    "an endless signature": """
class Slow:
    def __repr__(self):
        while True: pass
DEF
    return None
momentum.__kwdefaults__ = {"momentum": Slow()}""",
    "an endless display": """
class Slow:
    def __repr__(self):
        while True: pass
DEF
    return None
Slow()""",
}

LOOK = "def nesterov_lookahead(param, velocity, gradient, *, lr, momentum=0.9):"
CALLBACKS: dict[str, str] = {
    "errors of the grader read": """
LOOK
    try: gradient("x", 1, 2, y=3)
    except Exception as e:
        import traceback
        raise ValueError(repr(e) + repr(e.__dict__) + traceback.format_exc())""",
    "the callback's insides": "LOOK\n    return gradient.__closure__, gradient.__globals__",
    "the callback's arguments are objects": """
class Odd:
    def __array__(self, *a, **k): raise SystemExit
LOOK
    return gradient(Odd()), gradient(gradient)""",
    "a callback without end": "LOOK\n    while True: gradient(param)",
    "a callback with a giant": "LOOK\n    return gradient(np.zeros(10**8)), velocity",
    "a callback kept for later": """
kept = []
LOOK
    kept.append(gradient)
    return kept[0](param), kept[0](velocity)""",
    "the callback's result changed in place": """
LOOK
    g = gradient(param); g[...] = 0; param[...] = 0; velocity[...] = 0
    return param, velocity""",
    "the stub's token forged": """
LOOK
    t = gradient._token
    for call in range(50):
        for place in range(5):
            gradient._token = type(t)(call, place)
            try: gradient(param)
            except ZeroDivisionError: pass
    return param, velocity""",
}
