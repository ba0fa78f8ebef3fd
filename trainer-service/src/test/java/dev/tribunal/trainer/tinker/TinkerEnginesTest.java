package dev.tribunal.trainer.tinker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import dev.tribunal.servicekit.testing.SettingsContract;
import dev.tribunal.trainer.TinyPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a policy's engine when a run is created. */
class TinkerEnginesTest {

    private static final List<String> ALL =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    private static final Lora LORA = new Lora(4, 32, ALL);

    @TempDir
    private static Path home;

    private static TinkerEngines engines;
    private static TinkerDouble server;

    @BeforeAll
    static void start() throws IOException {
        TinyPolicy.write(home.resolve("policy"), true);
        engines = TinkerServers.engines();
        server = new TinkerDouble(
                TinkerDouble.Kind.SUM, 0, home.resolve("policy"), "tiny", home.resolve("server"), seed -> seed);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        engines.destroy();
    }

    private static List<String> mistakes(String url, String baseModel, @Nullable String secret, @Nullable Lora lora) {
        PolicyEngine engine = new PolicyEngine.Tinker(url, baseModel, secret);
        return mistakes(policy(engine, lora, Precision.FP32, false), engine);
    }

    private static List<String> mistakes(RunSpec.Policy policy, PolicyEngine engine) {
        return engines.mistakes(policy, engine).stream()
                .map(error -> error.pointer() + " " + error.detail())
                .toList();
    }

    private static RunSpec.Policy policy(
            PolicyEngine engine, @Nullable Lora lora, Precision precision, boolean activationCheckpointing) {
        return new RunSpec.Policy(
                "hf:policy", null, 4, 1, 0, 1, List.of(), precision, activationCheckpointing, lora, engine, null);
    }

    @Test
    void nothingIsWrongWithAServerThatHasTheModel() {
        assertThat(mistakes(server.url(), "tiny", null, LORA)).isEmpty();
        assertThat(mistakes(server.url() + "/", "tiny", "mine", LORA)).isEmpty();
        assertThat(TinkerServers.keys(server)).containsExactly(TinkerServers.SECRET);
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        PolicyEngine engine = new PolicyEngine.Tinker(server.url(), "huge", null);
        RunSpec.Policy policy = policy(engine, new Lora(4, 8, List.of("q_proj")), Precision.BF16, true);

        assertThat(mistakes(policy, engine))
                .satisfiesExactly(
                        mistake ->
                                assertThat(mistake).startsWith("/engine/baseModel is 'huge', but the server has tiny"),
                        mistake -> assertThat(mistake)
                                .startsWith("/lora/alpha is 8.0")
                                .endsWith("write alpha: 32"),
                        mistake -> assertThat(mistake).startsWith("/lora/targetModules leaves some out"),
                        mistake -> assertThat(mistake).startsWith("/precision"),
                        mistake -> assertThat(mistake).startsWith("/activationCheckpointing"));
        assertThat(mistakes(server.url(), "tiny", null, null))
                .singleElement()
                .satisfies(mistake -> assertThat(mistake).startsWith("/lora is missing"));
    }

    @Test
    void aServerThatMayNotBeAskedIsNot() {
        assertThat(mistakes("http://169.254.169.254", "tiny", "yours", LORA))
                .satisfiesExactly(
                        mistake -> assertThat(mistake)
                                .startsWith("/engine/url")
                                .contains("tribunal.trainer.engine.allowed-hosts"),
                        mistake -> assertThat(mistake)
                                .startsWith("/engine/secretRef names 'yours'")
                                .contains("tribunal.trainer.engine.secrets.yours"));
    }

    @Test
    void aServerThatIsNotThereIsTold() {
        assertThat(mistakes("http://127.0.0.1:1", "tiny", null, LORA))
                .singleElement()
                .satisfies(mistake -> assertThat(mistake).startsWith("/engine/url does not answer"));
        TinkerServers.fail(server, "get_server_capabilities", 401, 404);
        assertThat(mistakes(server.url(), "tiny", "mine", LORA))
                .singleElement()
                .satisfies(mistake ->
                        assertThat(mistake).startsWith("/engine/secretRef").contains("status 401"));
        assertThat(mistakes(server.url(), "tiny", "mine", LORA))
                .singleElement()
                .satisfies(mistake -> assertThat(mistake).contains("is it a Tinker server?"));
    }

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(EngineProperties.class)
                .hasDefaults(new EngineProperties(
                        new OutboundProperties(List.of("localhost", "127.0.0.1", "[::1]"), null, null)))
                .isWritten(
                        Map.of(
                                "tribunal.trainer.engine.allowed-hosts", "tinker.example, *.svc",
                                "tribunal.trainer.engine.secrets.mine", "0123456789",
                                "tribunal.trainer.engine.secret-hosts.mine", "tinker.example"),
                        new EngineProperties(new OutboundProperties(
                                List.of("tinker.example", "*.svc"),
                                Map.of("mine", "0123456789"),
                                Map.of("mine", List.of("tinker.example")))));
    }

    @Test
    void theSecretIsNotPrinted() {
        assertThat(new EngineProperties(new OutboundProperties(List.of(), Map.of("mine", "tml-secret"), null))
                        .toString())
                .doesNotContain("tml-secret");
    }
}
