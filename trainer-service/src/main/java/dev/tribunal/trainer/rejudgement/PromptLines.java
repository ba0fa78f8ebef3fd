package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import dev.tribunal.trainer.store.RunEntity;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lines of a run's prompt files: what judges are told of a completion and no episode holds. */
final class PromptLines {

    private final RunEntity run;
    private final FileRoots roots;
    private final Map<String, List<Prompt>> files = new HashMap<>();

    PromptLines(RunEntity run, FileRoots roots) {
        this.run = run;
        this.roots = roots;
    }

    /** The lines are not what the run was trained with; the message tells a person. */
    static final class LinesException extends RuntimeException {
        LinesException(String message) {
            super(message);
        }
    }

    /** @throws LinesException if the file is not there any more, or is another one */
    List<Prompt> of(RunSpec.Task task, Split split) {
        RunSpec.Prompts prompts = task.prompts();
        return switch (split) {
            case TRAIN -> read(prompts.source(), prompts.sourceDigest());
            case HELD_OUT ->
                read(
                        Objects.requireNonNull(prompts.heldOut(), "held-out rollouts have their file"),
                        prompts.heldOutDigest());
        };
    }

    private List<Prompt> read(String reference, @Nullable String pinned) {
        List<Prompt> known = files.get(reference);
        if (known != null) {
            return known;
        }
        Artifact left = Stage.named(reference)
                .flatMap(stage -> run.artifacts().stream()
                        .filter(artifact -> artifact.stage().equals(stage))
                        .findFirst())
                .orElse(null);
        PromptFile.Contents contents;
        try {
            contents = PromptFile.read(
                    left == null
                            ? roots.file(reference)
                            : Path.of(left.reference().substring(FileRoots.FILE.length())));
        } catch (IllegalArgumentException | InvalidLinesException | UncheckedIOException e) {
            throw new LinesException(
                    "the prompts of the run cannot be read any more, and judges need what they say beside"
                            + " the completions: " + e.getMessage() + "; put the file back");
        }
        String digest = left == null ? pinned : left.digest();
        if (digest != null && !digest.equals(contents.digest())) {
            throw new LinesException(reference + " has changed since the run was created: its SHA-256 was " + digest
                    + " and is " + contents.digest()
                    + "; put the old file back, for judges need what it says beside the"
                    + " completions");
        }
        files.put(reference, contents.prompts());
        return contents.prompts();
    }
}
