package dev.tribunal.trainer.inference;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationRequest;
import dev.tribunal.contracts.runs.v1.generation.GenerationRequest.Prompt;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.StopRule;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.prompt.ChatMessages;
import dev.tribunal.trainer.queue.QueueWorker;
import dev.tribunal.trainer.reward.RewardUnavailableException;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import dev.tribunal.trainer.strategy.Answering;
import dev.tribunal.trainer.strategy.Asked;
import dev.tribunal.trainer.strategy.Raters;
import dev.tribunal.trainer.strategy.Scorer;
import dev.tribunal.trainer.strategy.Verifier;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Does what generations wait, one at a time, on a thread of its own. What a restart broke off goes on where it was. */
@Component
public final class GenerationWorker extends QueueWorker<Generation> {

    private static final Logger log = LoggerFactory.getLogger(GenerationWorker.class);

    /** Prompts whose answers are stored together at most, so that people see that it goes on. */
    private static final int MOST_PROMPTS = 32;

    private final GenerationStore generations;
    private final Engine engine;
    private final FileRoots roots;
    private final JudgementApi judgements;
    private final RewardApi rewards;
    private final Duration lease;

    GenerationWorker(
            GenerationStore generations,
            Engine engine,
            FileRoots roots,
            JudgementApi judgements,
            RewardApi rewards,
            Signal signal,
            TrainerProperties properties) {
        super("generation", signal, properties);
        this.generations = generations;
        this.engine = engine;
        this.roots = roots;
        this.judgements = judgements;
        this.rewards = rewards;
        this.lease =
                properties.judgementTimeout().plus(properties.scoreTimeout()).plus(properties.lease());
    }

    /** It cannot be answered; the message tells a person. */
    private static final class FailedException extends RuntimeException {
        FailedException(String message) {
            super(message);
        }
    }

    /** The trainer shuts down. */
    private static final class LeavingException extends RuntimeException {}

    @Override
    protected Optional<Generation> claim() {
        return generations.claim(owner(), lease);
    }

    @Override
    protected String id(Generation claimed) {
        return claimed.id();
    }

    @Override
    protected void work(Generation generation) {
        log.info(
                "generation {}: {} of {} prompts are answered",
                generation.id(),
                generation.answers().size(),
                generation.total());
        Watch watch = new Watch(generation);
        try {
            answer(generation, watch);
        } catch (RuntimeException e) {
            // What is thrown while sampling may come back in another exception.
            throw watch.why == null ? e : watch.why;
        }
        generations.succeed(generation.id(), owner());
    }

    @Override
    protected boolean explainsItself(RuntimeException why) {
        return why instanceof FailedException
                || why instanceof CheckpointException
                || why instanceof RewardUnavailableException;
    }

    @Override
    protected void fail(Generation claimed, String why) {
        generations.fail(claimed.id(), owner(), why);
    }

    @Override
    protected void putBack(Generation claimed) {
        generations.leave(claimed.id(), owner());
    }

    /** Whether the answers are wanted still; asked at each token, and looks once a second. */
    private final class Watch {

        private final String id;
        private final Duration limit;
        private final Instant end;
        private long looked = System.nanoTime();
        private volatile @Nullable RuntimeException why;

        Watch(Generation generation) {
            id = generation.id();
            limit = Duration.ofSeconds(request(generation).timeLimitSeconds());
            end = Objects.requireNonNull(generation.startedAt(), "it is claimed")
                    .plus(limit);
        }

        synchronized void stopIfPointless() {
            if (!isRunning()) {
                throw because(new LeavingException());
            }
            if (System.nanoTime() - looked < LOOK.toNanos()) {
                return;
            }
            looked = System.nanoTime();
            if (Instant.now().isAfter(end)) {
                throw because(new FailedException("it is not done after timeLimitSeconds, " + limit.toSeconds()
                        + " s; give fewer prompts or tokens, or a longer time"));
            }
            try {
                generations.hold(id, owner(), lease);
            } catch (RuntimeException e) {
                throw because(e);
            }
        }

        private RuntimeException because(RuntimeException cause) {
            why = cause;
            return cause;
        }

        void waits(String what) {
            log.info("generation {} waits: {}", id, what);
        }
    }

    private static GenerationRequest request(Generation generation) {
        return Objects.requireNonNull(generation.request(), "it is read as a whole");
    }

    private void answer(Generation generation, Watch watch) {
        GenerationRequest request = request(generation);
        RunSpec.Policy settings = request.policy();
        Path directory;
        try {
            directory = roots.checkpoint(settings.model());
        } catch (IllegalArgumentException e) {
            throw new FailedException(String.valueOf(e.getMessage()));
        }
        String digest = engine.inspect(directory).digest();
        if (!digest.equals(settings.digest())) {
            throw new FailedException("the checkpoint " + settings.model() + " was " + settings.digest()
                    + " when the generation was created, and is " + digest + " now");
        }
        EngineOptions options = EngineOptions.DEFAULT
                .frozen()
                .withPrecision(
                        switch (settings.precision()) {
                            case FP32 -> Precision.FP32;
                            case BF16 -> Precision.BF16;
                        });
        SamplingOptions sampling = new SamplingOptions(
                settings.maxNewTokens(),
                settings.temperature(),
                settings.topK(),
                settings.topP(),
                StopRule.at(settings.stop()));
        try (LanguageModel policy = engine.load(directory, options)) {
            Answering answering = new Answering(
                    policy,
                    sampling,
                    request.strategy(),
                    request.tokenBudget(),
                    scorer(generation, watch),
                    verifier(generation, watch),
                    request.seed());
            int atOnce = Math.min(MOST_PROMPTS, answering.promptsAtOnce());
            for (int from = generation.answers().size(); from < generation.total(); from += atOnce) {
                List<Asked> prompts =
                        request.prompts().subList(from, Math.min(from + atOnce, generation.total())).stream()
                                .map(prompt -> asked(prompt, policy.tokenizer()))
                                .toList();
                watch.stopIfPointless();
                generations.add(generation.id(), owner(), answering.answer(from, prompts, watch::stopIfPointless));
            }
        }
    }

    private static Asked asked(Prompt prompt, ChatTokenizer tokenizer) {
        return new Asked(
                prompt.conversation(),
                tokenizer.encodePrompt(ChatMessages.of(prompt.conversation())),
                prompt.reference(),
                prompt.metadata());
    }

    private @Nullable Scorer scorer(Generation generation, Watch watch) {
        String model = request(generation).rewardModel();
        return model == null
                ? null
                : Raters.scorer(
                        rewards, VersionedName.parse(model), generation.id(), watch::stopIfPointless, watch::waits);
    }

    private @Nullable Verifier verifier(Generation generation, Watch watch) {
        GenerationRequest request = request(generation);
        return request.judges().isEmpty()
                ? null
                : Raters.verifier(
                        judgements,
                        request.judges(),
                        generation.id(),
                        request.strategy().name(),
                        watch::stopIfPointless);
    }
}
