package dev.tribunal.judge.sdk.junit;

import static org.junit.jupiter.api.Assertions.fail;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.judge.sdk.JudgeServer;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import tools.jackson.databind.json.JsonMapper;

/**
 * The registry's gate as tests, one a check:
 *
 * <pre>{@code
 * @TestFactory
 * List<DynamicTest> passesTheGate() {
 *     return ConformanceTests.of(new MyJudge(), Path.of("registration.json"));
 * }
 * }</pre>
 */
public final class ConformanceTests {

    private ConformanceTests() {}

    /**
     * Serves the judge on a free port of this machine while it is put to the gate.
     *
     * @param registration JSON, as it would be registered: its fixtures are what the judge must get right
     */
    public static List<DynamicTest> of(Judge judge, Path registration) {
        try (ConfigurableApplicationContext server =
                JudgeServer.start(judge, "--server.port=0", "--server.address=127.0.0.1")) {
            ConfigurableEnvironment settings = server.getEnvironment();
            String port = settings.getProperty("local.server.port");
            String token = settings.getProperty("tribunal.http.token");
            return of(JudgeTransport.to(URI.create("http://127.0.0.1:" + port), token), registration);
        }
    }

    /** Of a judge that is running, in whatever language it is written. */
    public static List<DynamicTest> of(JudgeTransport judge, Path registration) {
        Expected expected = Expected.of(new JsonMapper().readValue(registration.toFile(), JudgeRegistration.class));
        return JudgeConformance.of(judge, expected).run().stream()
                .map(ConformanceTests::test)
                .toList();
    }

    private static DynamicTest test(Check check) {
        return DynamicTest.dynamicTest(check.name(), () -> {
            if (!check.passed()) {
                fail(check.detail());
            }
        });
    }
}
