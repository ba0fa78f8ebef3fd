package dev.tribunal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.online.Crraft;
import dev.tribunal.methods.online.EachObjective;
import dev.tribunal.methods.online.Grpo;
import dev.tribunal.methods.online.Grpo.Importance;
import dev.tribunal.methods.online.Grpo.Mean;
import dev.tribunal.methods.online.OnlineDpo;
import dev.tribunal.methods.online.Pama;
import dev.tribunal.methods.online.PfPpo;
import dev.tribunal.methods.online.Ppo;
import dev.tribunal.methods.online.Raft;
import dev.tribunal.methods.online.Reinforce;
import dev.tribunal.methods.online.Reinforce.Baseline;
import dev.tribunal.methods.online.Rloo;
import dev.tribunal.methods.online.SafeRlhf;
import dev.tribunal.methods.preference.Cpl;
import dev.tribunal.methods.preference.Cpo;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.preference.Ipo;
import dev.tribunal.methods.preference.Lcpo;
import dev.tribunal.methods.preference.SimPo;
import dev.tribunal.methods.preference.Tdpo;
import dev.tribunal.methods.preference.Tdpo.Version;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.methods.supervised.ALol;
import dev.tribunal.methods.supervised.Sft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The slopes of each method against numeric differences of its loss, in all that the forward pass gives. */
class FiniteDifferencesTest {

    private static final double STEP = 1e-6;
    private static final int PROMPTS = 3;
    private static final int SAMPLES = 4;

    private final Random random = new Random(20240930);

    static List<Method> methods() {
        return List.of(
                new Crpg(4),
                new Crraft(0.8),
                new Codpo(0.7, 1.3),
                new Ppo(0.9, 0.8, 0.3, 0.2, 0.2, 0.4, 0.5, 0.1),
                new PfPpo(PfPpo.Strategy.BEST_AND_RANDOM, 3, 0.5, 2, new Ppo(0.9, 0.8, 0.3, 0.2, 0.2, 0.4, 0.5, 0.1)),
                new Pama(true, Pama.Granularity.TOKEN, new Ppo(0.9, 0.8, 0.3, 0.2, 0.2, 0.4, 0.5, 0.1)),
                new Pama(false, Pama.Granularity.SAMPLE, new Ppo(0.9, 0.8, 0.3, 0.2, 0.2, 0.4, 0, 0)),
                new SafeRlhf(List.of("costs"), 0.1, 1.5, 0.1, 5, 8, 0, new Ppo(0.9, 0.8, 0.3, 0.2, 0.2, 0.4, 0.5, 0.1)),
                new SafeRlhf(List.of(), 0.1, 1.5, 0.1, 5, 8, 0, new Ppo(0.9, 0.8, 0, 0.2, 0.2, 0.4, 0, 0)),
                new Grpo(0.2, 0.3, Importance.TOKEN, Mean.SEQUENCE, null, true, 0.2, 0.1, false),
                new Grpo(0.2, 0.2, Importance.TOKEN, Mean.LENGTH, 7, false, 0, 0, false),
                new Grpo(0.2, 0.28, Importance.TOKEN, Mean.TOKEN, null, true, 0, 0.3, true),
                new Grpo(0.05, 0.06, Importance.SEQUENCE, Mean.SEQUENCE, null, true, 0, 0, false),
                new Rloo(0.2, 0.2),
                new Reinforce(Baseline.BATCH_MEAN, 0.9, 0.1),
                new Reinforce(Baseline.GROUP_MEAN, 0.9, 0),
                new Reinforce(Baseline.RUNNING_MEAN, 0.9, 0),
                new Raft(),
                new OnlineDpo(new Dpo(0.6), 0.5),
                new OnlineDpo(new Ipo(0.3), 0),
                new Dpo(0.7),
                new Dpo(0.7, 0.2, false, 0.5),
                new Dpo(0.7, 0.2, true, 0.5),
                new Ipo(0.4),
                new SimPo(2, 0.5),
                new Cpo(0.3, 1.2),
                new Tdpo(Version.TDPO1, 0.8, 0.5),
                new Tdpo(Version.TDPO2, 0.8, 0.5),
                new Cpl(0.4, 0.5, 0.9, false, true),
                new Cpl(0.4, 0.75, 0.9, true, false),
                new Lcpo(new Dpo(0.7, 0, false, 0.5), 0.8, 0.9, 0.51),
                new Lcpo(new Tdpo(Version.TDPO1, 0.8, 0.5), 0.7, 0.9, 0.51),
                new Lcpo(new Cpo(0.3, 1.2), 1, 0.9, 0.51),
                new ALol(ALol.Ratio.SEQUENCE, 0.9, 0, Draws.EPOCHS),
                new ALol(ALol.Ratio.SEQUENCE, 0.2, 0, Draws.EPOCHS),
                new ALol(ALol.Ratio.TOKEN, 0.2, 0, Draws.EPOCHS),
                new ALol(ALol.Ratio.NONE, 0.9, 0, Draws.EPOCHS),
                new ALol(ALol.Ratio.NONE, 0.9, 0.2, Draws.EPOCHS),
                new Sft());
    }

    @Test
    void noMethodIsMissing() {
        assertThat(methods().stream().map(Method::getClass))
                .containsAll(MethodCatalogue.methods().values());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void slopesAreTheLosssDifferences(Method method) {
        assertSlopes(method, method.optimizer());
    }

    @Test
    void soAreThoseOfEachRewardModel() {
        for (Method method : List.of(new Ppo(0.9, 0.8, 0.3, 0.2, 0.2, 0.4, 0.5, 0.1), new Codpo(0.7, 1.3))) {
            assertSlopes(method, EachObjective.of(method));
        }
    }

    private void assertSlopes(Method method, PolicyOptimizer optimizer) {
        boolean stops = method instanceof Tdpo tdpo && tdpo.version() == Version.TDPO2;
        List<LossTerm> terms = optimizer.terms(batch(method.experience(), !stops));

        List<Double> all = new ArrayList<>();
        for (LossTerm term : terms) {
            List<Now> now = term.members().stream().map(this::now).toList();
            Slopes slopes = term.slopes(now);
            assertThat(slopes.rollouts()).hasSameSizeAs(term.members());
            for (int member = 0; member < now.size(); member++) {
                TokenSlopes of = slopes.rollouts().get(member);
                boolean stopped = stops && member == 0;
                assertSlopes(term, now, now.get(member).logProbs(), of.logProbs(), all);
                if (stopped) {
                    assertThat(of.tokenKl()).containsOnly(0);
                } else {
                    assertSlopes(term, now, now.get(member).tokenKl(), of.tokenKl(), all);
                }
                assertSlopes(term, now, now.get(member).entropy(), of.entropy(), all);
                double[][] values = now.get(member).values();
                for (int critic = 0; values != null && critic < values.length; critic++) {
                    assertSlopes(term, now, values[critic], of.values() == null ? null : of.values()[critic], all);
                }
            }
            if (term.isZero()) {
                assertThat(slopes.rollouts())
                        .allSatisfy(of -> assertThat(of.logProbs()).containsOnly(0));
            }
        }
        assertThat(all)
                .as("the test can fail")
                .anySatisfy(slope -> assertThat(Math.abs(slope)).isGreaterThan(1e-3));
    }

    /** A world in which nothing is clipped would not test the clips. */
    @Test
    void clipsAreReachedOnBothSidesOfZeroSlopes() {
        for (Method method : List.of(
                new Ppo(1, 1, 0, 0.2, 0.2, 0, 0, 0),
                new Grpo(0.2, 0.2, Importance.TOKEN, Mean.TOKEN, null, true, 0, 0, false))) {
            double[] slopes = method.optimizer().terms(batch(Experience.ROLLOUTS, false)).stream()
                    .filter(term -> !term.isZero())
                    .flatMapToDouble(term -> Arrays.stream(
                            term.slopes(term.members().stream().map(this::now).toList())
                                    .rollouts()
                                    .getFirst()
                                    .logProbs()))
                    .toArray();
            assertThat(slopes).contains(0);
            assertThat(DoubleStream.of(slopes).filter(slope -> slope != 0).count())
                    .isPositive();
        }
    }

    /** @param at what is moved, in place, inside of {@code now} */
    private static void assertSlopes(
            LossTerm term, List<Now> now, double @Nullable [] at, double @Nullable [] slopes, List<Double> all) {
        for (int t = 0; at != null && t < at.length; t++) {
            double value = at[t];
            at[t] = value + STEP;
            double up = term.slopes(now).loss();
            at[t] = value - STEP;
            double down = term.slopes(now).loss();
            at[t] = value;
            double slope = slopes == null ? 0 : slopes[t];
            assertThat(slope).isCloseTo((up - down) / (2 * STEP), within(1e-7));
            all.add(slope);
        }
    }

    private Now now(Member member) {
        RatedRollout rollout = member.rollout();
        double[] logProbs = Arrays.stream(rollout.oldLogProbs())
                .map(old -> old + 0.3 * random.nextGaussian())
                .toArray();
        double[][] old = rollout.values() == null ? new double[][] {draw(rollout.tokens())} : rollout.values();
        double[][] values = Arrays.stream(old)
                .map(row -> Arrays.stream(row)
                        .map(value -> value + 0.3 * random.nextGaussian())
                        .toArray())
                .toArray(double[][]::new);
        return new Now(logProbs, draw(rollout.tokens()), draw(rollout.tokens()), values);
    }

    /** @param doubted whether labels of pairs are soft */
    private List<RatedGroup> batch(Experience experience, boolean doubted) {
        return Stream.generate(() -> switch (experience) {
                    case ROLLOUTS, RATED_ANSWERS ->
                        Stream.generate(() -> rollout(Provenance.SAMPLED))
                                .limit(SAMPLES)
                                .toList();
                    case PAIRS -> List.of(rollout(Provenance.CHOSEN), rollout(Provenance.REJECTED));
                    case DEMONSTRATIONS -> List.of(rollout(Provenance.DEMONSTRATION));
                })
                .limit(PROMPTS)
                .map(rollouts -> new RatedGroup(rollouts, 0, 0, label(doubted)))
                .toList();
    }

    private PairLabel label(boolean doubted) {
        return doubted
                ? new PairLabel(random.nextBoolean() ? 1.0 : random.nextDouble(), random.nextGaussian(), "ann")
                : PairLabel.CERTAIN;
    }

    private RatedRollout rollout(Provenance provenance) {
        int tokens = 2 + random.nextInt(3);
        double score = random.nextGaussian();
        return new RatedRollout(
                Map.of("reward-model", score),
                Map.of("reward-model", random.nextDouble(), "costs", random.nextDouble()),
                score,
                random.nextDouble(),
                random.nextInt(4) == 0 ? Feasibility.INFEASIBLE : Feasibility.FEASIBLE,
                Arrays.stream(draw(tokens)).map(x -> -x).toArray(),
                Arrays.stream(draw(tokens)).map(x -> -x).toArray(),
                new double[][] {draw(tokens), draw(tokens)},
                random.nextInt(3) == 0 ? Finish.LENGTH : Finish.STOPPED,
                provenance);
    }

    private double[] draw(int tokens) {
        return random.doubles(tokens, 0.05, 1.5).toArray();
    }
}
