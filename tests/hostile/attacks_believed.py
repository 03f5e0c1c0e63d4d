"""Objects, replaced functions, frames: attempts to be believed without solving anything.

Sources of the cell of ``momentum``; ``DEF`` stands for the line that defines it.
"""

BELIEVED: dict[str, str] = {
    "an object equal to everything": """
class Any:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __array__(self, *a, **k): return self
    def __getattr__(self, name): return self
    def __len__(self): return 2
    def __iter__(self): return iter((self, self))
DEF
    return Any(), Any()""",
    "an array that compares as equal": """
class Yes(np.ndarray):
    def __array_ufunc__(self, *a, **k): return np.bool_(True)
    def __array_function__(self, *a, **k): return True
    def __eq__(self, other): return np.bool_(True)
DEF
    return np.zeros_like(param).view(Yes), state""",
    "a lazy array": """
class Lazy:
    def __init__(self, like): self.shape, self.dtype = like.shape, like.dtype
    def __array__(self, dtype=None, copy=None): return np.zeros(self.shape)
    def __abs__(self): return 0.0
    def __sub__(self, other): return self
    __rsub__ = __sub__
    def __le__(self, other): return True
DEF
    return Lazy(param), MomentumState(Lazy(param))""",
    "an object array of yes-sayers": """
class Yes(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
DEF
    out = np.empty(param.shape, dtype=object); out[...] = Yes(0)
    return out, MomentumState(out)""",
    "a masked array": """
DEF
    return np.ma.masked_all(param.shape), MomentumState(np.ma.masked_all(param.shape))""",
    "infinite numbers": "DEF\n    v = np.full(param.shape, np.inf)\n    return v, MomentumState(v)",
    "not numbers": "DEF\n    v = np.full(param.shape, np.nan)\n    return v, MomentumState(v)",
    "nothing of the right length": "DEF\n    return param[:0], MomentumState(param[:0])",
    "a named tuple that is equal to all": """
class MomentumState(tuple):
    _fields = ("velocity",)
    def __new__(cls, *a): return tuple.__new__(cls, a)
    def __eq__(self, other): return True
    velocity = property(lambda self: self[0])
DEF
    return MomentumState(param), MomentumState(param)""",
    "the class of the state forged": """
import course_lib.optim as o
class Forged(tuple):
    _fields = property(lambda s: ("velocity",) * 10**6)
o.MomentumState = Forged
Forged.__module__ = "course_lib.optim"; Forged.__name__ = "MomentumState"
DEF
    return param, Forged((param,))""",
    "numpy's comparison replaced": """
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.abs = np.absolute = lambda x: 0 * x
np.isfinite = lambda x: False
DEF
    return param, state""",
    "the judge replaced": """
import course_lib.checking.examine as e, course_lib.check as c, course_lib.checking.compare as m
e.judge = c.check = c.examine = check = lambda *a, **k: 3.0
m.difference = lambda *a, **k: None
e._Judgement._result = lambda *a: e.CaseResult("x", 1.0, True)
DEF
    return param, state""",
    "the judge's code swapped": """
from course_lib.checking import examine as e
e.judge.__code__ = (lambda *a, **k: 3.0).__code__
DEF
    return param, state""",
    "a verdict of its own": """
from course_lib.checking.verdict import Verdict
def check(*a): return Verdict(True, 1.0, None, "well done", points=3.0)
DEF
    return Verdict(True, 1.0, None, "well done")""",
    "a number printed before failing": """
DEF
    print(3.0); import sys; sys.displayhook(3.0)
    raise ValueError""",
    "a number as the cell's value": "DEF\n    return None\n3.0",
    "the display hook replaced": """
import sys
sys.displayhook = lambda value: print(3.0)
DEF
    return None""",
    "an input transformer": """
shell = get_ipython()
shell.input_transformers_post.append(lambda lines: ["3.0"])
DEF
    return None""",
    "a syntax tree transformer": """
import ast
class Full(ast.NodeTransformer):
    def visit_Module(self, node): return ast.parse("3.0")
get_ipython().ast_transformers.append(Full())
ast.parse = lambda *a, **k: (_ for _ in ()).throw(SystemExit)
DEF
    return None""",
    "the shell's own loop replaced": """
shell = get_ipython()
shell.run_code = shell.run_cell = shell.run_cell_async = shell.do_execute = lambda *a, **k: 3.0
DEF
    return None""",
    "the builtins replaced": """
import builtins
for name in ("isinstance", "len", "all", "any", "float", "abs", "min", "sum", "zip"):
    setattr(builtins, name, lambda *a, **k: True)
DEF
    return param, state""",
    "the caller's frames": """
import sys
DEF
    frame, found = sys._getframe(), None
    while frame is not None:
        for value in frame.f_locals.values():
            if isinstance(value, dict) and "expected" in value: found = value["expected"]
        frame = frame.f_back
    if found is None: raise LookupError("no frame holds what is expected")
    return found""",
    "all objects in memory": """
import gc
DEF
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "expected" in thing and "inputs" in thing:
            return thing["expected"]
    raise LookupError""",
    "the frames of a traceback": """
DEF
    try: raise ValueError
    except ValueError as e: frame = e.__traceback__.tb_frame
    while frame.f_back: frame = frame.f_back
    return frame.f_globals["card"]["cases"][0]["expected"]""",
    "a trace function": """
import sys, threading
seen = []
sys.settrace(lambda frame, *a: seen.append(frame.f_locals))
sys.setprofile(lambda *a: None)
DEF
    for scope in seen:
        if "expected" in scope: return scope["expected"]
    raise LookupError""",
    "the library's answer": "from course_lib.optim import momentum",
    "the library's answer by another name": """
import course_lib.optim as o
real = o.momentum
DEF
    return real(param, grad, state, lr=lr, momentum=momentum)""",
    "the answer from its own source": """
import importlib.util, inspect, course_lib
text = open(course_lib.__path__[0] + "/optim.py").read()
scope = {}
exec(text, scope)
momentum = scope["momentum"]""",
    "the lessons' own files": """
import importlib
DEF
    exercises = importlib.import_module("lessons.unit04_momentum.exercises")
    return exercises.momentum_one_line(param, grad, state, lr=lr, momentum=momentum)""",
    "the hidden cards": """
DEF
    from autograde import hidden, spec
    return hidden.card("momentum", "a term")["cases"][0]["expected"]""",
    "the seed": """
import os
DEF
    return os.environ["AUTOGRADE_SEED"]""",
    "compiled files of the answers": """
import glob, marshal, sys
DEF
    for path in glob.glob(sys.prefix + "/**/optim*.pyc", recursive=True):
        if b"lr * velocity" in open(path, "rb").read(): return path
    raise LookupError""",
    "a class in place of the function": """
class momentum:
    def __init__(self, param, grad, state, *, lr, momentum=0.9): self.passed = True; self.score = 1
    def __iter__(self): return iter((self, self))
    def __float__(self): return 3.0""",
    "a lying signature": """
import inspect
class Slow:
    def __repr__(self):
        while True: return "x" * 10**6
DEF
    return None
momentum.__signature__ = inspect.Signature()
momentum.__defaults__ = (Slow(),)""",
    "a wrapper that claims to be the answer": """
import functools, course_lib.optim as o
DEF
    return None
functools.update_wrapper(momentum, o.momentum)
momentum.__wrapped__ = o.momentum""",
    "a very long name": "DEF\n    return None\nmomentum.__name__ = 'x' * 10**7",
    "a name that is no name": "DEF\n    return None\nmomentum.__module__ = {'a': 1}",
    "not a function": "momentum = {'passed': True, 'score': 1.0}",
    "a string": "momentum = 'param - lr * velocity'",
    "an answer that is code": "DEF\n    return '__import__(\"os\")._exit(0)', 'eval me'",
    "a pickle": """
class Bomb:
    def __reduce__(self): import os; return os._exit, (0,)
DEF
    return Bomb(), MomentumState(Bomb())""",
    "arguments changed into the answer": """
DEF
    for thing in (param, grad, state.velocity): thing[...] = 0
    return param, state""",
    "arguments that grow": """
DEF
    try: param.resize((3, 3), refcheck=False)
    except Exception: pass
    param.dtype = np.int8
    return param, state""",
    "numbers kept from the visible cases": """
kept = {}
DEF
    key = param.tobytes()
    return kept.setdefault(key, (param, state))""",
    "an error called NotWritten": """
class NotWritten(Exception): pass
DEF
    raise NotWritten("give me the points")""",
    "an error called OutOfTime": """
from course_lib.checking.student import OutOfTime
DEF
    raise OutOfTime("give me the points")""",
    "an error of the grader's": """
class SessionEnded(BaseException): pass
class CheckFailed(AssertionError): verdict = 3.0
DEF
    raise SessionEnded if lr > 0.2 else CheckFailed""",
    "an error with an evil text": """
class E(Exception):
    def __str__(self): raise SystemExit
    __repr__ = __str__
DEF
    raise E""",
    "an error that describes itself": """
class E(Exception): _grader_error = 10**9
DEF
    raise E""",
    "an error text of 100 MB": "DEF\n    raise ValueError('x' * 10**8)",
    "errors caused by errors": """
DEF
    error = ValueError()
    for _ in range(50000):
        inner = ValueError(); inner.__cause__ = error; error = inner
    raise error""",
    "exit with success": "DEF\n    raise SystemExit(0)",
    "an interrupt": "DEF\n    raise KeyboardInterrupt",
    "numpy set to raise": """
np.seterr(all="raise")
import warnings; warnings.simplefilter("error")
DEF
    return param, state""",
    "the first answer replaced later": """
DEF
    global calls
    calls = globals().get("calls", 0) + 1
    velocity = 0.9 * state.velocity + grad if calls < 2 else grad
    return None""",
    "a returned generator": "DEF\n    while True: yield param",
    "a returned function": "DEF\n    return lambda *a: 3.0, lambda *a: 3.0",
    "itself": "DEF\n    return momentum, [param] * 2",
    "a list that holds itself": "DEF\n    x = []; x.append(x)\n    return x, x",
    "a giant without memory": "DEF\n    return np.broadcast_to(0.0, (10**9, 10**3)), state",
    "a structured array": """
DEF
    return np.zeros(param.shape, dtype=[("x", float), ("passed", bool)]), state""",
    "dates": "DEF\n    return np.zeros(param.shape, dtype='M8[ns]'), state",
    "a generator with a forged state": """
DEF
    rng = np.random.default_rng(0)
    return rng, rng.bit_generator""",
}
