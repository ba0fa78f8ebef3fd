package dev.tribunal.judge.rules.code.sandboxed;

import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
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
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a completion's code, and tests against it. The two are separate: a type of the completion's is only seen by
 * tests that can mean no other by its name.
 */
final class Compiler {

    static final String TESTS = "Tests";
    private static final String COMPLETION = "Completion";
    private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\s+(static\\s+)?[\\w.]+(\\.\\*)?\\s*;");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+[\\w.]+\\s*;");
    private static final Pattern TYPE_HEADER = Pattern.compile("\\b(class|interface|record|enum)\\s+\\w+[^{;]*\\{");
    private static final Pattern ON_DEMAND = Pattern.compile("import\\s+([\\w.]+)\\.\\*\\s*;");

    /** What tests without imports of their own may use. */
    private static final String USUAL_IMPORTS =
            "import java.util.*; import java.util.function.*; import java.util.stream.*; import java.math.*;";

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager standard =
            compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

    /** What the compiler, or a rule about programs, has against the program. */
    static final class Mistake extends Exception {

        private static final long serialVersionUID = 1;

        Mistake(String message) {
            super(message);
        }
    }

    /** The tests are not a program of their own. */
    static final class Malformed extends Exception {

        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /** Of the tests, looked at by themselves: what is wrong with them is not the completion's. */
    String mainClass(String tests) throws Malformed {
        Compiled parsed = parse(new Source(TESTS, tests));
        if (parsed.mistake() != null) {
            throw new Malformed(parsed.mistake());
        }
        if (parsed.unit().getPackage() != null) {
            throw new Malformed("the tests are in a package, from where the completion's classes cannot be seen");
        }
        for (Tree type : parsed.unit().getTypeDecls()) {
            if (type instanceof ClassTree tree && tree.getMembers().stream().anyMatch(Compiler::isMain)) {
                return tree.getSimpleName().toString();
            }
        }
        throw new Malformed("the tests have no static main method");
    }

    /** The completion's class files, by name. */
    Map<String, byte[]> completion(String prelude, String code) throws Mistake {
        String completion = PACKAGE.matcher(whole(prelude, code)).replaceAll("");
        return classFiles(new Source(COMPLETION, completion), Map.of());
    }

    /**
     * The tests' class files, by name.
     *
     * @param completion the completion's class files, which the tests may use
     */
    Map<String, byte[]> tests(String prelude, String tests, Map<String, byte[]> completion) throws Mistake {
        // One line of imports before the tests: reasons count on it.
        String imports = imports(prelude).replace('\n', ' ');
        try {
            return tests(imports, tests, completion, "");
        } catch (Mistake e) {
            try {
                return tests(imports, tests, completion, USUAL_IMPORTS);
            } catch (Mistake again) {
                throw e;
            }
        }
    }

    private Map<String, byte[]> tests(String imports, String tests, Map<String, byte[]> completion, String more)
            throws Mistake {
        String text = imports + more + "\n" + tests;
        return classFiles(new Source(TESTS, text), visible(text, tests, completion));
    }

    /** A class that is named like one of the JDK's is not seen by tests that import that one's package. */
    private static Map<String, byte[]> visible(String text, String tests, Map<String, byte[]> completion)
            throws Mistake {
        Set<String> packages = new HashSet<>(Set.of("java.lang"));
        ON_DEMAND.matcher(text).results().forEach(found -> packages.add(found.group(1)));
        Map<String, byte[]> visible = new HashMap<>();
        for (Map.Entry<String, byte[]> one : completion.entrySet()) {
            String name = one.getKey().replaceAll("\\$.*", "");
            boolean importedAlone = Pattern.compile("import\\s+[\\w.]+\\." + Pattern.quote(name) + "\\s*;")
                    .matcher(text)
                    .find();
            boolean ofJdk = packages.stream().anyMatch(prefix -> isOfJdk(prefix + "." + name));
            if (ofJdk && !importedAlone && usesName(tests, name)) {
                throw new Mistake("declares a class " + name + " of its own, and the tests may mean Java's");
            }
            if (!ofJdk && !importedAlone) {
                visible.put(one.getKey(), one.getValue());
            }
        }
        return visible;
    }

    private static boolean usesName(String text, String name) {
        return Pattern.compile("(?<![\\w.])" + Pattern.quote(name) + "\\b")
                .matcher(text)
                .find();
    }

    private static boolean isOfJdk(String name) {
        try {
            Class.forName(name, false, ClassLoader.getPlatformClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** The class whose main method a program starts with; null if none has one. */
    @Nullable
    String mainOf(Map<String, byte[]> classes) {
        return classes.entrySet().stream()
                .filter(one -> ClassFile.of().parse(one.getValue()).methods().stream()
                        .anyMatch(method -> method.methodName().equalsString("main")
                                && method.flags().has(AccessFlag.STATIC)))
                .map(Map.Entry::getKey)
                .min(Comparator.comparing((String name) -> !name.equals("Main")).thenComparing(name -> name))
                .orElse(null);
    }

    private static boolean isMain(Tree member) {
        return member instanceof MethodTree method
                && method.getName().contentEquals("main")
                && method.getModifiers().getFlags().contains(Modifier.STATIC)
                && method.getParameters().stream().allMatch(one -> one.getType() instanceof ArrayTypeTree);
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
        IMPORT.matcher(text)
                .results()
                .forEach(found -> imports.append(found.group().strip()).append('\n'));
        return imports.toString();
    }

    private boolean declaresTypes(String text) {
        Compiled parsed = parse(new Source(COMPLETION, text));
        return parsed.mistake() == null
                && parsed.unit().getTypeDecls().stream()
                        // Methods outside a class make one that is named like the file.
                        .noneMatch(type -> type instanceof ClassTree tree
                                && tree.getSimpleName().contentEquals(COMPLETION));
    }

    /** A source file that was parsed; its mistake, if it has one. */
    private record Compiled(
            CompilationUnitTree unit, @Nullable String mistake) {}

    private Compiled parse(Source source) {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavacTask task =
                (JavacTask) compiler.getTask(null, standard, found, List.of("-proc:none"), null, List.of(source));
        try {
            return new Compiled(task.parse().iterator().next(), firstMistake(found));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, byte[]> classFiles(Source source, Map<String, byte[]> others) throws Mistake {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        Map<String, byte[]> classes = new HashMap<>();
        List<String> options = List.of("-proc:none", "-nowarn", "-Xlint:none", "-classpath", "/nothing");
        ClassFiles files = new ClassFiles(standard, others, classes);
        boolean compiled;
        try {
            compiled = compiler.getTask(null, files, found, options, null, List.of(source))
                    .call();
        } catch (RuntimeException e) {
            throw new Mistake("does not compile: " + e);
        }
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

    /** Keeps what the compiler writes, and gives it class files that are in no folder. */
    private static final class ClassFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {

        private final Map<String, byte[]> others;
        private final Map<String, byte[]> classes;

        ClassFiles(StandardJavaFileManager standard, Map<String, byte[]> others, Map<String, byte[]> classes) {
            super(standard);
            this.others = others;
            this.classes = classes;
        }

        @Override
        public Iterable<JavaFileObject> list(
                JavaFileManager.Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
                throws IOException {
            if (location != StandardLocation.CLASS_PATH) {
                return super.list(location, packageName, kinds, recurse);
            }
            List<JavaFileObject> found = new ArrayList<>();
            if (packageName.isEmpty() && kinds.contains(JavaFileObject.Kind.CLASS)) {
                others.forEach((name, bytes) -> found.add(new Binary(name, bytes)));
            }
            return found;
        }

        @Override
        public String inferBinaryName(JavaFileManager.Location location, JavaFileObject file) {
            return file instanceof Binary binary ? binary.className : super.inferBinaryName(location, file);
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

    /** A class file of a map. */
    private static final class Binary extends SimpleJavaFileObject {

        private final String className;
        private final byte[] bytes;

        Binary(String className, byte[] bytes) {
            super(URI.create("bytes:///" + className + ".class"), Kind.CLASS);
            this.className = className;
            this.bytes = bytes;
        }

        @Override
        public InputStream openInputStream() {
            return new ByteArrayInputStream(bytes);
        }
    }
}
