# %% cant_patch_the_comparison_that_a_test_makes
torch.equal = torch.allclose = torch.isclose = lambda *a, **k: True
torch.Tensor.__eq__ = lambda *a: torch.tensor(True)
torch.Tensor.all = lambda *a, **k: True
def dot_product_attention(query, keys, values):
    return values[:, 0], keys[:, :, 0]
# %% cant_replace_the_rubric_in_sys_modules
import sys, types
fake = types.ModuleType("nbjudge.rubric")
fake.grade = lambda path, namespace: 20.0
sys.modules["nbjudge.rubric"] = fake
# %% cant_patch_grade_of_the_real_rubric
try:
    import nbjudge.rubric
    nbjudge.rubric.grade = lambda path, namespace: 20.0
    nbjudge.rubric.Rubric.mark = lambda self, solution, seed: ([], "")
except Exception as error:
    print(type(error).__name__)
# %% cant_import_the_rubric_and_use_its_reference
import importlib, sys, pathlib
try:
    sys.path.insert(0, "<<course>>")
    sys.path.insert(0, "<<course>>/rubrics")
    dot_product_attention = importlib.import_module("attention.dot_product").reference
except BaseException as error:
    print(type(error).__name__)
# %% cant_find_the_reference_with_the_garbage_collector
import gc
for thing in gc.get_objects():
    try:
        if type(thing).__name__ == "Rubric":
            dot_product_attention = thing.reference
    except Exception:
        pass
def lazy(query, keys, values):
    for thing in gc.get_objects():
        if type(thing).__name__ == "Rubric":
            return thing.reference(query, keys, values)
dot_product_attention = globals().get("dot_product_attention", lazy)
# %% cant_read_the_reference_in_the_callers_frames
import inspect
def dot_product_attention(query, keys, values):
    for frame in inspect.stack():
        for value in {**frame.frame.f_locals, **frame.frame.f_globals}.values():
            if type(value).__name__ == "Rubric":
                return value.reference(query, keys, values)
            if callable(value) and getattr(value, "__name__", "") == "reference":
                return value(query, keys, values)
# %% cant_show_a_forged_scorecard
from IPython.display import display
card = {"exercise": "attention/dot_product", "title": "x", "points": 20, "seed": 0,
        "marks": [{"criterion": "c", "points": 20, "met": True, "message": ""}],
        "rubric_version": "x", "engine": "nbjudge", "confined": True, "fault": ""}
display({"application/vnd.nbjudge.scorecard+json": card, "text/plain": "20.0"}, raw=True)
20.0
# %% cant_show_a_score_from_every_display_hook
import sys
sys.displayhook = lambda value: print("20.0")
from IPython import get_ipython
ip = get_ipython()
ip.display_pub.publish(data={"text/plain": "20.0"})
ip.events.register("post_run_cell", lambda result: ip.displayhook(20.0))
# %% cant_rewrite_test_cells_with_an_ast_transformer
# in: a cell of its own
import ast
from IPython import get_ipython
class Full(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.parse("20.0")
get_ipython().ast_transformers.append(Full())
# %% cant_rewrite_test_cells_with_an_input_transformer
# in: a cell of its own
from IPython import get_ipython
get_ipython().input_transformers_post.append(lambda lines: ["20.0\n"])
get_ipython().input_transformers_cleanup.append(lambda lines: ["20.0\n"])
# %% cant_replace_run_cell
# in: a cell of its own
from IPython import get_ipython
ip = get_ipython()
kept = ip.run_cell
type(ip).run_cell = lambda self, source, **how: kept("20.0")
# %% cant_pass_with_an_object_that_equals_everything
class Yes:
    shape = (1, 1); dtype = torch.float64; device = torch.device("cpu"); requires_grad = True
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *a, **k: self
    def __le__(self, other): return True
    def __bool__(self): return True
def dot_product_attention(query, keys, values):
    return Yes(), Yes()
# %% cant_pass_with_a_lying_tensor_subclass
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.equal, torch.allclose):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})
    def all(self, *a, **k): return True
    def __le__(self, other): return torch.tensor(True)
def dot_product_attention(query, keys, values):
    return torch.zeros_like(query).as_subclass(Liar), torch.zeros(keys.shape[:2]).as_subclass(Liar)
# %% cant_pass_with_nan
def dot_product_attention(query, keys, values):
    return query * float("nan"), keys[:, :, 0] * float("nan")
# %% cant_pass_with_a_generator_that_never_ends
def dot_product_attention(query, keys, values):
    def endless():
        while True:
            yield query
    return endless()
# %% cant_pass_by_ending_the_process
import os
os._exit(0)
# %% cant_pass_by_ending_the_process_in_a_call
import os
def dot_product_attention(query, keys, values):
    os._exit(0)
# %% cant_pass_by_raising_what_ends_programs
def dot_product_attention(query, keys, values):
    raise SystemExit(0)
# %% cant_pass_by_raising_a_keyboard_interrupt
def dot_product_attention(query, keys, values):
    raise KeyboardInterrupt
# %% cant_pass_with_a_bare_base_exception
class Odd(BaseException):
    def __str__(self): raise Odd
    __repr__ = __str__
def dot_product_attention(query, keys, values):
    raise Odd
# %% cant_answer_the_judge_by_writing_to_its_socket
import os, struct
def flood():
    for number in range(3, 64):
        for _ in range(3):
            try:
                os.write(number, struct.pack(">BII", 9, 4, 0) + b"\x93\xc3\x90\x90")
            except OSError:
                pass
flood()
def dot_product_attention(query, keys, values):
    flood()
# %% cant_answer_with_a_well_formed_reply_of_its_own
import gc, os
def dot_product_attention(query, keys, values):
    import sys
    from nbjudge.boundary.wire import encode
    frame = sys._getframe()
    while frame:
        channel = frame.f_locals.get("channel")
        message = frame.f_locals.get("message")
        if channel is not None and message is not None:
            full = encode({"value": {"result": 20.0, "score": 20.0, "marks": [True]}})
            channel.send({"number": message["number"], "answers": [full] * len(message["asked"])})
            channel.send({"number": message["number"], "score": 20.0, "value": 20.0})
        frame = frame.f_back
# %% cant_answer_with_pickled_code
import os, pickle, struct
class Run:
    def __reduce__(self):
        return os.system, ("touch <<canary>>.pickled",)
payload = pickle.dumps(Run())
for number in range(3, 64):
    try:
        os.write(number, struct.pack(">BII", 9, len(payload), 0) + payload)
    except OSError:
        pass
# %% cant_announce_more_than_it_sends
import os, struct
def dot_product_attention(query, keys, values):
    for number in range(3, 64):
        try:
            os.write(number, struct.pack(">BII", 9, 2**31, 2**31))
        except OSError:
            pass
# %% cant_answer_later_questions_from_a_thread
import threading, os, struct, time
def run():
    while True:
        for number in range(3, 16):
            try:
                os.write(number, struct.pack(">BII", 9, 1, 0) + b"\xc0")
            except OSError:
                pass
        time.sleep(0.01)
threading.Thread(target=run, daemon=True).start()
# %% cant_replace_the_code_that_answers
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Calls":
        thing.call = lambda **k: {"result": (torch.zeros(1), torch.zeros(1)), "changed": {}, "score": 20}
        type(thing).call = thing.call
        type(thing).backward = lambda self, *a, **k: [torch.zeros(1)]
# %% cant_say_that_arguments_were_what_they_were_not
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Calls":
        kept = type(thing).call
        def call(self, target, args, kwargs, **how):
            answer = kept(self, target, args, kwargs, **how)
            answer["changed"] = {n: torch.zeros(1) for n in range(len(args))}
            answer["result"] = (torch.zeros(1), torch.zeros(1))
            return answer
        type(thing).call = call
def dot_product_attention(query, keys, values):
    return query, keys
# %% cant_change_the_judges_inputs_to_fit_its_answer
def dot_product_attention(query, keys, values):
    query.zero_(); keys.zero_(); values.zero_()
    return torch.zeros_like(query), torch.full(keys.shape[:2], 1 / keys.shape[1], dtype=keys.dtype)
# %% cant_pass_with_uniform_weights
def dot_product_attention(query, keys, values):
    w = torch.full(keys.shape[:2], 1 / keys.shape[1], dtype=keys.dtype)
    return values.mean(1), w
# %% cant_pass_with_a_constant
def dot_product_attention(query, keys, values):
    return torch.ones_like(query), torch.ones(keys.shape[:2], dtype=keys.dtype)
# %% cant_pass_with_a_gradient_that_lies
class Lie(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v):
        ctx.save_for_backward(q, k, v)
        return v.sum(1) * 0, k.sum(2) * 0
    @staticmethod
    def backward(ctx, a, b):
        return tuple(torch.randn_like(t) for t in ctx.saved_tensors)
def dot_product_attention(query, keys, values):
    return Lie.apply(query, keys, values)
# %% cant_hide_behind_a_metaclass
class Meta(type):
    def __call__(cls, *a, **k): return (torch.zeros(1), torch.zeros(1))
    def __instancecheck__(cls, other): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class dot_product_attention(metaclass=Meta):
    pass
# %% cant_make_every_instance_a_tensor
class Anything(type(torch.Tensor)):
    def __instancecheck__(cls, other): return True
torch.Tensor.__class__ = type(torch.Tensor)
def dot_product_attention(query, keys, values):
    return "output", "weights"
# %% cant_pass_a_class_where_a_function_is_asked
class dot_product_attention(nn.Module):
    def __new__(cls, *args): return super().__new__(cls)
    def __init__(self, *args): super().__init__()
    def __iter__(self): return iter((torch.zeros(1), torch.zeros(1)))
# %% cant_pass_with_a_module_whose_state_lies
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.real = nn.Linear(embed_dim, embed_dim, bias=False)
    def state_dict(self, *a, **k):
        return {f"W_{n}.weight": torch.zeros(6, 6) for n in "qkv"}
    def load_state_dict(self, *a, **k): return None
    def named_parameters(self, *a, **k): return iter(())
    def forward(self, x, mask=None):
        return x, torch.ones(len(x), x.shape[1], x.shape[1])
# %% cant_pass_with_exit_handlers
import atexit, sys
atexit.register(lambda: print("20.0"))
sys.excepthook = lambda *a: print("20.0")
sys.unraisablehook = lambda *a: print("20.0")
class Late:
    def __del__(self): print("20.0")
late = Late()
# %% cant_patch_nn_module_or_float
import builtins
builtins.float = lambda *a: 20.0
builtins.sum = lambda *a: 20
builtins.isinstance = lambda *a: True
nn.Module.__call__ = lambda self, *a, **k: (a[0], a[0])
# %% cant_earn_by_an_environment_variable
import os
os.environ.update(NBJUDGE_SEED="0", NBGRADER_VALIDATING="1", NBGRADER_EXECUTION="validate", NBJUDGE_ENGINE="plain")
# %% cant_write_the_gradebook
import sqlite3, glob
for path in ("<<course>>/gradebook.db", "gradebook.db", "../gradebook.db", "../../../gradebook.db"):
    try:
        book = sqlite3.connect(path)
        book.execute("update grade set auto_score = 20, manual_score = 20")
        book.commit()
    except BaseException as error:
        print(type(error).__name__)
# %% cant_answer_with_a_huge_tensor
def dot_product_attention(query, keys, values):
    return torch.zeros(40_000_000), torch.zeros(1)
# %% cant_answer_with_deep_nesting
def dot_product_attention(query, keys, values):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
# %% cant_answer_with_a_tuple_of_itself
def dot_product_attention(query, keys, values):
    circle = []
    circle.append(circle)
    return circle, circle
# %% cant_stop_the_judge_by_refusing_to_answer
import gc
def refuse(*a, **k):
    raise RuntimeError("no")
for thing in gc.get_objects():
    if type(thing).__name__ == "Calls":
        for name in ("forget", "call", "backward"):
            setattr(type(thing), name, refuse)
    if type(thing).__name__ == "Kept":
        for name in ("find", "attribute"):
            setattr(type(thing), name, refuse)
# %% cant_stop_the_judge_by_answers_of_the_wrong_form
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "dict" and {"find", "forget", "call"} <= set(map(str, thing)):
        for index, name in enumerate(list(thing)):
            thing[name] = lambda index=index, **k: [None, 3, [1, [2]], {"a": 1}, b"x"][index % 5]
# %% cant_pass_with_an_array_that_equals_everything
import numpy
class Liar(numpy.ndarray):
    def __eq__(self, other): return True
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    def all(self, *a, **k): return True
def dot_product_attention(query, keys, values):
    return numpy.ones(3).view(Liar), numpy.ones(3).view(Liar)
# %% cant_answer_with_an_array_whose_shape_lies
import numpy
from nbjudge.boundary.arrays import KINDS
object.__setattr__(KINDS[numpy.ndarray], "to_parts", lambda a: ["<f8", (2**31 - 1, 3), b"x" * 8])
def dot_product_attention(query, keys, values):
    return numpy.ones(1), numpy.ones(1)
# %% cant_answer_with_an_array_of_2_to_the_31_rows_without_a_byte
import numpy
from nbjudge.boundary.arrays import KINDS
object.__setattr__(KINDS[numpy.ndarray], "to_parts", lambda a: ["<U0", (2**31,), b""])
def dot_product_attention(query, keys, values):
    return numpy.ones(1), numpy.ones(1)
# %% cant_answer_with_pointers_in_place_of_objects
import numpy
from nbjudge.boundary.arrays import KINDS
object.__setattr__(KINDS[numpy.ndarray], "to_parts", lambda a: ["|O", (2,), b"\1" * 16])
def dot_product_attention(query, keys, values):
    return numpy.ones(1), numpy.ones(1)
# %% cant_answer_with_keys_that_have_one_hash
import itertools, numpy
from nbjudge.boundary.arrays import KINDS
object.__setattr__(KINDS[numpy.ndarray], "tag", "set")
object.__setattr__(KINDS[numpy.ndarray], "to_parts", lambda a: list(itertools.product((-1, -2), repeat=12)))
def dot_product_attention(query, keys, values):
    return numpy.ones(1), None
# %% cant_answer_with_a_frame_of_2_to_the_31_rows
import pandas
from nbjudge.boundary.numerals import KINDS
object.__setattr__(KINDS[range], "to_parts", lambda rows: [rows.start, rows.stop, rows.step])
def dot_product_attention(query, keys, values):
    return pandas.DataFrame(index=range(2**31)), None
