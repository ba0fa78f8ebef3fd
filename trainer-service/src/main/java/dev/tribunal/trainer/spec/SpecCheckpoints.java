package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Policy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Reference;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.files.FileRoots;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The checkpoints that a spec names: the policy, and what has to go with it. */
final class SpecCheckpoints {

    /** A policy that prompts can be written for. */
    record Model(Path directory, int positions) {}

    private final FileRoots roots;
    private final RunFolders folders;
    private final Engine engine;
    private final SpecFindings findings;

    /** Files are looked for on other threads. */
    private final Caller caller = Caller.current();

    private @Nullable Model model;

    /** The policy's; absent if it cannot be read. */
    private @Nullable ModelConfiguration shape;

    SpecCheckpoints(FileRoots roots, RunFolders folders, Engine engine, SpecFindings findings) {
        this.roots = roots;
        this.folders = folders;
        this.engine = engine;
        this.findings = findings;
    }

    /** The policy, once it was looked at; absent if prompts cannot be written for it. */
    @Nullable
    Model model() {
        return model;
    }

    /** @param samples whether completions are drawn from it */
    Policy policy(Policy written, boolean samples) {
        if (!findings.sound("/policy/model")) {
            return written;
        }
        Path directory;
        CheckpointSummary found;
        try {
            directory = checkpoint(written.model());
            found = engine.inspect(directory);
        } catch (IllegalArgumentException | CheckpointException e) {
            findings.mistake("/policy/model", String.valueOf(e.getMessage()));
            return written;
        }
        shape = found.configuration();
        if (found.isScoring()) {
            findings.mistake(
                    "/policy/model",
                    "'" + written.model() + "' is a sequence-classification checkpoint;"
                            + " a policy needs a language model");
        }
        if (!found.chatTemplate()) {
            findings.mistake(
                    "/policy/model",
                    "'" + written.model() + "' has no chat template; add chat_template to its"
                            + " tokenizer_config.json");
        }
        found.unlistedTurnEnd()
                .ifPresent(token -> findings.tell(
                        "turn-end-unlisted",
                        "the chat template of '" + written.model() + "' ends a turn with " + token
                                + ", which no file of the checkpoint lists as a token that ends a text; completions stop"
                                + " there all the same, but programs that serve the checkpoint may not: add it to"
                                + " eos_token_id in generation_config.json"));
        findings.checkDigest("/policy/digest", written.digest(), found.digest());
        if (samples && (written.topK() > 0 || written.topP() < 1)) {
            findings.tell(
                    "sampling-truncated",
                    "policy.topK and policy.topP keep tokens from being drawn that the log-probabilities count all the"
                            + " same: the gradient is that of another distribution than the one sampled from; leave them"
                            + " at 0 and 1, and lower policy.temperature if completions are too wild");
        }
        int positions = found.configuration().maxPositions();
        if (samples && findings.sound("/policy/maxNewTokens") && written.maxNewTokens() >= positions) {
            findings.mistake(
                    "/policy/maxNewTokens",
                    "is " + written.maxNewTokens() + ", but the model has " + positions
                            + " positions for prompt and completion together");
        } else if (findings.sound("/policy/maxNewTokens") && found.chatTemplate()) {
            model = new Model(directory, positions);
        }
        return new Policy(
                written.model(),
                found.digest(),
                written.maxNewTokens(),
                written.temperature(),
                written.topK(),
                written.topP(),
                written.stop(),
                worthwhile(written.precision()),
                written.activationCheckpointing(),
                written.lora(),
                written.engine(),
                written.sampler());
    }

    /** As written, or fp32 where that is faster: from here on the run says what it is computed in, wherever. */
    private Precision worthwhile(Precision written) {
        return switch (written) {
            case FP32 -> written;
            case BF16 -> {
                if (EngineSpeed.isWorthwhile(dev.tribunal.languagemodel.Precision.BF16)) {
                    yield written;
                }
                findings.tell(
                        "precision-fp32",
                        "policy.precision was bf16, for which this trainer's processor has no instructions: it would"
                                + " be slower than fp32, several times. The run computes in fp32 instead, which takes"
                                + " more memory; create it where the processor has bf16 to train in bf16");
                yield Precision.FP32;
            }
        };
    }

    Reference reference(Reference written, String at) {
        if (!findings.sound(at)) {
            return written;
        }
        return switch (written) {
            case RunSpec.Start start -> start;
            case RunSpec.Base base -> base;
            case RunSpec.Previous previous -> previous;
            case RunSpec.None none -> none;
            case RunSpec.Checkpoint checkpoint -> {
                CheckpointSummary found = languageModel(
                        checkpoint.model(), checkpoint.digest(), at + "/model", at + "/digest", "a reference");
                if (found != null) {
                    requireItReads(found.configuration(), checkpoint.model(), at + "/model");
                }
                yield found == null ? written : new RunSpec.Checkpoint(checkpoint.model(), found.digest());
            }
            case RunSpec.Soup soup -> new RunSpec.Soup(parts(soup.parts(), at));
            case RunSpec.OfStage earlier -> earlier;
        };
    }

    /** A reference is given the policy's tokens, as many as the policy reads. */
    private void requireItReads(ModelConfiguration reference, String model, String at) {
        if (shape == null) {
            return;
        }
        if (reference.vocabularySize() != shape.vocabularySize()) {
            findings.mistake(
                    at,
                    "'" + model + "' has " + reference.vocabularySize() + " tokens, and the policy "
                            + shape.vocabularySize() + ": a reference needs the policy's tokenizer");
        }
        if (reference.maxPositions() < shape.maxPositions()) {
            findings.mistake(
                    at,
                    "'" + model + "' has " + reference.maxPositions() + " positions, and the policy "
                            + shape.maxPositions() + ": a reference has to read what the policy writes");
        }
    }

    List<RunSpec.SoupPart> parts(List<RunSpec.SoupPart> parts, String at) {
        return IntStream.range(0, parts.size())
                .mapToObj(i -> part(parts.get(i), at + "/parts/" + i))
                .toList();
    }

    /** The digest of what a stage leaves is known when it is there. */
    private RunSpec.SoupPart part(RunSpec.SoupPart part, String at) {
        if (Stage.named(part.model()).isPresent() || !findings.sound(at + "/model")) {
            return part;
        }
        CheckpointSummary found = likeThePolicy(part.model(), part.digest(), at, "weights are mixed one by one");
        return found == null ? part : part.pinned(found.digest());
    }

    /**
     * A checkpoint that has to be of the policy's shape.
     *
     * @param why it has to
     * @return absent if it cannot be read
     */
    private @Nullable CheckpointSummary likeThePolicy(String model, @Nullable String digest, String at, String why) {
        CheckpointSummary found = languageModel(model, digest, at + "/model", at + "/digest", "this");
        if (found != null && shape != null && !found.configuration().equals(shape)) {
            findings.mistake(at + "/model", "'" + model + "' is of another shape than the policy; " + why);
        }
        return found;
    }

    /** @return absent for the artifact of a stage, whose digest the run knows when it is there */
    @Nullable
    String checkpointDigest(String model, @Nullable String digest, String at, String atDigest) {
        if (Stage.named(model).isPresent() || !findings.sound(at)) {
            return digest;
        }
        CheckpointSummary found = languageModel(model, digest, at, atDigest, "this");
        return found == null ? digest : found.digest();
    }

    /**
     * @param needing what a language model is for
     * @return absent if it cannot be read
     */
    private @Nullable CheckpointSummary languageModel(
            String model, @Nullable String digest, String at, String atDigest, String needing) {
        try {
            CheckpointSummary found = engine.inspect(checkpoint(model));
            findings.checkDigest(atDigest, digest, found.digest());
            if (found.isScoring()) {
                findings.mistake(
                        at,
                        "'" + model + "' is a sequence-classification checkpoint; " + needing
                                + " needs a language model");
            }
            return found;
        } catch (IllegalArgumentException | CheckpointException e) {
            findings.mistake(at, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Path checkpoint(String reference) {
        return folders.seen(reference, roots.checkpoint(reference), caller);
    }
}
