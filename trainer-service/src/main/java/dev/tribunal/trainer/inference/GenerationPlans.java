package dev.tribunal.trainer.inference;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.generation.GenerationRequest;
import dev.tribunal.contracts.runs.v1.generation.GenerationRequest.Prompt;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.servicekit.work.WorkPool;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.spec.Dependencies;
import dev.tribunal.trainer.spec.PromptTokens;
import dev.tribunal.trainer.spec.ReferenceLookup;
import dev.tribunal.trainer.spec.ReferenceLookup.FoundJudge;
import dev.tribunal.trainer.spec.RunFolders;
import jakarta.annotation.PreDestroy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks what a generation asks for, and pins it. */
@Component
public final class GenerationPlans {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int MAX_WAITING = 16;

    private final Engine engine;
    private final FileRoots roots;
    private final RunFolders folders;
    private final Dependencies dependencies;

    /** A tokenizer and a chat template may take long, and are not to be trusted. */
    private final WorkPool checking = new WorkPool("checks of generations", 1, MAX_WAITING);

    GenerationPlans(Engine engine, FileRoots roots, RunFolders folders, Dependencies dependencies) {
        this.engine = engine;
        this.roots = roots;
        this.folders = folders;
        this.dependencies = dependencies;
    }

    @PreDestroy
    void close() {
        checking.close();
    }

    /** @throws TribunalException with all mistakes */
    public GenerationRequest plan(String body, String contentType) {
        Input<GenerationRequest> input = InputReader.read(GenerationRequest.class, InputTree.parse(body, contentType));
        GenerationRequest written = Objects.requireNonNull(input.value(), "a request takes what stands in");
        List<FieldError> mistakes = new ArrayList<>(input.mistakes());
        ReferenceLookup lookup = new ReferenceLookup(dependencies);
        String rewardModel = written.rewardModel() == null || !input.sound("/rewardModel")
                ? written.rewardModel()
                : lookup.rewardModel(written.rewardModel(), "/rewardModel", mistakes);
        List<RunSpec.Judge> judges = judges(input, written, lookup, mistakes);
        String digest = input.sound("/policy/model") ? checkpoint(input, written, mistakes) : null;
        if (!mistakes.isEmpty()) {
            throw new TribunalException(
                    mistakes.stream().anyMatch(lookup::isUnreachable)
                            ? TrainerError.DEPENDENCY_UNREACHABLE
                            : TrainerError.INVALID_GENERATION,
                    mistakes.size() == 1
                            ? "The generation has a mistake."
                            : "The generation has " + mistakes.size() + " mistakes.",
                    mistakes);
        }
        return written.pinned(Objects.requireNonNull(digest), rewardModel, judges);
    }

    private static List<RunSpec.Judge> judges(
            Input<GenerationRequest> input,
            GenerationRequest written,
            ReferenceLookup lookup,
            List<FieldError> mistakes) {
        List<RunSpec.Judge> judges = new ArrayList<>();
        for (int i = 0; i < written.judges().size(); i++) {
            String at = "/judges/" + i;
            FoundJudge found = input.whole(at) ? lookup.judge(written.judges().get(i), at, at, mistakes) : null;
            if (found != null) {
                judges.add(found.judge());
                for (int p = 0; p < written.prompts().size(); p++) {
                    if (input.whole("/prompts/" + p)) {
                        checkFields(found, written.prompts().get(p), "/prompts/" + p, mistakes);
                    }
                }
            }
        }
        return judges;
    }

    private static void checkFields(FoundJudge judge, Prompt prompt, String at, List<FieldError> mistakes) {
        for (String required : judge.requires()) {
            String[] path = required.split("\\.", 2);
            Map<String, Object> fields = switch (path[0]) {
                case "reference" -> prompt.reference();
                case "metadata" -> prompt.metadata();
                default -> Map.of();
            };
            if (path.length == 2 && !fields.containsKey(path[1])) {
                mistakes.add(new FieldError(
                        at + "/" + path[0],
                        "has no " + path[1] + ", which judge " + judge.judge().judge() + " reads"));
            }
        }
    }

    /** @return its digest; null if there are mistakes */
    private @Nullable String checkpoint(
            Input<GenerationRequest> input, GenerationRequest written, List<FieldError> mistakes) {
        RunSpec.Policy policy = written.policy();
        try {
            Path directory = folders.seen(policy.model(), roots.checkpoint(policy.model()), Caller.current());
            return checking.call(LONGEST, () -> {
                CheckpointSummary found = engine.inspect(directory);
                if (found.isScoring()) {
                    mistakes.add(new FieldError(
                            "/policy/model",
                            "'" + policy.model()
                                    + "' is a sequence-classification checkpoint; a language model answers"));
                    return null;
                }
                if (policy.digest() != null && !policy.digest().equals(found.digest())) {
                    mistakes.add(new FieldError(
                            "/policy/digest", "is " + policy.digest() + ", but the checkpoint is " + found.digest()));
                }
                if (input.sound("/policy/maxNewTokens")) {
                    engine.withTokenizer(directory, tokenizer -> {
                        checkPrompts(tokenizer, found.configuration().maxPositions(), input, mistakes);
                        return directory;
                    });
                }
                return found.digest();
            });
        } catch (IllegalArgumentException | CheckpointException e) {
            mistakes.add(new FieldError("/policy/model", String.valueOf(e.getMessage())));
            return null;
        }
    }

    private static void checkPrompts(
            ChatTokenizer tokenizer, int positions, Input<GenerationRequest> input, List<FieldError> mistakes) {
        GenerationRequest written = Objects.requireNonNull(input.value(), "a request takes what stands in");
        if (!tokenizer.hasChatTemplate()) {
            mistakes.add(new FieldError("/policy/model", "has no chat template to write prompts with"));
            return;
        }
        PromptTokens tokens =
                new PromptTokens(tokenizer, positions, written.policy().maxNewTokens());
        for (int i = 0; i < written.prompts().size(); i++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted between two prompts");
            }
            if (!input.whole("/prompts/" + i)) {
                continue;
            }
            try {
                tokens.requireRoom(
                        written.prompts().get(i).conversation(),
                        written.policy().maxNewTokens(),
                        "maxNewTokens");
            } catch (IllegalArgumentException e) {
                mistakes.add(new FieldError("/prompts/" + i, String.valueOf(e.getMessage())));
            }
        }
    }
}
