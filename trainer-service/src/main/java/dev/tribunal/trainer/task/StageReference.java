package dev.tribunal.trainer.task;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.servicekit.files.OwnedFolder;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.inputs.Inputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's policy is held against. It may become another one between steps; generated baseline completions stay
 * those of the stage's first.
 */
public final class StageReference implements AutoCloseable {

    private final Inputs inputs;
    private final RunSpec.Policy base;
    private final Path directory;
    private final LanguageModel policy;
    private final Path start;
    private final EngineOptions options;
    private final int every;
    private final boolean keepsFirst;
    private @Nullable LanguageModel first;

    /** Absent where the reference is what a stage that begins would have. */
    private @Nullable LanguageModel moved;

    /**
     * @param base what the run's policy starts from
     * @param directory of the run
     * @param start the weights that the stage begins with
     * @param options of a frozen model
     * @param drawsBaselines whether baseline completions are generated
     * @param moved what the reference had become when a checkpoint was written; absent if it was the stage's first
     */
    public static StageReference of(
            Inputs inputs,
            RunSpec.Policy base,
            Path directory,
            RunSpec.Reference reference,
            LanguageModel policy,
            Path start,
            EngineOptions options,
            boolean drawsBaselines,
            @Nullable Path moved) {
        StageReference made = new StageReference(
                inputs,
                base,
                directory,
                policy,
                start,
                options,
                reference instanceof RunSpec.Previous previous ? previous.every() : 0,
                drawsBaselines);
        try {
            if (moved == null || drawsBaselines) {
                made.first = made.load(reference);
            }
            made.moved = moved == null ? null : made.loadPolicy(moved);
            return made;
        } catch (RuntimeException | Error failed) {
            made.close();
            throw failed;
        }
    }

    private StageReference(
            Inputs inputs,
            RunSpec.Policy base,
            Path directory,
            LanguageModel policy,
            Path start,
            EngineOptions options,
            int every,
            boolean keepsFirst) {
        this.inputs = inputs;
        this.base = base;
        this.directory = directory;
        this.policy = policy;
        this.start = start;
        this.options = options;
        this.every = every;
        this.keepsFirst = keepsFirst;
    }

    private @Nullable LanguageModel load(RunSpec.Reference reference) {
        return switch (reference) {
            case RunSpec.Start atStart -> load(start);
            case RunSpec.Previous previous -> load(start);
            case RunSpec.Base ofRun -> load(inputs.checkpoint(base.model(), base.digest()));
            case RunSpec.Checkpoint other -> load(inputs.checkpoint(other.model(), other.digest()));
            case RunSpec.OfStage earlier -> load(inputs.checkpoint(Stage.PREFIX + earlier.stage(), null));
            case RunSpec.Soup soup -> soup(soup);
            case RunSpec.None none -> null;
        };
    }

    /** Where it is what the policy starts as under an adapter, it is the policy with the adapter off, which costs nothing. */
    private LanguageModel load(Path checkpoint) {
        return policy.hasAdapter() && checkpoint.equals(start)
                ? policy.withoutAdapter()
                : inputs.engine().load(checkpoint, options);
    }

    private LanguageModel soup(RunSpec.Soup soup) {
        try (OwnedFolder folder = scratch()) {
            Path cooked = folder.path().resolve("soup");
            inputs.engine().soup(inputs.soup(soup.parts()), WeightType.F32, cooked);
            return inputs.engine().load(cooked, options);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** What {@link CheckpointWriter#saveTrained} wrote of the policy: computed as the policy computes, to the last bit. */
    private LanguageModel loadPolicy(Path saved) {
        return policy.hasAdapter()
                ? inputs.engine().loadWithAdapter(start, options, saved)
                : inputs.engine().load(saved, options);
    }

    public boolean exists() {
        return moved != null || first != null;
    }

    /** The reference of this step. */
    public LanguageModel now() {
        return Objects.requireNonNull(moved == null ? first : moved, "what compares with a reference has one");
    }

    /** The reference as it was when the stage began. */
    LanguageModel first() {
        return Objects.requireNonNull(first, "it is kept where baseline completions are generated");
    }

    /** Absent where the reference is what a stage that begins would have. */
    @Nullable
    public LanguageModel moved() {
        return moved;
    }

    /** Whether the reference is another one than the first after so many steps of a stage. */
    public static boolean hasMoved(RunSpec.Reference reference, int steps) {
        return reference instanceof RunSpec.Previous previous && steps >= previous.every();
    }

    /**
     * Becomes the policy, if it is time for that.
     *
     * @param steps of the stage that are committed, at least 1
     */
    public void follow(int steps) {
        if (every == 0 || steps % every != 0 || !exists()) {
            return;
        }
        try (OwnedFolder folder = scratch()) {
            Path saved = folder.path().resolve("policy");
            CheckpointWriter.saveTrained(policy, saved);
            release(); // two more models in memory at once would be one too many
            moved = loadPolicy(saved);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void release() {
        closeMoved();
        if (!keepsFirst) {
            closeFirst();
        }
    }

    private void closeMoved() {
        if (moved != null) {
            moved.close();
            moved = null;
        }
    }

    private void closeFirst() {
        if (first != null) {
            first.close();
            first = null;
        }
    }

    private OwnedFolder scratch() throws IOException {
        return OwnedFolder.create(CheckpointWriter.folder(directory), "reference");
    }

    private static UncheckedIOException unwritable(IOException e) {
        return new UncheckedIOException("the reference cannot be written: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        closeMoved();
        closeFirst();
    }
}
