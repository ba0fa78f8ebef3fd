package dev.tribunal.judge.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.judge.sdk.junit.ConformanceTests;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The judges of {@code examples/judges/proof}, a project of its own, still compile and pass the gate. */
class ExampleJudgesTest {

    private static final Path PROOF = Path.of("../examples/judges/proof");

    @TempDir
    private static Path classes;

    private static URLClassLoader loader;

    @BeforeAll
    static void compile() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none"));
        try (Stream<Path> sources = Files.list(PROOF.resolve("src/main/java/example"))) {
            sources.map(Path::toString).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    @TestFactory
    List<DynamicTest> theWorldsJudgePassesTheGate() throws ReflectiveOperationException {
        return ConformanceTests.of(judge("GoodReplyJudge"), PROOF.resolve("good-reply.json"));
    }

    @TestFactory
    List<DynamicTest> theErringJudgePassesTheGate() throws ReflectiveOperationException {
        return ConformanceTests.of(judge("ErringJudge"), PROOF.resolve("erring.json"));
    }

    private static Judge judge(String name) throws ReflectiveOperationException {
        return (Judge) loader.loadClass("example." + name).getConstructor().newInstance();
    }
}
