"""Runs the tests of a completion in a process that the completion is not in, and gives the verdict.

    event in     the tests, the prelude, the entry point, the checker and its cases as JSON; each may be empty
    event out    "ready"; "go NAMES", the classes that both sides have; then "passed", "failed WHY", "malformed WHY" or "uncarried WHY"
    wire         as `wire` says

Nothing of the completion runs here. What its process answers is data, or a reference that is used over the wire.
"""

import ast
import builtins
import os
import sys
import types

import wire

TESTS, PRELUDE, CHECKER = "<tests>", "<prelude>", "<checker>"


class Failed(BaseException):
    """A verdict, with its reason."""


class Malformed(BaseException):
    """The tests are not a program that can judge."""


class Names(dict):
    """The tests' namespace: their own names, the prelude's, Python's, then the completion's."""

    def __init__(self, own, modules):
        super().__init__()
        self.own = own  # names that Python has too, but mean the completion's here
        self.modules = modules
        self.offered = frozenset()
        self.peer = None

    def offers(self, name):
        return name in self.offered and (name in self.own or not hasattr(builtins, name))

    def __missing__(self, name):
        if name in self.modules:
            self[name] = __import__(name)
            return self[name]
        if self.offers(name):
            return self.peer.ask("global", name)
        raise KeyError(name)

    def __contains__(self, name):
        return super().__contains__(name) or self.offers(name)

    def get(self, name, default=None):
        try:
            return self[name]
        except KeyError:
            return default


class Module(types.ModuleType):
    """The tests as a module, which `unittest.main()` and `from solution import ...` look at."""

    def __init__(self, name, names):
        super().__init__(name)
        self.__dict__["_names"] = names

    def __getattr__(self, name):
        names = self.__dict__["_names"]
        if name == "__all__":
            return list(names.offered)
        try:
            return names[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self):
        return list(self.__dict__["_names"])


def parse(text, file):
    try:
        return ast.parse(text, file)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        raise Malformed(reason(e, {file: text})) from None


def program(tree, file, text):
    try:
        return compile(tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as e:
        raise Malformed(reason(e, {file: text})) from None


def prelude_of(text):
    """What the prelude says that is finished: the last definition of one that stops in the middle is not."""
    for attempt in (text, text + "\n    pass\n", text + "\n        pass\n"):
        try:
            tree = ast.parse(attempt, PRELUDE)
        except (SyntaxError, ValueError):
            continue
        open_end = attempt is not text
        body = [node for node in tree.body if not is_declaration(node)]
        if open_end and body and body[-1] is tree.body[-1]:
            body.pop()
        tree.body = body
        return tree
    lines = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    return parse("\n".join(lines), PRELUDE)


def is_declaration(node):
    """A function or class that has no body yet; the completion has it."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, ast.ClassDef):
        functions = [one for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
        if node.decorator_list or not functions:
            return all(isinstance(one, (ast.Pass, ast.Expr)) for one in node.body) and not node.bases
        return any(is_declaration(one) for one in functions)
    return all(
        isinstance(one, (ast.Pass, ast.Expr))
        or isinstance(one, ast.Raise) and "NotImplementedError" in ast.dump(one)
        for one in node.body
    )


def reason(error, sources):
    """One line: what was raised, and where in the tests."""
    try:
        text = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}".removesuffix(": ")
    except BaseException:
        text = type(error).__name__
    file, line = "", None
    if isinstance(error, SyntaxError):
        file, line = error.filename or "", error.text
    trace = error.__traceback__
    while trace is not None:
        here = trace.tb_frame.f_code.co_filename
        lines = sources.get(here, "").splitlines()
        if 0 < trace.tb_lineno <= len(lines):
            file, line = here, lines[trace.tb_lineno - 1]
        trace = trace.tb_next
    if line:
        text += f" (in the {file.strip('<>')}: {line.strip()})"
    return " ".join(text.split())[:500]


def names_in(*trees):
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.alias):
                found.add(node.name)
    return found


def modules_in(tree):
    """Modules of the library that the tests use by name and do not import: never the completion's own of that name."""
    bound, used = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.update((one.asname or one.name).split(".")[0] for one in node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.add(node.value.id)
    known = getattr(sys, "stdlib_module_names", ()) or ("math", "random", "re", "json", "itertools", "collections",
                                                        "functools", "string", "operator", "datetime", "unittest")
    return {name for name in used - bound if name in known}


class Watch:
    """What unittest finds, whatever the tests make of it."""

    def __init__(self):
        self.failure = None
        self.ran = False

    def over(self, unittest):
        for name in ("addError", "addFailure", "addSubTest", "addUnexpectedSuccess"):
            self.wrap(unittest.TestResult, name)
            if name in unittest.TextTestResult.__dict__:
                self.wrap(unittest.TextTestResult, name)
        start = unittest.TestResult.startTest

        def started(result, test):
            self.ran = True
            return start(result, test)
        unittest.TestResult.startTest = started

    def wrap(self, cls, name):
        original = getattr(cls, name)

        def noted(result, *parts):
            error = parts[-1] if isinstance(parts[-1], tuple) else None
            if self.failure is None and (error is not None or name == "addUnexpectedSuccess"):
                self.failure = error[1] if error is not None else Failed("an expected failure does not happen")
            return original(result, *parts)
        setattr(cls, name, noted)


def run_tests(tests, names, peer, entry_point):
    watch = Watch()
    wants_unittest = "unittest" in tests
    if wants_unittest:
        import unittest
        watch.over(unittest)
    try:
        exec(tests_program(tests), names)
        if wants_unittest and not watch.ran:
            run_cases(names, unittest)
        elif not peer.asked:
            run_functions(names, entry_point)
    except SystemExit as e:
        if any(e is one for one in peer.foreign):
            raise Failed("exits before the tests have run") from None
        if e.code not in (None, 0, False) and watch.failure is None:
            raise
    if watch.failure is not None:
        raise watch.failure
    if not peer.asked:
        raise Malformed("the tests use nothing that the completion defines"
                        + ("; name it in metadata.entry_point if Python has the same name" if not entry_point else ""))


def tests_program(tests):
    return program(parse(tests, TESTS), TESTS, tests)


def run_cases(names, unittest):
    """Test cases that the tests only define."""
    loader = unittest.defaultTestLoader
    for value in list(names.values()):
        if isinstance(value, type) and not isinstance(value, wire.ProxyType) and issubclass(value, unittest.TestCase) \
                and value.__module__ == "__main__":
            loader.loadTestsFromTestCase(value).run(unittest.TestResult())


def run_functions(names, entry_point):
    """HumanEval's `check(candidate)` and pytest's functions, which the tests only define."""
    check = dict.get(names, "check")
    if isinstance(check, types.FunctionType) and entry_point:
        check(names[entry_point])
        return
    for name, value in list(names.items()):
        if name.startswith("test") and isinstance(value, types.FunctionType) and not value.__code__.co_argcount:
            value()


def run_checks(checker, cases, names, peer, entry_point, pipe):
    """Each case by itself: its input, what the completion makes of it, and what the checker says."""
    check = None
    if checker:
        exec(program(parse(checker, CHECKER), CHECKER, checker), names)
        check = dict.get(names, "check")
        if not callable(check):
            raise Malformed("the checker defines no function check(input, output, expected)")
    for number, case in enumerate(cases, 1):
        given, expected = case["input"], case.get("expected")
        if entry_point:
            import copy
            output = names[entry_point](*copy.deepcopy(given))
        else:
            output = printed(pipe, given, number)
        if check is not None:
            good = check(given, output, expected)
            if good is not True and good is not False:
                raise Malformed("the checker returned " + type(good).__name__ + " for case " + str(number)
                                + ", must be True or False")
        elif entry_point:
            good = output == expected
        else:
            good = lines_of(output) == lines_of(expected)
        if good is not True:
            raise Failed("wrong for case " + str(number) + " of " + str(len(cases)))


def lines_of(text):
    """As online judges compare: without spaces at the ends of lines and lines at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def printed(pipe, given, number):
    pipe.write(wire.MAIN, given.encode("utf-8", "surrogatepass"))
    kind, data = pipe.read()
    if kind != wire.MAIN or not data:
        raise Failed("does not answer for case " + str(number))
    text = data[1:].decode("utf-8", "replace")
    if data[:1] != b"\0":
        raise Failed(text + " (case " + str(number) + ")")
    return text


def loaded(pipe, peer):
    kind, data = pipe.read()
    if kind != wire.WIRE:
        raise wire.Ended("not what it defines")
    value = peer.decode(lambda: wire.Decoder(peer, data, {}).value())
    if type(value) is not tuple or len(value) != 2:
        raise wire.Ended("not what it defines")
    if value[0] != "loaded":
        raise Failed(str(value[1]))
    return frozenset(name for name in value[1] if type(name) is str)


def judge(pipe, tests, prelude, entry_point, checker, cases):
    trees = [parse(text, file) for text, file in ((tests, TESTS), (checker, CHECKER))]
    program(trees[0], TESTS, tests)
    before = prelude_of(prelude)
    declared = {node.name for node in ast.walk(ast.parse("")) if False}
    for match in __import__("re").finditer(r"^(?:async\s+)?(?:def|class)\s+(\w+)", prelude, 8):
        declared.add(match.group(1))
    names = Names(declared | {entry_point}, modules_in(trees[0]) | modules_in(trees[1]))
    names.update({"__name__": "__main__", "__builtins__": builtins})
    sys.modules["__main__"] = Module("__main__", names)
    for name in ("solution", "completion"):
        sys.modules[name] = Module(name, names)
    shared = {node.name for node in before.body if isinstance(node, ast.ClassDef)}
    peer = wire.Peer(pipe, names, shared, names_in(*trees, before))
    names.peer = peer
    try:
        exec(program(before, PRELUDE, prelude), names)
    except BaseException as e:
        raise Malformed("the prelude fails: " + reason(e, {PRELUDE: prelude})) from None
    pipe.say("go " + " ".join(sorted(shared)))
    try:
        if cases is None or entry_point:
            names.offered = loaded(pipe, peer)
        if cases is None:
            run_tests(tests, names, peer, entry_point)
        else:
            if not entry_point:
                pipe.read()  # the completion's process waits for inputs
            run_checks(checker, cases, names, peer, entry_point, pipe)
    finally:
        if peer.problem:
            raise wire.Uncarried(peer.problem)
    if peer.fault:
        raise wire.Ended(peer.fault)


def main():
    pipe = wire.Pipe()
    pipe.say("ready")
    tests, prelude, entry_point, checker, cases, _ = pipe.texts()
    sources = {TESTS: tests, CHECKER: checker}
    sys.argv = ["tests"]
    try:
        if cases:
            import json
            cases = json.loads(cases)
        judge(pipe, tests, prelude, entry_point, checker, cases or None)
        verdict = "passed"
    except Malformed as e:
        verdict = "malformed " + str(e)
    except wire.Uncarried as e:
        verdict = "uncarried " + str(e)
    except wire.Ended as e:
        verdict = "ended " + str(e)
    except Failed as e:
        verdict = "failed " + str(e)
    except BaseException as e:
        verdict = "failed " + reason(e, sources)
    pipe.say(verdict)
    os._exit(0)
