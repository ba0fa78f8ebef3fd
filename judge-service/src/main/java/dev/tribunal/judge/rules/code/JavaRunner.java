package dev.tribunal.judge.rules.code;

import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a completion's code with its tests and runs them. One process in the sandbox, for one completion; the
 * service only carries this class there, and never runs it itself. It speaks like {@code runner.py}, but a Java program
 * is compiled with its tests: "loaded" comes before, "running" after the compiler.
 *
 * <p>The key is in a local variable, where no reflection reaches. It uses nothing but the JDK.
 */
public final class JavaRunner {

    private static final String COMPLETION = "Completion";
    private static final String TESTS = "Tests";
    private static final int MAX_REASON = 500;
    private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\s+(static\\s+)?[\\w.]+(\\.\\*)?\\s*;");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+[\\w.]+\\s*;");
    private static final Pattern TYPE_HEADER = Pattern.compile("\\b(class|interface|record|enum)\\s+\\w+[^{;]*\\{");

    /** A class of these names would take the place of the JDK's in the tests; so would one of java.lang. */
    private static final Set<String> JUDGED_BY =
            Set.of("Arrays", "Collections", "List", "Map", "Objects", "Optional", "Set");

    private static final Set<String> HARMLESS = Set.of("Cloneable", "Comparable", "Serializable");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    private JavaRunner() {}

    /** What the compiler, or a rule about programs, has against the program. */
    private static final class Mistake extends Exception {

        private static final long serialVersionUID = 1;

        Mistake(String message) {
            super(message);
        }
    }

    /** The tests are no program of their own. */
    private static final class Malformed extends Exception {

        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    public static void main(String[] arguments) throws IOException {
        DataInputStream in = new DataInputStream(System.in);
        PrintStream out = System.out;
        System.setIn(InputStream.nullInputStream());
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        say(out, "ready");
        read(in); // modules: of no concern here
        String prelude = read(in);
        String code = read(in);
        say(out, "loaded");
        String tests = read(in);
        String key = read(in);
        try {
            JavaRunner runner = new JavaRunner();
            String mainClass = runner.mainClass(tests);
            Method main = runner.compile(prelude, code, tests, mainClass);
            say(out, "running");
            run(main);
        } catch (Malformed e) {
            say(out, "malformed " + oneLine(String.valueOf(e.getMessage())));
            System.exit(1);
        } catch (InvocationTargetException e) {
            say(out, "failed " + reason(e.getCause(), tests));
            System.exit(1);
        } catch (Mistake | ReflectiveOperationException e) {
            say(out, "failed " + oneLine(String.valueOf(e.getMessage())));
            System.exit(1);
        }
        say(out, key);
        System.exit(0);
    }

    private static void run(Method main) throws ReflectiveOperationException {
        main.setAccessible(true);
        if (main.getParameterCount() == 0) {
            main.invoke(null);
        } else {
            main.invoke(null, (Object) new String[0]);
        }
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void say(PrintStream out, String line) {
        out.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) : line;
    }

    private static String reason(Throwable error, String tests) {
        String where = "";
        for (StackTraceElement element : error.getStackTrace()) {
            if ((TESTS + ".java").equals(element.getFileName())) {
                where = " (in the tests: "
                        + tests.lines().skip(Math.max(0, element.getLineNumber() - 2)).findFirst().orElse("").strip()
                        + ")";
                break;
            }
        }
        return oneLine(error + where);
    }

    /** Of the tests, looked at by themselves: what is wrong with them is not the completion's. */
    private String mainClass(String tests) throws Malformed {
        Compiled parsed = parse(new Source(TESTS, tests));
        if (parsed.mistake() != null) {
            throw new Malformed(parsed.mistake());
        }
        if (parsed.unit().getPackage() != null) {
            throw new Malformed("the tests are in a package, from where the completion's classes cannot be seen");
        }
        for (Tree type : parsed.unit().getTypeDecls()) {
            if (type instanceof ClassTree tree && tree.getMembers().stream().anyMatch(JavaRunner::isMain)) {
                return tree.getSimpleName().toString();
            }
        }
        throw new Malformed("the tests have no static main method");
    }

    private Method compile(String prelude, String code, String tests, String mainClass)
            throws Mistake, ReflectiveOperationException {
        String completion = PACKAGE.matcher(whole(prelude, code)).replaceAll("");
        String imports = imports(prelude).isEmpty() ? imports(code) : imports(prelude);
        // One line of imports before the tests: reason() counts on it.
        Source completionSource = new Source(COMPLETION, completion);
        Source testsSource = new Source(TESTS, imports.replace('\n', ' ') + "\n" + tests);
        Compiled parsed = parse(completionSource);
        if (parsed.mistake() == null) {
            checkNames(parsed.unit());
            checkEquals(parsed.unit());
        }
        Map<String, byte[]> classes = classFiles(List.of(completionSource, testsSource));
        Loader loader = new Loader(classes);
        loader.setDefaultAssertionStatus(true);
        return main(loader.loadClass(mainClass));
    }

    private static boolean isMain(Tree member) {
        return member instanceof MethodTree method
                && method.getName().contentEquals("main")
                && method.getModifiers().getFlags().contains(Modifier.STATIC)
                && method.getParameters().stream().allMatch(one -> one.getType() instanceof ArrayTypeTree);
    }

    private static Method main(Class<?> type) throws NoSuchMethodException {
        try {
            return type.getDeclaredMethod("main", String[].class);
        } catch (NoSuchMethodException e) {
            return type.getDeclaredMethod("main");
        }
    }

    /**
     * The code as a source file: it may be a whole one, a method, or the rest of a method that the prelude opens. The
     * first way to read it that is Java.
     */
    private String whole(String prelude, String code) {
        String imports = imports(prelude);
        List<String> readings = new ArrayList<>();
        if (parse(new Source(COMPLETION, prelude)).mistake() == null) {
            readings.add(hoisted(prelude, code));
        } else {
            readings.add(imports + "\n" + code);
            readings.add(prelude + "\n" + code);
            readings.add(hoisted(prelude, code));
            Matcher header = TYPE_HEADER.matcher(prelude);
            if (header.find()) {
                readings.add(imports + "\n" + header.group() + "\n" + code + "\n}");
            }
        }
        return readings.stream().filter(this::declaresTypes).findFirst().orElse(imports + "\n" + code);
    }

    /** A prelude that is whole by itself goes before the code, unless the code has the same types again. */
    private static String hoisted(String prelude, String code) {
        String imports = imports(prelude) + "\n" + imports(code);
        String rest = IMPORT.matcher(code).replaceAll("");
        Matcher header = TYPE_HEADER.matcher(prelude);
        while (header.find()) {
            String name = header.group().split("[\\s{<(]+")[1];
            if (Pattern.compile("\\b(class|interface|record|enum)\\s+" + name + "\\b")
                    .matcher(code)
                    .find()) {
                return imports + "\n" + rest;
            }
        }
        return imports + "\n" + IMPORT.matcher(prelude).replaceAll("") + "\n" + rest;
    }

    private static String imports(String text) {
        StringBuilder imports = new StringBuilder();
        IMPORT.matcher(text).results().forEach(found -> imports.append(found.group().strip()).append('\n'));
        return imports.toString();
    }

    private boolean declaresTypes(String text) {
        Compiled parsed = parse(new Source(COMPLETION, text));
        return parsed.mistake() == null
                && parsed.unit().getTypeDecls().stream()
                        // Methods outside a class make one that is named like the file.
                        .noneMatch(type ->
                                type instanceof ClassTree tree && tree.getSimpleName().contentEquals(COMPLETION));
    }

    private static void checkNames(CompilationUnitTree unit) throws Mistake {
        for (Tree type : unit.getTypeDecls()) {
            if (type instanceof ClassTree tree) {
                String name = tree.getSimpleName().toString();
                boolean ofLanguage = ClassLoader.getSystemResource("java/lang/" + name + ".class") != null;
                if (ofLanguage || JUDGED_BY.contains(name)) {
                    throw new Mistake("declares a class " + name + " of its own, which the tests would take for Java's");
                }
            }
        }
    }

    /** A collection or a string cannot be told what it equals: that is how to pass any test. */
    private static void checkEquals(CompilationUnitTree unit) throws Mistake {
        Set<String> own = new HashSet<>(HARMLESS);
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
                own.add(tree.getSimpleName().toString());
                return super.visitClass(tree, nothing);
            }
        }.scan(unit, null);
        List<String> liars = new ArrayList<>();
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
                List<Tree> parents = new ArrayList<>(tree.getImplementsClause());
                if (tree.getExtendsClause() != null) {
                    parents.add(tree.getExtendsClause());
                }
                boolean foreign = tree.getSimpleName().isEmpty()
                        || parents.stream().anyMatch(parent -> !own.contains(simpleName(parent)));
                if (foreign && tree.getMembers().stream().anyMatch(JavaRunner::isEquals)) {
                    liars.add(tree.getSimpleName().isEmpty() ? "an anonymous class" : "class " + tree.getSimpleName());
                }
                return super.visitClass(tree, nothing);
            }
        }.scan(unit, null);
        if (!liars.isEmpty()) {
            throw new Mistake(liars.getFirst() + " overrides equals of a type of Java's");
        }
    }

    private static boolean isEquals(Tree member) {
        return member instanceof MethodTree method
                && method.getName().contentEquals("equals")
                && method.getParameters().size() == 1;
    }

    private static String simpleName(Tree type) {
        String name = type.toString().replaceAll("<.*", "");
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** A source file that was parsed; its mistake, if it has one. */
    private record Compiled(CompilationUnitTree unit, @Nullable String mistake) {}

    private Compiled parse(Source source) {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavacTask task = (JavacTask) compiler.getTask(null, null, found, List.of("-proc:none"), null, List.of(source));
        try {
            return new Compiled(task.parse().iterator().next(), firstMistake(found));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, byte[]> classFiles(List<Source> sources) throws Mistake {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        Map<String, byte[]> classes = new HashMap<>();
        StandardJavaFileManager standard = compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8);
        List<String> options = List.of("-proc:none", "-nowarn", "-Xlint:none", "-classpath", "/nothing");
        boolean compiled = compiler.getTask(null, new ClassFiles(standard, classes), found, options, null, sources)
                .call();
        if (!compiled) {
            String mistake = firstMistake(found);
            throw new Mistake(mistake == null ? "does not compile" : mistake);
        }
        return classes;
    }

    private static @Nullable String firstMistake(DiagnosticCollector<JavaFileObject> found) {
        for (Diagnostic<? extends JavaFileObject> diagnostic : found.getDiagnostics()) {
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                return "does not compile: " + diagnostic.getMessage(Locale.ROOT) + line(diagnostic);
            }
        }
        return null;
    }

    private static String line(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.getSource() instanceof Source source && diagnostic.getLineNumber() > 0
                ? " (in the " + source.unit.toLowerCase(Locale.ROOT) + ": "
                        + source.text
                                .lines()
                                .skip(diagnostic.getLineNumber() - 1)
                                .findFirst()
                                .orElse("")
                                .strip() + ")"
                : "";
    }

    /** A source text that may hold a public class of any name. */
    private static final class Source extends SimpleJavaFileObject {

        private final String unit;
        private final String text;

        Source(String unit, String text) {
            super(URI.create("string:///" + unit + ".java"), Kind.SOURCE);
            this.unit = unit;
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return true;
        }
    }

    /** Keeps what the compiler writes. */
    private static final class ClassFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {

        private final Map<String, byte[]> classes;

        ClassFiles(StandardJavaFileManager standard, Map<String, byte[]> classes) {
            super(standard);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("bytes:///" + name + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return new ByteArrayOutputStream() {
                        @Override
                        public void close() {
                            classes.put(name, toByteArray());
                        }
                    };
                }
            };
        }
    }

    /** The program's classes, which know the JDK and nothing else. */
    private static final class Loader extends ClassLoader {

        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(ClassLoader.getPlatformClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
