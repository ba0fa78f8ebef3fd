package dev.tribunal.trainer.training;

import static dev.tribunal.trainer.training.MemoryJournal.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.methods.Draws;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.MethodCatalogue;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.combiner.Mgda;
import dev.tribunal.methods.combiner.PairwiseNormalised;
import dev.tribunal.methods.combiner.WeightedSum;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.preference.Lcpo;
import dev.tribunal.methods.preference.SimPo;
import dev.tribunal.methods.supervised.ALol;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered method makes of a real, tiny checkpoint, and runs of several stages, tasks and updates. */
@Timeout(120)
class MethodTrainingTest {

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    static Stream<String> methods() {
        return MethodCatalogue.methods().keySet().stream();
    }

    /** With the defaults of its hyperparameters, as a person's spec would have them. */
    private static Method method(String name) {
        Map<String, Object> required = switch (name) {
            case "crpg", "crraft" -> Map.of("type", name, "klMax", 20);
            case "codpo" -> Map.of("type", name, "beta", 0.5, "lambda", 0.5);
            default -> Map.of("type", name);
        };
        return InputReader.read(Method.class, required).required();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodTrainsTowardsWhatItIsShown(String name) {
        Method method = method(name);
        boolean critic = method.needs().contains(Need.CRITIC);
        RunSpec.Training training = TinyWorld.with(
                TinyWorld.training(25), new RunSpec.Updates(1, 1), critic ? new RunSpec.Critic(0.02) : null);
        MemoryJournal journal = world.train(TinyWorld.with(world.spec(List.of(world.task("t", method))), training));

        assertThat(journal.steps).hasSize(25);
        boolean sampled = method.experience() == Experience.ROLLOUTS;
        StepRecord first = sampled ? journal.evaluations.getFirst() : journal.steps.getFirst();
        StepRecord last = sampled ? journal.evaluations.getLast() : journal.steps.getLast();
        String measured = sampled ? MetricNames.HELD_OUT_CALIBRATED_REWARD : MetricNames.LOSS;
        double before = metric(first, measured, "t");
        double after = metric(last, measured, "t");
        assertThat(sampled ? after - before : before - after)
                .as("%s: %s from %s to %s", name, measured, before, after)
                .isGreaterThan(0.1);
        assertThat(journal.evaluations).hasSize(2);
    }

    @Test
    void severalUpdatesAStepBeginWithRatiosOfOne() {
        RunSpec.Training training = TinyWorld.with(TinyWorld.training(6), new RunSpec.Updates(2, 3), null);
        MemoryJournal journal =
                world.train(TinyWorld.with(world.spec(List.of(world.task("t", method("grpo")))), training));

        assertThat(journal.steps.getFirst().episodes())
                .as("policy and reference are the same and so are the kernels: the log-ratio is 0, and not rounding")
                .allSatisfy(episode -> assertThat(episode.logRatio()).isZero());
        MemoryJournal once = world.train(TinyWorld.with(
                world.spec(List.of(world.task("t", method("grpo")))),
                TinyWorld.with(TinyWorld.training(6), new RunSpec.Updates(1, 1), null)));
        assertThat(journal.lastDigest()).isNotEqualTo(once.lastDigest());
    }

    @Test
    void tasksThatSampleAndTasksThatReadAreTakenInOneStep() {
        RunSpec spec = world.spec(List.of(
                world.task("online", new Crpg(20)),
                world.task("shown", new Sft()),
                world.task("preferred", new Dpo(0.1))));
        MemoryJournal journal = world.train(spec);

        StepRecord last = journal.steps.getLast();
        assertThat(metric(last, MetricNames.LOSS, "shown"))
                .isLessThan(metric(journal.steps.getFirst(), MetricNames.LOSS, "shown"));
        assertThat(metric(journal.steps.getFirst(), MetricNames.LOSS, "preferred"))
                .as("DPO's loss where policy and reference are the same")
                .isCloseTo(Math.log(2), within(1e-6));
        assertThat(metric(last, MetricNames.CALIBRATED_REWARD, "online")).isPositive();
        assertThat(journal.episodes()).extracting(EpisodeResource::task).containsOnly("online");
    }

    /** One of four labels of a pair is the other way round. */
    @Test
    void anAnnotatorWhoContradictsTheOthersIsFoundOut() throws IOException {
        Files.writeString(folder.resolve("prompts.jsonl"), """
                {"prompt": "one", "chosen": "good good", "rejected": "bad one", "annotator": "careful"}
                {"prompt": "one", "chosen": "good good", "rejected": "bad one", "annotator": "careful"}
                {"prompt": "one", "chosen": "good good", "rejected": "bad one", "annotator": "careful"}
                {"prompt": "one", "chosen": "bad one", "rejected": "good good", "annotator": "contrary"}
                """);
        MemoryJournal journal = world.train(TinyWorld.with(
                world.spec(List.of(world.task("t", new Lcpo(new Dpo(1), 0.8, 0.8, 0.51)))), TinyWorld.training(20)));

        StepRecord first = journal.steps.getFirst();
        assertThat(metric(first, MetricNames.ETA + ".careful", "t"))
                .as("policy and reference are the same: w is eta, and eta stays")
                .isCloseTo(0.8, within(1e-6));
        StepRecord last = journal.steps.getLast();
        assertThat(metric(last, MetricNames.ETA + ".careful", "t")).isGreaterThan(0.95);
        assertThat(metric(last, MetricNames.ETA + ".contrary", "t")).isLessThan(0.7);
        assertThat(metric(last, MetricNames.PREFERENCE_ACCURACY, "t"))
                .as("all but the contrary label")
                .isEqualTo(0.75);
        assertThat(metric(journal.evaluations.getFirst(), MetricNames.HELD_OUT_PREFERENCE_ACCURACY, "t"))
                .isEqualTo(0.5);
        assertThat(metric(journal.evaluations.getLast(), MetricNames.HELD_OUT_PREFERENCE_ACCURACY, "t"))
                .isEqualTo(1);
        assertThat(metric(journal.evaluations.getLast(), MetricNames.HELD_OUT_LOSS, "t"))
                .as("on held-out pairs, which are labelled as the careful one does")
                .isLessThan(metric(journal.evaluations.getFirst(), MetricNames.HELD_OUT_LOSS, "t"));
    }

    /** The one row that is worse than expected is never drawn: a step of it would have no gradient. */
    @Test
    void ratedAnswersAreDrawnByTheirAdvantage() throws IOException {
        Files.writeString(folder.resolve("prompts.jsonl"), """
                {"prompt": "one", "completion": "good good one", "rating": 1, "expectedRating": 0.25}
                {"prompt": "two", "completion": "bad", "rating": 0.1, "expectedRating": 0.25}
                {"prompt": "three", "completion": "bad", "rating": 0.25, "expectedRating": 0.25}
                """);
        MemoryJournal prioritised = world.train(world.spec(List.of(world.task("t", method("a-lol")))));
        assertThat(prioritised.steps)
                .allSatisfy(step ->
                        assertThat(metric(step, MetricNames.GROUPS_KEPT, "t")).isEqualTo(4));
        MemoryJournal epochs =
                world.train(world.spec(List.of(world.task("t", new ALol(ALol.Ratio.SEQUENCE, 0.9, 0, Draws.EPOCHS)))));
        assertThat(epochs.steps)
                .anySatisfy(step ->
                        assertThat(metric(step, MetricNames.GROUPS_KEPT, "t")).isLessThan(4));

        Files.writeString(
                folder.resolve("prompts.jsonl"),
                "{\"prompt\": \"two\", \"completion\": \"bad\", \"rating\": 0.1, \"expectedRating\": 0.25}\n");
        assertThatThrownBy(() -> world.train(world.spec(List.of(world.task("t", method("a-lol"))))))
                .hasMessageContaining("no row of task 't' has a \"rating\" above its \"expectedRating\"");
    }

    @Test
    void stagesTrainOneAfterTheOtherEachFromWhatTheOneBeforeItLeft() {
        RunSpec recipe = TinyWorld.staged(
                world.spec(),
                TinyWorld.stage("sft", TinyWorld.training(4), world.task("shown", new Sft())),
                TinyWorld.stage("warm-up", TinyWorld.training(3), world.task("preferred", new Dpo(0.1))),
                TinyWorld.stage("online", TinyWorld.training(5), world.task("colours", new Crpg(20))));
        MemoryJournal journal = world.train(recipe);

        assertThat(journal.steps).extracting(StepRecord::step).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(journal.checkpoints).extracting(Checkpoint::step).containsExactly(4, 7, 12);
        assertThat(metric(journal.steps.get(4), MetricNames.LOSS, "preferred"))
                .as("the reference is the policy that the stage begins with")
                .isCloseTo(Math.log(2), within(1e-6));
        assertThat(journal.steps.get(7).episodes())
                .allSatisfy(episode -> assertThat(episode.logRatio()).isCloseTo(0, within(1e-4)));

        MemoryJournal first =
                world.train(TinyWorld.with(world.spec(List.of(world.task("shown", new Sft()))), TinyWorld.training(4)));
        assertThat(journal.checkpoints.getFirst().digest())
                .as("a stage is what a run of it would have been")
                .isEqualTo(first.lastDigest());
    }

    @Test
    void againstTheBaseAStageIsMeasuredFromWhereTheRunBegan() {
        Stage.Train stage = TinyWorld.stage("online", TinyWorld.training(1), world.task("colours", new Crpg(20)));
        Stage.Train fromBase = new Stage.Train(
                stage.name(),
                null,
                stage.training(),
                stage.evaluation(),
                stage.combiner(),
                new RunSpec.Base(),
                stage.tasks());
        MemoryJournal journal = world.train(TinyWorld.staged(
                world.spec(), TinyWorld.stage("sft", TinyWorld.training(8), world.task("shown", new Sft())), fromBase));

        assertThat(journal.steps.getLast().episodes())
                .anySatisfy(episode -> assertThat(Math.abs(episode.logRatio())).isGreaterThan(0.05));
    }

    @Test
    void thePolicyBecomesTheReferenceEveryFewSteps() {
        RunSpec spec = world.spec(List.of(world.task("colours", new Crpg(20)), world.task("b", new Dpo(0.1))));
        MemoryJournal journal = world.train(TinyWorld.with(spec, new RunSpec.Previous(3)));

        for (StepRecord step : journal.steps) {
            boolean fresh = (step.step() - 1) % 3 == 0;
            assertThat(step.episodes().stream()
                            .mapToDouble(episode -> Math.abs(Objects.requireNonNull(episode.logRatio())))
                            .max()
                            .orElseThrow())
                    .as("step %s", step.step())
                    .satisfies(most -> assertThat(most < 1e-4).isEqualTo(fresh));
            assertThat(Math.abs(metric(step, MetricNames.LOSS, "b") - Math.log(2)) < 1e-6)
                    .as("DPO's loss in step %s, where policy and reference are the same", step.step())
                    .isEqualTo(fresh);
        }
        assertThat(metric(journal.evaluations.getLast(), MetricNames.HELD_OUT_KL, "colours"))
                .as("after the last step the policy is still measured against what it was held against")
                .isNotCloseTo(0, within(1e-4));
    }

    @Test
    void aSoupOfOneCheckpointIsThatCheckpoint() {
        RunSpec.SoupPart whole = new RunSpec.SoupPart("hf:model", null, 0.25);
        RunSpec.SoupPart rest = new RunSpec.SoupPart("hf:model", null, 0.75);
        MemoryJournal journal = world.train(TinyWorld.with(world.spec(), new RunSpec.Soup(List.of(whole, rest))));

        assertThat(journal.steps.getFirst().episodes())
                .allSatisfy(episode -> assertThat(episode.logRatio()).isCloseTo(0, within(1e-4)));
        assertThat(world.lastDirectory().resolve("checkpoints"))
                .as("the soup itself is not kept")
                .isDirectoryNotContaining(
                        entry -> entry.getFileName().toString().startsWith("."));
    }

    @Test
    void withoutAReferenceNothingIsMeasuredAgainstOneAndTheRestIsTheSame() {
        List<RunSpec.Task> tasks = List.of(world.task("t", method("reinforce")), world.task("b", new SimPo(2, 0.5)));
        MemoryJournal without = world.train(TinyWorld.with(world.spec(tasks), new RunSpec.None()));

        assertThat(without.episodes()).isNotEmpty().allSatisfy(episode -> {
            assertThat(episode.logRatio()).isNull();
            assertThat(episode.referenceLogProbs()).isEmpty();
        });
        assertThat(without.steps)
                .flatExtracting(StepRecord::metrics)
                .extracting(Metric::name)
                .doesNotContain(MetricNames.KL);
        assertThat(without.evaluations)
                .flatExtracting(StepRecord::metrics)
                .extracting(Metric::name)
                .contains(MetricNames.HELD_OUT_CALIBRATED_REWARD)
                .doesNotContain(MetricNames.HELD_OUT_KL);
        assertThat(without.lastDigest())
                .isEqualTo(world.train(world.spec(tasks)).lastDigest());
    }

    @Test
    void aCombinerThatLooksAtTheGradientsTellsHowTheyLie() {
        List<RunSpec.Task> tasks = List.of(world.task("a", new Crpg(20)), world.task("b", new SimPo(2, 0.5)));
        MemoryJournal mixed = world.train(TinyWorld.with(world.spec(tasks), new Mgda(true)));

        StepRecord step = mixed.steps.getFirst();
        assertThat(metric(step, MetricNames.GRADIENT_NORM, "a")).isPositive();
        assertThat(metric(step, MetricNames.GRADIENT_NORM, "b")).isPositive();
        assertThat(metric(step, MetricNames.GRADIENT_COSINE + ".b", "a"))
                .isBetween(-1.0, 1.0)
                .isEqualTo(metric(step, MetricNames.GRADIENT_COSINE + ".a", "b"));
        MemoryJournal summed = world.train(TinyWorld.with(world.spec(tasks), new WeightedSum()));
        assertThat(mixed.lastDigest()).isNotEqualTo(summed.lastDigest());
        assertThat(summed.steps.getFirst().metrics())
                .as("a sum is added up in place")
                .filteredOn(metric -> metric.name().startsWith(MetricNames.GRADIENT_NORM))
                .extracting(Metric::task)
                .containsExactly((String) null);
    }

    @Test
    void aCombinerThatSplitsPairsMixesTheirSides() {
        List<RunSpec.Task> tasks = List.of(world.task("online", new Crpg(20)), world.task("preferred", new Dpo(0.1)));
        MemoryJournal sides =
                world.train(TinyWorld.with(world.spec(tasks), new PairwiseNormalised(PairwiseNormalised.Of.SIDES)));

        StepRecord step = sides.steps.getFirst();
        MemoryJournal mixed =
                world.train(TinyWorld.with(world.spec(tasks), new PairwiseNormalised(PairwiseNormalised.Of.TASKS)));
        assertThat(metric(step, MetricNames.GRADIENT_NORM, "preferred"))
                .as("a task's gradient is the sum of its sides'")
                .isCloseTo(
                        metric(mixed.steps.getFirst(), MetricNames.GRADIENT_NORM, "preferred"), withinPercentage(0.01));
        assertThat(sides.lastDigest()).isNotEqualTo(mixed.lastDigest());
        assertThat(metric(sides.steps.getLast(), MetricNames.LOSS, "preferred"))
                .isLessThan(metric(step, MetricNames.LOSS, "preferred"));
    }

    @Test
    void theGradientsOfPairsAreLookedAtAndLeftAsTheyAre() {
        List<RunSpec.Task> tasks = List.of(
                world.task("shown", new Sft()),
                world.task("dpo", new Dpo(0.1)),
                world.task("simpo", new SimPo(2, 0.5)),
                world.task("tdpo", method("tdpo")),
                world.task("online", method("online-dpo")));
        RunSpec spec = world.spec(tasks);
        MemoryJournal looked =
                world.train(TinyWorld.with(spec, TinyWorld.with(spec.training(), new RunSpec.Entanglement(3, 4))));

        for (StepRecord step : looked.steps) {
            List<Metric> found = step.metrics().stream()
                    .filter(metric -> metric.name().startsWith("entanglement"))
                    .toList();
            if (step.step() % 3 == 1) {
                assertThat(found)
                        .extracting(Metric::task)
                        .contains("dpo", "simpo", "tdpo")
                        .doesNotContain("shown");
                for (String task : List.of("dpo", "simpo", "tdpo")) {
                    assertThat(metric(step, MetricNames.ENTANGLEMENT_COSINE, task))
                            .isBetween(-1.0, 1.0);
                    assertThat(metric(step, MetricNames.ENTANGLEMENT_CHOSEN_RISES, task))
                            .isIn(0.0, 0.25, 0.5, 0.75, 1.0);
                    assertThat(metric(step, MetricNames.ENTANGLEMENT_REJECTED_FALLS, task))
                            .isIn(0.0, 0.25, 0.5, 0.75, 1.0);
                }
            } else {
                assertThat(found).isEmpty();
            }
        }
        StepRecord first = looked.steps.getFirst();
        for (String task : List.of("simpo", "tdpo")) {
            assertThat(metric(first, MetricNames.ENTANGLEMENT_COSINE, task))
                    .as("of the log-likelihoods of the same four pairs, whatever the loss")
                    .isCloseTo(metric(first, MetricNames.ENTANGLEMENT_COSINE, "dpo"), within(1e-4));
        }
        assertThat(looked.lastDigest()).isEqualTo(world.train(spec).lastDigest());
    }

    @Test
    void atAnotherTemperatureTheFirstPolicyIsItsReferenceAllTheSame() {
        RunSpec.Policy hot = new RunSpec.Policy(
                "hf:model", null, 4, 1.7, 0, 1.0, List.of(), Precision.FP32, false, null, null, null);
        MemoryJournal journal = world.train(TinyWorld.with(world.spec(), hot));

        assertThat(journal.steps.getFirst().episodes())
                .allSatisfy(episode -> assertThat(episode.logRatio()).isCloseTo(0, within(1e-4)));
        assertThat(journal.steps.getFirst().episodes().getFirst().logProbs())
                .as("those of the distribution that was sampled from")
                .isNotEqualTo(world.train(world.spec())
                        .steps
                        .getFirst()
                        .episodes()
                        .getFirst()
                        .logProbs());
    }

    @Test
    void cutOffCompletionsLeaveTheBatchWhereTheTaskMasksThem() {
        RunSpec.Task task = TinyWorld.with(world.task("t", new Crpg(20)), RunSpec.Overlong.MASK);
        MemoryJournal journal = world.train(world.spec(List.of(task)));

        assertThat(metric(journal.steps.getFirst(), MetricNames.TRUNCATED_RATE, "t"))
                .isBetween(0.01, 0.99);
        assertThat(journal.episodes())
                .filteredOn(episode -> episode.finishReason().equals("length"))
                .isNotEmpty()
                .allSatisfy(episode -> assertThat(episode.weight()).isZero());
        assertThat(journal.episodes())
                .filteredOn(
                        episode -> episode.finishReason().equals("stop") && Objects.equals(true, episode.feasible()))
                .anySatisfy(episode -> assertThat(episode.weight()).isNotZero());
    }
}
