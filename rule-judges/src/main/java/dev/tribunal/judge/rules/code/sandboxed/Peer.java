package dev.tribunal.judge.rules.code.sandboxed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One end of the wire between the tests and the completion. Plain values cross by value and are rebuilt as the JDK's own
 * types; an object of a program's own class stays where it is, and the other side has a stub for it (of a class that the
 * completion names) or a proxy (of interfaces). A list, set or map of a class of the completion's own crosses by value
 * unless the tests have made it. What the tests' side has for an object never equals plain data: only two objects of
 * the completion are compared by what they say.
 *
 * <p>At any time one side has asked and waits; while it waits it may be asked itself. Arguments that the other side has
 * changed come back changed.
 */
public final class Peer {

    private static final int OK = 1;
    private static final int THROWN = 0;

    /** That of the tests' process, for the stubs. */
    private static @Nullable Peer ofTests;

    private final Frames frames;
    private final boolean trusted;
    private final ClassLoader loader;

    /** Names of the completion's classes that the other side knows. */
    private final Set<String> known;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Object> held = new ArrayList<>();
    private final IdentityHashMap<Object, Integer> handles = new IdentityHashMap<>();
    private final Map<Integer, Object> proxies = new HashMap<>();
    private final IdentityHashMap<Object, Integer> foreign = new IdentityHashMap<>();

    private @Nullable String fault;
    private @Nullable String problem;

    /** Makes stubs' constructors that only the wire calls different from all others. */
    public static final class Marker {
        private Marker() {}
    }

    /** An object of the tests that has no interface by which it could be used. */
    private final class Opaque {

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || (!trusted || isForeign(other)) && Boolean.TRUE.equals(quietly('e', this, other));
        }

        @Override
        public int hashCode() {
            return quietly('h', this) instanceof Integer hash ? hash : 0;
        }

        @Override
        public String toString() {
            return String.valueOf(quietly('t', this));
        }

        private @Nullable Object quietly(char operation, @Nullable Object... parts) {
            try {
                return ask(operation, List.of(), parts);
            } catch (Throwable e) {
                throw sneaky(e);
            }
        }
    }

    Peer(Frames frames, boolean trusted, ClassLoader loader, Set<String> known) {
        this.frames = frames;
        this.trusted = trusted;
        this.loader = loader;
        this.known = known;
    }

    static void useForStubs(Peer peer) {
        ofTests = peer;
    }

    /** What the completion's process did that no program may; null if nothing. */
    @Nullable
    String fault() {
        return fault;
    }

    /** What the tests did that the wire cannot carry; null if nothing. */
    @Nullable
    String problem() {
        return problem;
    }

    // --- what stubs call

    private static Peer peer() {
        if (ofTests == null) {
            throw new IllegalStateException();
        }
        return ofTests;
    }

    public static @Nullable Object call(
            @Nullable Object self, String owner, String name, String descriptor, @Nullable Object[] arguments)
            throws Throwable {
        Peer peer = peer();
        if (name.equals("compareTo") && arguments.length == 1 && !peer.isForeign(arguments[0])) {
            throw new ClassCastException("an object of the completion's is not compared with plain data");
        }
        return peer.ask('c', List.of(owner, name, descriptor), self, arguments);
    }

    public static void construct(Object self, String owner, String descriptor, @Nullable Object[] arguments)
            throws Throwable {
        Peer peer = peer();
        if (!self.getClass().getName().equals(owner)) {
            throw peer.uncarried("a class of the tests extends the completion's " + owner);
        }
        if (peer.ask('n', List.of(owner, descriptor), (Object) arguments) instanceof Integer handle) {
            peer.proxies.put(handle, self);
            peer.foreign.put(self, handle);
        } else {
            throw peer.broken("not an object");
        }
    }

    public static @Nullable Object getField(@Nullable Object self, String owner, String name) throws Throwable {
        return peer().ask('g', List.of(owner, name), self);
    }

    public static void putField(@Nullable Object self, @Nullable Object value, String owner, String name)
            throws Throwable {
        peer().ask('p', List.of(owner, name), self, value);
    }

    public static boolean equal(Object self, @Nullable Object other) throws Throwable {
        if (identical(self, other)) {
            return true;
        }
        return peer().isForeign(other) && Boolean.TRUE.equals(peer().ask('e', List.of(), self, other));
    }

    /** Whose equals is the other side's, or a program's, is not asked. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean identical(@Nullable Object one, @Nullable Object other) {
        return one == other;
    }

    // --- the asking end

    private boolean isForeign(@Nullable Object value) {
        return value != null && foreign.containsKey(value);
    }

    private Ended broken(String why) {
        if (fault == null) {
            fault = why;
        }
        return new Ended(fault);
    }

    private Uncarried uncarried(String why) {
        if (problem == null) {
            problem = why;
        }
        return new Uncarried(why);
    }

    private @Nullable Object ask(char operation, List<String> names, @Nullable Object... parts) throws Throwable {
        lock.lock();
        try {
            if (fault != null) {
                throw new Ended(fault);
            }
            Writer writer = new Writer(new IdentityHashMap<>());
            writer.out.writeByte('?');
            writer.out.writeByte(operation);
            for (String name : names) {
                writer.string(name);
            }
            for (Object part : parts) {
                writer.value(part);
            }
            frames.write(Frames.WIRE, writer.bytes());
            while (true) {
                Frames.Frame frame = frames.read();
                if (frame.kind() != Frames.WIRE || frame.bytes().length == 0) {
                    throw new Ended("not an answer");
                }
                Reader reader = new Reader(frame.bytes(), writer.written);
                int what = reader.in.readByte();
                if (what == '!') {
                    return answer(reader);
                }
                if (what != '?') {
                    throw new Ended("not an answer");
                }
                serve(reader);
            }
        } catch (Ended e) {
            throw broken(String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Object answer(Reader reader) throws Throwable {
        int status;
        Object value;
        try {
            status = reader.in.readByte();
            for (int changes = reader.in.readInt(); changes > 0; changes--) {
                restore(reader.sent.get(reader.in.readInt()), reader.value());
            }
            value = reader.value();
        } catch (Ended | Uncarried e) {
            throw e;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new Ended("answers what is not an answer: " + e);
        }
        if (status == OK) {
            return value;
        }
        if (value instanceof Throwable thrown) {
            throw thrown;
        }
        throw new Ended("throws what cannot be thrown");
    }

    @SuppressWarnings({"unchecked", "SuspiciousSystemArraycopy"})
    private static void restore(Object container, @Nullable Object content) {
        if (content == null || identical(container, content)) {
            return;
        }
        switch (container) {
            case StringBuilder builder -> {
                builder.setLength(0);
                builder.append(content);
            }
            case StringBuffer buffer -> {
                buffer.setLength(0);
                buffer.append(content);
            }
            case AtomicInteger number -> number.set(((AtomicInteger) content).get());
            case AtomicLong number -> number.set(((AtomicLong) content).get());
            case AtomicBoolean flag -> flag.set(((AtomicBoolean) content).get());
            case AtomicReference<?> reference ->
                ((AtomicReference<@Nullable Object>) reference).set(((AtomicReference<?>) content).get());
            case Map<?, ?> map -> {
                map.clear();
                ((Map<Object, Object>) map).putAll((Map<Object, Object>) content);
            }
            case List<?> list
            when list.getClass().getName().equals("java.util.Arrays$ArrayList") ->
                Collections.copy((List<Object>) list, (List<Object>) content);
            case Collection<?> collection -> {
                collection.clear();
                ((Collection<Object>) collection).addAll((Collection<Object>) content);
            }
            default -> System.arraycopy(content, 0, container, 0, Array.getLength(container));
        }
    }

    // --- the answering end

    /** Answers until the other side ends. */
    void serve() {
        while (true) {
            Frames.Frame frame;
            lock.lock(); // threads of the program ask for answers of their own, while a request is carried out
            try {
                frame = frames.read();
            } finally {
                lock.unlock();
            }
            if (frame.kind() != Frames.WIRE || frame.bytes().length == 0 || frame.bytes()[0] != '?') {
                throw new Ended("not a request");
            }
            Reader reader = new Reader(frame.bytes(), List.of());
            reader.skip();
            serve(reader);
        }
    }

    private void serve(Reader reader) {
        int status = OK;
        @Nullable Object value;
        Class<?> declared = Object.class;
        try {
            Result result = perform(reader);
            value = result.value();
            declared = result.declared();
        } catch (Ended | Uncarried e) {
            throw e;
        } catch (InvocationTargetException e) {
            status = THROWN;
            value = e.getCause();
        } catch (Throwable e) {
            status = THROWN;
            value = e;
        }
        byte[] bytes;
        try {
            bytes = reply(reader, status, value, declared);
        } catch (Ended | Uncarried e) {
            throw e;
        } catch (Throwable e) {
            bytes = reply(reader, THROWN, new IllegalStateException("cannot be handed over: " + e), Object.class);
        }
        lock.lock();
        try {
            frames.write(Frames.WIRE, bytes);
        } finally {
            lock.unlock();
        }
    }

    private byte[] reply(Reader reader, int status, @Nullable Object value, Class<?> declared) {
        IdentityHashMap<Object, Integer> back = new IdentityHashMap<>();
        for (int i = 0; i < reader.received.size(); i++) {
            back.put(reader.received.get(i), i);
        }
        Writer writer = new Writer(back);
        try {
            writer.out.writeByte('!');
            writer.out.writeByte(status);
            List<Integer> changed = reader.changed();
            writer.out.writeInt(changed.size());
            for (int index : changed) {
                writer.out.writeInt(index);
                writer.content(reader.received.get(index));
            }
            boolean own = known.contains(declared.getName());
            writer.value(value, own);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return writer.bytes();
    }

    /** @param declared what the tests have it for */
    private record Result(@Nullable Object value, Class<?> declared) {}

    private Result perform(Reader reader) throws Throwable {
        int operation = reader.in.readByte();
        if (trusted && "ieht".indexOf(operation) < 0) {
            throw new IllegalAccessException("not with an object of the tests");
        }
        return switch (operation) {
            case 'n' -> {
                Class<?> type = Class.forName(reader.string(), true, loader);
                Object made = constructor(type, reader.string()).newInstance((Object[]) reader.value());
                yield new Result(handle(made), Object.class);
            }
            case 'c' -> {
                Class<?> type = Class.forName(reader.string(), true, loader);
                Method method = method(type, reader.string(), reader.string());
                yield new Result(method.invoke(reader.value(), (Object[]) reader.value()), method.getReturnType());
            }
            case 'g' -> {
                Field field = field(reader);
                yield new Result(field.get(reader.value()), field.getType());
            }
            case 'p' -> {
                Field field = field(reader);
                field.set(reader.value(), reader.value());
                yield new Result(null, Object.class);
            }
            case 'i' -> {
                Class<?> type = Class.forName(reader.string(), true, loader);
                Method method = method(type, reader.string(), reader.string());
                Object target = handedOver(reader);
                if (!type.isInterface()) {
                    throw new IllegalAccessException("not an interface");
                }
                method.setAccessible(true);
                yield new Result(method.invoke(target, (Object[]) reader.value()), method.getReturnType());
            }
            case 'e' -> new Result(handedOver(reader).equals(reader.value()), boolean.class);
            case 'h' -> new Result(handedOver(reader).hashCode(), int.class);
            case 't' -> new Result(String.valueOf(handedOver(reader)), String.class);
            default -> throw new Ended("not a request");
        };
    }

    private Object handedOver(Reader reader) throws IOException, IllegalAccessException {
        Object target = reader.value();
        if (target == null || isForeign(target) || !handles.containsKey(target)) {
            throw new IllegalAccessException("not an object that was handed over");
        }
        return target;
    }

    private int handle(Object value) {
        return handles.computeIfAbsent(value, one -> {
            held.add(one);
            return held.size() - 1;
        });
    }

    private static Constructor<?> constructor(Class<?> type, String descriptor) throws NoSuchMethodException {
        for (Constructor<?> one : type.getDeclaredConstructors()) {
            if (Stubs.descriptor(one).equals(descriptor)) {
                one.setAccessible(true);
                return one;
            }
        }
        throw new NoSuchMethodException(type.getName() + descriptor);
    }

    private static Method method(Class<?> type, String name, String descriptor) throws NoSuchMethodException {
        boolean jdk = type.getName().startsWith("java.");
        for (Method one : jdk ? type.getMethods() : type.getDeclaredMethods()) {
            if (one.getName().equals(name) && Stubs.descriptor(one).equals(descriptor)) {
                if (!jdk) {
                    one.setAccessible(true);
                }
                return one;
            }
        }
        throw new NoSuchMethodException(type.getName() + "." + name + descriptor);
    }

    private Field field(Reader reader) throws ReflectiveOperationException, IOException {
        Class<?> type = Class.forName(reader.string(), true, loader);
        String name = reader.string();
        for (Class<?> one = type; one != null; one = one.getSuperclass()) {
            for (Field field : one.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        return type.getField(name);
    }

    // --- values as bytes

    private final class Writer {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);
        private final IdentityHashMap<Object, Integer> back;
        private final IdentityHashMap<Object, Integer> seen = new IdentityHashMap<>();
        private final List<Object> written = new ArrayList<>();

        Writer(IdentityHashMap<Object, Integer> back) {
            this.back = back;
        }

        byte[] bytes() {
            if (bytes.size() > Frames.MOST_BYTES) {
                throw tooLarge();
            }
            return bytes.toByteArray();
        }

        private RuntimeException tooLarge() {
            if (trusted) {
                throw uncarried("the tests hand over more than " + (Frames.MOST_BYTES >> 20) + " MB");
            }
            return new IllegalStateException("more than " + (Frames.MOST_BYTES >> 20) + " MB");
        }

        void string(String text) throws IOException {
            out.writeInt(text.length());
            out.writeChars(text);
        }

        void value(@Nullable Object value) throws IOException {
            value(value, false);
        }

        /** @param asOwn whether the tests expect an object of the completion's own class */
        void value(@Nullable Object value, boolean asOwn) throws IOException {
            if (bytes.size() > Frames.MOST_BYTES) {
                throw tooLarge();
            }
            if (value == null) {
                out.writeByte('N');
                return;
            }
            Integer handle = foreign.get(value);
            if (handle != null) {
                out.writeByte('o');
                out.writeInt(handle);
                return;
            }
            Integer received = back.get(value);
            if (received != null) {
                out.writeByte('a');
                out.writeInt(received);
                return;
            }
            Integer before = seen.get(value);
            if (before != null) {
                out.writeByte('m');
                out.writeInt(before);
                return;
            }
            content(value, asOwn);
        }

        void content(Object value) throws IOException {
            content(value, false);
        }

        private void content(Object value, boolean asOwn) throws IOException {
            switch (value) {
                case Boolean one -> simple('Z', () -> out.writeBoolean(one));
                case Byte one -> simple('B', () -> out.writeByte(one));
                case Short one -> simple('S', () -> out.writeShort(one));
                case Character one -> simple('C', () -> out.writeChar(one));
                case Integer one -> simple('I', () -> out.writeInt(one));
                case Long one -> simple('J', () -> out.writeLong(one));
                case Float one -> simple('F', () -> out.writeFloat(one));
                case Double one -> simple('D', () -> out.writeDouble(one));
                case String one -> simple('s', () -> string(one));
                case Class<?> one -> simple('k', () -> string(one.getName()));
                default -> {
                    if (Values.TEXTS.containsKey(value.getClass())) {
                        out.writeByte('v');
                        string(value.getClass().getName());
                        string(value.toString());
                    } else {
                        other(value, asOwn);
                    }
                }
            }
        }

        private interface Write {
            void run() throws IOException;
        }

        private void simple(char tag, Write write) throws IOException {
            out.writeByte(tag);
            write.run();
        }

        private void container(char tag, Object value) throws IOException {
            seen.put(value, written.size());
            written.add(value);
            out.writeByte(tag);
        }

        private void other(Object value, boolean asOwn) throws IOException {
            boolean own = isOwn(value.getClass());
            if (value.getClass().isArray()) {
                container('A', value);
                array(value);
            } else if (value instanceof Collection<?> collection && byValue(value, own, asOwn)) {
                container('L', value);
                String kind = Values.kindOf(collection, trusted);
                string(kind);
                if (kind.startsWith(Values.ORDERED)) {
                    value(orderOf(collection));
                }
                Object[] elements = collection.toArray();
                out.writeInt(elements.length);
                for (Object element : elements) {
                    value(element);
                }
            } else if (value instanceof Map<?, ?> map && byValue(value, own, asOwn)) {
                container('H', value);
                String kind = Values.kindOf(map, trusted);
                string(kind);
                if (kind.startsWith(Values.ORDERED)) {
                    value(((java.util.SortedMap<?, ?>) map).comparator());
                }
                List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
                out.writeInt(entries.size());
                for (Map.Entry<?, ?> entry : entries) {
                    value(entry.getKey());
                    value(entry.getValue());
                }
            } else if (own) {
                reference(value);
            } else {
                ofJdk(value);
            }
        }

        private void ofJdk(Object value) throws IOException {
            switch (value) {
                case StringBuilder builder -> text('T', value);
                case StringBuffer buffer -> text('U', value);
                case AtomicInteger number -> {
                    container('1', value);
                    out.writeInt(number.get());
                }
                case AtomicLong number -> {
                    container('2', value);
                    out.writeLong(number.get());
                }
                case AtomicBoolean flag -> {
                    container('3', value);
                    out.writeBoolean(flag.get());
                }
                case AtomicReference<?> reference -> {
                    container('4', value);
                    value(reference.get());
                }
                case Optional<?> optional -> boxed('5', optional.orElse(null));
                case OptionalInt optional -> boxed('6', optional.isPresent() ? optional.getAsInt() : null);
                case OptionalLong optional -> boxed('7', optional.isPresent() ? optional.getAsLong() : null);
                case OptionalDouble optional -> boxed('8', optional.isPresent() ? optional.getAsDouble() : null);
                case Map.Entry<?, ?> entry -> {
                    out.writeByte('9');
                    value(entry.getKey());
                    value(entry.getValue());
                }
                case Enum<?> constant -> {
                    out.writeByte('E');
                    string(constant.getDeclaringClass().getName());
                    string(constant.name());
                }
                case Throwable error -> {
                    out.writeByte('x');
                    string(error.getClass().getName());
                    value(trusted && error instanceof AssertionError ? null : error.getMessage());
                }
                default -> reference(value);
            }
        }

        private void text(char tag, Object value) throws IOException {
            container(tag, value);
            string(value.toString());
        }

        private void boxed(char tag, @Nullable Object content) throws IOException {
            out.writeByte(tag);
            value(content);
        }

        private void array(Object array) throws IOException {
            Class<?> component = array.getClass().getComponentType();
            string(component.getName());
            int length = Array.getLength(array);
            out.writeInt(length);
            switch (array) {
                case int[] all -> {
                    for (int one : all) {
                        out.writeInt(one);
                    }
                }
                case long[] all -> {
                    for (long one : all) {
                        out.writeLong(one);
                    }
                }
                case double[] all -> {
                    for (double one : all) {
                        out.writeDouble(one);
                    }
                }
                case byte[] all -> out.write(all);
                case char[] all -> {
                    for (char one : all) {
                        out.writeChar(one);
                    }
                }
                default -> {
                    for (int i = 0; i < length; i++) {
                        value(Array.get(array, i));
                    }
                }
            }
        }

        private void reference(Object value) throws IOException {
            Class<?> type = value.getClass();
            while (type != null && !known.contains(type.getName())) {
                type = type.getSuperclass();
            }
            Set<String> interfaces = new LinkedHashSet<>();
            if (type == null || trusted) {
                type = null;
                addInterfaces(value.getClass(), interfaces);
                if (trusted && interfaces.isEmpty() && !isOwn(value.getClass()) && value.getClass() != Object.class) {
                    throw uncarried("the tests hand over a " + value.getClass().getName());
                }
            }
            out.writeByte('r');
            out.writeInt(handle(value));
            string(type == null ? "" : type.getName());
            string(value instanceof Enum<?> constant ? constant.name() : "");
            out.writeInt(value instanceof Enum<?> constant ? place(constant) : 0);
            out.writeInt(interfaces.size());
            for (String one : interfaces) {
                string(one);
            }
        }

        /** A program may ask for it, and compares by it. */
        @SuppressWarnings("EnumOrdinal")
        private static int place(Enum<?> constant) {
            return constant.ordinal();
        }

        private void addInterfaces(@Nullable Class<?> type, Set<String> names) {
            for (Class<?> one = type; one != null; one = one.getSuperclass()) {
                for (Class<?> each : one.getInterfaces()) {
                    boolean open = each.getName().startsWith("java.")
                            && java.lang.reflect.Modifier.isPublic(each.getModifiers());
                    if (open && each != java.io.Serializable.class || known.contains(each.getName())) {
                        names.add(each.getName());
                    } else {
                        addInterfaces(each, names);
                    }
                }
            }
        }
    }

    private static @Nullable Comparator<?> orderOf(Collection<?> collection) {
        return collection instanceof java.util.SortedSet<?> set
                ? set.comparator()
                : ((java.util.PriorityQueue<?>) collection).comparator();
    }

    private boolean byValue(Object value, boolean own, boolean asOwn) {
        return !own || !asOwn && !handles.containsKey(value);
    }

    private static boolean isOwn(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader != null && !ClassLoader.getPlatformClassLoader().equals(loader);
    }

    private final class Reader {

        private final DataInputStream in;
        private final List<Object> sent;
        private final List<Object> received = new ArrayList<>();
        private final List<Object> copies = new ArrayList<>();

        Reader(byte[] bytes, List<Object> sent) {
            this.in = new DataInputStream(new ByteArrayInputStream(bytes));
            this.sent = sent;
        }

        void skip() {
            try {
                in.readByte();
            } catch (IOException e) {
                throw new Ended("cut off");
            }
        }

        String string() throws IOException {
            int length = length(2);
            char[] text = new char[length];
            for (int i = 0; i < length; i++) {
                text[i] = in.readChar();
            }
            return new String(text);
        }

        /** @param least bytes that one of as many takes */
        private int length(int least) throws IOException {
            int length = in.readInt();
            if (length < 0 || (long) length * least > in.available()) {
                throw new Ended("cut off");
            }
            return length;
        }

        @Nullable
        Object value() throws IOException {
            int tag = in.readByte();
            return switch (tag) {
                case 'N' -> null;
                case 'Z' -> in.readBoolean();
                case 'B' -> in.readByte();
                case 'S' -> in.readShort();
                case 'C' -> in.readChar();
                case 'I' -> in.readInt();
                case 'J' -> in.readLong();
                case 'F' -> in.readFloat();
                case 'D' -> in.readDouble();
                case 's' -> string();
                case 'k' -> type(string());
                case 'v' -> ofText(string(), string());
                case 'o' -> held.get(in.readInt());
                case 'a' -> sent.get(in.readInt());
                case 'm' -> received.get(in.readInt());
                case 'A' -> array();
                case 'L' -> collection();
                case 'H' -> map();
                case 'T' -> kept(new StringBuilder(string()));
                case 'U' -> kept(new StringBuffer(string()));
                case '1' -> kept(new AtomicInteger(in.readInt()));
                case '2' -> kept(new AtomicLong(in.readLong()));
                case '3' -> kept(new AtomicBoolean(in.readBoolean()));
                case '4' -> {
                    AtomicReference<@Nullable Object> reference = new AtomicReference<>();
                    kept(reference);
                    reference.set(value());
                    yield reference;
                }
                case '5' -> Optional.ofNullable(value());
                case '6' -> value() instanceof Integer number ? OptionalInt.of(number) : OptionalInt.empty();
                case '7' -> value() instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
                case '8' -> value() instanceof Double number ? OptionalDouble.of(number) : OptionalDouble.empty();
                case '9' -> new AbstractMap.SimpleEntry<>(value(), value());
                case 'E' -> constant(string(), string());
                case 'x' -> thrown(string(), value());
                case 'r' -> reference();
                default -> throw new Ended("an unknown tag");
            };
        }

        private <T> T kept(T container) {
            received.add(container);
            copies.add(snapshot(container));
            return container;
        }

        /** Of the containers that came: those that are not any more what they were. */
        List<Integer> changed() {
            List<Integer> changed = new ArrayList<>();
            for (int i = 0; i < received.size(); i++) {
                if (!same(copies.get(i), snapshot(received.get(i)))) {
                    changed.add(i);
                }
            }
            return changed;
        }

        private Object array() throws IOException {
            Class<?> component = type(string());
            int length = length(1);
            Object array = Array.newInstance(component, length);
            int index = received.size();
            received.add(array);
            copies.add(array);
            switch (array) {
                case int[] all -> {
                    for (int i = 0; i < length; i++) {
                        all[i] = in.readInt();
                    }
                }
                case long[] all -> {
                    for (int i = 0; i < length; i++) {
                        all[i] = in.readLong();
                    }
                }
                case double[] all -> {
                    for (int i = 0; i < length; i++) {
                        all[i] = in.readDouble();
                    }
                }
                case byte[] all -> in.readFully(all);
                case char[] all -> {
                    for (int i = 0; i < length; i++) {
                        all[i] = in.readChar();
                    }
                }
                default -> {
                    for (int i = 0; i < length; i++) {
                        Array.set(array, i, value());
                    }
                }
            }
            copies.set(index, snapshot(array));
            return array;
        }

        private Object collection() throws IOException {
            String kind = string();
            Comparator<@Nullable Object> order = order(kind);
            int index = received.size();
            Collection<@Nullable Object> filled = Values.collection(bare(kind), order);
            Object finished = kind.equals(Values.AS_LIST) ? filled : Values.finished(kind, filled);
            received.add(finished);
            copies.add(finished);
            for (int left = length(1); left > 0; left--) {
                filled.add(value());
            }
            if (kind.equals(Values.AS_LIST)) {
                finished = Values.finished(kind, filled);
                received.set(index, finished);
            }
            copies.set(index, snapshot(finished));
            return finished;
        }

        private Object map() throws IOException {
            String kind = string();
            Comparator<@Nullable Object> order = order(kind);
            int index = received.size();
            Map<@Nullable Object, @Nullable Object> filled = Values.map(bare(kind), order);
            Object finished = Values.finished(kind, filled);
            received.add(finished);
            copies.add(finished);
            for (int left = length(2); left > 0; left--) {
                Object key = value();
                filled.put(key, value());
            }
            copies.set(index, snapshot(finished));
            return finished;
        }

        private static String bare(String kind) {
            return kind.substring(kind.indexOf(' ') + 1);
        }

        @SuppressWarnings("unchecked")
        private @Nullable Comparator<@Nullable Object> order(String kind) throws IOException {
            if (kind.startsWith(Values.REVERSED)) {
                return (Comparator<@Nullable Object>) (Comparator<?>) Collections.reverseOrder();
            }
            if (kind.startsWith(Values.ORDERED) && !trusted) {
                return (Comparator<@Nullable Object>) value();
            }
            return null;
        }

        private Object ofText(String name, String text) {
            for (Map.Entry<Class<?>, Function<String, Object>> one : Values.TEXTS.entrySet()) {
                if (one.getKey().getName().equals(name)) {
                    return one.getValue().apply(text);
                }
            }
            throw new Ended("not a value: " + name);
        }

        private Class<?> type(String name) {
            for (Class<?> primitive : Stubs.PRIMITIVES) {
                if (primitive.getName().equals(name)) {
                    return primitive;
                }
            }
            String element = name.replaceFirst("^\\[+L(.*);$", "$1");
            boolean ofPrimitives = name.matches("\\[+[ZBSCIJFD]");
            if (!element.startsWith("java.") && !ofPrimitives && !known.contains(element)) {
                throw new Ended("not a class for both: " + name);
            }
            try {
                return Class.forName(name, false, loader);
            } catch (ClassNotFoundException | LinkageError e) {
                throw new Ended("not a class: " + name);
            }
        }

        private Object constant(String type, String name) {
            Object[] constants = type(type).getEnumConstants();
            for (Object one : constants == null ? new Object[0] : constants) {
                if (((Enum<?>) one).name().equals(name)) {
                    return one;
                }
            }
            throw new Ended("not a constant: " + type + "." + name);
        }

        private Object thrown(String name, @Nullable Object message) {
            Class<?> type = type(name.startsWith("java.") ? name : "java.lang.RuntimeException");
            while (type != null && Throwable.class.isAssignableFrom(type)) {
                try {
                    return message instanceof String text
                            ? withMessage(type, text)
                            : type.getConstructor().newInstance();
                } catch (ReflectiveOperationException e) {
                    type = type.getSuperclass();
                }
            }
            throw new Ended("not an exception: " + name);
        }

        private static Object withMessage(Class<?> type, String text) throws ReflectiveOperationException {
            try {
                return type.getConstructor(String.class).newInstance(text);
            } catch (NoSuchMethodException e) {
                return type.getConstructor(Object.class).newInstance(text);
            }
        }

        private Object reference() throws IOException {
            int handle = in.readInt();
            String type = string();
            String constant = string();
            int ordinal = in.readInt();
            List<Class<?>> interfaces = new ArrayList<>();
            for (int left = length(4); left > 0; left--) {
                Class<?> one = type(string());
                if (!one.isInterface()) {
                    throw new Ended("not an interface: " + one);
                }
                interfaces.add(one);
            }
            Object before = proxies.get(handle);
            if (before != null) {
                return before;
            }
            Object proxy;
            if (!type.isEmpty()) {
                proxy = stub(type, constant, ordinal);
            } else if (interfaces.isEmpty()) {
                proxy = new Opaque();
            } else {
                proxy = Proxy.newProxyInstance(loader, interfaces.toArray(Class<?>[]::new), new Handler());
            }
            proxies.put(handle, proxy);
            foreign.put(proxy, handle);
            return proxy;
        }

        private Object stub(String name, String constant, int ordinal) {
            if (!known.contains(name) || !trusted) {
                throw new Ended("not a class of the completion: " + name);
            }
            try {
                Class<?> type = Class.forName(name, true, loader);
                if (!constant.isEmpty()) {
                    Method made = type.getMethod(Stubs.CONSTANT, Marker.class, String.class, int.class);
                    made.setAccessible(true);
                    return made.invoke(null, null, constant, ordinal);
                }
                Constructor<?> constructor = type.getDeclaredConstructor(Marker.class);
                constructor.setAccessible(true);
                return constructor.newInstance((Object) null);
            } catch (ReflectiveOperationException | LinkageError e) {
                throw new Ended("no object of " + name + " can be had: " + e);
            }
        }
    }

    private static Object snapshot(Object container) {
        return switch (container) {
            case StringBuilder builder -> builder.toString();
            case StringBuffer buffer -> buffer.toString();
            case AtomicInteger number -> number.get();
            case AtomicLong number -> number.get();
            case AtomicBoolean flag -> flag.get();
            case AtomicReference<?> reference -> new @Nullable Object[] {reference.get()};
            case Map<?, ?> map -> {
                List<@Nullable Object> all = new ArrayList<>();
                map.forEach((key, value) -> {
                    all.add(key);
                    all.add(value);
                });
                yield all.toArray();
            }
            case Collection<?> collection -> collection.toArray();
            case int[] all -> all.clone();
            case long[] all -> all.clone();
            case double[] all -> all.clone();
            case byte[] all -> all.clone();
            case char[] all -> all.clone();
            case boolean[] all -> all.clone();
            case short[] all -> all.clone();
            case float[] all -> all.clone();
            case Object[] all -> all.clone();
            default -> container;
        };
    }

    private static boolean same(Object one, Object other) {
        if (!(one instanceof Object[] before && other instanceof Object[] after)) {
            return java.util.Objects.deepEquals(one, other);
        }
        if (before.length != after.length) {
            return false;
        }
        for (int i = 0; i < before.length; i++) {
            if (!identical(before[i], after[i])) {
                return false;
            }
        }
        return true;
    }

    /** What an object of the other side is, by its interfaces. */
    private final class Handler implements InvocationHandler {

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            @Nullable Object[] given = arguments == null ? new Object[0] : arguments;
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" ->
                        identical(proxy, given[0])
                                || (!trusted || isForeign(given[0]))
                                        && Boolean.TRUE.equals(ask('e', List.of(), proxy, given[0]));
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> ask('t', List.of(), proxy);
                };
            }
            if (method.getName().equals("equals") && given.length == 1) {
                return identical(proxy, given[0]);
            }
            if (method.isDefault()) {
                return ofInterface(proxy, method, given);
            }
            List<String> names =
                    List.of(method.getDeclaringClass().getName(), method.getName(), Stubs.descriptor(method));
            if (trusted && method.getName().equals("compareTo") && !isForeign(given[0])) {
                throw new ClassCastException("an object of the completion's is not compared with plain data");
            }
            return ask('i', names, proxy, given);
        }
    }

    /** A default method; the interface may be seen by its own package only. */
    private static @Nullable Object ofInterface(Object proxy, Method method, @Nullable Object[] arguments)
            throws Throwable {
        Class<?> type = method.getDeclaringClass();
        if (type.getName().startsWith("java.")) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                .unreflectSpecial(method, type)
                .bindTo(proxy)
                .invokeWithArguments(arguments);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable error) throws T {
        throw (T) error;
    }
}
