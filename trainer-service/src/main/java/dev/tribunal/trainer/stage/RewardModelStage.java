package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.runs.v1.Artifact;
import dev.tribunal.contracts.runs.v1.Stage;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClientException;

/**
 * The reward service trains a reward model. Its name follows from the run's id and its version is the stage's name, so that
 * a run that is taken up again finds what it has registered. A run that is cancelled or paused leaves the reward service at
 * its work.
 */
record RewardModelStage(TrainingRun run, Stage.RewardModel stage) {

    private static final Duration LOOK = Duration.ofMillis(500);

    /** Of a run's reward models. */
    static String name(String runId) {
        return runId.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
    }

    Artifact leave() {
        String name = name(run.runId());
        Path backbone = run.inputs().checkpoint(stage.backbone(), stage.backboneDigest());
        Path pairs = run.inputs().path(new PinnedFile(stage.pairs(), stage.pairsDigest()));
        RewardModelRegistration registration = new RewardModelRegistration(
                name,
                stage.name(),
                new RewardModelRegistration.Train("hf:" + backbone, "file:" + pairs, stage.training()));
        while (true) {
            run.journal().awaitPermission();
            RewardModelResource model = asked(() -> registered(registration));
            if (model != null) {
                switch (model.state()) {
                    case READY -> {
                        return TrainingRun.left(
                                stage,
                                name + "@" + stage.name(),
                                Objects.requireNonNull(model.digest(), "a ready reward model has a digest"));
                    }
                    case FAILED ->
                        throw new TrainingFailedException("the reward service could not train " + name + "@"
                                + stage.name() + ": " + model.failure());
                    case PREPARING ->
                        run.journal()
                                .phase("waiting for the reward service to train " + name + "@" + stage.name() + ": "
                                        + Math.round(100 * model.progress()) + " %");
                }
            }
            pause();
        }
    }

    private RewardModelResource registered(RewardModelRegistration registration) {
        try {
            return run.rewards().get(registration.name(), registration.version());
        } catch (UpstreamException e) {
            if (e.code().status().value() != 404) {
                throw e;
            }
            return run.rewards().register(registration);
        }
    }

    /** @return absent if the service does not answer now */
    private @Nullable RewardModelResource asked(Supplier<RewardModelResource> question) {
        try {
            RewardModelResource answer = question.get();
            run.outage().over();
            return answer;
        } catch (UpstreamException refused) {
            int status = refused.code().status().value();
            if (status < 500 && status != 408 && status != 409 && status != 429) {
                throw new TrainingFailedException(
                        "the reward service refuses to train on what stage '" + stage.name() + "' names: "
                                + refused.getMessage() + " "
                                + refused.errors().stream()
                                        .map(error -> error.pointer() + " " + error.detail())
                                        .collect(Collectors.joining("; "))
                                + ". It has to see the trainer's files under the same paths: share the folder of"
                                + " tribunal.trainer.data with it, and name that in its tribunal.files.roots",
                        refused);
            }
            run.outage().waits(String.valueOf(refused.getMessage()));
        } catch (RestClientException silent) {
            run.outage().waits(String.valueOf(silent.getMessage()));
        }
        return null;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunJournal.RunLostException("the trainer is stopping");
        }
    }
}
