package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

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
        try (Waiting _ =
                run.journal().waiting("reward-model", name + "@" + stage.name(), "is trained by the reward service")) {
            return trained(registration);
        }
    }

    private Artifact trained(RewardModelRegistration registration) {
        String name = registration.name();
        while (true) {
            RewardModelResource model = asked(registration);
            switch (model.state()) {
                case READY -> {
                    return TrainingRun.left(
                            stage,
                            name + "@" + stage.name(),
                            Objects.requireNonNull(model.digest(), "a ready reward model has a digest"));
                }
                case FAILED ->
                    throw new TrainingFailedException(
                            "the reward service could not train " + name + "@" + stage.name() + ": " + model.failure());
                case PREPARING ->
                    run.journal()
                            .phase("waiting for the reward service to train " + name + "@" + stage.name() + ": "
                                    + Math.round(100 * model.progress()) + " %");
            }
            pause();
        }
    }

    private RewardModelResource asked(RewardModelRegistration registration) {
        try {
            // It is asked beside this thread, and as somebody who sees the run's namespace alone: a reward model that
            // others
            // have given the name is not there, and its name is taken.
            String namespace = Caller.current().namespace();
            Caller caller = new Caller(Caller.current().name(), Set.of(namespace), namespace);
            return run.rewardService()
                    .ask("training " + registration.name(), api -> caller.run(() -> registered(api, registration)));
        } catch (UpstreamException refused) {
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
    }

    private static RewardModelResource registered(RewardApi rewards, RewardModelRegistration registration) {
        try {
            RewardModelResource there = rewards.get(registration.name(), registration.version());
            // The same registration once more gives what is there, and is refused if that has another source.
            return there.state() == RewardModelResource.State.READY ? rewards.register(registration) : there;
        } catch (UpstreamException unknown) {
            if (unknown.code().status().value() != 404) {
                throw unknown;
            }
            return rewards.register(registration);
        }
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
