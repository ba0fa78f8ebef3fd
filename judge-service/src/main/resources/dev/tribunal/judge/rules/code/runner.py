"""Runs a completion's code and then the tests. One process in the sandbox, for one completion.

It speaks with the service over descriptors 0 and 1. A frame in is four bytes of length and a text; a line out is an
event. In this order:

    out "ready"      the interpreter is up: from here on every failure is the program's
    in               the names of modules to guard, the prelude, the completion's code
    out "running"    the program's time begins
    out "loaded"     the completion's code has run, and has not seen the tests
    in               the tests, and a key that nobody reads before they have run
    out KEY          the tests have run; or "failed WHY"; or "malformed WHY", if the tests are no program

The key lies unread in the pipe, not in this process, while foreign code runs. Whoever looks for it has to know this
file: what the guards below stop is what a model happens upon, not a person who reads them.
"""

import ast
import builtins
import importlib
import os
import sys
import types

COMPLETION, TESTS = "<completion>", "<tests>"

# Attributes that lead from an exception or a generator to the frames, and so to the sources, of its callers.
FRAMES = {"tb_frame", "gi_frame", "cr_frame", "ag_frame"}
PEEKING = {
    "sys._getframe",
    "sys._current_frames",
    "sys._current_exceptions",
    "sys.settrace",
    "sys.setprofile",
    "sys.monitoring.register_callback",
    "gc.get_objects",
    "gc.get_referrers",
    "gc.get_referents",
}

# What tests judge by: a completion's own meaning of these names is not theirs.
JUDGED_BY = ("all", "any", "isinstance", "issubclass", "type", "abs", "round", "bool", "AssertionError", "Exception")

PLAIN = (int, float, complex, str, bytes, bool, type(None), range, types.FunctionType, types.BuiltinFunctionType, type)
CONTAINERS = (list, tuple, set, frozenset)
MOST_LOOKED_AT = 1000


class Cheat(Exception):
    pass


class Malformed(Exception):
    pass


class Guard:
    """Hides the callers' frames from foreign code; the standard library copes with these very errors."""

    watching = False

    def __call__(self, event, arguments):
        if not self.watching:
            return
        if event in PEEKING or (event == "object.__getattr__" and arguments[1] in FRAMES):
            raise ValueError("call stack is not deep enough")
        if event == "ctypes.dlopen":
            raise ImportError("ctypes is not available")


class Pipe:
    """Descriptors 0 and 1, moved to where nobody trips over them; foreign code reads and writes nothing there."""

    def __init__(self):
        place = 40 + os.urandom(1)[0] % 100
        os.dup2(0, place, inheritable=False)
        os.dup2(1, place + 1, inheritable=False)
        self.source, self.sink = place, place + 1
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)

    def read(self):
        return self.exactly(int.from_bytes(self.exactly(4), "big")).decode("utf-8")

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = os.read(self.source, count - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def say(self, line):
        os.write(self.sink, (line + "\n").encode("utf-8", "replace"))


class Snapshot:
    """Modules, and the classes in them, as they are before foreign code may have changed them."""

    def __init__(self, names):
        self.kept = []
        for name in ["builtins", *names]:
            try:
                module = importlib.import_module(name)
            except Exception:
                continue  # the tests will say so themselves
            self.kept.append((module, dict(vars(module))))
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__flags__ & (1 << 9):  # made by Python code
                    self.kept.append((value, dict(vars(value))))

    def restore(self):
        for owner, before in self.kept:
            now = dict(vars(owner))
            for name in now.keys() - before.keys():
                if isinstance(owner, type):
                    delattr(owner, name)
            for name, value in before.items():
                if now.get(name) is not value:
                    setattr(owner, name, value)
            if isinstance(owner, types.ModuleType):
                sys.modules[owner.__name__] = owner


def stranger(kind):
    """A value that no honest result equals."""
    noise = os.urandom(9).hex()
    return {int: int(noise, 16), float: float(int(noise, 16)), str: noise, list: [noise], tuple: (noise,)}.get(
        kind, {noise: noise}
    )


def seen(value):
    """The value of a call in the tests; objects in it that equal whatever they are compared with are a cheat."""
    waiting, looked_at = [value], 0
    while waiting and looked_at < MOST_LOOKED_AT:
        one = waiting.pop()
        kind = type(one)
        looked_at += 1
        if kind in PLAIN:
            continue
        if kind in CONTAINERS:
            waiting.extend(list(one)[:MOST_LOOKED_AT])
        elif kind is dict:
            waiting.extend(list(one.values())[:MOST_LOOKED_AT])
        elif kind.__eq__ is not object.__eq__ and kind.__module__ == "solution":
            if any((one == stranger(other)) is True for other in (int, float, str, list, tuple, dict)):
                raise Cheat("returns an object that equals everything")
    return value


class Watch(ast.NodeTransformer):
    """Lets `seen` look at the value of each call."""

    def __init__(self, name):
        self.name = name

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("super", "locals", "globals", "vars", "dir", "exec"):
            return node
        watched = ast.Call(func=ast.Name(id=self.name, ctx=ast.Load()), args=[node], keywords=[])
        return ast.fix_missing_locations(ast.copy_location(watched, node))


def compiled(prelude, code):
    """A whole program, or what goes on where the prelude stops: the first that is Python."""
    imports = "\n".join(line for line in prelude.splitlines() if line.startswith(("import ", "from ")))
    indented = "\n".join("    " + line for line in code.splitlines())
    mistake = None
    for before in (prelude, imports) if "__future__" in code else ():
        try:
            return compile(joined(before, code), COMPLETION, "exec", dont_inherit=True), before + "\n" + code
        except (SyntaxError, ValueError):
            continue
    for program in (prelude + "\n" + code, imports + "\n" + code, prelude + "\n" + indented):
        try:
            return compile(program, COMPLETION, "exec", dont_inherit=True), program
        except (SyntaxError, ValueError) as e:
            # Of the completion by itself: that is what its reader knows.
            mistake = e if mistake is None or program.startswith(imports + "\n" + code) else mistake
    raise mistake


def joined(prelude, code):
    """Two programs as one: what either imports from __future__ has to come first."""
    compile(code, COMPLETION, "exec", dont_inherit=True)  # in which it comes first already
    first, second = ast.parse(prelude), ast.parse(code)
    ast.increment_lineno(second, prelude.count("\n") + 1)
    body = first.body + second.body
    future = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    first.body = future + [node for node in body if node not in future]
    return first


def reason(error, sources):
    """One line: what was raised, and where in the tests or the completion."""
    try:
        text = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}".removesuffix(": ")
    except Exception:
        text = type(error).__name__
    file, line = place(error, sources)
    if line:
        text += f" (in the {file.strip('<>')}: {line.strip()})"
    return " ".join(text.split())[:500]


def place(error, sources):
    """The innermost line in the tests, else in the completion."""
    if isinstance(error, SyntaxError):
        return error.filename or "", error.text
    file, line, trace = "", None, error.__traceback__
    while trace is not None:
        here = trace.tb_frame.f_code.co_filename
        lines = sources.get(here, "").splitlines()
        if trace.tb_lineno <= len(lines) and (here == TESTS or file != TESTS):
            file, line = here, lines[trace.tb_lineno - 1]
        trace = trace.tb_next
    return file, line


def from_completion(error):
    """Whether the completion's code was on the stack."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == COMPLETION:
            return True
        trace = trace.tb_next
    return False


def run_tests(tests, module):
    name = "seen_" + os.urandom(8).hex()
    try:
        program = compile(Watch(name).visit(ast.parse(tests, TESTS)), TESTS, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as e:
        raise Malformed(reason(e, {})) from None
    space = vars(module)
    for word in JUDGED_BY:
        space.pop(word, None)
    space.update({name: seen, "__name__": "__main__", "__builtins__": builtins})
    exec(program, space)


def main():
    del sys.path[0]  # this file's folder
    guard = Guard()
    sys.addaudithook(guard)
    pipe = Pipe()
    pipe.say("ready")
    modules, prelude, code = pipe.read().split(), pipe.read(), pipe.read()
    snapshot = Snapshot(modules)
    module = types.ModuleType("solution")
    # Under the other name too: unittest.main() looks for its tests there.
    harness, sys.modules["solution"], sys.modules["__main__"] = sys.modules["__main__"], module, module
    sources = {}
    pipe.say("running")
    try:
        program, sources[COMPLETION] = compiled(prelude, code)
        guard.watching = True
        exec(program, vars(module))
        snapshot.restore()
        pipe.say("loaded")
        sources[TESTS] = pipe.read()
        try:
            run_tests(sources[TESTS], module)
        except SystemExit as e:
            guard.watching = False
            if e.code not in (None, 0, False):
                raise
            if from_completion(e):
                raise Cheat("exits before the tests have run") from None
        guard.watching = False
    except BaseException as e:
        guard.watching = False
        sources.setdefault(COMPLETION, code)
        if isinstance(e, Malformed):
            pipe.say("malformed " + str(e))
        else:
            pipe.say("failed " + (str(e) if isinstance(e, Cheat) else reason(e, sources)))
        sys.exit(1)
    pipe.say(pipe.read())
    return harness  # kept alive until here: its globals are ours


main()
