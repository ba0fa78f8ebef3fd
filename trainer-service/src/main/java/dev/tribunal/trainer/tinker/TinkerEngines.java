package dev.tribunal.trainer.tinker;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.Capability;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.GuardedHttp.Answer;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.spec.EngineCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The Tinker servers that runs may be on: what they are asked when a run is created, and the engine of each run. */
@Component
@EnableConfigurationProperties(EngineProperties.class)
public class TinkerEngines implements EngineCheck, DisposableBean {

    /** The alpha that servers give every adapter. */
    static final double ALPHA = 32;

    private static final int MOST_ANSWER = 1 << 30; // an adapter's archive
    private static final Duration QUESTION = Duration.ofSeconds(10);
    private static final int NAMED_AT_ONCE = 10;

    private final Engine local;
    private final AllowedServers servers;
    private final GuardedHttp http;

    TinkerEngines(EngineProperties properties, Engine local) {
        this.local = local;
        this.servers = properties.servers();
        this.http = new GuardedHttp(servers.guard(), MOST_ANSWER);
    }

    @Override
    public Set<Capability> capabilities(PolicyEngine engine) {
        return switch (engine) {
            case PolicyEngine.Tinker tinker -> TinkerEngine.CAPABILITIES;
        };
    }

    @Override
    public List<FieldError> mistakes(RunSpec.Policy policy, PolicyEngine engine) {
        return switch (engine) {
            case PolicyEngine.Tinker tinker -> mistakes(policy, tinker);
        };
    }

    private List<FieldError> mistakes(RunSpec.Policy policy, PolicyEngine.Tinker engine) {
        List<FieldError> mistakes = new ArrayList<>(ofAddress(engine));
        if (mistakes.isEmpty()) {
            mistakes.addAll(ofServer(engine));
        }
        if (policy.lora() == null) {
            mistakes.add(new FieldError(
                    "/lora", "is missing, and servers of type tinker train adapters; write {rank: 32, alpha: 32}"));
        } else {
            if (policy.lora().alpha() != ALPHA) {
                mistakes.add(new FieldError(
                        "/lora/alpha",
                        "is " + policy.lora().alpha() + ", but servers of type tinker give every adapter the alpha 32;"
                                + " write alpha: 32"));
            }
            if (lora(policy.lora()).targets().size() != Lora.ALL_LINEAR.size()) {
                mistakes.add(
                        new FieldError(
                                "/lora/targetModules",
                                "leaves some out, but servers of type tinker adapt all linear layers; leave targetModules out"));
            }
        }
        if (policy.precision() != Precision.FP32) {
            mistakes.add(new FieldError(
                    "/precision", "is for the trainer's own machine, and the server has its own; leave it out"));
        }
        if (policy.activationCheckpointing()) {
            mistakes.add(new FieldError(
                    "/activationCheckpointing",
                    "is for the trainer's own machine, and the server has its own; leave it out"));
        }
        return mistakes;
    }

    private static Lora lora(dev.tribunal.contracts.common.Lora lora) {
        return Lora.of(lora.rank(), lora.alpha(), lora.targetModules());
    }

    private List<FieldError> ofAddress(PolicyEngine.Tinker engine) {
        return servers.mistakes("/engine", engine.url(), engine.secretRef());
    }

    /** Whether it is there and has the base model. */
    private List<FieldError> ofServer(PolicyEngine.Tinker engine) {
        HttpGet question = new HttpGet(url(engine) + "/api/v1/get_server_capabilities");
        String secret = secret(engine);
        if (secret != null) {
            question.setHeader("X-API-Key", secret);
        }
        try {
            Answer answer = http.exchange(question, QUESTION);
            if (answer.status() == 401 || answer.status() == 403) {
                return List.of(new FieldError(
                        "/engine/secretRef",
                        "names what the server refuses with status " + answer.status()
                                + "; name the secret that it wants"));
            }
            if (answer.status() != 200) {
                return List.of(new FieldError(
                        "/engine/url",
                        "answers get_server_capabilities with status " + answer.status() + ": is it a Tinker server?"));
            }
            List<String> models = new ArrayList<>();
            for (JsonNode model : TinkerClient.mapper()
                    .readTree(answer.body())
                    .path("supported_models")
                    .values()) {
                models.add(model.path("model_name").asString(""));
            }
            return models.contains(engine.baseModel())
                    ? List.of()
                    : List.of(new FieldError(
                            "/engine/baseModel",
                            "is '" + engine.baseModel() + "', but the server has "
                                    + (models.isEmpty()
                                            ? "none"
                                            : String.join(
                                                    ", ",
                                                    models.stream()
                                                            .limit(NAMED_AT_ONCE)
                                                            .toList()))));
        } catch (IOException | JacksonException e) {
            return List.of(new FieldError(
                    "/engine/url",
                    "does not answer as a Tinker server (" + e.getMessage() + "); start it, or correct the URL"));
        }
    }

    private static String url(PolicyEngine.Tinker engine) {
        return engine.url().replaceAll("/+$", "");
    }

    private @Nullable String secret(PolicyEngine.Tinker engine) {
        return servers.secret(engine.url(), engine.secretRef());
    }

    /**
     * Trains a run on the engine that its policy names.
     *
     * @param base the policy's checkpoint on this disk
     * @param training is given the engine, of which nothing is left when it returns
     */
    public void train(RunSpec.Policy policy, Path base, String runId, RunJournal journal, Consumer<Engine> training) {
        switch (policy.engine()) {
            case null -> training.accept(local);
            case PolicyEngine.Tinker tinker -> train(policy, tinker, base, runId, journal, training);
        }
    }

    private void train(
            RunSpec.Policy policy,
            PolicyEngine.Tinker settings,
            Path base,
            String runId,
            RunJournal journal,
            Consumer<Engine> training) {
        List<FieldError> refused = ofAddress(settings);
        if (!refused.isEmpty()) {
            throw new TrainingFailedException(
                    "policy" + refused.getFirst().pointer().replace('/', '.') + " "
                            + refused.getFirst().detail());
        }
        Lora lora = lora(Objects.requireNonNull(policy.lora(), "a run on a server has an adapter"));
        TinkerClient client = new TinkerClient(http, url(settings), secret(settings), journal);
        try {
            local.withTokenizer(base, tokenizer -> {
                try (TinkerEngine engine = new TinkerEngine(local, tokenizer, client, settings, base, lora, runId)) {
                    training.accept(engine);
                }
                return true;
            });
        } catch (CheckpointException e) {
            throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void destroy() throws IOException {
        http.close();
    }
}
