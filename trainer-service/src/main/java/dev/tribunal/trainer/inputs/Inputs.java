package dev.tribunal.trainer.inputs;

import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.prompt.PromptFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where stages find what their spec names: files and checkpoints below the roots, and what earlier stages left. The digest
 * of all of it is checked where it is used.
 */
public record Inputs(Engine engine, FileRoots roots, RewardService rewards, RunJournal journal) {

    private static final String CHANGED = "has changed since the run was created; create a new run";

    /** Whether a stage is finished. */
    public boolean isThere(Stage stage) {
        return find(stage.name()).isPresent();
    }

    private Optional<Artifact> find(String stage) {
        return journal.artifacts().stream()
                .filter(artifact -> artifact.stage().equals(stage))
                .findFirst();
    }

    private Artifact artifact(String stage) {
        return find(stage).orElseThrow(() -> new TrainingFailedException("stage '" + stage + "' has left nothing yet"));
    }

    /**
     * What a stage measured.
     *
     * @param stage {@code stage:NAME}
     */
    public Map<String, Double> metrics(String stage) {
        return artifact(Stage.named(stage).orElseThrow()).metrics();
    }

    private static Path path(Artifact artifact) {
        return Path.of(artifact.reference().substring(artifact.reference().indexOf(':') + 1));
    }

    /**
     * @param model {@code hf:DIRECTORY} or {@code stage:NAME}
     * @param pinned its digest, where the spec has it
     * @throws TrainingFailedException if it is not what the run was created with, or what the stage left
     */
    public Path checkpoint(String model, @Nullable String pinned) {
        Optional<Artifact> left = Stage.named(model).map(this::artifact);
        Path checkpoint = left.map(Inputs::path).orElseGet(() -> roots.checkpoint(model));
        String digest = left.map(Artifact::digest).orElse(pinned);
        if (digest != null && !digest.equals(engine.inspect(checkpoint).digest())) {
            throw new TrainingFailedException(left.isEmpty() ? model + " " + CHANGED : changed(left.get(), checkpoint));
        }
        return checkpoint;
    }

    /** With each part's share of the whole. */
    public List<SoupPart> soup(List<RunSpec.SoupPart> parts) {
        double sum = RunSpec.SoupPart.sum(parts);
        return parts.stream()
                .map(part -> new SoupPart(checkpoint(part.model(), part.digest()), part.weight() / sum))
                .toList();
    }

    private static String changed(Artifact left, Path path) {
        return path + " is not what stage '" + left.stage() + "' left there: its SHA-256 was " + left.digest()
                + ". Put it back, or create a new run";
    }

    /** Rows, as they were when they were pinned or written. */
    public PromptFile.Contents read(PinnedFile source) {
        Path path = path(source);
        PromptFile.Contents contents = PromptFile.read(path);
        if (Stage.named(source.reference()).isEmpty()) {
            source.requireDigest(contents.digest());
        }
        return contents;
    }

    /** The file itself. */
    public Path path(PinnedFile source) {
        Optional<Artifact> left = Stage.named(source.reference()).map(this::artifact);
        if (left.isEmpty()) {
            return roots.file(source.reference());
        }
        Path path = path(left.get());
        if (!left.get().digest().equals(ArtifactFiles.digest(path))) {
            throw new TrainingFailedException(changed(left.get(), path));
        }
        return path;
    }

    /** The stage as if its tasks named the reward models that earlier stages have trained. */
    public Stage.Train withRewardModels(Stage.Train stage) {
        return stage.withTasks(
                stage.tasks().stream().map(this::withRewardModels).toList());
    }

    private RunSpec.Task withRewardModels(RunSpec.Task task) {
        return task.allRewardModels().stream()
                        .noneMatch(model -> Stage.named(model.model()).isPresent())
                ? task
                : task.withRewardModels(
                        task.allRewardModels().stream().map(this::trained).toList());
    }

    private RunSpec.RewardModel trained(RunSpec.RewardModel model) {
        return Stage.named(model.model())
                .map(stage ->
                        model.pinned(rewardModel(model.model()), artifact(stage).digest()))
                .orElse(model);
    }

    /**
     * The {@code NAME@VERSION} of a reward model that may be named as {@code stage:NAME}.
     *
     * @throws TrainingFailedException if it is not what the stage left
     */
    public String rewardModel(String written) {
        Optional<Artifact> left = Stage.named(written).map(this::artifact);
        if (left.isEmpty()) {
            return written;
        }
        VersionedName name = VersionedName.parse(left.get().reference());
        String digest = found(name).digest();
        if (!left.get().digest().equals(digest)) {
            throw new TrainingFailedException("the reward model " + name + " is not what stage '"
                    + left.get().stage() + "' left: its digest was "
                    + left.get().digest() + " and is " + digest
                    + "; create a new run");
        }
        return left.get().reference();
    }

    private RewardModelResource found(VersionedName name) {
        try {
            return rewards.ask("looking up " + name, api -> api.get(name.name(), name.version()));
        } catch (UpstreamException gone) {
            throw new TrainingFailedException(
                    "the reward service does not give " + name + ", which an earlier stage trained: "
                            + gone.getMessage() + "; create a new run",
                    gone);
        }
    }
}
