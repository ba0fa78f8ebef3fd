package dev.tribunal.trainer.checkpoint;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.Checkpoints.CheckpointSummary;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.servicekit.files.DiskSpace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a run's checkpoints need on the disk at most. Each has the weights in 32 bits and AdamW's two moments of what is
 * trained. Beside those that are kept there is room for the one that a new one replaces, for a checkpoint goes only when
 * the next one is in place.
 */
public final class CheckpointSpace {

    private static final int BYTES = 4;
    private static final int MOMENTS = 2;

    private CheckpointSpace() {}

    /**
     * @param policy what the run starts from
     * @param directory where the checkpoints go; need not exist yet
     * @return what is missing and what to do, for people; null if there is room
     */
    public static @Nullable String lack(RunSpec spec, Path policy, Path directory) {
        return lack(spec.training(), bytes(spec.policy().lora(), Checkpoints.inspect(policy)), directory);
    }

    static @Nullable String lack(RunSpec.Training training, long each, Path directory) {
        int count = count(training);
        String lack =
                DiskSpace.lack(directory, each * count, count + " checkpoints of " + DiskSpace.size(each) + " need");
        return lack == null
                ? null
                : lack
                        + "; raise training.checkpointEvery, set training.checkpoints.keep, free some of the disk, or set"
                        + " tribunal.trainer.data to a folder on another one";
    }

    /** All that are there while the last one is written: those that are kept before it, one for resuming, and itself. */
    static int count(RunSpec.Training training) {
        int milestones = Math.ceilDiv(training.steps(), training.checkpointEvery());
        Integer keep = training.checkpoints().keep();
        return Math.min(milestones - 1, keep == null ? Integer.MAX_VALUE : keep) + 2;
    }

    static long bytes(RunSpec.@Nullable Lora lora, CheckpointSummary policy) {
        long weights = policy.parameters();
        if (lora == null) {
            return BYTES * (weights + MOMENTS * weights);
        }
        long adapter = lora.rank() * rowsAndColumns(policy.configuration());
        return BYTES * (weights + adapter + MOMENTS * adapter);
    }

    /** Of all linear layers, which is the most that an adapter can be on. */
    private static long rowsAndColumns(ModelConfiguration model) {
        long hidden = model.hiddenSize();
        long queries = (long) model.attentionHeads() * model.headDimension();
        long keys = (long) model.keyValueHeads() * model.headDimension();
        long attention = 2 * (hidden + queries) + 2 * (hidden + keys);
        long feedForward = 3 * (hidden + model.intermediateSize());
        return model.layers() * (attention + feedForward);
    }
}
