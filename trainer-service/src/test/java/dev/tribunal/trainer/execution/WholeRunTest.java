package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.CheckpointResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi.EpisodeOrder;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.episode.EpisodeFilter;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.store.CheckpointRepository;
import dev.tribunal.trainer.store.MetricLog;
import dev.tribunal.trainer.store.RunStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The real training loop, from a spec to its rows. */
class WholeRunTest extends TrainerContext {

    @Autowired
    private RunCreation creation;

    @Autowired
    private RunStore runs;

    @Autowired
    private EpisodeStore episodes;

    @Autowired
    private MetricLog metrics;

    @Autowired
    private CheckpointRepository checkpoints;

    @Test
    void everyRewardCanBeRebuiltFromItsRow() {
        String id = creation.create(spec(ScriptedTraining.REAL), "application/yaml", null)
                .id();
        await().atMost(Duration.ofMinutes(3)).until(() -> runs.get(id).state().terminal());

        assertThat(runs.get(id).resource().terminalReason()).isNull();
        assertThat(runs.get(id).state()).isEqualTo(RunState.SUCCEEDED);
        List<EpisodeResource> stored = episodes.page(id, EpisodeFilter.ALL, EpisodeOrder.COMMITTED, null, 1000);
        assertThat(stored).hasSize(3 * 2 * 4); // steps, prompts, generations
        assertThat(stored).allSatisfy(WholeRunTest::checkReward);
        assertThat(metrics(id, MetricNames.FEASIBLE_RATE).getFirst().steps()).containsExactly(1, 2, 3);
        CheckpointResource last =
                checkpoints.findByRunIdOrderByStep(id).getLast().resource();
        assertThat(last.step()).isEqualTo(3);
        assertThat(new LocalEngine().inspect(Path.of(last.path())).chatTemplate())
                .isTrue();
    }

    @Test
    void aRunMayTrainAnAdapter() {
        String spec = spec(ScriptedTraining.REAL)
                .replace("maxNewTokens: 8", "maxNewTokens: 8, activationCheckpointing: true, lora: {rank: 2}");
        String id = creation.create(spec, "application/yaml", null).id();
        await().atMost(Duration.ofMinutes(3)).until(() -> runs.get(id).state().terminal());

        assertThat(runs.get(id).resource().terminalReason()).isNull();
        assertThat(runs.get(id).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(runs.get(id).spec().policy().lora()).isNotNull();
        List<EpisodeResource> stored = episodes.page(id, EpisodeFilter.ALL, EpisodeOrder.COMMITTED, null, 1000);
        assertThat(stored).hasSize(3 * 2 * 4).allSatisfy(WholeRunTest::checkReward);
        Path last = Path.of(
                checkpoints.findByRunIdOrderByStep(id).getLast().resource().path());
        assertThat(new LocalEngine().inspect(last).chatTemplate()).isTrue();
        assertThat(last.resolve("adapter/adapter_model.safetensors")).isNotEmptyFile();
    }

    @Test
    void theStagesOfARecipeAreToldApartInItsRows() {
        String task = "prompts: {source: \"file:math.jsonl\", heldOut: \"file:held-out.jsonl\", batchSize: 2,"
                + " baseline: {generate: reference}}, rewardModel: helpfulness, judges: [math-answer],"
                + " method: {type: crpg, klMax: 10}, generations: 4}";
        String recipe = """
                apiVersion: tribunal/v1
                name: %s
                policy: {model: "hf:policy", maxNewTokens: 8}
                stages:
                - name: sft
                  training: {steps: 2, learningRate: 1.0e-5}
                  tasks: [{name: shown, method: sft, prompts: {source: "file:pairs.jsonl", batchSize: 1}}]
                - name: warm-up
                  training: {steps: 1, learningRate: 1.0e-5}
                  tasks: [{name: preferred, method: dpo, prompts: {source: "file:pairs.jsonl", batchSize: 1}}]
                - name: first
                  training: {steps: 2, learningRate: 1.0e-5}
                  tasks: [{name: math, %s]
                - name: second
                  training: {steps: 1, learningRate: 1.0e-5}
                  reference: base
                  tasks: [{name: math, %s]
                """.formatted(ScriptedTraining.REAL, task, task);
        String id = creation.create(recipe, "application/yaml", null).id();
        await().atMost(Duration.ofMinutes(3)).until(() -> runs.get(id).state().terminal());

        assertThat(runs.get(id).resource().terminalReason()).isNull();
        assertThat(runs.get(id).resource().steps()).isEqualTo(6);
        assertThat(runs.get(id).resource().methods()).containsExactly("sft", "dpo", "crpg");
        assertThat(checkpoints.findByRunIdOrderByStep(id))
                .extracting(checkpoint -> checkpoint.resource().stage())
                .containsExactly("sft", "warm-up", "first", "second");
        List<EpisodeResource> stored = episodes.page(id, EpisodeFilter.ALL, EpisodeOrder.COMMITTED, null, 1000);
        assertThat(stored)
                .as("the policy between the stages is evaluated as the end of one and as the beginning of the other")
                .extracting(episode -> episode.stage() + " " + episode.step() + " " + episode.split())
                .contains("first 3 HELD_OUT", "first 5 HELD_OUT", "second 5 HELD_OUT", "second 6 HELD_OUT")
                .contains("first 4 TRAIN", "first 5 TRAIN", "second 6 TRAIN")
                .doesNotContain("second 5 TRAIN", "sft 1 TRAIN");
        assertThat(metrics(id, MetricNames.LOSS))
                .extracting(series -> series.task() + " " + series.steps().size())
                .containsExactlyInAnyOrder("shown 2", "preferred 1");
    }

    private List<MetricSeries> metrics(String id, String name) {
        return metrics.columns(runs.get(id), MetricLog.Mark.BEGINNING, List.of(name), null, null)
                .series();
    }

    private static void checkReward(EpisodeResource episode) {
        assertThat(episode.score()).isEqualTo(episode.completion().length() / 10.0);
        assertThat(episode.rewardModel()).isEqualTo("helpfulness@2");
        assertThat(episode.baselineScore()).isEqualTo(episode.baseline().length() / 10.0);
        assertThat(episode.calibratedReward())
                .isCloseTo(1 / (1 + Math.exp(episode.baselineScore() - episode.score())), within(1e-12));
        assertThat(episode.feasible()).isEqualTo(episode.completion().length() % 2 == 0);
        assertThat(episode.verdicts())
                .extracting(verdict -> verdict.judge() + "@" + verdict.version())
                .containsExactly("math-answer@2");
        double logRatio = IntStream.range(0, episode.logProbs().size())
                .mapToDouble(i -> (double) episode.logProbs().get(i)
                        - episode.referenceLogProbs().get(i))
                .sum();
        assertThat(episode.logRatio()).isCloseTo(logRatio, within(1e-9));
        assertThat(episode.policyVersion()).isEqualTo(episode.step() - 1);
    }
}
