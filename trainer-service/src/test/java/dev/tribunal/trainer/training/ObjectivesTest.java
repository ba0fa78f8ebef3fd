package dev.tribunal.trainer.training;

import static dev.tribunal.trainer.training.MemoryJournal.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.combiner.Mgda;
import dev.tribunal.methods.combiner.NormalisedSum;
import dev.tribunal.methods.combiner.WeightedSum;
import dev.tribunal.methods.reward.Calibrated;
import dev.tribunal.methods.reward.RewardTransform;
import dev.tribunal.methods.reward.RobustScore;
import dev.tribunal.methods.reward.WeightedScores;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.stage.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks with several reward models, and costs, on a tiny checkpoint. */
@Timeout(120)
class ObjectivesTest {

    private static final WeightedScores HALVES = new WeightedScores(Map.of("a", 0.5, "b", 0.5));

    @TempDir
    private Path folder;

    private TinyWorld world;
    private int runs;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    /** With two reward models, {@code a} and {@code b}, of which {@code rewards} make one number. */
    private static RunSpec.Task of(
            RunSpec.Task task, List<RewardTransform> rewards, @Nullable GradientCombiner combiner) {
        return new RunSpec.Task(
                task.name(),
                task.weight(),
                task.method(),
                task.generations(),
                task.prompts(),
                null,
                null,
                List.of(new RunSpec.RewardModel("a@1", null, null), new RunSpec.RewardModel("b@1", null, null)),
                rewards,
                task.judges(),
                task.shortCircuit(),
                task.overlong(),
                task.failurePolicy(),
                combiner);
    }

    static RunSpec.Task of(RunSpec.Task task, GradientCombiner combiner) {
        return of(task, List.of(new Calibrated(), HALVES), combiner);
    }

    private static Method method(Map<String, Object> written) {
        return InputReader.read(Method.class, written).required();
    }

    /** Of texts, each a reward model's scores. */
    private static RewardApi scores(ToDoubleFunction<String> a, ToDoubleFunction<String> b) {
        return FakeServices.rewards((name, item) -> new ScoreResponse.Result(
                item.itemId(),
                (name.equals("b") ? b : a).applyAsDouble(item.completion()),
                name.equals("b") ? 0.2 : 0.1,
                Map.of(),
                null));
    }

    private static double good(String text) {
        return FakeServices.count(text, "good");
    }

    private static double bad(String text) {
        return FakeServices.count(text, "bad");
    }

    private MemoryJournal train(int steps, RunSpec.Task task, RewardApi rewards) {
        boolean critic = task.method().needs().contains(Need.CRITIC);
        RunSpec spec = TinyWorld.with(
                world.spec(List.of(task)),
                TinyWorld.with(
                        TinyWorld.training(steps),
                        new RunSpec.Updates(1, 1),
                        critic ? new RunSpec.Critic(0.02) : null));
        MemoryJournal journal = new MemoryJournal();
        new TrainingRun(
                        new LocalEngine(),
                        "run_1",
                        spec,
                        world.directory("objectives-" + ++runs),
                        world.roots(),
                        FakeServices.notBad(),
                        rewards,
                        journal,
                        null)
                .run();
        return journal;
    }

    @Test
    void alikeRewardModelsAreOneRewardModelAndOppositeOnesCancelEachOther() {
        RunSpec.Task task = world.task("t", method(Map.of("type", "grpo")));
        MemoryJournal alike = train(4, of(task, new Mgda(false)), scores(ObjectivesTest::good, ObjectivesTest::good));
        MemoryJournal one = train(
                4,
                of(task, List.of(new Calibrated(), HALVES), null),
                scores(ObjectivesTest::good, ObjectivesTest::good));
        assertThat(alike.lastDigest()).isEqualTo(one.lastDigest());
        assertThat(metric(alike.steps.getFirst(), MetricNames.OBJECTIVE_WEIGHT + ".a", "t"))
                .isEqualTo(.5);

        MemoryJournal opposite =
                train(1, of(task, List.of(HALVES), new Mgda(false)), scores(ObjectivesTest::good, text -> -good(text)));
        double whole = metric(one.steps.getFirst(), MetricNames.GRADIENT_NORM, null);
        assertThat(metric(opposite.steps.getFirst(), MetricNames.GRADIENT_NORM, null))
                .isLessThan(1e-4 * whole);
    }

    @Test
    void theStagesCombinerSeesWhatATasksOwnMakesOfItsRewardModels() {
        RunSpec.Task task = of(world.task("t", method(Map.of("type", "grpo"))), new NormalisedSum());
        RewardApi rewards = scores(ObjectivesTest::good, text -> -FakeServices.count(text, "red"));
        RunSpec.Task other = world.task("other", method(Map.of("type", "rloo")));
        RunSpec spec = world.spec(List.of(task, other));
        List<String> digests = new ArrayList<>();
        for (GradientCombiner ofStage : List.of(new WeightedSum(), new Mgda(true))) {
            MemoryJournal journal = new MemoryJournal();
            new TrainingRun(
                            new LocalEngine(),
                            "run_1",
                            TinyWorld.with(TinyWorld.with(spec, ofStage), TinyWorld.training(2)),
                            world.directory("stage-" + ++runs),
                            world.roots(),
                            FakeServices.notBad(),
                            rewards,
                            journal,
                            null)
                    .run();
            StepRecord first = journal.steps.getFirst();
            assertThat(metric(first, MetricNames.OBJECTIVE_WEIGHT + ".a", "t")).isPositive();
            assertThat(metric(first, MetricNames.GRADIENT_NORM, "t"))
                    .as("the sum of two vectors of length 1")
                    .isBetween(0.0, 2.0);
            assertThat(metric(first, MetricNames.GRADIENT_COSINE + ".other", "t"))
                    .isBetween(-1.0, 1.0);
            digests.add(journal.lastDigest());
        }
        assertThat(digests).doesNotHaveDuplicates();
    }

    /** MORLHF with one-hot weights is the run of that one objective. */
    @Test
    void aOneHotWeightIsTheSingleObjective() {
        RunSpec.Task single = world.task("t", method(Map.of("type", "ppo")));
        RewardApi rewards = scores(ObjectivesTest::good, text -> 7 * bad(text) - 3);
        RunSpec.Task oneHot =
                of(single, List.of(new Calibrated(), new WeightedScores(Map.of("a", 1.0, "b", 0.0))), null);
        MemoryJournal mixed = train(6, oneHot, rewards);
        MemoryJournal alone = train(6, single, rewards); // whose only reward model says what a says
        assertThat(mixed.lastDigest()).isEqualTo(alone.lastDigest());
        MemoryJournal both = train(6, of(single, List.of(new Calibrated(), HALVES), null), rewards);
        assertThat(both.lastDigest()).isNotEqualTo(alone.lastDigest());
    }

    @Test
    void pamaLearnsWhatBothRewardModelsLike() {
        RunSpec.Task task =
                of(world.task("t", method(Map.of("type", "pama"))), List.of(new Calibrated(), HALVES), null);
        MemoryJournal journal = train(25, task, scores(ObjectivesTest::good, text -> good(text) - bad(text)));
        StepRecord first = journal.steps.getFirst();
        assertThat(metric(first, MetricNames.OBJECTIVE_WEIGHT + ".a", "t")
                        + metric(first, MetricNames.OBJECTIVE_WEIGHT + ".b", "t"))
                .isCloseTo(1, within(1e-9));
        assertThat(metric(journal.evaluations.getLast(), MetricNames.HELD_OUT_REWARD, "t")
                        - metric(journal.evaluations.getFirst(), MetricNames.HELD_OUT_REWARD, "t"))
                .isGreaterThan(0.1);
    }

    @Test
    void safeRlhfBringsTheCostDown() {
        RunSpec.Task judged = world.task(
                "t", method(Map.of("type", "safe-rlhf", "costs", List.of("b"), "threshold", 0.1, "window", 32)));
        RunSpec.Task task =
                TinyWorld.withoutJudges(of(judged, List.of(new WeightedScores(Map.of("a", 1.0, "b", 0.0))), null));
        // What is rewarded costs as well: each word but good.
        MemoryJournal journal = train(30, task, scores(text -> 0.2 * good(text), ObjectivesTest::bad));
        double before = metric(journal.steps.getFirst(), MetricNames.COST, "t");
        double after = metric(journal.steps.getLast(), MetricNames.COST, "t");
        assertThat(before).isGreaterThan(0.2);
        assertThat(after).isLessThan(before / 2);
        assertThat(metric(journal.steps.getFirst(), MetricNames.LAMBDA, "t")).isGreaterThan(1);
    }

    @Test
    void pfPpoTellsHowWellRewardsSayWhatIsFeasible() {
        MemoryJournal journal = train(
                2,
                TinyWorld.with(
                        world.task("t", method(Map.of("type", "pf-ppo", "selection", "best-and-worst", "drawn", 1))),
                        new RunSpec.FailurePolicy(2, RunSpec.OnShortage.DROP_GROUP)),
                scores(text -> -bad(text), ObjectivesTest::good));
        StepRecord first = journal.steps.getFirst();
        assertThat(metric(first, MetricNames.REWARD_FIT + ".uniform", "t")).isBetween(0.3, 1.0);
        assertThat(first.episodes().stream().filter(episode -> episode.weight() != 0))
                .as("one of each of four prompts is learnt from")
                .hasSizeBetween(1, 4);
    }

    /** The worst reward model is the one whose mean over the step's completions is lowest. */
    @Test
    void overABatchBrmesWorstCaseIsOfAllOfAStepsCompletions() {
        RunSpec.Task task = of(
                world.task("t", method(Map.of("type", "rloo", "beta", 0))),
                List.of(new RobustScore(0.25, 0, RobustScore.Scope.BATCH)),
                null);
        MemoryJournal journal = train(3, task, scores(ObjectivesTest::good, text -> 1.5 - good(text)));
        for (StepRecord step : journal.steps) {
            assertRobust(step.episodes());
        }
        assertRobust(journal.evaluations.getLast().episodes());
    }

    private static void assertRobust(List<EpisodeResource> episodes) {
        double a = mean(episodes, 0);
        double b = mean(episodes, 1);
        assertThat(episodes).allSatisfy(episode -> {
            double worst = score(episode, a <= b ? 0 : 1);
            assertThat(episode.reward())
                    .as("a, whose deviation is the smallest, is the nominal one")
                    .isCloseTo(0.25 * score(episode, 0) + 0.75 * worst, within(1e-12));
        });
    }

    private static double mean(List<EpisodeResource> episodes, int model) {
        return episodes.stream()
                .mapToDouble(episode -> score(episode, model))
                .average()
                .orElseThrow();
    }

    private static double score(EpisodeResource episode, int model) {
        return Objects.requireNonNull(episode.scores().get(model).score()).value();
    }
}
