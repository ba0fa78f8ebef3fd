package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** The examples' judges pass the gate with the fixtures of their own registrations. */
class ExampleJudgesTest {

    private static final Path EXAMPLES = Path.of("../examples/judges");

    @Test
    void theJavaJudgeConforms(@TempDir Path classes) throws Exception {
        Path source = EXAMPLES.resolve("java/src/main/java/example/NoProfanityJudge.java");
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), "-proc:none", source.toString());
        assertThat(compiled).isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            Judge judge = (Judge) loader.loadClass("example.NoProfanityJudge")
                    .getConstructor()
                    .newInstance();
            try (ConfigurableApplicationContext server =
                    JudgeServer.start(judge, "--server.port=0", "--server.address=127.0.0.1")) {
                assertConforms("java", server.getEnvironment().getRequiredProperty("local.server.port"));
            }
        }
    }

    @Test
    void thePythonJudgeConforms() throws Exception {
        assumeTrue(pythonIsThere(), "python3 is not installed, or older than 3.10");
        ProcessBuilder judge = new ProcessBuilder(
                        "python3", EXAMPLES.resolve("python/judge.py").toString(), "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        judge.environment().put("PYTHONPATH", "../clients/python/src");
        Process python = judge.start();
        try (BufferedReader output = python.inputReader()) {
            String ready = output.readLine();
            assertThat(ready).startsWith("judging on port ");
            assertConforms("python", ready.substring("judging on port ".length()));
        } finally {
            python.destroy();
        }
    }

    private static void assertConforms(String language, String port) {
        Expected expected = Expected.of(registration(language));
        JudgeTransport transport = JudgeTransport.to(URI.create("http://127.0.0.1:" + port), null);

        assertThat(JudgeConformance.of(transport, expected).run())
                .hasSize(11)
                .allSatisfy(
                        check -> assertThat(check.passed()).as(check.toString()).isTrue());
    }

    private static JudgeRegistration registration(String language) {
        return new JsonMapper()
                .readValue(
                        EXAMPLES.resolve(language).resolve("registration.json").toFile(), JudgeRegistration.class);
    }

    private static boolean pythonIsThere() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 10))")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }
}
