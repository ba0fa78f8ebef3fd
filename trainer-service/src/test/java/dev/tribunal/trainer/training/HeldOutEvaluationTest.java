package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.stage.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations between the steps, by judges and reward models that training does not use. */
@Timeout(120)
class HeldOutEvaluationTest {

    @TempDir
    private Path folder;

    @Test
    void aMetricThatDoesNotImproveEndsTheRunWhereItsPatienceDoes() {
        TinyWorld world = new TinyWorld(folder);
        RunSpec spec = TinyWorld.with(
                world.spec(),
                new Evaluation(
                        1,
                        2,
                        null,
                        true,
                        List.of(new Evaluation.HeldOutJudge("apart@2", null, Map.of(), List.of())),
                        List.of(new Evaluation.HeldOutRewardModel("flat@1", null, null, List.of())),
                        new Evaluation.Best("heldOut.rewardModel.flat", null, null),
                        new Evaluation.StopEarly(2, 0)));
        MemoryJournal journal = new MemoryJournal();

        new TrainingRun(
                        new LocalEngine(),
                        "run_1",
                        spec,
                        world.directory("run"),
                        world.roots(),
                        FakeServices.notBad(),
                        FakeServices.rewards((model, item) -> new ScoreResponse.Result(
                                item.itemId(),
                                model.equals("flat") ? 1.5 : FakeServices.count(item.completion(), "good"),
                                null)),
                        journal,
                        null)
                .run();

        assertThat(journal.evaluations).extracting(StepRecord::step).containsExactly(0, 2, 4);
        assertThat(journal.steps).hasSize(4);
        assertThat(journal.warnings.get("stopped_early"))
                .contains("after step 4 of 8", "has not improved in 2 evaluations since step 0, where it was 1.500");
        assertThat(journal.bests)
                .as("of equals the earliest that has a checkpoint")
                .containsExactly(new BestCheckpoint(2, "heldOut.rewardModel.flat", "colours", 1.5));
        assertThat(journal.checkpoints)
                .extracting(Checkpoint::step, Checkpoint::purpose)
                .containsExactly(tuple(2, Purpose.RESUMING), tuple(4, Purpose.ARTIFACT));
        assertThat(journal.evaluations).allSatisfy(evaluation -> {
            assertThat(evaluation.metrics())
                    .extracting(Metric::name)
                    .contains("heldOut.judge.apart", "heldOut.judge.apart.low", "heldOut.rewardModel.flat.prompts")
                    .doesNotContain("heldOut.violationRate.apart");
            assertThat(evaluation.episodes()).isNotEmpty().allSatisfy(episode -> {
                assertThat(episode.heldOutScores())
                        .extracting(ModelScore::name, ModelScore::rewardModel)
                        .containsExactly(tuple("flat", "flat@1"));
                assertThat(episode.heldOutVerdicts()).hasSize(1);
                assertThat(episode.verdicts())
                        .noneMatch(verdict -> verdict.judge().equals("apart"));
            });
        });
        assertThat(journal.episodes())
                .allSatisfy(episode -> assertThat(episode.heldOutVerdicts()).isNull());
    }
}
