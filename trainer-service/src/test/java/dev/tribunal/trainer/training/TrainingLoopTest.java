package dev.tribunal.trainer.training;

import static dev.tribunal.trainer.training.MemoryJournal.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.FailurePolicy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.OnShortage;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.online.Crraft;
import dev.tribunal.methods.reward.Calibrated;
import dev.tribunal.methods.reward.CalibratedReward;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.reward.RewardTransform;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.reward.WeightedScores;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole loop on a real, tiny checkpoint, with a reward service and judges from functions. */
@Timeout(60)
class TrainingLoopTest {

    private static final Engine ENGINE = new LocalEngine();
    private static final Crpg CRPG = new Crpg(20);

    @TempDir
    private Path folder;

    private TinyWorld world;
    private int runs;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    @Test
    void trainsTowardsTheRewardWithinTheConstraint() {
        MemoryJournal journal = train(TinyWorld.with(world.spec(), TinyWorld.training(30)));

        assertThat(journal.steps).hasSize(30);
        assertThat(journal.episodes()).hasSize(30 * 4 * 4);
        StepRecord before = journal.evaluations.getFirst();
        StepRecord after = journal.evaluations.getLast();
        assertThat(before.step()).isZero();
        assertThat(after.step()).isEqualTo(30);
        assertThat(before.episodes()).hasSize(2 * 4);
        assertThat(metric(after, MetricNames.HELD_OUT_CALIBRATED_REWARD, "colours"))
                .isGreaterThan(metric(before, MetricNames.HELD_OUT_CALIBRATED_REWARD, "colours") + 0.2);
        assertThat(metric(journal.steps.getLast(), MetricNames.FEASIBLE_RATE, "colours"))
                .isGreaterThan(metric(journal.steps.getFirst(), MetricNames.FEASIBLE_RATE, "colours"));
        assertThat(journal.warnings).isEmpty();
    }

    @Test
    void theOtherOptimizersTrainTowardsTheRewardToo() {
        for (Method optimizer : List.of(new Crraft(20), new Codpo(0.5, 0.5))) {
            RunSpec spec = TinyWorld.with(world.spec(List.of(world.task("t", optimizer))), TinyWorld.training(30));
            MemoryJournal journal = train(spec);
            assertThat(metric(journal.evaluations.getLast(), MetricNames.HELD_OUT_CALIBRATED_REWARD, "t"))
                    .as("%s", optimizer)
                    .isGreaterThan(
                            metric(journal.evaluations.getFirst(), MetricNames.HELD_OUT_CALIBRATED_REWARD, "t") + 0.1);
        }
    }

    @Test
    void anEpisodeHoldsAllThatRebuildsItsWeight() {
        MemoryJournal journal = train(world.spec());

        List<EpisodeResource> step = journal.steps.get(2).episodes();
        double mean = step.stream()
                .mapToDouble(episode -> Objects.requireNonNull(episode.regularizedReward()))
                .average()
                .orElseThrow();
        assertThat(step).hasSize(16).allSatisfy(episode -> {
            double logRatio = 0;
            for (int t = 0; t < episode.tokenIds().size(); t++) {
                logRatio += (double) episode.logProbs().get(t)
                        - episode.referenceLogProbs().get(t);
            }
            boolean feasible = episode.verdicts().stream().allMatch(v -> v.verdict() == Verdict.SATISFIED);
            double score = Objects.requireNonNull(episode.score());
            double calibrated = CalibratedReward.of(score, Objects.requireNonNull(episode.baselineScore()));
            double regularized = feasible ? Math.max(1 - logRatio / CRPG.klMax(), 0) * calibrated : 0;

            assertThat(score).isEqualTo(FakeServices.count(episode.completion(), "good"));
            assertThat(episode.baseline())
                    .isEqualTo(episode.messages().getLast().content() + " good");
            assertThat(episode.logRatio()).isEqualTo(logRatio);
            assertThat(episode.calibratedReward()).isEqualTo(calibrated);
            assertThat(episode.feasible()).isEqualTo(feasible);
            assertThat(episode.regularizedReward()).isEqualTo(regularized);
            assertThat(episode.weight()).isCloseTo(regularized - mean, within(1e-12));
            assertThat(episode.policyVersion()).isEqualTo(2);
            assertThat(episode.finishReason()).isEqualTo(episode.tokenIds().getLast() == 1 ? "stop" : "length");
        });
        assertThat(journal.steps.getFirst().episodes())
                .as("the first policy is the reference")
                .allSatisfy(episode -> assertThat(episode.logRatio()).isCloseTo(0, within(1e-4)));
    }

    @Test
    void theSameSeedGivesTheSameWeightsBitForBit() {
        MemoryJournal once = train(world.spec());
        MemoryJournal again = train(world.spec());
        RunSpec.Training seven = world.spec().training();
        MemoryJournal other = train(TinyWorld.with(
                world.spec(), TinyWorld.training(seven.steps(), 8, seven.learningRate(), seven.checkpointEvery())));

        assertThat(again.lastDigest()).isEqualTo(once.lastDigest()).isNotEqualTo(other.lastDigest());
    }

    @Test
    void aTaskOfWeightZeroContributesNothing() {
        RunSpec.Task task = world.task("a", CRPG);
        RunSpec.Task silent = TinyWorld.with(world.task("b", new Codpo(0.5, 0.5), 3), 0);

        MemoryJournal alone = train(world.spec(List.of(task)));
        MemoryJournal beside = train(world.spec(List.of(task, silent)));
        MemoryJournal loud = train(world.spec(List.of(task, TinyWorld.with(silent, 1))));

        assertThat(beside.lastDigest()).isEqualTo(alone.lastDigest()).isNotEqualTo(loud.lastDigest());
        assertThat(beside.episodes())
                .as("it is sampled and measured all the same")
                .hasSize(8 * 4 * (4 + 3));
    }

    @Test
    void theGradientIsLinearInTheTasksWeight() {
        RunSpec.Training one = TinyWorld.training(1);
        double[] norms = new double[3];
        for (int rho = 1; rho <= 2; rho++) {
            RunSpec.Task task = TinyWorld.with(world.task("t", CRPG), rho);
            norms[rho] = metric(
                    train(TinyWorld.with(world.spec(List.of(task)), one)).steps.getFirst(),
                    MetricNames.GRADIENT_NORM,
                    null);
        }
        assertThat(norms[1]).isPositive();
        assertThat(norms[2]).isCloseTo(2 * norms[1], within(1e-5));
    }

    @Test
    void undecidedJudgesDoNotStopTheRunAndTheirRolloutsLeaveTheBatch() {
        AtomicInteger calls = new AtomicInteger();
        JudgementApi sick = FakeServices.judges(
                (request, item) -> calls.incrementAndGet() % 5 == 0 ? Verdict.UNDECIDED : FakeServices.notBad(item));
        MemoryJournal journal = train(world.spec(), sick, FakeServices.goodness(), new MemoryJournal());

        assertThat(journal.steps).hasSize(8);
        List<EpisodeResource> undecided = journal.episodes().stream()
                .filter(episode -> episode.feasible() == null)
                .toList();
        assertThat(undecided).isNotEmpty().allSatisfy(episode -> {
            assertThat(episode.weight()).isZero();
            assertThat(episode.regularizedReward()).isNull();
        });
        assertThat(metric(journal.steps.getFirst(), MetricNames.UNDECIDED_RATE, "colours"))
                .isPositive();
        assertThat(journal.warnings.get("judge_undecided")).contains("colours: not-bad timeout x");
    }

    @Test
    void anUnreachableJudgeServiceLeavesTheWeightsAlone() {
        JudgementApi dead = request -> {
            throw new IllegalStateException("Connection refused");
        };
        MemoryJournal journal = train(world.spec(), dead, FakeServices.goodness(), new MemoryJournal());

        assertThat(journal.steps).hasSize(8);
        assertThat(metric(journal.steps.getLast(), MetricNames.UNDECIDED_RATE, "colours"))
                .isEqualTo(1);
        assertThat(metric(journal.steps.getLast(), MetricNames.GRADIENT_NORM, null))
                .isZero();
        assertThat(journal.warnings.get("judge_undecided")).contains("unreachable");
        try (var start = ENGINE.load(folder.resolve("model"));
                var end = ENGINE.load(journal.checkpoints.getLast().directory())) {
            var sequences = List.of(new TokenSequence(new int[] {5, 2}, new int[] {3, 4, 1}));
            assertThat(end.logProbs(sequences).getFirst())
                    .isEqualTo(start.logProbs(sequences).getFirst());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "0, 3", "0.8472978603872037, 3", "0.8472978603872037, 5", "0.8472978603872037, 7"})
    void aConstantRewardLeavesTheWeightsBitForBitAndSaysSo(double ofBaseline, int generations) {
        RewardApi constant = FakeServices.rewards(item ->
                new ScoreResponse.Result(item.itemId(), item.itemId().endsWith(".baseline") ? ofBaseline : 0, null));
        RunSpec.Task task = world.task("t", CRPG, generations);
        MemoryJournal journal = train(
                world.spec(List.of(task)),
                FakeServices.judges((request, item) -> Verdict.SATISFIED),
                constant,
                new MemoryJournal());

        assertThat(journal.episodes())
                .allSatisfy(episode ->
                        assertThat(episode.calibratedReward()).isCloseTo(ofBaseline == 0 ? 0.5 : 0.3, within(1e-9)));
        assertThat(journal.steps)
                .hasSize(8)
                .allSatisfy(step -> assertThat(metric(step, MetricNames.GRADIENT_NORM, null))
                        .isZero());
        assertThat(journal.warnings.get("no_update")).contains("no rollout has a weight");
        requireWeights(journal, folder.resolve("model"));
    }

    private static void requireWeights(MemoryJournal journal, Path expected) {
        var sequences = List.of(new TokenSequence(new int[] {5, 2}, new int[] {3, 4, 1}));
        try (var start = ENGINE.load(expected);
                var end = ENGINE.load(journal.checkpoints.getLast().directory())) {
            assertThat(end.logProbs(sequences).getFirst())
                    .isEqualTo(start.logProbs(sequences).getFirst());
        }
    }

    @Test
    void aTaskWithoutASignalAddsNothingToAnothersStep() {
        RunSpec.Task task = world.task("a", CRPG);
        RunSpec.Task like = world.task("b", CRPG);
        RunSpec.Task constant = new RunSpec.Task(
                like.name(),
                1,
                CRPG,
                4,
                like.prompts(),
                "constant@1",
                null,
                List.of(),
                like.rewards(),
                List.of(),
                false,
                like.overlong(),
                like.failurePolicy(),
                null);
        RewardApi rewards = FakeServices.rewards((name, item) -> new ScoreResponse.Result(
                item.itemId(), name.equals("constant") ? 1.0 : FakeServices.count(item.completion(), "good"), null));
        RunSpec.Training one = TinyWorld.training(1); // while the policy is the reference: later its log-ratios count

        MemoryJournal alone = train(TinyWorld.with(world.spec(List.of(task)), one));
        MemoryJournal beside = train(
                TinyWorld.with(world.spec(List.of(task, constant)), one),
                FakeServices.judges(
                        (request, item) -> request.judges().isEmpty() ? Verdict.SATISFIED : FakeServices.notBad(item)),
                rewards,
                new MemoryJournal());

        assertThat(beside.lastDigest()).isEqualTo(alone.lastDigest());
        assertThat(beside.warnings).doesNotContainKey("no_update");
    }

    @Test
    void aShortageFailsTheRunWhereTheTaskSaysSo() {
        RunSpec.Task strict = TinyWorld.with(world.task("t", CRPG), new FailurePolicy(2, OnShortage.FAIL_RUN));
        MemoryJournal journal = new MemoryJournal();
        assertThatThrownBy(() -> train(
                        world.spec(List.of(strict)),
                        FakeServices.judges((request, item) -> Verdict.UNDECIDED),
                        FakeServices.goodness(),
                        journal))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("step 1: ")
                .hasMessageContaining("0 decided and scored rollouts of 4, but failurePolicy.minimumGroup is 2");
        assertThat(journal.steps).isEmpty();
    }

    @Test
    void aShortagePausesTheRunAndTheStepBeginsAgain() {
        RunSpec.Task patient = TinyWorld.with(world.task("t", CRPG), new FailurePolicy(2, OnShortage.PAUSE_RUN));
        MemoryJournal journal = new MemoryJournal();
        JudgementApi sickInStepThree = FakeServices.judges(
                (request, item) -> Objects.requireNonNull(request.context()).step() == 3 && journal.pauses.isEmpty()
                        ? Verdict.UNDECIDED
                        : FakeServices.notBad(item));
        train(world.spec(List.of(patient)), sickInStepThree, FakeServices.goodness(), journal);

        assertThat(journal.pauses).singleElement().asString().startsWith("step 3: prompt ");
        assertThat(journal.steps).extracting(StepRecord::step).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(journal.lastDigest())
                .as("as if nothing had happened")
                .isEqualTo(train(world.spec(List.of(patient))).lastDigest());
    }

    @Test
    void aScoreThatFailedTakesItsRolloutOutOfTheBatch() {
        AtomicInteger calls = new AtomicInteger();
        RewardApi moody = FakeServices.rewards(item -> calls.incrementAndGet() % 6 == 0
                ? new ScoreResponse.Result(item.itemId(), null, new ScoreResponse.ScoreError("too_long", "no"))
                : new ScoreResponse.Result(item.itemId(), FakeServices.count(item.completion(), "good"), null));
        MemoryJournal journal = train(world.spec(), FakeServices.notBad(), moody, new MemoryJournal());

        List<EpisodeResource> failed = journal.episodes().stream()
                .filter(episode -> episode.score() == null)
                .toList();
        assertThat(failed).allSatisfy(episode -> {
            assertThat(episode.scoreError()).isEqualTo("too_long: no");
            assertThat(episode.calibratedReward()).isNull();
        });
        assertThat(failed)
                .filteredOn(EpisodeResource::feasible)
                .isNotEmpty()
                .allSatisfy(episode -> assertThat(episode.weight()).isZero());
        assertThat(failed)
                .as("a violation is pushed down, score or none: eq. 8 gives it 0")
                .filteredOn(episode -> !Objects.requireNonNull(episode.feasible()))
                .isNotEmpty()
                .allSatisfy(episode -> {
                    assertThat(episode.regularizedReward()).isZero();
                    assertThat(episode.weight()).isNegative();
                });
        assertThat(journal.warnings.get("score_failed")).contains("too_long: no x");
    }

    @Test
    void aRunWhosePromptsHaveChangedFailsBeforeAnyWork() {
        RunSpec.Task task = world.task("colours", CRPG);
        RunSpec.Prompts written = task.prompts();
        RunSpec.Prompts pinned = new RunSpec.Prompts(
                written.source(), "0".repeat(64), 4, written.baseline(), written.heldOut(), null, null);
        RunSpec spec = world.spec(List.of(TinyWorld.with(task, pinned)));
        MemoryJournal journal = new MemoryJournal();

        assertThatThrownBy(() -> train(spec, FakeServices.notBad(), FakeServices.goodness(), journal))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("file:prompts.jsonl has changed since the run was created: its SHA-256 was 0000");
        assertThat(journal.steps).isEmpty();
    }

    @Test
    void aCancelledRunEndsBetweenStepsAndKeepsWhatItHas() {
        MemoryJournal journal = new MemoryJournal() {
            @Override
            public void awaitPermission() {
                if (steps.size() == 2) {
                    throw new RunCancelledException();
                }
            }
        };
        assertThatThrownBy(() -> train(world.spec(), FakeServices.notBad(), FakeServices.goodness(), journal))
                .isInstanceOf(RunJournal.RunCancelledException.class);
        assertThat(journal.steps).hasSize(2);
    }

    @Test
    void aRunIsCancelledWithinAnEvaluationThatAJudgeHoldsUp() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        JudgementApi hanging = FakeServices.judges((request, item) -> {
            asked.countDown();
            try {
                return cancelled.await(30, TimeUnit.SECONDS) ? Verdict.SATISFIED : Verdict.VIOLATED;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        MemoryJournal journal = new MemoryJournal() {
            @Override
            public void stopIfCancelled() {
                if (asked.getCount() == 0) {
                    throw new RunCancelledException();
                }
            }
        };
        assertThatThrownBy(() -> train(world.spec(), hanging, FakeServices.goodness(), journal))
                .isInstanceOf(RunJournal.RunCancelledException.class);
        assertThat(cancelled.getCount()).as("the judge has not answered yet").isEqualTo(1);
        assertThat(journal.evaluations).isEmpty();
        cancelled.countDown();
    }

    @Test
    void samplingDoesNotWaitForAJudge() {
        CountDownLatch allGroupsScored = new CountDownLatch(4);
        RewardApi counting = FakeServices.rewards(item -> {
            if (item.itemId().startsWith("p") && item.itemId().endsWith(".s0")) {
                allGroupsScored.countDown();
            }
            return new ScoreResponse.Result(item.itemId(), 1.0, null);
        });
        JudgementApi waiting = FakeServices.judges((request, item) -> {
            if (item.itemId().startsWith("h")) {
                return Verdict.SATISFIED; // a held-out one
            }
            try {
                return allGroupsScored.await(30, TimeUnit.SECONDS) ? Verdict.SATISFIED : Verdict.VIOLATED;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        RunSpec oneStep = TinyWorld.with(world.spec(), TinyWorld.training(1));
        MemoryJournal journal = train(oneStep, waiting, counting, new MemoryJournal());

        assertThat(journal.episodes())
                .as("no verdict was given before every group had been sampled and scored")
                .allSatisfy(episode -> assertThat(episode.feasible()).isTrue());
    }

    @Test
    void generatedBaselinesAreDrawnFromTheReferenceOnceAndScoredOnce() {
        List<String> scored = new ArrayList<>();
        RewardApi watching = FakeServices.rewards(item -> {
            synchronized (scored) {
                scored.add(item.itemId());
            }
            return new ScoreResponse.Result(item.itemId(), FakeServices.count(item.completion(), "good"), null);
        });
        RunSpec.Task task =
                TinyWorld.with(world.task("t", CRPG), new RunSpec.BaselineCompletionSource(null, "reference"));
        MemoryJournal journal = train(world.spec(List.of(task)), FakeServices.notBad(), watching, new MemoryJournal());

        assertThat(journal.episodes().stream()
                        .collect(Collectors.groupingBy(
                                EpisodeResource::prompt,
                                Collectors.mapping(EpisodeResource::baseline, Collectors.toSet()))))
                .hasSize(4)
                .allSatisfy((prompt, baselines) -> assertThat(baselines).hasSize(1));
        assertThat(scored.stream().filter(id -> id.endsWith(".baseline")))
                .as("four training prompts and two held-out ones")
                .hasSize(6)
                .doesNotHaveDuplicates();
    }

    /** Every third text of the reference is too long for the reward model: some prompts get another one. */
    @Test
    void aGeneratedBaselineCompletionThatCannotBeScoredIsDrawnAgain() {
        RewardApi shortSighted = FakeServices.rewards(
                item -> item.itemId().endsWith(".baseline") && item.completion().hashCode() % 3 == 0
                        ? new ScoreResponse.Result(item.itemId(), null, new ScoreResponse.ScoreError("too_long", "no"))
                        : new ScoreResponse.Result(item.itemId(), FakeServices.count(item.completion(), "good"), null));
        RunSpec.Task task =
                TinyWorld.with(world.task("t", CRPG), new RunSpec.BaselineCompletionSource(null, "reference"));
        MemoryJournal journal =
                train(world.spec(List.of(task)), FakeServices.notBad(), shortSighted, new MemoryJournal());

        assertThat(journal.warnings.get("baseline_redrawn")).contains("were drawn again (t: prompts ");
        assertThat(journal.episodes())
                .as("three more draws suffice here")
                .allSatisfy(episode -> assertThat(episode.baselineScore()).isNotNull());
        assertThat(journal.episodes().stream()
                        .collect(Collectors.groupingBy(
                                episode -> episode.split() + "" + episode.prompt(),
                                Collectors.mapping(EpisodeResource::baseline, Collectors.toSet()))))
                .as("what was drawn again stays")
                .allSatisfy((prompt, baselines) -> assertThat(baselines).hasSize(1));
        assertThat(train(world.spec(List.of(task)), FakeServices.notBad(), shortSighted, new MemoryJournal())
                        .lastDigest())
                .isEqualTo(journal.lastDigest());
    }

    /** A reward model that can read no baseline completion of a prompt is asked a few times, and not for ever. */
    @Test
    void redrawingComesToAnEnd() {
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        RewardApi blind = FakeServices.rewards(item -> {
            if (item.itemId().endsWith(".baseline")) {
                asked.add(item.completion());
                return new ScoreResponse.Result(item.itemId(), null, new ScoreResponse.ScoreError("too_long", "no"));
            }
            return new ScoreResponse.Result(item.itemId(), 1.0, null);
        });
        RunSpec.Task task =
                TinyWorld.with(world.task("t", CRPG), new RunSpec.BaselineCompletionSource(null, "reference"));
        MemoryJournal journal = train(world.spec(List.of(task)), FakeServices.notBad(), blind, new MemoryJournal());

        assertThat(journal.warnings.get("baseline_redrawn")).contains("still without a score");
        assertThat(journal.episodes())
                .allSatisfy(episode -> assertThat(episode.reward()).isNull());
        assertThat(asked)
                .as("of 4 prompts in each of 8 steps, of 2 held-out ones twice, and 3 redraws of each of the 6")
                .hasSize(4 * 8 + 2 * 2 + 3 * 6);
    }

    @Test
    void severalRewardModelsMakeOneReward() {
        RewardApi two = FakeServices.rewards((name, item) -> new ScoreResponse.Result(
                item.itemId(),
                FakeServices.count(item.completion(), name.equals("goodness") ? "good" : "bad"),
                0.5,
                Map.of("terse", 0.25, "wordy", 0.75),
                null));
        RunSpec.Task one = world.task("t", CRPG);
        RewardTransform sum = new WeightedScores(Map.of("goodness", 0.75, "badness", -0.25));
        RunSpec.Task task = new RunSpec.Task(
                one.name(),
                1,
                CRPG,
                4,
                one.prompts(),
                null,
                null,
                List.of(
                        new RunSpec.RewardModel("goodness@1", null, null),
                        new RunSpec.RewardModel("badness@3", null, null)),
                List.of(sum, new Calibrated()),
                one.judges(),
                false,
                one.overlong(),
                one.failurePolicy(),
                null);
        MemoryJournal journal = train(world.spec(List.of(task)), FakeServices.notBad(), two, new MemoryJournal());

        RewardChain chain = new RewardChain(task.rewards());
        assertThat(journal.episodes()).isNotEmpty().allSatisfy(episode -> {
            assertThat(episode.scores())
                    .extracting(EpisodeResource.ModelScore::rewardModel)
                    .containsExactly("goodness@1", "badness@3");
            assertThat(episode.score()).isNull();
            Map<String, ScoreValue> scores = new HashMap<>();
            Map<String, ScoreValue> ofBaseline = new HashMap<>();
            episode.scores().forEach(score -> {
                assertThat(Objects.requireNonNull(score.score()).deviation()).isEqualTo(0.5);
                assertThat(score.score().classes()).containsEntry("wordy", 0.75);
                scores.put(score.name(), score.score());
                ofBaseline.put(score.name(), Objects.requireNonNull(score.baseline()));
            });
            assertThat(episode.reward())
                    .as("the row is enough to rebuild it")
                    .isEqualTo(chain.reward(scores, ofBaseline, episode.logRatio()))
                    .isEqualTo(episode.calibratedReward());
            double good = FakeServices.count(episode.completion(), "good");
            double bad = FakeServices.count(episode.completion(), "bad");
            assertThat(Objects.requireNonNull(episode.scores().get(0).score()).value())
                    .isEqualTo(good);
            assertThat(Objects.requireNonNull(episode.scores().get(1).score()).value())
                    .isEqualTo(bad);
        });
        assertThat(journal.steps).allSatisfy(step -> {
            assertThat(metric(step, MetricNames.SCORE + ".goodness", "t")).isNotNegative();
            assertThat(metric(step, MetricNames.SCORE + ".badness", "t")).isNotNegative();
            assertThat(metric(step, MetricNames.REWARD, "t")).isBetween(0.0, 1.0);
        });
        assertThat(journal.evaluations)
                .allSatisfy(step -> assertThat(metric(step, MetricNames.HELD_OUT_SCORE + ".badness", "t"))
                        .isNotNegative());
    }

    @Test
    void crraftTrainsOnAFeasibleBaselineCompletionWhereNothingElseIsLeftAndRecordsIt() {
        RunSpec.Task task = world.task("t", new Crraft(20), 2);
        JudgementApi onlyBaselines = FakeServices.judges(
                (request, item) -> item.itemId().endsWith(".baseline") ? Verdict.SATISFIED : Verdict.VIOLATED);
        MemoryJournal journal =
                train(world.spec(List.of(task)), onlyBaselines, FakeServices.goodness(), new MemoryJournal());

        assertThat(journal.steps.getFirst().episodes().stream().filter(e -> "baseline".equals(e.role())))
                .hasSize(4)
                .allSatisfy(episode -> {
                    assertThat(episode.sample()).isEqualTo(-1);
                    assertThat(episode.completion()).isEqualTo(episode.baseline());
                    assertThat(episode.weight()).isEqualTo(0.5);
                    assertThat(episode.feasible()).isTrue();
                });
        assertThat(metric(journal.steps.getFirst(), MetricNames.FEASIBLE_RATE, "t"))
                .as("the baseline completions are no samples of the policy")
                .isZero();
        assertThat(metric(journal.steps.getFirst(), MetricNames.GRADIENT_NORM, null))
                .isPositive();
    }

    @Test
    void aBatchThatReachesIntoTheNextEpochStillHasDistinctEpisodes() {
        RunSpec.Task task = world.task("t", CRPG);
        RunSpec.Task wide = new RunSpec.Task(
                task.name(),
                1,
                CRPG,
                4,
                new RunSpec.Prompts(
                        task.prompts().source(), null, 6, task.prompts().baseline(), null, null, null),
                task.rewardModel(),
                null,
                List.of(),
                task.rewards(),
                task.judges(),
                false,
                task.overlong(),
                task.failurePolicy(),
                null);
        MemoryJournal journal = train(world.spec(List.of(wide)));

        assertThat(journal.episodeIds).hasSize(8 * 6 * 4);
        assertThat(journal.evaluations).as("there is nothing held out").isEmpty();
    }

    @Test
    void aRunThatDivergesFailsClearlyAndCommitsNoBrokenStep() {
        RunSpec.Training wild = TinyWorld.training(8, 7, 1e30, 8);
        MemoryJournal journal = new MemoryJournal();
        assertThatThrownBy(() -> train(
                        TinyWorld.with(world.spec(), wild), FakeServices.notBad(), FakeServices.goodness(), journal))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("not finite")
                .hasMessageContaining("lower training.learningRate");
        assertThat(journal.episodes())
                .allSatisfy(episode -> assertThat(episode.logRatio()).isFinite());
    }

    @Test
    void checkpointsAreWrittenNowAndThenAndAtTheEnd() throws IOException {
        RunSpec.Training training = TinyWorld.training(5, 7, 0.02, 2);
        MemoryJournal journal = train(TinyWorld.with(world.spec(), training));

        assertThat(journal.checkpoints).extracting(Checkpoint::step).containsExactly(2, 4, 5);
        Path last = journal.checkpoints.getLast().directory();
        assertThat(last.getFileName()).hasToString("step-000005");
        assertThat(ENGINE.inspect(last).digest()).isEqualTo(journal.lastDigest());
        assertThat(Files.readString(last.resolve("training-state.json")))
                .contains("\"step\":5", "\"colours\":{\"cursor\":{\"epoch\":4,\"position\":4}");
        assertThat(last.resolve("optimizer.safetensors")).isNotEmptyFile();
        try (var files = Files.list(last.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("step-000002", "step-000004", "step-000005");
        }
    }

    @ParameterizedTest
    @CsvSource({"FP32, false", "BF16, true"})
    void anAdapterIsTrainedInPlaceOfTheWeights(Precision precision, boolean activationCheckpointing) {
        Path start = someTraining();
        Lora lora = new Lora(4, 8, List.of("q_proj", "v_proj", "o_proj", "gate_proj", "down_proj"));
        MemoryJournal journal = train(TinyWorld.with(
                TinyWorld.with(world.spec(), TinyWorld.training(20)),
                adapted(start, precision, activationCheckpointing, lora)));

        // The reference, the policy with its adapter off, is the policy before its first step, and no longer.
        double exact = precision == Precision.FP32 ? 1e-5 : 0.04;
        assertThat(journal.steps.getFirst().episodes())
                .allSatisfy(episode -> assertThat(episode.logRatio()).isCloseTo(0, within(exact)));
        assertThat(journal.steps.getLast().episodes())
                .anySatisfy(episode -> assertThat(Math.abs(episode.logRatio())).isGreaterThan(0.05));

        Path last = journal.checkpoints.getLast().directory();
        var sequences = List.of(new TokenSequence(new int[] {5, 2}, new int[] {3, 4, 1}));
        try (var before = ENGINE.load(start);
                var merged = ENGINE.load(last);
                var adapted = ENGINE.loadWithAdapter(start, EngineOptions.DEFAULT, last.resolve("adapter"))) {
            assertThat(merged.logProbs(sequences).getFirst())
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(adapted.logProbs(sequences).getFirst())
                    .isNotEqualTo(before.logProbs(sequences).getFirst());
            adapted.loadOptimizerState(last.resolve("optimizer.safetensors")); // the adapter's, and no other's
        }
    }

    @Test
    void aSupervisedRunTrainsAnAdapterToo() {
        RunSpec.Policy policy =
                adapted(someTraining(), Precision.FP32, false, new Lora(4, 8, List.of("v_proj", "down_proj")));
        RunSpec.Training training = TinyWorld.training(30, 7, 0.005, 30);
        RunSpec spec = TinyWorld.with(world.spec(List.of(world.task("t", new Sft()))), policy);
        MemoryJournal journal = train(TinyWorld.with(spec, training));

        assertThat(metric(journal.steps.getLast(), MetricNames.LOSS, "t"))
                .isLessThan(metric(journal.steps.getFirst(), MetricNames.LOSS, "t") - 0.2);
        assertThat(journal.checkpoints.getLast().directory().resolve("adapter/adapter_config.json"))
                .exists();
    }

    /** A checkpoint whose embedding is not as small as a new one's: an adapter cannot make it larger. */
    private Path someTraining() {
        return train(world.spec()).checkpoints.getLast().directory();
    }

    private static RunSpec.Policy adapted(Path start, Precision precision, boolean activationCheckpointing, Lora lora) {
        return new RunSpec.Policy(
                "hf:" + start, null, 4, 1.0, 0, 1.0, List.of(), precision, activationCheckpointing, lora, null, null);
    }

    @Test
    void aCheckpointThatChangedSinceTheRunWasCreatedIsRefused() {
        RunSpec spec = world.spec();
        RunSpec pinned = TinyWorld.with(
                spec,
                new RunSpec.Policy(
                        "hf:model", "0000", 4, 1.0, 0, 1.0, List.of(), Precision.FP32, false, null, null, null));
        assertThatThrownBy(() -> train(pinned))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("hf:model has changed since the run was created");
    }

    @Test
    void aPromptThatDoesNotFitTheModelIsNamed() throws IOException {
        Files.writeString(
                folder.resolve("prompts.jsonl"),
                "{\"prompt\": \"one\", \"baseline\": \"one\"}\n{\"prompt\": \"" + "one ".repeat(40)
                        + "\", \"baseline\": \"one\"}\n");
        assertThatThrownBy(() -> train(world.spec()))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("prompt 1 of file:prompts.jsonl")
                .hasMessageContaining("32 positions");
    }

    private MemoryJournal train(RunSpec spec) {
        return train(spec, FakeServices.notBad(), FakeServices.goodness(), new MemoryJournal());
    }

    private MemoryJournal train(RunSpec spec, JudgementApi judges, RewardApi rewards, MemoryJournal journal) {
        String run = "run_" + ++runs;
        new TrainingRun(ENGINE, run, spec, world.directory(run), world.roots(), judges, rewards, journal, null).run();
        return journal;
    }
}
