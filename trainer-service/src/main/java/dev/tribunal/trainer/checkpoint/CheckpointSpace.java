package dev.tribunal.trainer.checkpoint;

import java.util.List;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.servicekit.files.DiskSpace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a run's checkpoints need on the disk. Each has the weights in 32 bits and AdamW's two moments of what is trained;
 * all of them are kept.
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
    public static @Nullable String lack(RunSpec spec, CheckpointSummary policy, Path directory) {
        return lack(
                spec.allStages().stream().map(RunSpec.Stage::training).toList(),
                bytes(spec.policy().lora(), policy),
                directory);
    }

    static @Nullable String lack(List<RunSpec.Training> stages, long each, Path directory) {
        int count = stages.stream().mapToInt(CheckpointSpace::count).sum();
        String lack = DiskSpace.lack(
                directory,
                each * count,
                count + (count == 1 ? " checkpoint" : " checkpoints") + " of " + DiskSpace.size(each)
                        + (count == 1 ? " needs" : " need"));
        return lack == null
                ? null
                : lack + "; raise training.checkpointEvery, free some of the disk, or set tribunal.trainer.data to a"
                        + " folder on another one";
    }

    /** One every {@code checkpointEvery} steps, and the last. */
    static int count(RunSpec.Training training) {
        return Math.ceilDiv(training.steps(), training.checkpointEvery());
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
