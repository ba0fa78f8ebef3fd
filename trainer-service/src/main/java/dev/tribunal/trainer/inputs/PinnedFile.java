package dev.tribunal.trainer.inputs;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of rows as a run's spec pins it.
 *
 * @param reference {@code file:PATH}, or {@code stage:NAME}
 * @param digest its SHA-256 when the run was created; absent in runs that are older than the digest, and of what a stage
 *     leaves
 */
public record PinnedFile(String reference, @Nullable String digest) {

    public static PinnedFile source(RunSpec.Task task) {
        return new PinnedFile(task.prompts().source(), task.prompts().sourceDigest());
    }

    public static @Nullable PinnedFile heldOut(RunSpec.Task task) {
        String reference = task.prompts().heldOut();
        return reference == null
                ? null
                : new PinnedFile(reference, task.prompts().heldOutDigest());
    }

    private static Stream<PinnedFile> of(Stage stage) {
        return switch (stage) {
            case Stage.Train train ->
                train.tasks().stream()
                        .flatMap(task -> Stream.of(source(task), heldOut(task)))
                        .flatMap(Stream::ofNullable);
            case Stage.Generate generate -> Stream.of(new PinnedFile(generate.source(), generate.sourceDigest()));
            case Stage.SoupSweep sweep -> Stream.of(new PinnedFile(sweep.source(), sweep.sourceDigest()));
            case Stage.Label label -> Stream.of(new PinnedFile(label.source(), label.sourceDigest()));
            case Stage.RewardModel model -> Stream.of(new PinnedFile(model.pairs(), model.pairsDigest()));
            case Stage.Soup soup -> Stream.empty();
            case Stage.Repeat repeat -> Stream.empty();
        };
    }

    /** Before a run works, at its start and after a pause, its files are as they were when it was created. */
    public static void requireUnchanged(RunSpec spec, FileRoots roots) {
        List<PinnedFile> files = spec.allStages().stream()
                .flatMap(PinnedFile::of)
                .filter(file -> file.digest() != null)
                .distinct()
                .toList();
        for (PinnedFile file : files) {
            file.requireDigest(file.found(roots));
        }
    }

    /** @throws TrainingFailedException if the file is another one now */
    void requireDigest(String found) {
        if (digest != null && !digest.equals(found)) {
            throw new TrainingFailedException(reference + " has changed since the run was created: its SHA-256 was "
                    + digest + " and is " + found + ". Put the old file back, or create a new run");
        }
    }

    private String found(FileRoots roots) {
        try {
            return Sha256.hex(roots.file(reference));
        } catch (IllegalArgumentException | IOException e) {
            throw new TrainingFailedException(
                    reference + " cannot be read any more: " + e.getMessage() + ". Put it back, or create a new run",
                    e);
        }
    }
}
