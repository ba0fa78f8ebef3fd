package dev.tribunal.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.stage.TrainingRun;
import dev.tribunal.trainer.training.FakeServices;
import dev.tribunal.trainer.training.MemoryJournal;
import dev.tribunal.trainer.training.TinyWorld;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that sample until their groups teach something. */
class DynamicSamplingTest {

    private static final int PROMPTS = 4;
    private static final int ROUNDS = 4;
    private static final int WANTED = 2;

    @TempDir
    private Path folder;

    private TinyWorld world;
    private int runs;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    @Test
    void groupsThatTeachNothingAreLeftOutAndOthersSampledInTheirPlace() {
        MemoryJournal journal = train(new Crpg(20), FakeServices.goodness());

        List<Double> kept = new ArrayList<>();
        for (StepRecord step : journal.steps) {
            Map<String, Double> metrics = metrics(step);
            double sampled = metrics.get(MetricNames.GROUPS_SAMPLED);
            kept.add(metrics.get(MetricNames.GROUPS_KEPT));
            assertThat(sampled).isBetween((double) WANTED, (double) WANTED * ROUNDS);
            assertThat(metrics.get(MetricNames.GROUPS_KEPT)
                            + metrics.get(MetricNames.GROUPS_LEFT + ".undecided")
                            + metrics.get(MetricNames.GROUPS_LEFT + ".infeasible")
                            + metrics.get(MetricNames.GROUPS_LEFT + ".alike"))
                    .isEqualTo(sampled);
            assertThat(step.episodes()).hasSize((int) sampled * 2);
            for (List<EpisodeResource> group : groups(step)) {
                boolean differ = group.stream()
                                .map(episode -> Boolean.TRUE.equals(episode.feasible())
                                        ? episode.calibratedReward()
                                        : Double.valueOf(0))
                                .distinct()
                                .count()
                        > 1;
                assertThat(group)
                        .allSatisfy(episode ->
                                assertThat(episode.regularizedReward() != null).isEqualTo(differ));
            }
        }
        assertThat(kept).contains((double) WANTED);
        assertThat(journal.steps)
                .anySatisfy(step -> assertThat(metrics(step).get(MetricNames.GROUPS_SAMPLED))
                        .isGreaterThan(WANTED));
    }

    @Test
    void noPromptIsSkippedOrRepeatedWithinAnEpoch() {
        List<Integer> prompts = train(new Crpg(20), FakeServices.goodness()).steps.stream()
                .flatMap(step -> groups(step).stream())
                .map(group -> group.getFirst().prompt())
                .toList();

        assertThat(prompts).hasSizeGreaterThan(3 * PROMPTS);
        for (int epoch = 0; epoch + PROMPTS <= prompts.size(); epoch += PROMPTS) {
            assertThat(new HashSet<>(prompts.subList(epoch, epoch + PROMPTS))).hasSize(PROMPTS);
        }
    }

    @Test
    void aPairMethodLooksForPairs() {
        MemoryJournal journal = train(new Codpo(0.5, 0.5), FakeServices.goodness());

        for (StepRecord step : journal.steps) {
            long pairs = groups(step).stream()
                    .filter(group -> group.stream().anyMatch(episode -> episode.role() != null))
                    .count();
            assertThat((double) pairs).isEqualTo(metrics(step).get(MetricNames.GROUPS_KEPT));
        }
    }

    @Test
    void aStepThatEndsWithFewerGroupsSaysSo() {
        MemoryJournal journal =
                trainWithoutJudges(FakeServices.rewards(item -> new ScoreResponse.Result(item.itemId(), 1.0, null)));

        assertThat(journal.warnings.get("few_groups"))
                .contains(
                        "step 3: task 't' learns from 0 groups of the 2 that batchSize asks for, after 8 were sampled");
        assertThat(journal.steps)
                .allSatisfy(step -> assertThat(metrics(step))
                        .containsEntry(MetricNames.GROUPS_SAMPLED, 8.0)
                        .containsEntry(MetricNames.GROUPS_LEFT + ".alike", 8.0)
                        .containsEntry(MetricNames.GROUPS_KEPT, 0.0));
        assertThat(journal.warnings).containsKey("no_update");
    }

    @Test
    void withoutItATaskLearnsFromTheGroupsThatItHas() {
        MemoryJournal journal = train(world.spec(), FakeServices.goodness());

        assertThat(journal.steps)
                .allSatisfy(step -> assertThat(MemoryJournal.metric(step, MetricNames.GROUPS_SAMPLED, "colours"))
                        .isEqualTo(4));
        assertThat(journal.steps)
                .anySatisfy(step -> assertThat(MemoryJournal.metric(step, MetricNames.GROUPS_KEPT, "colours"))
                        .isEqualTo(4));
    }

    private MemoryJournal train(Method method, RewardApi rewards) {
        return train(
                TinyWorld.with(
                        world.spec(List.of(TinyWorld.dynamic(world.task("t", method, 2), WANTED, ROUNDS))),
                        TinyWorld.training(8)),
                rewards);
    }

    private MemoryJournal trainWithoutJudges(RewardApi rewards) {
        RunSpec.Task task = TinyWorld.dynamic(world.task("t", new Crpg(20), 2), WANTED, ROUNDS);
        RunSpec.Task free = new RunSpec.Task(
                task.name(),
                task.weight(),
                task.method(),
                task.generations(),
                task.prompts(),
                task.rewardModel(),
                null,
                task.rewardModels(),
                task.rewards(),
                List.of(),
                false,
                task.overlong(),
                task.failurePolicy(),
                null);
        return train(TinyWorld.with(world.spec(List.of(free)), TinyWorld.training(3)), rewards);
    }

    private MemoryJournal train(RunSpec spec, RewardApi rewards) {
        MemoryJournal journal = new MemoryJournal();
        new TrainingRun(
                        new LocalEngine(),
                        "run_1",
                        spec,
                        world.directory("run_" + ++runs),
                        world.roots(),
                        FakeServices.notBad(),
                        rewards,
                        journal,
                        null)
                .run();
        return journal;
    }

    private static Map<String, Double> metrics(StepRecord step) {
        return step.metrics().stream()
                .filter(metric -> metric.task() != null)
                .collect(Collectors.toMap(Metric::name, Metric::value));
    }

    /** In the order in which they were sampled. */
    private static List<List<EpisodeResource>> groups(StepRecord step) {
        return Stream.iterate(0, at -> at < step.episodes().size(), at -> at + 2)
                .map(at -> step.episodes().subList(at, at + 2))
                .toList();
    }
}
