"""How the completion's process and the tests' process speak with each other: values, references, calls.

A frame is four bytes of length (of what follows), one byte of kind and its bytes. WIRE frames go from one process to
the other, EVENT frames (texts) to and from the service, which hands everything else on unread. At any time one side has
asked and waits; while it waits it may be asked itself, so that a function that the tests hand over can be called.

What crosses:

    plain values   by value, rebuilt as the exact built-in types, and a fixed list of the standard library's
    anything else  as a reference to an object that stays where it is; the other side has a proxy for it

The tests' side trusts nothing that comes in. A proxy never equals plain data by what its object says: an object that
has a built-in type for a base is asked for its plain value, and the tests' side compares. Operators that would tell an
object what it is compared with are carried only for classes that the tests name (`Peer.may_ask`).
"""

import builtins
import operator
import os
import struct
import sys
import threading
import types

WIRE, EVENT, MAIN = 1, 2, 3
MOST_BYTES = 32 << 20
HANDLE = "__reference__"


class Ended(BaseException):
    """The other side is gone, or does not keep to the protocol. No `except Exception` of anybody's swallows it."""


class Uncarried(BaseException):
    """The tests do what no proxy can carry."""


class Pipe:
    """Descriptors 0 and 1, moved out of the way: programs read nothing from theirs and print to nowhere."""

    def __init__(self):
        self.source, self.sink = os.dup(0), os.dup(1)
        self.owner = os.getpid()
        self.ahead = b""
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)

    def read(self):
        """Kind and bytes of the next frame."""
        self.owned()
        length, kind = struct.unpack(">IB", self.exactly(5))
        if not 1 <= length <= MOST_BYTES + 1:
            raise Ended("a frame of " + str(length) + " bytes")
        return kind, self.exactly(length - 1)

    def exactly(self, count):
        parts, missing = [self.ahead], count - len(self.ahead)
        while missing > 0:
            part = os.read(self.source, max(1 << 16, min(missing, 1 << 20)))
            if not part:
                raise Ended("it has ended")
            parts.append(part)
            missing -= len(part)
        data = b"".join(parts) if len(parts) > 1 else parts[0]
        self.ahead = data[count:]
        return data[:count]

    def write(self, kind, data):
        self.owned()
        view = memoryview(struct.pack(">IB", len(data) + 1, kind) + data)
        while view:
            view = view[os.write(self.sink, view):]

    def owned(self):
        """Ends a process that the program forked, where it comes to the program's end: it does not speak for it."""
        if os.getpid() != self.owner:
            os._exit(0)

    def say(self, text):
        self.write(EVENT, text.encode("utf-8", "replace"))

    def texts(self):
        """The next event: texts, each with its length before it."""
        kind, data = self.read()
        if kind != EVENT:
            raise Ended("not an event")
        found = []
        while data:
            length = int.from_bytes(data[:4], "big")
            found.append(data[4:4 + length].decode("utf-8", "surrogatepass"))
            data = data[4 + length:]
        return found


# Values of the standard library that cross by value: how to take one apart and to build it again. Nothing that is
# built here runs what the other side sent.

def _datetime(name):
    return lambda: getattr(__import__("datetime"), name)


def _collections(name):
    return lambda: getattr(__import__("collections"), name)


def _zone(value):
    offset = value.utcoffset() if value.tzinfo is not None else None
    return None if offset is None else (offset.days, offset.seconds, offset.microseconds)


def _tzinfo(parts):
    import datetime
    return None if parts is None else datetime.timezone(datetime.timedelta(*parts))


def _build_datetime(cls, *parts):
    return cls(*parts[:-2], tzinfo=_tzinfo(parts[-2]), fold=parts[-1])


def _clock(value):
    return (value.hour, value.minute, value.second, value.microsecond, _zone(value), value.fold)


VALUES = {
    ("builtins", "range"): (lambda v: (v.start, v.stop, v.step), lambda c, *p: c(*p)),
    ("builtins", "slice"): (lambda v: (v.start, v.stop, v.step), lambda c, *p: c(*p)),
    ("decimal", "Decimal"): (lambda v: (str(v),), lambda c, text: c(text)),
    ("fractions", "Fraction"): (lambda v: (v.numerator, v.denominator), lambda c, *p: c(*p)),
    ("datetime", "date"): (lambda v: (v.year, v.month, v.day), lambda c, *p: c(*p)),
    ("datetime", "timedelta"): (lambda v: (v.days, v.seconds, v.microseconds), lambda c, *p: c(*p)),
    ("datetime", "datetime"): (lambda v: (v.year, v.month, v.day) + _clock(v), _build_datetime),
    ("datetime", "time"): (_clock, _build_datetime),
    ("datetime", "timezone"): (lambda v: (v.utcoffset(None).days, v.utcoffset(None).seconds),
                               lambda c, *p: _tzinfo(p + (0,))),
    ("uuid", "UUID"): (lambda v: (v.int,), lambda c, number: c(int=number)),
    ("builtins", "dict_keys"): (lambda v: (list(v),), lambda c, keys: dict.fromkeys(keys).keys()),
    ("builtins", "dict_values"): (lambda v: (list(v),), lambda c, values: dict(enumerate(values)).values()),
    ("builtins", "dict_items"): (lambda v: (list(v),), lambda c, items: dict(items).items()),
    ("array", "array"): (lambda v: (v.typecode, v.tolist()), lambda c, code, items: c(code, items)),
}

# Containers of the standard library: (type's module, name) -> kind of content, by which they are filled.
CONTAINERS = {("collections", "OrderedDict"), ("collections", "Counter"), ("collections", "defaultdict"),
              ("collections", "deque")}

# Types that own classes may have for a base, with the plain value as their content.
BASES = (bool, int, float, complex, str, bytes, tuple, frozenset, list, dict, set, bytearray)
MUTABLE_BASES = (list, dict, set, bytearray)

# Modules whose exceptions cross as what they are.
ERROR_MODULES = {"builtins", "json.decoder", "decimal", "queue", "_queue", "subprocess", "asyncio.exceptions", "re",
                 "struct", "binascii", "zlib", "concurrent.futures._base", "dataclasses", "statistics", "string",
                 "configparser", "csv", "_csv", "copy", "graphlib", "zoneinfo._common"}

COERCED = {"__len__": int, "__bool__": bool, "__int__": int, "__index__": int, "__float__": float,
           "__complex__": complex, "__str__": str, "__repr__": str, "__format__": str, "__hash__": int,
           "__bytes__": bytes, "__length_hint__": int, "__contains__": bool, "__lt__": bool, "__le__": bool,
           "__gt__": bool, "__ge__": bool}

ALONE = {
    "__len__": len, "__iter__": iter, "__next__": next, "__bool__": bool, "__int__": int, "__index__": operator.index,
    "__float__": float, "__complex__": complex, "__str__": str, "__repr__": repr, "__hash__": hash, "__bytes__": bytes,
    "__neg__": operator.neg, "__pos__": operator.pos, "__abs__": abs, "__invert__": operator.invert,
    "__round__": round, "__reversed__": reversed, "__length_hint__": operator.length_hint, "__format__": format,
    "__getitem__": operator.getitem, "__setitem__": operator.setitem, "__delitem__": operator.delitem,
    "__trunc__": lambda a: type(a).__trunc__(a), "__floor__": lambda a: type(a).__floor__(a),
    "__ceil__": lambda a: type(a).__ceil__(a), "__enter__": lambda a: type(a).__enter__(a),
    "__exit__": lambda a, *error: type(a).__exit__(a, *error),
}
BINARY = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
          "floordiv": operator.floordiv, "mod": operator.mod, "pow": pow, "matmul": operator.matmul,
          "and": operator.and_, "or": operator.or_, "xor": operator.xor, "lshift": operator.lshift,
          "rshift": operator.rshift, "divmod": divmod}
ORDER = {"__lt__": operator.lt, "__le__": operator.le, "__gt__": operator.gt, "__ge__": operator.ge}
WITH_OTHER = {"__contains__": operator.contains, **ORDER}
for _name, _function in BINARY.items():
    WITH_OTHER["__" + _name + "__"] = _function
    WITH_OTHER["__r" + _name + "__"] = lambda a, b, f=_function: f(b, a)
    if hasattr(operator, "i" + _name):
        WITH_OTHER["__i" + _name + "__"] = getattr(operator, "i" + _name)
OPERATIONS = {**ALONE, **WITH_OTHER}
CARRIED = tuple(OPERATIONS) + ("__call__",)

# Methods by which an object that is no str, list or set could answer what only these can tell.
PREDICATES = {"startswith", "endswith", "issubset", "issuperset", "isdisjoint", "count", "index", "find", "rfind",
              "rindex", "is_integer"}

FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type, types.ModuleType,
             types.FrameType, types.CodeType, types.TracebackType, types.GeneratorType, types.CoroutineType)


def plain_of(value):
    """Of an object whose class has a built-in type for a base: that type's value, whatever the class overrides."""
    for base in BASES:
        if isinstance(value, base) and base is not bool:
            if base is dict:
                return dict(dict.items(value))
            if base in (list, tuple, set, frozenset):
                return base(base.__iter__(value))
            if base is str:
                return str.__str__(value) if type(value) is str else "".join(str.__iter__(value))
            if base is int:
                return int.__index__(value) + 0
            if base is float:
                return float.__float__(value) + 0.0 if value == value else float.__float__(value)
            if base is bytes:
                return bytes(bytes.__iter__(value))
            if base is bytearray:
                return bytearray(bytearray.__iter__(value))
            return complex.__pos__(value)
    raise TypeError("has no plain value")


def base_of(cls):
    """The built-in value type that a class inherits from; None if none."""
    for base in cls.__mro__:
        if base in BASES:
            return base
    return None


class ProxyType(type):
    """The class of proxies' classes: one for each class of the other side."""

    def __new__(meta, name, bases, space, peer=None):
        if peer is None:
            base = next(one for one in bases if isinstance(one, ProxyType))
            base.__peer__.uncarried("a class of the tests inherits from the completion's " + base.__name__)
        return super().__new__(meta, name, bases, space)

    def __init__(cls, name, bases, space, peer=None):
        super().__init__(name, bases, space)

    def __call__(cls, *args, **kwargs):
        return cls.__peer__.construct(cls, args, kwargs)

    def __getattr__(cls, name):
        if name.startswith("__") and name in ("__peer__", HANDLE, "__abstractmethods__", "__isabstractmethod__"):
            raise AttributeError(name)
        return cls.__peer__.ask("get", cls, name)

    def __setattr__(cls, name, value):
        cls.__peer__.ask("set", cls, name, value)

    def __iter__(cls):
        return cls.__peer__.ask("op", cls, "__iter__", ())

    def __len__(cls):
        return cls.__peer__.operation(cls, "__len__", ())

    def __bool__(cls):
        return True

    def __getitem__(cls, key):
        return cls.__peer__.ask("op", cls, "__getitem__", (key,))

    def __contains__(cls, one):
        return cls.__peer__.operation(cls, "__contains__", (one,))

    def __dir__(cls):
        return cls.__peer__.ask("dir", cls)


class Proxy:
    """What every class of proxies inherits."""

    def __getattr__(self, name):
        return type(self).__peer__.attribute(self, name)

    def __setattr__(self, name, value):
        type(self).__peer__.ask("set", self, name, value)

    def __delattr__(self, name):
        type(self).__peer__.ask("del", self, name)

    def __eq__(self, other):
        return type(self).__peer__.equal(self, other)

    def __ne__(self, other):
        return not type(self).__peer__.equal(self, other)

    def __hash__(self):
        return type(self).__peer__.operation(self, "__hash__", ())

    def __repr__(self):
        return type(self).__peer__.operation(self, "__repr__", ())

    def __str__(self):
        return type(self).__peer__.operation(self, "__str__", ())

    def __format__(self, spec):
        return type(self).__peer__.operation(self, "__format__", (spec,))

    def __dir__(self):
        return type(self).__peer__.ask("dir", self)

    def __copy__(self):
        return type(self).__peer__.ask("copy", self)

    def __deepcopy__(self, memo):
        return type(self).__peer__.ask("deepcopy", self)

    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle an object of the other process")


def forwarder(name):
    if name == "__call__":
        return lambda self, *args, **kwargs: type(self).__peer__.call(self, args, kwargs)
    return lambda self, *args: type(self).__peer__.operation(self, name, args)


def member(name):
    return property(lambda self: type(self).__peer__.attribute(self, name))


def by_content(name):
    """Of a proxy whose content may have changed: the built-in type's operator on what it holds now."""
    function = ORDER[name]

    def compare(self, other):
        peer = type(self).__peer__
        if peer.is_foreign(other) and base_of(type(other)) is None:
            return peer.operation(self, name, (other,))
        return function(peer.content(self), peer.content(other) if peer.is_foreign(other) else other)
    return compare


class Peer:
    """One end of the wire."""

    def __init__(self, pipe, space, shared=None, named=None):
        """
        space: the names of the program, where shared classes are found
        shared: names of classes that both sides have, whose objects cross by value
        named: what the tests name, if this is the tests' side; None on the completion's
        """
        self.pipe = pipe
        self.space = space
        self.shared = shared or frozenset()
        self.named = named
        self.trusted = named is not None
        self.lock = threading.RLock()
        self.objects = []  # by handle; kept as long as the process
        self.handles = {}  # of id
        self.described = set()
        self.proxies = {}  # by the other side's handle
        self.classes = {}
        self.constructed = set()  # handles of what the tests have made themselves
        self.asked = False
        self.fault = None  # what the other side did that no program may
        self.problem = None  # what the tests did that cannot be carried
        self.foreign = []  # exits that came from the other side
        self.printed = None  # what the completion prints, on its side

    # --- the asking end

    def ask(self, *request):
        return self.answer(self.exchange(request), request)

    def exchange(self, request):
        """Sends a request, answers what is asked meanwhile, and returns how the answer was decoded."""
        with self.lock:
            if self.fault:
                raise Ended(self.fault)
            self.pass_on()
            self.asked = True
            encoder = Encoder(self)
            self.pipe.write(WIRE, b"?" + encoder.write(request))
            while True:
                try:
                    kind, data = self.pipe.read()
                    if kind != WIRE or data[:1] not in (b"?", b"!"):
                        raise Ended("not an answer")
                    if data[:1] == b"!":
                        return self.decode(lambda: Decoder(self, data[1:], encoder.sent).answer())
                    request = self.decode(lambda: Decoder(self, data[1:], {}).request())
                except Ended as e:
                    self.broken(str(e))
                self.serve(request)

    def decode(self, read):
        try:
            return read()
        except (Ended, Uncarried):
            raise
        except Exception as e:
            raise Ended("sent what is not an answer: " + type(e).__name__) from None

    def broken(self, why):
        self.fault = self.fault or why
        raise Ended(self.fault)

    def uncarried(self, why):
        self.problem = self.problem or why
        raise Uncarried(why)

    def answer(self, decoded, request):
        if type(decoded) is not tuple or len(decoded) != 3:
            self.broken("not an answer")
        good, value, changes = decoded
        if good is True:
            return value
        if not isinstance(value, BaseException):
            self.broken("raises what is no exception")
        if self.trusted:
            if isinstance(value, (SystemExit, KeyboardInterrupt, GeneratorExit)):
                self.foreign.append(value)
            elif isinstance(value, (StopIteration, StopAsyncIteration)) and request[:1] + request[2:3] != (
                "op",
                "__next__",
            ):
                # It would end a loop of the tests and not fail it.
                raise RuntimeError("raised " + type(value).__name__) from value
        raise value

    def call(self, target, args, kwargs):
        value = self.ask("call", target, args, kwargs)
        self.constructed.discard(self.handle_of(value))
        return value

    def construct(self, cls, args, kwargs):
        value = self.ask("call", cls, args, kwargs)
        handle = self.handle_of(value)
        if handle is not None:
            self.constructed.add(handle)
        return value

    def attribute(self, proxy, name):
        if name in ("__array__", "__array_interface__", "__array_struct__"):
            raise AttributeError(name)
        if self.trusted and name in PREDICATES and type(proxy).__name__ not in self.named:
            raise TypeError("the completion's " + type(proxy).__name__ + " has a " + name + " of its own")
        return self.ask("get", proxy, name)

    def may_ask(self, proxy, others):
        """Whether an object may be told these, in an operation whose value it could make up to fit."""
        if not self.trusted or all(self.is_foreign(other) for other in others):
            return True
        if isinstance(proxy, ProxyType):
            return True
        return type(proxy).__name__ in self.named and self.handle_of(proxy) in self.constructed

    def operation(self, proxy, name, args):
        if name in WITH_OTHER and not self.may_ask(proxy, args):
            if name == "__contains__" and hasattr(type(proxy), "__iter__"):
                return any(one is args[0] or one == args[0] for one in proxy)
            if name in ORDER or name.startswith("__i"):
                return NotImplemented
            raise TypeError("an object of the completion's " + type(proxy).__name__ + " cannot be asked for " + name
                            + " with plain data")
        if name == "__exit__":
            args = args[:2] + (None,)
        value = self.ask("op", proxy, name, args)
        kind = COERCED.get(name)
        if kind is not None:
            if type(value) is not kind:
                raise TypeError(name + " returned another type than " + kind.__name__)
        elif name in WITH_OTHER and self.handle_of(proxy) in self.constructed:
            handle = self.handle_of(value)
            if handle is not None:
                self.constructed.add(handle)  # a sum of what the tests made
        return value

    def content(self, proxy):
        value = self.ask("plain", proxy)
        if type(value) is not base_of(type(proxy)):
            raise TypeError("its plain value is of another type")
        return value

    def equal(self, proxy, other):
        if proxy is other:
            return True
        if self.is_foreign(other):
            return self.ask("eq", proxy, other) is True
        if not self.trusted:
            return self.ask("eq", proxy, other) is True
        base = base_of(type(proxy))
        if base is None:
            return False
        return bool(self.content(proxy) == other)

    def is_foreign(self, value):
        return isinstance(type(value), ProxyType) or isinstance(value, ProxyType)

    def handle_of(self, value):
        if isinstance(value, ProxyType):
            return type.__getattribute__(value, HANDLE)
        if isinstance(type(value), ProxyType):
            return object.__getattribute__(value, "__dict__").get(HANDLE)
        return None

    # --- the answering end

    def serve(self, request):
        try:
            answer = (True, self.perform(request), ())
        except (Ended, Uncarried):
            raise
        except BaseException as e:
            answer = (False, e, ())
        self.pass_on()
        self.reply(answer, request)

    def pass_on(self):
        """Has the tests' side print what the completion has printed: tests may capture it."""
        text = self.printed.taken() if self.printed else ""
        if text:
            self.ask("print", text)

    def reply(self, answer, request):
        encoder = Encoder(self, request.received)
        try:
            data = encoder.write(answer, changed(request))
        except (Ended, Uncarried):
            raise
        except BaseException as e:
            encoder = Encoder(self)
            data = encoder.write((False, TypeError("a value cannot be handed over: " + str(e)[:200]), ()))
        with self.lock:
            self.pipe.write(WIRE, b"!" + data)

    def perform(self, request):
        if type(request.value) is not tuple or not request.value or type(request.value[0]) is not str:
            raise Ended("not a request")
        operation, *parts = request.value
        if self.trusted:
            self.permit(operation, parts)
        return getattr(self, "do_" + operation)(*parts)

    def permit(self, operation, parts):
        """What the completion may do with objects of the tests: call functions, use objects by their public names."""
        if operation == "print":
            return
        target = parts[0] if parts else None
        if operation not in ("call", "get", "set", "op", "eq") or id(target) not in self.handles:
            raise TypeError("not with an object of the tests")
        if any(one.__module__ in ("unittest.case", "unittest.result", "unittest.runner", "unittest.suite")
               for one in type(target).__mro__):
            raise TypeError("not with a test case")
        if isinstance(target, type) and operation != "call":
            raise TypeError("not with a class of the tests")
        if operation in ("get", "set"):
            if type(parts[1]) is not str or parts[1].startswith("_") or isinstance(target, FUNCTIONS + BASES):
                raise AttributeError("not an attribute: " + str(parts[1]))
            if parts[1] in ("gi_frame", "cr_frame", "tb_frame", "f_back", "format", "format_map"):
                raise AttributeError(parts[1])
        if operation == "op" and parts[1] == "__format__":
            raise TypeError("not with an object of the tests")

    def do_call(self, target, args, kwargs):
        return target(*args, **kwargs)

    def do_get(self, target, name):
        return getattr(target, name)

    def do_set(self, target, name, value):
        setattr(target, name, value)

    def do_del(self, target, name):
        delattr(target, name)

    def do_op(self, target, name, args):
        return OPERATIONS[name](target, *args)

    def do_eq(self, one, other):
        return bool(one == other)

    def do_plain(self, target):
        return plain_of(target)

    def do_dir(self, target):
        return [str(name) for name in dir(target)]

    def do_copy(self, target):
        import copy
        return copy.copy(target)

    def do_deepcopy(self, target):
        import copy
        return copy.deepcopy(target)

    def do_await(self, target):
        import asyncio
        return asyncio.run(target)

    def do_print(self, text):
        import sys
        if type(text) is str and sys.stdout is not sys.__stdout__:
            sys.stdout.write(text)

    def do_global(self, name):
        return self.space[name]

    def handle(self, value):
        found = self.handles.get(id(value))
        if found is None:
            found = self.handles[id(value)] = len(self.objects)
            self.objects.append(value)
        return found

    def held(self, handle):
        if handle >= len(self.objects):
            raise Ended("names an object that there is not")
        return self.objects[handle]

    # --- classes of the other side

    def describe(self, cls):
        own = [one for one in cls.__mro__ if one is not object and one not in BASES
               and (own_class(one) or not issubclass(cls, BaseException))]
        if base_of(cls) in MUTABLE_BASES:
            own.append(base_of(cls))
        dunders = tuple(name for name in CARRIED if any(one.__dict__.get(name) is not None for one in own))
        builtin = base_of(cls)
        overridden = () if builtin is None else tuple(
            name for name in dir(builtin)
            if not name.startswith("_") and any(name in one.__dict__ for one in own))
        return (str(cls.__name__), str(cls.__qualname__), dunders, overridden, issubclass(cls, BaseException))

    def bases(self, cls):
        if issubclass(cls, BaseException):
            return tuple(base if own_class(base) else Named(nearest_error(base)) for base in cls.__bases__
                         if issubclass(base, BaseException)) or (Named(nearest_error(cls)),)
        return tuple(base if own_class(base) else Named(base) for base in cls.__bases__
                     if own_class(base) or base in BASES)

    def make_class(self, handle, description, bases):
        name, qualified, dunders, overridden, is_error = description
        bases = tuple(base for base in bases if isinstance(base, type))
        space = {HANDLE: handle, "__peer__": self, "__module__": "solution", "__qualname__": str(qualified)}
        for one in dunders:
            if one in CARRIED:
                space[one] = forwarder(one)
        for one in overridden:
            space[str(one)] = member(str(one))
        plain = next((base_of(base) for base in bases if base_of(base)), None)
        if plain is not None:
            space.update({"__eq__": Proxy.__eq__, "__ne__": Proxy.__ne__, "__hash__": Proxy.__hash__})
            for one in ("__str__", "__repr__", "__format__"):
                space[one] = Proxy.__dict__[one]
            if plain not in MUTABLE_BASES:
                space["__hash__"] = plain.__hash__
            for one in ORDER:
                if self.trusted and hasattr(plain, one):
                    space[one] = by_content(one)
        elif is_error:
            for one in ("__str__", "__repr__"):
                space.setdefault(one, BaseException.__dict__[one])
        for candidate in ((*bases, Proxy), (plain or (bases[0] if is_error and bases else object), Proxy)):
            candidate = tuple(dict.fromkeys(one for one in candidate if one is not object))
            if any(one is not Proxy and issubclass(one, Proxy) for one in candidate):
                candidate = tuple(one for one in candidate if one is not Proxy)
            try:
                return ProxyType(name, candidate, dict(space), peer=self)
            except TypeError:
                continue
        return ProxyType(name, (Proxy,), space, peer=self)

    def make_proxy(self, handle, cls, content):
        found = self.proxies.get(handle)
        if found is None:
            plain = base_of(cls)
            if plain is None:
                found = object.__new__(cls) if not issubclass(cls, BaseException) else cls.__new__(cls)
            elif plain in MUTABLE_BASES:
                found = plain.__new__(cls)
            elif type(content) is plain:
                found = plain.__new__(cls, content) if plain is not complex else complex.__new__(cls, content)
            else:
                raise Ended("an object without the content of its base")
            object.__setattr__(found, HANDLE, handle)
            self.proxies[handle] = found
        return found


def own_class(cls):
    """Whether a class is the program's own, and not of Python or its library."""
    return cls.__module__ in ("solution", "__main__", "tests") or isinstance(cls, ProxyType)


def nearest_error(cls):
    for one in cls.__mro__:
        if one.__module__ in ERROR_MODULES and one.__qualname__ == one.__name__:
            return one
    return Exception


class Named:
    """A class that both sides have by the same name."""

    def __init__(self, cls):
        self.cls = cls


class Request:
    """A decoded request: its value, and the mutable containers in it as they came."""

    def __init__(self, value, received):
        self.value = value
        self.received = received  # (index, container, shallow copy)


def snapshot(value):
    if isinstance(value, dict):
        return [one for item in dict.items(value) for one in item]
    if type(value) is bytearray:
        return bytes(value)
    if hasattr(value, "__dict__"):
        return snapshot(vars(value))
    return list(value)


def changed(request):
    """The mutable containers of a request that are not what they were."""
    found = []
    for index, container, before in request.received:
        now = snapshot(container)
        if len(now) != len(before) or not all(map(operator.is_, now, before)):
            if type(now) is not bytes or now != before:
                found.append((index, container))
    return found


class Encoder:
    """Values as bytes: a table of nodes, each a tag and what belongs to it, children by their index."""

    def __init__(self, peer, received=()):
        self.peer = peer
        self.queue = []
        self.seen = {}
        self.sent = {}  # index -> mutable container, for what the answer says of them
        self.back = {id(container): index for index, container, _ in received}

    def write(self, value, changes=None):
        out = bytearray()
        if changes is not None:
            value = value[:2] + (tuple((index, Content(container)) for index, container in changes),)
        self.index(value)
        at = 0
        while at < len(self.queue):
            self.node(self.queue[at], at, out)
            at += 1
            if len(out) > MOST_BYTES:
                raise OverflowError("more than " + str(MOST_BYTES >> 20) + " MB")
        return struct.pack(">I", len(self.queue)) + bytes(out)

    def index(self, value):
        if type(value) in SIMPLE:
            self.queue.append(value)
            return len(self.queue) - 1
        found = self.seen.get(id(value))
        if found is None:
            found = self.seen[id(value)] = len(self.queue)
            self.queue.append(value)
        return found

    def children(self, tag, values):
        indices = [self.index(one) for one in values]
        return tag + struct.pack(">I%dI" % len(indices), len(indices), *indices)

    def node(self, value, at, out):
        kind = type(value)
        writer = WRITERS.get(kind)
        if kind in MUTABLE:
            back = self.back.get(id(value))
            if back is not None:
                out += b"a" + struct.pack(">I", back)
                return
            self.sent[at] = value
        if writer is not None:
            out += writer(self, value)
        else:
            out += self.other(value, kind, at)

    def packed(self, value):
        """A list of numbers or texts of one kind, which is most lists there are."""
        kinds = set(map(type, value))
        if len(kinds) == 1:
            kind = kinds.pop()
            try:
                if kind is int:
                    return b"Q" + struct.pack(">I%dq" % len(value), len(value), *value)
                if kind is float:
                    return b"G" + struct.pack(">I%dd" % len(value), len(value), *value)
            except struct.error:
                pass
        return self.children(b"l", value)

    def pairs(self, tag, value):
        return self.children(tag, [one for item in dict.items(value) for one in item])

    def other(self, value, kind, at):
        peer = self.peer
        if kind is Content:
            return self.children(b"w", (self.contents(value.container),))
        if kind is Named:
            return self.children(b"n", (value.cls.__module__, value.cls.__qualname__))
        if isinstance(kind, ProxyType) or isinstance(value, ProxyType):
            handle = peer.handle_of(value)
            if handle is None:
                raise TypeError("an object without a reference")
            return b"o" + struct.pack(">I", handle)
        if isinstance(value, type):
            return self.of_class(value)
        where = (kind.__module__, kind.__qualname__)
        if where in VALUES:
            return self.children(b"V", where + (tuple(VALUES[where][0](value)),))
        if where in CONTAINERS:
            back = self.back.get(id(value))
            if back is not None:
                return b"a" + struct.pack(">I", back)
            self.sent[at] = value
            return self.children(b"X", (where[1], self.contents(value), extra(value)))
        if kind.__name__ in peer.shared and own_class(kind) and kind is not type:
            back = self.back.get(id(value))
            if back is not None:
                return b"a" + struct.pack(">I", back)
            self.sent[at] = value
            return self.children(b"p", (kind.__name__, state_of(value)))
        if isinstance(value, BaseException):
            return self.error(value, kind)
        if kind is types.BuiltinFunctionType and value.__name__ in CALLABLE \
                and getattr(builtins, value.__name__) is value:
            return self.children(b"n", ("builtins", value.__name__))
        if kind is object:
            return b"r" + struct.pack(">I", peer.handle(value)) + self.children(b"", (Bare, None))
        content = plain_of(value) if base_of(kind) is not None else None
        return b"r" + struct.pack(">I", peer.handle(value)) + self.children(b"", (kind, content))

    def contents(self, value):
        if isinstance(value, dict):
            return tuple(one for item in dict.items(value) for one in item)
        if type(value) is bytearray:
            return bytes(value)
        if isinstance(value, (list, set)) or type(value).__name__ == "deque":
            return tuple(value)
        return state_of(value)

    def of_class(self, cls):
        peer = self.peer
        where = (str(cls.__module__), str(cls.__qualname__))
        if cls in TYPES or where in VALUES or where in CONTAINERS or (
            issubclass(cls, BaseException) and nearest_error(cls) is cls
        ):
            return self.children(b"n", where)
        if cls.__name__ in peer.shared and own_class(cls):
            return self.children(b"P", (cls.__name__,))
        handle = peer.handle(cls)
        described = handle in peer.described
        peer.described.add(handle)
        description = None if described else peer.describe(cls)
        return b"k" + struct.pack(">I", handle) + self.children(
            b"", (description, () if described else peer.bases(cls)))

    def error(self, value, kind):
        """An exception: its class, arguments, and where in the completion it came from."""
        origin = getattr(value, ORIGIN, None)
        if type(origin) is int and not self.peer.trusted:
            return b"o" + struct.pack(">I", origin)
        cls = kind if own_class(kind) else Named(nearest_error(kind))
        args = ()
        if not (self.peer.trusted and isinstance(value, AssertionError)):
            args = tuple(argument if sendable(argument) else text_of(argument) for argument in value.args)
        cause = value.__cause__ if not self.peer.trusted and isinstance(value.__cause__, BaseException) else None
        return b"e" + struct.pack(">I", self.peer.handle(value)) + self.children(b"", (cls, args, cause))


ORIGIN = "__origin__"


class Bare:
    """In the place of `object`, which both sides have."""


class Content:
    """What a container holds, without the container."""

    def __init__(self, container):
        self.container = container


def sendable(value):
    return type(value) in SIMPLE or isinstance(value, (list, tuple, dict, set, BaseException))


def text_of(value):
    try:
        return "".join(str.__iter__(str(value)))[:10000]
    except BaseException:
        return type(value).__name__


def state_of(value):
    """The attributes of an object of a class that both sides have."""
    state = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                state[name] = getattr(value, name)
    return state


def extra(value):
    if type(value).__name__ == "deque":
        return value.maxlen
    if type(value).__name__ == "defaultdict":
        return value.default_factory
    return None


SIMPLE = {type(None), bool, int, float, complex, str, bytes}
MUTABLE = {list, dict, set, bytearray}
TYPES = {type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, object, type,
         range, slice}


def _int(encoder, value):
    if -(1 << 63) <= value < 1 << 63:
        return b"i" + struct.pack(">q", value)
    data = value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
    return b"I" + struct.pack(">I", len(data)) + data


def _bytes(tag):
    def write(encoder, value):
        data = value.encode("utf-8", "surrogatepass") if tag == b"s" else bytes(value)
        return tag + struct.pack(">I", len(data)) + data
    return write


WRITERS = {
    type(None): lambda e, v: b"N",
    type(NotImplemented): lambda e, v: b"M",
    type(Ellipsis): lambda e, v: b"L",
    bool: lambda e, v: b"T" if v else b"F",
    int: _int,
    float: lambda e, v: b"d" + struct.pack(">d", v),
    complex: lambda e, v: b"c" + struct.pack(">dd", v.real, v.imag),
    str: _bytes(b"s"),
    bytes: _bytes(b"b"),
    bytearray: _bytes(b"B"),
    list: lambda e, v: e.packed(v),
    tuple: lambda e, v: e.children(b"t", v),
    set: lambda e, v: e.children(b"S", v),
    frozenset: lambda e, v: e.children(b"Z", v),
    dict: lambda e, v: e.pairs(b"D", v),
}

HAVE_CHILDREN = set(b"ltSZDwnVXpP")


class Decoder:
    """Values out of bytes that may be anybody's."""

    def __init__(self, peer, data, sent):
        self.peer = peer
        self.sent = sent
        self.nodes = []
        self.built = {}
        self.filled = []
        count = struct.unpack_from(">I", data)[0]
        if count > len(data):
            raise Ended("more nodes than bytes")
        self.data, self.at = data, 4
        for _ in range(count):
            self.nodes.append(self.parse())
        if self.at != len(data):
            raise Ended("bytes that belong to nothing")

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values

    def chunk(self):
        length = self.take("I")[0]
        data = self.data[self.at:self.at + length]
        if len(data) != length:
            raise Ended("cut off")
        self.at += length
        return data

    def many(self, letter):
        length = self.take("I")[0]
        if length > len(self.data):
            raise Ended("cut off")
        return self.take("%d%s" % (length, letter))

    def parse(self):
        tag = self.data[self.at:self.at + 1]
        self.at += 1
        if tag in (b"N", b"M", b"L", b"T", b"F"):
            return tag, None
        if tag in (b"i", b"d"):
            return tag, self.take("q" if tag == b"i" else "d")[0]
        if tag == b"c":
            return tag, self.take("dd")
        if tag in (b"I", b"s", b"b", b"B"):
            return tag, self.chunk()
        if tag == b"Q":
            return tag, self.many("q")
        if tag == b"G":
            return tag, self.many("d")
        if tag in (b"a", b"o"):
            return tag, self.take("I")[0]
        if tag in (b"r", b"k", b"e"):
            return tag, (self.take("I")[0], self.many("I"))
        if tag and tag[0] in HAVE_CHILDREN:
            return tag, self.many("I")
        raise Ended("an unknown tag")

    def value(self):
        for index in range(len(self.nodes) - 1, -1, -1):
            self.get(index)
        for fill in self.filled:
            fill()
        return self.get(0)

    def answer(self):
        value = self.value()
        if type(value) is tuple and len(value) == 3 and type(value[2]) is tuple:
            for index, content in value[2]:
                restore(self.sent[index], content)
        return value

    def request(self):
        value = self.value()
        return Request(value, [
            (index, self.built[index], snapshot(self.built[index]))
            for index, (tag, _) in enumerate(self.nodes)
            if tag in (b"l", b"Q", b"G", b"D", b"S", b"B", b"X", b"p")
        ])

    def get(self, index):
        if index not in self.built:
            self.built[index] = PENDING
            self.built[index] = self.build(index, *self.nodes[index])
        found = self.built[index]
        if found is PENDING:
            raise Ended("a value that is part of itself")
        return found

    def build(self, index, tag, part):
        if tag in CONSTANTS:
            return CONSTANTS[tag]
        if tag in (b"i", b"d", b"b"):
            return part
        if tag == b"c":
            return complex(*part)
        if tag == b"I":
            return int.from_bytes(part, "big", signed=True)
        if tag == b"s":
            return part.decode("utf-8", "surrogatepass")
        if tag == b"B":
            return bytearray(part)
        if tag in (b"Q", b"G"):
            return list(part)
        if tag == b"a":
            return self.sent[part]
        if tag == b"o":
            return self.peer.held(part)
        if tag == b"l":
            return self.later(index, [], lambda one: one.extend(map(self.get, part)))
        if tag == b"D":
            return self.later(index, {}, lambda one: one.update(self.items(part)))
        if tag == b"S":
            return self.later(index, set(), lambda one: one.update(map(self.get, part)))
        if tag == b"t":
            return tuple(map(self.get, part))
        if tag == b"Z":
            return frozenset(map(self.get, part))
        if tag == b"k":
            return self.of_class(part[0], [self.get(one) for one in part[1]])
        if tag == b"r":
            return self.reference(part[0], part[1])
        if tag == b"e":
            return self.error(part[0], [self.get(one) for one in part[1]])
        if tag == b"X":
            return self.container(index, part)
        if tag == b"p":
            return self.shared(index, part)
        parts = [self.get(one) for one in part]
        if tag == b"w":
            return parts[0]
        if tag == b"n":
            return named(*parts)
        if tag == b"P":
            return self.peer.space[parts[0]]
        if tag == b"V":
            where = tuple(parts[:2])
            build = VALUES[where][1]
            cls = None if where[1].startswith("dict_") else getattr(__import__(where[0]), where[1])
            return build(cls, *parts[2])
        raise Ended("an unknown tag")

    def items(self, part):
        return [(self.get(part[i]), self.get(part[i + 1])) for i in range(0, len(part), 2)]

    def later(self, index, empty, fill):
        """A container that may hold itself: it is filled once everything is there."""
        self.built[index] = empty
        self.filled.append(lambda: fill(empty))
        return empty

    def container(self, index, part):
        import collections
        name, content, more = self.get(part[0]), part[1], self.get(part[2])
        if ("collections", name) not in CONTAINERS:
            raise Ended("not a container: " + str(name))
        cls = getattr(collections, name)
        if name == "deque":
            empty = cls(maxlen=more)
        elif name == "defaultdict":
            empty = cls(more if more is None or callable(more) else None)
        else:
            empty = cls()
        return self.later(index, empty, lambda one: restore(one, self.get(content)))

    def shared(self, index, part):
        name = self.get(part[0])
        if name not in self.peer.shared:
            raise Ended("not a class of both: " + str(name))
        cls = self.peer.space[name]
        empty = cls.__new__(cls)
        return self.later(index, empty, lambda one: restore(one, self.get(part[1])))

    def of_class(self, handle, parts):
        description, bases = parts
        found = self.peer.classes.get(handle)
        if found is None:
            if description is None:
                raise Ended("a class that was never described")
            found = self.peer.classes[handle] = self.peer.make_class(handle, description, bases)
            self.peer.proxies[handle] = found
        return found

    def reference(self, handle, part):
        cls, content = self.get(part[0]), self.get(part[1])
        if not isinstance(cls, ProxyType):
            raise Ended("an object without a class of its own")
        if cls.__name__ == "coroutine" and self.peer.trusted:
            proxy = self.peer.make_proxy(handle, cls, None)

            async def awaited():
                return self.peer.ask("await", proxy)
            return awaited()
        proxy = self.peer.make_proxy(handle, cls, content)
        if base_of(cls) in MUTABLE_BASES and type(content) is base_of(cls):
            self.filled.append(lambda: fill(proxy, content))
        return proxy

    def error(self, handle, parts):
        cls, args, cause = parts
        if not (isinstance(cls, type) and issubclass(cls, BaseException)) or type(args) is not tuple:
            raise Ended("not an exception")
        if isinstance(cls, ProxyType):
            found = self.peer.proxies.get(handle)
            if found is None:
                found = self.peer.proxies[handle] = BaseException.__new__(cls)
                object.__setattr__(found, HANDLE, handle)
            BaseException.args.__set__(found, args)
        else:
            try:
                found = cls(*args)
            except Exception:
                found = cls.__new__(cls)
                found.args = args
            if not self.peer.trusted:
                setattr(found, ORIGIN, handle)
        if isinstance(cause, BaseException):
            found.__cause__ = cause
        return found


PENDING = object()
CONSTANTS = {b"N": None, b"M": NotImplemented, b"L": Ellipsis, b"T": True, b"F": False}


def named(module, name):
    """A class or function that both sides have; of these only."""
    if module == "builtins":
        found = getattr(builtins, name, None)
        if found in TYPES or isinstance(found, type) and issubclass(found, BaseException):
            return found
        if isinstance(found, types.BuiltinFunctionType) and name in CALLABLE:
            return found
    elif (module, name) in VALUES or (module, name) in CONTAINERS:
        return getattr(__import__(module), name)
    elif module in ERROR_MODULES:
        import importlib
        found = getattr(importlib.import_module(module), name, None)
        if isinstance(found, type) and issubclass(found, BaseException):
            return found
    raise Ended("not a name for both: " + str(module) + "." + str(name))


CALLABLE = {"abs", "all", "any", "ascii", "bin", "callable", "chr", "divmod", "format", "hash", "hex", "id", "isinstance",
            "issubclass", "iter", "len", "max", "min", "next", "oct", "ord", "pow", "print", "repr", "round", "sorted",
            "sum"}


def restore(container, content):
    """Gives a container another content, in place."""
    if isinstance(container, dict):
        container.clear()
        for i in range(0, len(content), 2):
            container[content[i]] = content[i + 1]
    elif type(container) in (list, bytearray):
        container[:] = content
    elif type(container) is set or type(container).__name__ == "deque":
        container.clear()
        (container.update if type(container) is set else container.extend)(content)
    else:
        for name in [name for name in getattr(container, "__dict__", ()) if name not in content]:
            object.__delattr__(container, name)
        for name, value in content.items():
            if not name.startswith("__"):
                object.__setattr__(container, name, value)


def fill(proxy, content):
    """What code of the interpreter sees that looks past the operators of a list, dict or set."""
    base = type(content)
    if base is list:
        list.__init__(proxy, content)
    elif base in (dict, set):
        base.clear(proxy)
        base.update(proxy, content)
