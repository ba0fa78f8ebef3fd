package dev.tribunal.trainer.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.contracts.runs.v1.spec.Alarms.Action;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Each alarm over series that are made up: where there is reason for it, and where there nearly is. */
class RunAlarmsTest {

    private static final String TASK = "math";

    /** Good in every respect: what a test does not say is like this. */
    private static final Map<String, Double> GOOD = Map.ofEntries(
            Map.entry(MetricNames.GROUPS_SAMPLED, 8.0),
            Map.entry(MetricNames.GROUPS_KEPT, 7.0),
            Map.entry(MetricNames.GROUPS_LEFT + ".alike", 1.0),
            Map.entry(MetricNames.FEASIBLE_RATE, 0.4),
            Map.entry(MetricNames.VIOLATION_RATE + ".length", 0.2),
            Map.entry(MetricNames.VIOLATION_RATE + ".math-answer", 0.5),
            Map.entry(MetricNames.UNDECIDED_RATE, 0.1),
            Map.entry(MetricNames.UNDECIDED_VERDICT_RATE + ".math-answer", 0.1),
            Map.entry(MetricNames.TRUNCATED_RATE, 0.3),
            Map.entry(MetricNames.EMPTY_RATE, 0.0),
            Map.entry(MetricNames.COMPLETION_TOKENS, 20.0),
            Map.entry(MetricNames.ENTROPY, 1.5),
            Map.entry(MetricNames.KL, 3.0),
            Map.entry(MetricNames.CALIBRATED_REWARD, 0.5));

    /** A stage, step by step. */
    private static final class Script {

        private MetricHistory history = MetricHistory.of("train");
        private int step;

        /** So many steps, good but for what is given; a value may be a function of the step. */
        Script steps(int count, Map<String, IntToDoubleFunction> others) {
            for (int i = 0; i < count; i++) {
                step++;
                List<Metric> metrics = new ArrayList<>();
                GOOD.forEach((name, value) -> {
                    if (!others.containsKey(name)) {
                        metrics.add(new Metric(name, TASK, value));
                    }
                });
                if (!others.containsKey(MetricNames.GRADIENT_NORM)) {
                    metrics.add(new Metric(MetricNames.GRADIENT_NORM, null, 1));
                }
                others.forEach((name, value) -> metrics.add(new Metric(
                        name, name.equals(MetricNames.GRADIENT_NORM) ? null : TASK, value.applyAsDouble(step))));
                history = history.plus(step, Kind.TRAINING, metrics);
            }
            return this;
        }

        Script good(int count) {
            return steps(count, Map.of());
        }

        Script evaluation(Map<String, Double> heldOut) {
            List<Metric> metrics = new ArrayList<>();
            heldOut.forEach((name, value) -> metrics.add(new Metric(name, TASK, value)));
            history = history.plus(step, Kind.EVALUATION, metrics);
            return this;
        }

        List<Finding> found() {
            return found("{}");
        }

        List<Finding> found(String settings) {
            return RunAlarms.of(settings(settings), history, List.of(TASK));
        }

        List<String> types() {
            return found().stream().map(Finding::type).toList();
        }

        /** @throws AssertionError if there is not exactly one */
        Finding only() {
            assertThat(found()).hasSize(1);
            return found().getFirst();
        }
    }

    private static Alarms settings(String json) {
        return InputReader.read(Alarms.class, JsonMapper.shared().readTree(json))
                .required();
    }

    private static IntToDoubleFunction always(double value) {
        return step -> value;
    }

    @Test
    void aGoodRunRaisesNone() {
        assertThat(new Script()
                        .evaluation(Map.of(MetricNames.HELD_OUT_FEASIBLE_RATE, 0.4))
                        .good(60)
                        .evaluation(Map.of(MetricNames.HELD_OUT_FEASIBLE_RATE, 0.5))
                        .found())
                .isEmpty();
    }

    @Test
    void noSignalNamesTheJudgeThatNobodySatisfies() {
        Map<String, IntToDoubleFunction> infeasible = Map.of(
                MetricNames.GROUPS_KEPT,
                always(0),
                MetricNames.GROUPS_LEFT + ".alike",
                always(1),
                MetricNames.GROUPS_LEFT + ".infeasible",
                always(7),
                MetricNames.VIOLATION_RATE + ".math-answer",
                always(0.95));

        assertThat(new Script().good(3).steps(4, infeasible).found()).isEmpty();
        assertThat(new Script().steps(4, infeasible).good(1).found()).isEmpty();
        Finding found = new Script().good(3).steps(5, infeasible).only();
        assertThat(found.type()).isEqualTo("no-signal");
        assertThat(found.task()).isEqualTo(TASK);
        assertThat(found.judge()).isEqualTo("math-answer");
        assertThat(found.message())
                .isEqualTo("task 'math': no group taught anything in the last 5 steps: 35 of 40 groups have no"
                        + " completion that satisfies every constraint, and 'math-answer' finds most of them violated");
        assertThat(found.evidence()).containsEntry("infeasible", 35.0).containsEntry("groups", 40.0);
        assertThat(found.episodes()).isEqualTo("step=8&task=math&judge=math-answer&verdict=violated");
    }

    @Test
    void noSignalNamesTheJudgeThatCannotTellOrNone() {
        Finding undecided = new Script()
                .steps(5, Map.of(MetricNames.GROUPS_KEPT, always(0), MetricNames.GROUPS_LEFT + ".undecided", always(7)))
                .only();
        assertThat(undecided.judge()).isEqualTo("math-answer");
        assertThat(undecided.episodes()).endsWith("&verdict=undecided");

        Finding alike = new Script()
                .steps(5, Map.of(MetricNames.GROUPS_KEPT, always(0), MetricNames.GROUPS_LEFT + ".alike", always(8)))
                .only();
        assertThat(alike.judge()).isNull();
        assertThat(alike.message()).endsWith("40 of 40 groups have rewards that are all the same");
    }

    @Test
    void whatFollowsIsTheSpecs() {
        Script script = new Script().steps(2, Map.of(MetricNames.GROUPS_KEPT, always(0)));

        assertThat(script.found()).isEmpty();
        assertThat(script.found("{\"noSignal\": {\"steps\": 2, \"do\": \"fail\"}}")
                        .getFirst()
                        .action())
                .isEqualTo(Action.FAIL);
        assertThat(script.found("{\"noSignal\": {\"steps\": 2, \"do\": \"ignore\"}}"))
                .isEmpty();
    }

    @Test
    void aJudgeThatNobodySatisfiesAndAFeasibleRateNearNothing() {
        Map<String, IntToDoubleFunction> never =
                Map.of(MetricNames.FEASIBLE_RATE, always(0), MetricNames.VIOLATION_RATE + ".math-answer", always(1));
        Map<String, IntToDoubleFunction> once = Map.of(
                MetricNames.FEASIBLE_RATE,
                step -> step == 12 ? 0.125 : 0,
                MetricNames.VIOLATION_RATE + ".math-answer",
                step -> step == 12 ? 0.875 : 1);

        assertThat(new Script().good(9).steps(9, never).types()).isEmpty();
        assertThat(new Script().good(9).steps(10, once).types()).isEmpty();
        assertThat(new Script().good(9).steps(10, never).found())
                .extracting(Finding::type, Finding::judge)
                .containsExactly(
                        tuple("feasible-rate-low", "math-answer"), tuple("judge-never-satisfied", "math-answer"));
    }

    @Test
    void ratesAboveTheirShares() {
        assertThat(new Script()
                        .steps(5, Map.of(MetricNames.UNDECIDED_RATE, always(0.51)))
                        .only())
                .extracting(Finding::type, Finding::judge)
                .containsExactly("undecided-high", "math-answer");
        assertThat(new Script()
                        .steps(5, Map.of(MetricNames.UNDECIDED_RATE, always(0.5)))
                        .types())
                .isEmpty();
        assertThat(new Script()
                        .steps(10, Map.of(MetricNames.TRUNCATED_RATE, always(0.9)))
                        .types())
                .containsExactly("truncated-high");
        assertThat(new Script()
                        .steps(9, Map.of(MetricNames.TRUNCATED_RATE, always(1)))
                        .types())
                .isEmpty();
        assertThat(new Script()
                        .steps(5, Map.of(MetricNames.EMPTY_RATE, always(0.6)))
                        .types())
                .containsExactly("empty-completions");
        assertThat(new Script()
                        .steps(5, Map.of(MetricNames.EMPTY_RATE, always(0.4)))
                        .types())
                .isEmpty();
    }

    @Test
    void aRateThatIsMissingIsNotOneOfNothing() {
        Map<String, IntToDoubleFunction> sometimes =
                Map.of(MetricNames.FEASIBLE_RATE, step -> step % 2 == 0 ? 0 : Double.NaN);

        assertThat(new Script().steps(20, sometimes).types()).isEmpty();
    }

    @Test
    void completionsThatBecomeLong() {
        assertThat(new Script()
                        .good(10)
                        .steps(10, Map.of(MetricNames.COMPLETION_TOKENS, always(81)))
                        .types())
                .containsExactly("length-runaway");
        assertThat(new Script()
                        .good(10)
                        .steps(10, Map.of(MetricNames.COMPLETION_TOKENS, always(79)))
                        .types())
                .isEmpty();
        assertThat(new Script()
                        .good(5)
                        .steps(10, Map.of(MetricNames.COMPLETION_TOKENS, always(200)))
                        .types())
                .as("the first steps and the latest are the same ones in part")
                .isEmpty();
    }

    @Test
    void entropyThatIsGone() {
        assertThat(new Script()
                        .good(10)
                        .steps(10, Map.of(MetricNames.ENTROPY, always(0.07)))
                        .types())
                .containsExactly("entropy-collapse");
        assertThat(new Script()
                        .good(10)
                        .steps(10, Map.of(MetricNames.ENTROPY, always(0.2)))
                        .types())
                .as("a policy that has learnt is surer of itself")
                .isEmpty();
    }

    @Test
    void aPolicyFarFromItsReference() {
        assertThat(new Script()
                        .good(5)
                        .steps(5, Map.of(MetricNames.KL, always(21)))
                        .types())
                .containsExactly("kl-high");
        assertThat(new Script()
                        .good(5)
                        .steps(5, Map.of(MetricNames.KL, always(19)))
                        .types())
                .isEmpty();
        assertThat(new Script()
                        .good(5)
                        .steps(
                                5,
                                Map.of(
                                        MetricNames.KL, always(60),
                                        MetricNames.COMPLETION_TOKENS, always(2000)))
                        .types())
                .as("long completions add up to much, and are near all the same")
                .isEmpty();
    }

    @Test
    void aBlowUpThatIsFiniteFailsTheRun() {
        Script script = new Script().good(20).steps(3, Map.of(MetricNames.KL, always(70)));

        assertThat(script.found())
                .filteredOn(finding -> finding.action() == Action.FAIL)
                .extracting(Finding::type)
                .containsExactly("blow-up");
        assertThat(new Script()
                        .good(20)
                        .steps(2, Map.of(MetricNames.KL, always(70)))
                        .found())
                .noneMatch(finding -> finding.type().equals("blow-up"));
    }

    @Test
    void aGradientThatExplodes() {
        assertThat(new Script()
                        .good(10)
                        .steps(3, Map.of(MetricNames.GRADIENT_NORM, always(25)))
                        .types())
                .containsExactly("gradient-explosion");
        assertThat(new Script()
                        .good(10)
                        .steps(1, Map.of(MetricNames.GRADIENT_NORM, always(1000)))
                        .good(2)
                        .types())
                .as("one large step is what clipping is for")
                .isEmpty();
        assertThat(new Script()
                        .good(9)
                        .steps(3, Map.of(MetricNames.GRADIENT_NORM, always(1000)))
                        .types())
                .as("nobody knows yet what is usual")
                .isEmpty();
    }

    @Test
    void aRewardThatRisesWhileHeldOutFeasibilityFalls() {
        Map<String, Double> before = heldOut(0.8, 0.7, 0.9);
        Map<String, Double> now = heldOut(0.5, 0.4, 0.6);
        IntToDoubleFunction rising = step -> 0.4 + step * 0.01;

        Finding found = new Script()
                .evaluation(before)
                .steps(20, Map.of(MetricNames.CALIBRATED_REWARD, rising))
                .evaluation(now)
                .only();
        assertThat(found.type()).isEqualTo("reward-hacking");
        assertThat(found.message())
                .contains("calibratedReward rose from 0.430 to 0.580")
                .contains("heldOut.feasibleRate went from 0.800 to 0.500");
        assertThat(found.episodes()).isEqualTo("step=20&task=math&split=held-out");

        assertThat(new Script().evaluation(before).good(20).evaluation(now).types())
                .as("the reward has not risen")
                .isEmpty();
        assertThat(new Script()
                        .evaluation(before)
                        .steps(20, Map.of(MetricNames.CALIBRATED_REWARD, rising))
                        .evaluation(heldOut(0.69, 0.59, 0.79))
                        .types())
                .as("the intervals overlap")
                .isEmpty();
    }

    private static Map<String, Double> heldOut(double rate, double low, double high) {
        return Map.of(
                MetricNames.HELD_OUT_FEASIBLE_RATE,
                rate,
                MetricNames.HELD_OUT_FEASIBLE_RATE + MetricNames.LOW,
                low,
                MetricNames.HELD_OUT_FEASIBLE_RATE + MetricNames.HIGH,
                high,
                MetricNames.HELD_OUT_FEASIBLE_RATE + MetricNames.PROMPTS,
                64.0);
    }

    @Test
    void aRewardThatRisesWhileAHeldOutJudgeOrRewardModelGetsWorse() {
        String judge = MetricNames.HELD_OUT_JUDGE + ".honest";
        String strict = MetricNames.HELD_OUT_VIOLATION_RATE + ".strict";
        String model = MetricNames.HELD_OUT_REWARD_MODEL + ".truth";
        IntToDoubleFunction rising = step -> 0.4 + step * 0.01;

        List<Finding> found = new Script()
                .evaluation(measured(judge, 0.2, 64, strict, 0.1, model, 1.0))
                .steps(20, Map.of(MetricNames.CALIBRATED_REWARD, rising))
                .evaluation(measured(judge, 0.6, 64, strict, 0.4, model, 0.5))
                .found();
        assertThat(found)
                .extracting(Finding::type, Finding::judge)
                .containsExactlyInAnyOrder(
                        tuple("reward-hacking", "honest"),
                        tuple("reward-hacking", "strict"),
                        tuple("reward-hacking", null));
        assertThat(found)
                .extracting(Finding::episodes)
                .contains("step=20&task=math&split=held-out&judge=honest&verdict=violated");
        assertThat(new Script()
                        .evaluation(measured(judge, 0.2, 9, strict, 0.1, model, 1.0))
                        .steps(20, Map.of(MetricNames.CALIBRATED_REWARD, rising))
                        .evaluation(measured(judge, 0.6, 9, strict, 0.4, model, 0.5))
                        .types())
                .as("so few prompts may differ by chance")
                .isEmpty();
        assertThat(new Script()
                        .evaluation(measured(judge, 0.6, 64, strict, 0.4, model, 0.5))
                        .steps(20, Map.of(MetricNames.CALIBRATED_REWARD, rising))
                        .evaluation(measured(judge, 0.2, 64, strict, 0.1, model, 1.0))
                        .types())
                .as("what got better")
                .isEmpty();
    }

    /** Three measures, each known to a tenth. */
    private static Map<String, Double> measured(
            String judge, double violated, double prompts, String strict, double also, String model, double score) {
        Map<String, Double> all = new HashMap<>();
        Map.of(judge, violated, strict, also, model, score).forEach((name, value) -> {
            all.put(name, value);
            all.put(name + MetricNames.LOW, value - 0.1);
            all.put(name + MetricNames.HIGH, value + 0.1);
            all.put(name + MetricNames.PROMPTS, prompts);
        });
        return all;
    }
}
