package dev.tribunal.trainer.checkpoint;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.servicekit.files.DiskSpace;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run's checkpoints need on the disk at most. Each has the weights in 32 bits and AdamW's two moments of what is
 * trained, the policy's and the critic's, and what is trained once more where the reference follows the policy. Beside
 * those that are kept there is room for the one that a new one replaces, for a checkpoint goes only when the next one is in
 * place. Soups have the weights in 32 bits: those that stages leave stay, and one that is a stage's reference goes when it
 * is in memory.
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
        return lack(spec, policy, directory, 1);
    }

    /** Likewise, of several runs like that. */
    public static @Nullable String lack(RunSpec spec, CheckpointSummary policy, Path directory, int runs) {
        return lack(
                runs,
                trainings(spec).map(Stage.Train::training).toList(),
                (int) trainings(spec)
                        .filter(stage -> stage.evaluation().best() != null)
                        .count(),
                bytes(spec.policy().lora(), policy)
                        + ofCritic(spec, policy)
                        + ofReference(
                                trainings(spec).map(Stage.Train::reference).toList(),
                                spec.policy().lora(),
                                policy),
                policy.parameters() * BYTES * soups(spec),
                directory);
    }

    /** That are on the disk at once. */
    static int soups(RunSpec spec) {
        int left = (int)
                spec.allStages().stream().filter(Stage.Soup.class::isInstance).count();
        boolean sweeps = spec.allStages().stream().anyMatch(Stage.SoupSweep.class::isInstance);
        boolean refers = trainings(spec).anyMatch(stage -> stage.reference() instanceof RunSpec.Soup);
        return left + (sweeps || refers ? 1 : 0);
    }

    private static Stream<Stage.Train> trainings(RunSpec spec) {
        return spec.allStages().stream()
                .flatMap(stage -> stage instanceof Stage.Train train ? Stream.of(train) : Stream.empty());
    }

    /** @param best checkpoints that are kept because a stage's metric is best there */
    static @Nullable String lack(
            int runs, List<RunSpec.Training> stages, int best, long each, long soups, Path directory) {
        int count = stages.stream().mapToInt(CheckpointSpace::count).sum() + best + 1;
        String lack = DiskSpace.lack(
                directory,
                runs * (each * count + soups),
                (runs == 1 ? "" : runs + " runs, each with ") + count + " checkpoints of " + DiskSpace.size(each)
                        + (soups == 0 ? (runs == 1 ? "" : ",") : ", and " + DiskSpace.size(soups) + " of soups,")
                        + " need");
        return lack == null
                ? null
                : lack
                        + "; raise training.checkpointEvery, set training.checkpoints.keep, free some of the disk, or set"
                        + " tribunal.trainer.data to a folder on another one";
    }

    /** Of those that are there while a stage's last one is written, all but one: those that are kept, and itself. */
    static int count(RunSpec.Training training) {
        int before = Math.ceilDiv(training.steps(), training.checkpointEvery()) - 1;
        Integer keep = training.checkpoints().keep();
        return Math.min(before, keep == null ? Integer.MAX_VALUE : keep) + 1;
    }

    private static long ofCritic(RunSpec spec, CheckpointSummary policy) {
        boolean critic = trainings(spec).anyMatch(stage -> stage.training().critic() != null);
        return critic ? bytes(null, policy) : 0;
    }

    /** The weights that the reference was given by the policy. */
    static long ofReference(List<RunSpec.Reference> ofStages, @Nullable Lora lora, CheckpointSummary policy) {
        boolean follows = ofStages.stream().anyMatch(RunSpec.Previous.class::isInstance);
        return follows ? BYTES * trained(lora, policy) : 0;
    }

    static long bytes(@Nullable Lora lora, CheckpointSummary policy) {
        long trained = trained(lora, policy);
        return BYTES * (policy.parameters() + (lora == null ? 0 : trained) + MOMENTS * trained);
    }

    private static long trained(@Nullable Lora lora, CheckpointSummary policy) {
        return lora == null ? policy.parameters() : lora.rank() * rowsAndColumns(policy.configuration());
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
