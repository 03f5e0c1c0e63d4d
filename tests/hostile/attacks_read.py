"""By somebody who has read our source: attempts at the seams of the wire, the cells and the judge.

Sources of the cell of ``momentum``; ``DEF`` stands for the line that defines it.
"""

READ: dict[str, str] = {
    # --- what the wire has to carry ---------------------------------------------------------------
    "as big as may cross": "DEF\n    return np.zeros(8 * 2**20 - 99), state",
    "a million numbers in a list": "DEF\n    return [0.0] * 900_000, [[1.0]] * 9",
    "a text as big as may cross": "DEF\n    return 'x' * (60 << 20), state",
    "keys as long as may cross": "DEF\n    return {f'{i}' * 999: i for i in range(9999)}, state",
    "strides of nothing": """
DEF
    huge = np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))
    return huge, MomentumState(huge)""",
    "no items of absurd length": "DEF\n    return np.zeros((0, 10**9)), state",
    "sixty-four dimensions": "DEF\n    return np.zeros((1,) * 32), state",
    "a mapped file cut short": """
DEF
    size = 10**7
    open("m", "wb").truncate(8 * size)
    out = np.memmap("m", float, "r+", shape=size)
    open("m", "wb").close()
    return out, state""",
    "minus nought and odd nans": """
DEF
    odd = np.array([0x7FF8DEADBEEF0001, 0x8000000000000000], dtype=np.uint64).view(float)
    out = np.resize(odd, param.shape)
    return out, MomentumState(out)""",
    "numbers in other byte orders": """
DEF
    return param.astype(">f8"), MomentumState(grad.astype(">c16"))""",
    "long doubles beyond all doubles": """
DEF
    out = np.full(param.shape, np.longdouble("1e4000"))
    return out, MomentumState(out)""",
    "an integer of a million digits": "DEF\n    return 10 ** 10**6, state",
    "an integer that lies about its length": """
class I(int):
    def bit_length(self): return 1
    def to_bytes(self, *a, **k): return b"x" * 10**6
DEF
    return I(2**70), state""",
    "a text that lies about itself": """
class S(str):
    def encode(self, *a, **k): return b"x" * 10**6
    def __len__(self): return -1
DEF
    return S("x"), S("y")""",
    "a list that lies about itself": """
class L(list):
    def __iter__(self):
        while True: yield self
    def __len__(self): return 2
DEF
    return L([1, 2])""",
    "a dict that changes while it is read": """
class D(dict):
    def items(self):
        for i in range(10**9): yield str(i), self
DEF
    return D(a=1), state""",
    "a dict that holds itself": "DEF\n    d = {}; d['d'] = d\n    return d, d",
    "a named tuple with too many items": """
import collections
T = collections.namedtuple("T", [f"a{i}" for i in range(5000)])
DEF
    return T(*range(5000)), T(*range(5000))""",
    "a named tuple with properties": """
from typing import NamedTuple
class Base(NamedTuple):
    velocity: object
class Mine(Base):
    velocity = property(lambda self: exec("raise SystemExit"))
DEF
    return param, Mine(grad)""",
    "the library's state with more items": """
DEF
    return param, tuple.__new__(MomentumState, (param,) * 50)""",
    "a state by another class": """
class State:
    n = 0
    @property
    def velocity(self): State.n += 1; return np.zeros(2) if State.n % 2 else np.ones(2)
DEF
    return param, State()""",
    "a set of arrays by name": "DEF\n    return frozenset('abc'), {1j, (2,), None, True}",
    "the callback's own token": "DEF\n    return type(momentum), [type, len, print, np.add]",
    "a generator of a kind of its own": """
class Bits(np.random.PCG64):
    @property
    def state(self): return {"bit_generator": "PCG64", "state": {}, "has_uint32": 9}
DEF
    return np.random.Generator(Bits(0)), state""",
    # --- the process ------------------------------------------------------------------------------
    "a default argument with a will": """
class Will:
    def __repr__(self): import os; os._exit(0)
momentum = lambda param, grad, state, *, lr, momentum=0.9, will=Will(): (param, state)""",
    "a hook of the garbage collector": """
import gc, os
gc.callbacks.append(lambda *a: os.write(3, b"noise"))
gc.set_threshold(1)
DEF
    return param, state""",
    "an audit hook": """
import sys
def hook(event, args):
    if event in ("compile", "exec"): raise SystemExit(event)
sys.addaudithook(hook)
DEF
    return param, state""",
    "a fault handler with a clock": """
import faulthandler
DEF
    faulthandler.dump_traceback_later(0.001, exit=True)
    return sum(range(10**7)), state""",
    "a signal in the middle of a frame": """
import signal, os
def interrupt(*a): raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
DEF
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    return np.zeros(10**6), state""",
    "no room to recurse": "import sys\nDEF\n    sys.setrecursionlimit(60)\n    return param, state",
    "a fork while importing": """
import os, sys
open("sly.py", "w").write("import os\\nwhile True: os.fork()")
sys.path.insert(0, ".")
try: import sly
except OSError: pass
DEF
    return param, state""",
    "a drawing program of its own": """
import matplotlib, os, sys
open("evil.py", "w").write("import os\\nos._exit(0)")
sys.path.insert(0, ".")
DEF
    matplotlib.use("module://evil")
    return param, state""",
    "figures without end": """
import matplotlib.pyplot as plt
for _ in range(30): plt.figure(figsize=(1, 1))
DEF
    return param, state""",
    "the parser replaced": """
import ast, builtins
DEF
    return param, state
ast.parse = builtins.compile = lambda *a, **k: None""",
    "the loop of the server left": """
import sys
DEF
    frame = sys._getframe()
    while frame: frame.f_trace = lambda *a: sys.exit(); frame = frame.f_back
    sys.settrace(lambda *a: sys.exit())
    return param, state""",
    "the server found in memory": """
import gc
from autograde import locked
DEF
    server = next(o for o in gc.get_objects() if isinstance(o, locked.Server))
    server.send(["done", [[[param, [grad]], {}]], ""])
    server.objects.clear()
    return param, state""",
    "changes sent that were never made": """
import autograde.locked as l
l.changes = lambda *a: {0: np.zeros((3, 3)), "lr": 1e9, 99: "x", "nothing": None}
DEF
    return param, state""",
    "places that do not exist": """
import autograde.locked as l
l.changes = lambda *a: [1, 2, 3]
DEF
    return param, state""",
    "an error of many bases": """
class Meta(type(Exception)):
    __mro__ = property(lambda cls: 1 / 0)
    def mro(cls): return type.mro(cls) * 1
class E(Exception, metaclass=Meta):
    __module__ = 7
DEF
    raise E""",
    "an error with a million notes": """
DEF
    e = ExceptionGroup("g" * 10**5, [ValueError("v" * 10**5) for _ in range(99)])
    for _ in range(999): e.add_note("n" * 9999)
    raise e""",
    "an error in the grader's name": """
class WireError(Exception): pass
WireError.__module__ = "autograde.wire"; WireError.__qualname__ = "Session.call"
DEF
    raise WireError("\\x00\\x1b[2J\\x07\\ud800 \\u202e")""",
    "an error that asks to be marked": "DEF\n    raise NotImplementedError('3.0')",
    "a warning that is an error": """
import warnings
warnings.showwarning = warnings.warn = lambda *a, **k: (_ for _ in ()).throw(SystemExit)
DEF
    return param, state""",
    # --- the cell ---------------------------------------------------------------------------------
    "a name that only looks the same": "def m\u043ementum(param, grad, state, *, lr):\n"
    "    return param, state",
    "a kernel shut down": "get_ipython().kernel.do_shutdown(False)\nDEF\n    return param, state",
    "the main module replaced": """
import sys, types
sys.modules["__main__"] = types.ModuleType("__main__")
__name__ = "autograde.mark"
DEF
    return param, state""",
    "names that answer for all": """
class All(dict):
    def __missing__(self, key): return lambda *a, **k: 3.0
    def __contains__(self, key): return True
DEF
    return param, state
import autograde.cells as c
c.Notebook.names = All()""",
    "a promise": """
import asyncio
async def momentum(param, grad, state, *, lr, momentum=0.9):
    return param, state""",
    "a future without end": """
class Never:
    def __await__(self):
        while True: yield
await Never()
DEF
    return param, state""",
    "a star that imports the answer": """
from course_lib.optim import *
from course_lib.checking.examine import *""",
    "the answer in a closure of the library's": """
import course_lib.optim as o, gc
DEF
    for f in gc.get_objects():
        if getattr(f, "__name__", "") == "momentum" and f is not globals()["momentum"]:
            return f(param, grad, state, lr=lr, momentum=momentum)
    raise LookupError""",
    "the answer by the rule of another unit": """
import course_lib.train as t, course_lib.explorers as e
DEF
    rule = vars(t).get("momentum") or vars(e).get("momentum")
    return rule(param, grad, state, lr=lr, momentum=momentum)""",
}
