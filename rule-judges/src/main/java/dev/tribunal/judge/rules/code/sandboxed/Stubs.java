package dev.tribunal.judge.rules.code.sandboxed;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.io.ByteArrayInputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The completion's classes as the tests' process has them: the same names, methods and types, and every method asks over
 * the wire. No instruction of the completion's gets there.
 */
final class Stubs {

    static final List<Class<?>> PRIMITIVES = List.of(
            boolean.class,
            byte.class,
            short.class,
            char.class,
            int.class,
            long.class,
            float.class,
            double.class,
            void.class);

    /** A stub's method that makes one of an enum's constants, which no reflection may. */
    static final String CONSTANT = "$constant";

    private static final ClassDesc PEER = ClassDesc.of(Peer.class.getName());
    private static final ClassDesc MARKER = ClassDesc.of(Peer.Marker.class.getName());
    private static final ClassDesc OBJECTS = CD_Object.arrayType();
    private static final MethodTypeDesc CALL =
            MethodTypeDesc.of(CD_Object, CD_Object, CD_String, CD_String, CD_String, OBJECTS);
    private static final MethodTypeDesc CONSTRUCT =
            MethodTypeDesc.of(CD_void, CD_Object, CD_String, CD_String, OBJECTS);
    private static final MethodTypeDesc GET = MethodTypeDesc.of(CD_Object, CD_Object, CD_String, CD_String);
    private static final MethodTypeDesc PUT = MethodTypeDesc.of(CD_void, CD_Object, CD_Object, CD_String, CD_String);
    private static final MethodTypeDesc EQUALS = MethodTypeDesc.of(CD_boolean, CD_Object);
    private static final MethodTypeDesc HASH_CODE = MethodTypeDesc.of(CD_int);
    private static final MethodTypeDesc TO_STRING = MethodTypeDesc.of(CD_String);

    /** What an exception of the completion's is asked for; its stack trace is the tests' own. */
    private static final Set<String> OF_THROWABLE = Set.of("getMessage", "getLocalizedMessage", "getCause");

    private final Map<String, byte[]> originals;
    private final Map<String, ClassModel> models = new HashMap<>();
    private final Set<String> named = new LinkedHashSet<>();

    /** @param classes the completion's class files, by name */
    Stubs(Map<String, byte[]> classes) {
        this.originals = Map.copyOf(classes);
        classes.forEach((name, bytes) -> models.put(name, ClassFile.of().parse(bytes)));
        models.forEach((name, model) -> {
            if (model.findAttribute(Attributes.enclosingMethod()).isEmpty() && !isAnonymous(name)) {
                named.add(name);
            }
        });
    }

    private static boolean isAnonymous(String name) {
        return name.matches(".*\\$\\d.*");
    }

    /** Names of the classes that have stubs: all but those inside a method. */
    Set<String> named() {
        return named;
    }

    /** Class files of the stubs, by name. */
    Map<String, byte[]> classes() {
        Map<String, byte[]> stubs = new HashMap<>();
        for (String name : named) {
            stubs.put(name, stub(model(name)));
        }
        return stubs;
    }

    private ClassModel model(String name) {
        ClassModel model = models.get(name);
        if (model == null) {
            throw new IllegalArgumentException(name);
        }
        return model;
    }

    private byte[] stub(ClassModel model) {
        ClassDesc self = model.thisClass().asSymbol();
        return ClassFile.of().build(self, builder -> {
            builder.withVersion(model.majorVersion(), 0);
            builder.withFlags(model.flags().flagsMask()
                    & ~(model.flags().has(AccessFlag.INTERFACE) ? 0 : ClassFile.ACC_ABSTRACT)
                    & ~ClassFile.ACC_FINAL);
            model.superclass().ifPresent(builder::withSuperclass);
            builder.withInterfaces(model.interfaces());
            model.findAttribute(Attributes.innerClasses()).ifPresent(builder::with);
            model.findAttribute(Attributes.signature()).ifPresent(builder::with);
            new Stub(model, self, builder).write();
        });
    }

    /** One class's stub. */
    private final class Stub {

        private final ClassDesc self;
        private final ClassModel model;
        private final ClassBuilder builder;
        private final boolean isInterface;
        private final String parent;
        private final Set<String> written = new HashSet<>();

        Stub(ClassModel model, ClassDesc self, ClassBuilder builder) {
            this.model = model;
            this.self = self;
            this.builder = builder;
            this.isInterface = model.flags().has(AccessFlag.INTERFACE);
            this.parent = model.superclass()
                    .map(one -> one.asInternalName().replace('/', '.'))
                    .orElse("java.lang.Object");
        }

        void write() {
            String owner = name(self);
            for (MethodModel method : model.methods()) {
                String name = method.methodName().stringValue();
                MethodTypeDesc type = method.methodTypeSymbol();
                boolean isPrivate = method.flags().has(AccessFlag.PRIVATE);
                if (isPrivate || name.equals("<clinit>")) {
                    continue;
                }
                if (name.equals(INIT_NAME)) {
                    if (!parent.equals("java.lang.Enum")) {
                        constructor(type, flags(method));
                    }
                } else if (name.equals("equals") && type.equals(EQUALS) && !isInterface) {
                    equalsMethod();
                } else if (isInterface && method.code().isEmpty()) {
                    written.add(name + type.descriptorString());
                    builder.withMethod(name, type, method.flags().flagsMask(), one -> {});
                } else {
                    forward(owner, name, type, flags(method));
                }
            }
            if (!isInterface) {
                markerConstructor();
                inherited();
            }
        }

        private int flags(MethodModel method) {
            return method.flags().flagsMask()
                    & ~(ClassFile.ACC_ABSTRACT
                            | ClassFile.ACC_NATIVE
                            | ClassFile.ACC_SYNCHRONIZED
                            | ClassFile.ACC_FINAL);
        }

        /** What a class of the JDK's above it would do here, where there is nothing to do it with. */
        private void inherited() {
            if (models.containsKey(parent) || parent.equals("java.lang.Enum")) {
                return;
            }
            equalsMethod();
            forward("java.lang.Object", "hashCode", HASH_CODE, ClassFile.ACC_PUBLIC);
            forward("java.lang.Object", "toString", TO_STRING, ClassFile.ACC_PUBLIC);
            try {
                Class<?> type = Class.forName(parent, false, ClassLoader.getPlatformClassLoader());
                for (Method method : type.getMethods()) {
                    int modifiers = method.getModifiers();
                    boolean ours = !Modifier.isStatic(modifiers)
                            && !Modifier.isFinal(modifiers)
                            && method.getDeclaringClass() != Object.class
                            && (!Throwable.class.isAssignableFrom(type) || OF_THROWABLE.contains(method.getName()));
                    if (ours) {
                        forward(
                                parent,
                                method.getName(),
                                MethodTypeDesc.ofDescriptor(descriptor(method)),
                                ClassFile.ACC_PUBLIC);
                    }
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        private void equalsMethod() {
            if (written.add("equals" + EQUALS.descriptorString())) {
                builder.withMethodBody(
                        "equals",
                        EQUALS,
                        ClassFile.ACC_PUBLIC,
                        code -> code.aload(0)
                                .aload(1)
                                .invokestatic(PEER, "equal", MethodTypeDesc.of(CD_boolean, CD_Object, CD_Object))
                                .ireturn());
            }
        }

        private void forward(String owner, String name, MethodTypeDesc type, int flags) {
            if (!written.add(name + type.descriptorString())) {
                return;
            }
            boolean isStatic = (flags & ClassFile.ACC_STATIC) != 0;
            builder.withMethodBody(name, type, flags, code -> {
                if (isStatic) {
                    code.aconst_null();
                } else {
                    code.aload(0);
                }
                code.loadConstant(owner).loadConstant(name).loadConstant(type.descriptorString());
                arguments(code, type, isStatic ? 0 : 1);
                code.invokestatic(PEER, "call", CALL);
                unbox(code, type.returnType());
                code.return_(TypeKind.from(type.returnType()));
            });
        }

        private void constructor(MethodTypeDesc type, int flags) {
            builder.withMethodBody(INIT_NAME, type, flags, code -> {
                code.aload(0);
                superConstructor(code, () -> code.aconst_null());
                code.aload(0).loadConstant(name(self)).loadConstant(type.descriptorString());
                arguments(code, type, 1);
                code.invokestatic(PEER, "construct", CONSTRUCT).return_();
            });
        }

        /** For objects that the completion has made. */
        private void markerConstructor() {
            if (parent.equals("java.lang.Enum")) {
                MethodTypeDesc type = MethodTypeDesc.of(CD_void, MARKER, CD_String, CD_int);
                builder.withMethodBody(
                        INIT_NAME,
                        type,
                        0,
                        code -> code.aload(0)
                                .aload(2)
                                .iload(3)
                                .invokespecial(
                                        ClassDesc.of("java.lang.Enum"),
                                        INIT_NAME,
                                        MethodTypeDesc.of(CD_void, CD_String, CD_int))
                                .return_());
                MethodTypeDesc maker = MethodTypeDesc.of(self, MARKER, CD_String, CD_int);
                builder.withMethodBody(
                        CONSTANT,
                        maker,
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                        code -> code.new_(self)
                                .dup()
                                .aload(0)
                                .aload(1)
                                .iload(2)
                                .invokespecial(self, INIT_NAME, type)
                                .areturn());
                return;
            }
            builder.withMethodBody(INIT_NAME, MethodTypeDesc.of(CD_void, MARKER), 0, code -> {
                code.aload(0);
                superConstructor(code, () -> code.aload(1));
                code.return_();
            });
        }

        private void superConstructor(CodeBuilder code, Runnable marker) {
            boolean own = models.containsKey(parent);
            if (own) {
                marker.run();
            }
            code.invokespecial(
                    ClassDesc.of(parent),
                    INIT_NAME,
                    own ? MethodTypeDesc.of(CD_void, MARKER) : MethodTypeDesc.of(CD_void));
        }
    }

    private static void arguments(CodeBuilder code, MethodTypeDesc type, int first) {
        code.loadConstant(type.parameterCount()).anewarray(CD_Object);
        int slot = first;
        for (int i = 0; i < type.parameterCount(); i++) {
            ClassDesc parameter = type.parameterType(i);
            TypeKind kind = TypeKind.from(parameter);
            code.dup().loadConstant(i).loadLocal(kind, slot);
            box(code, parameter);
            code.aastore();
            slot += kind.slotSize();
        }
    }

    private static void box(CodeBuilder code, ClassDesc type) {
        if (type.isPrimitive()) {
            ClassDesc boxed = boxed(type);
            code.invokestatic(boxed, "valueOf", MethodTypeDesc.of(boxed, type));
        }
    }

    private static void unbox(CodeBuilder code, ClassDesc type) {
        if (type.equals(CD_void)) {
            code.pop();
        } else if (type.isPrimitive()) {
            ClassDesc boxed = boxed(type);
            code.checkcast(boxed).invokevirtual(boxed, type.displayName() + "Value", MethodTypeDesc.of(type));
        } else if (!type.equals(CD_Object)) {
            code.checkcast(type);
        }
    }

    private static ClassDesc boxed(ClassDesc primitive) {
        return switch (primitive.displayName()) {
            case "int" -> ClassDesc.of("java.lang.Integer");
            case "char" -> ClassDesc.of("java.lang.Character");
            case String name -> ClassDesc.of("java.lang." + Character.toUpperCase(name.charAt(0)) + name.substring(1));
        };
    }

    /** Tests' class files in which each use of a field of the completion's asks over the wire. */
    Map<String, byte[]> withoutFields(Map<String, byte[]> tests) {
        Map<String, byte[]> rewritten = new HashMap<>();
        tests.forEach((name, bytes) -> rewritten.put(name, withoutFields(bytes, tests)));
        return rewritten;
    }

    private byte[] withoutFields(byte[] bytes, Map<String, byte[]> tests) {
        ClassModel model = ClassFile.of().parse(bytes);
        boolean uses = model.methods().stream()
                .flatMap(method -> method.code().stream())
                .flatMap(code -> code.elementStream())
                .anyMatch(this::usesField);
        if (!uses) {
            return bytes;
        }
        Map<String, byte[]> all = new HashMap<>(originals);
        all.putAll(tests);
        return file(all).transformClass(model, ClassTransform.transformingMethodBodies((code, element) -> {
            if (usesField(element) && element instanceof FieldInstruction field) {
                use(code, field);
            } else {
                code.with(element);
            }
        }));
    }

    private boolean usesField(CodeElement element) {
        return element instanceof FieldInstruction field
                && named.contains(name(field.owner().asSymbol()));
    }

    private static void use(CodeBuilder code, FieldInstruction field) {
        ClassDesc type = field.typeSymbol();
        String owner = name(field.owner().asSymbol());
        String name = field.name().stringValue();
        if (field.opcode() == Opcode.GETSTATIC) {
            code.aconst_null();
        } else if (field.opcode() == Opcode.PUTSTATIC) {
            box(code, type);
            code.aconst_null().swap();
        } else if (field.opcode() == Opcode.PUTFIELD) {
            box(code, type);
        }
        code.loadConstant(owner).loadConstant(name);
        if (field.opcode() == Opcode.GETSTATIC || field.opcode() == Opcode.GETFIELD) {
            code.invokestatic(PEER, "getField", GET);
            unbox(code, type);
        } else {
            code.invokestatic(PEER, "putField", PUT);
        }
    }

    private static ClassFile file(Map<String, byte[]> classes) {
        ClassHierarchyResolver ours = ClassHierarchyResolver.ofResourceParsing(type -> {
            byte[] bytes = classes.get(name(type));
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        });
        return ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(ours.orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /** A program's class files in which it ends by an error that its runner sees, and not with the whole process. */
    static byte[] withoutExit(byte[] bytes, Map<String, byte[]> all) {
        ClassModel model = ClassFile.of().parse(bytes);
        boolean exits = model.methods().stream()
                .flatMap(method -> method.code().stream())
                .flatMap(code -> code.elementStream())
                .anyMatch(Stubs::isExit);
        if (!exits) {
            return bytes;
        }
        return file(all).transformClass(model, ClassTransform.transformingMethodBodies((code, element) -> {
            if (isExit(element)) {
                code.invokestatic(
                        ClassDesc.of(CompletionRunner.Exit.class.getName()),
                        "exit",
                        MethodTypeDesc.of(CD_void, CD_int));
            } else {
                code.with(element);
            }
        }));
    }

    private static boolean isExit(CodeElement element) {
        return element instanceof InvokeInstruction call
                && call.owner().asInternalName().equals("java/lang/System")
                && call.name().equalsString("exit");
    }

    private static String name(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    }

    static String descriptor(Executable executable) {
        Class<?> result = executable instanceof Method method ? method.getReturnType() : void.class;
        StringBuilder text = new StringBuilder("(");
        Arrays.stream(executable.getParameterTypes()).forEach(type -> text.append(type.descriptorString()));
        return text.append(')').append(result.descriptorString()).toString();
    }
}
