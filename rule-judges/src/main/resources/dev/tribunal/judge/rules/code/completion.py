"""Runs a completion's code in its process, and answers for it.

    event in     the prelude, the code, names of classes that the tests have too, "main" or nothing
    event out    "running"      the program's time begins
    wire out     the names that the code defines, or why it does not load; then answers, as `wire` says
    wire out     an empty frame (if "main" was said), and then
    main in      the standard input of a run of the whole program, one after the other
    main out     how it ended (0, or 1 and the reason), and what it printed

The service sends no test here, and takes nothing from here for a verdict.
"""

import builtins
import io
import os
import sys
import types

import wire

COMPLETION = "<completion>"
MOST_PRINTED = 16 << 20
MOST_PASSED_ON = 1 << 20


class Printed(io.BytesIO):
    """What the program prints, until it is passed on to the tests; what is too much is dropped."""

    def write(self, data):
        return super().write(data) if self.tell() < MOST_PASSED_ON else memoryview(data).nbytes

    def fileno(self):
        return 1

    def taken(self):
        if self.closed or not self.tell():
            return ""
        data = self.getvalue()[:MOST_PASSED_ON]
        self.seek(0)
        self.truncate()
        return data.decode("utf-8", "replace")


def imports(prelude):
    return "\n".join(line for line in prelude.splitlines() if line.startswith(("import ", "from ")))


def compiled(prelude, code):
    """A whole program, or what goes on where the prelude stops: the first that is Python."""
    indented = "\n".join("    " + line for line in code.splitlines())
    mistake = None
    for before in (prelude, imports(prelude)) if "__future__" in code else ():
        try:
            return compile(joined(before, code), COMPLETION, "exec", dont_inherit=True), before + "\n" + code
        except (SyntaxError, ValueError):
            continue
    for program in (prelude + "\n" + code, imports(prelude) + "\n" + code, prelude + "\n" + indented):
        try:
            return compile(program, COMPLETION, "exec", dont_inherit=True), program
        except (SyntaxError, ValueError) as e:
            # Of the completion by itself: that is what its reader knows.
            mistake = e if mistake is None or program.startswith(imports(prelude) + "\n" + code) else mistake
    raise mistake


def joined(prelude, code):
    """Two programs as one: what either imports from __future__ has to come first."""
    import ast
    compile(code, COMPLETION, "exec", dont_inherit=True)  # in which it comes first already
    first, second = ast.parse(prelude), ast.parse(code)
    ast.increment_lineno(second, prelude.count("\n") + 1)
    body = first.body + second.body
    future = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    first.body = future + [node for node in body if node not in future]
    return first


def reason(error, source):
    """One line: what was raised, and the innermost line of the completion that it came from."""
    try:
        text = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}".removesuffix(": ")
    except BaseException:
        text = type(error).__name__
    line = error.text if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    lines = source.splitlines()
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == COMPLETION and trace.tb_lineno <= len(lines):
            line = lines[trace.tb_lineno - 1]
        trace = trace.tb_next
    if line:
        text += f" (in the completion: {line.strip()})"
    return " ".join(text.split())[:500]


def new_module(name):
    module = types.ModuleType("solution")
    module.__name__ = name
    sys.modules["solution"] = sys.modules["__main__"] = module
    return module


def serve(pipe, prelude, code, shared):
    module = new_module("solution")
    peer = wire.Peer(pipe, vars(module), shared)
    before = set(vars(module))
    printed = Printed()
    sys.stdout = io.TextIOWrapper(printed, "utf-8", "replace", newline="\n", write_through=True)
    try:
        program, code = compiled(prelude, code)
        exec(program, vars(module))
        loaded = ("loaded", tuple(str(name) for name in vars(module) if name not in before))
    except wire.Ended:
        raise
    except BaseException as e:
        loaded = ("failed", "exits before the tests have run" if isinstance(e, SystemExit) else reason(e, code))
    printed.taken()  # before the tests: they capture nothing yet
    peer.printed = printed
    pipe.write(wire.WIRE, wire.Encoder(peer).write(loaded))
    while True:
        with peer.lock:  # threads of the program ask the tests while a request is carried out
            kind, data = pipe.read()
        if kind != wire.WIRE or data[:1] != b"?":
            raise wire.Ended("not a request")
        peer.serve(peer.decode(lambda: wire.Decoder(peer, data[1:], {}).request()))


def run_main(program, code, given):
    """The whole program once, in a process of its own, so that each input finds it new."""
    with open("/tmp/stdin", "wb") as file:
        file.write(given)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.dup2(os.open("/tmp/stdin", os.O_RDONLY), 0)
            os.dup2(os.open("/tmp/stdout", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
            os.dup2(os.open("/tmp/reason", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
            sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)
            sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)
            sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)
            try:
                exec(program, vars(new_module("__main__")))
                status = 0
            except SystemExit as e:
                status = 0 if e.code is None else e.code if isinstance(e.code, int) else 1
            sys.stdout.flush()
        except BaseException as e:
            os.ftruncate(2, 0)
            os.lseek(2, 0, os.SEEK_SET)
            os.write(2, reason(e, code).encode("utf-8", "replace"))
        finally:
            os._exit(status & 0xff)
    status = os.waitpid(child, 0)[1]
    if status != 0:
        with open("/tmp/reason", "rb") as file:
            said = file.read(2000).decode("utf-8", "replace").strip()
        ended = "is killed by signal " + str(os.WTERMSIG(status)) if os.WIFSIGNALED(status) \
            else "exits with " + str(os.WEXITSTATUS(status))
        return b"\1" + (said or ended).encode("utf-8", "replace")
    with open("/tmp/stdout", "rb") as file:
        printed = file.read(MOST_PRINTED + 1)
    return b"\1prints more than " + str(MOST_PRINTED >> 20).encode() + b" MB" if len(printed) > MOST_PRINTED \
        else b"\0" + printed


def serve_main(pipe, prelude, code):
    try:
        program, source = compiled(prelude, code)
    except BaseException as e:
        program, source = None, reason(e, code)
    pipe.write(wire.WIRE, b"")  # inputs may come
    while True:
        kind, given = pipe.read()
        if kind != wire.MAIN:
            raise wire.Ended("not an input")
        answer = b"\1" + source.encode("utf-8", "replace") if program is None else run_main(program, source, given)
        pipe.write(wire.MAIN, answer)


def main():
    pipe = wire.Pipe()
    pipe.say("ready")
    prelude, code, shared, how = pipe.texts()
    if not hasattr(builtins, "exit"):  # what the module site defines, and programs use
        from _sitebuiltins import Quitter
        builtins.exit, builtins.quit = Quitter("exit", ""), Quitter("quit", "")
    pipe.say("running")
    try:
        if how == "main":
            serve_main(pipe, prelude, code)
        else:
            serve(pipe, prelude, code, frozenset(shared.split()))
    except wire.Ended as e:
        os.write(2, str(e).encode("utf-8", "replace"))
        os._exit(0)
