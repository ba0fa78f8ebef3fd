package dev.tribunal.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.online.Codpo;
import dev.tribunal.methods.online.Crraft;
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
import dev.tribunal.methods.preference.Lcpo;
import dev.tribunal.methods.preference.SimPo;
import dev.tribunal.methods.preference.Tdpo;
import dev.tribunal.methods.preference.Tdpo.Version;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.methods.supervised.ALol;
import dev.tribunal.methods.supervised.Sft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Methods that become other methods when a part is taken away: the same slopes on the same rollouts, but for a factor. */
class ReductionsTest {

    private static final Random RANDOM = new Random(7);

    /** @param factor of the reduced method's slopes to the other's */
    record Reduction(String name, Method reduced, Method other, List<RatedGroup> batch, double factor) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Reduction> reductions() {
        return List.of(
                new Reduction(
                        "CODPO without judges, with K = 2 and lambda = 0, is online DPO",
                        new Codpo(0.3, 0),
                        new OnlineDpo(new Dpo(0.3), 0),
                        online(2, 3, -1),
                        1),
                new Reduction(
                        "CRRAFT without judges and leash, with rewards of 1, is RAFT",
                        new Crraft(Double.POSITIVE_INFINITY),
                        new Raft(),
                        online(4, 3, 1),
                        1),
                new Reduction(
                        "TDPO2 with alpha = 0 is DPO", new Tdpo(Version.TDPO2, 0.4, 0), new Dpo(0.4), pairs(5, 3), 1),
                new Reduction(
                        "CPL-KL with lambda = 1 and one step is DPO with beta = alpha",
                        new Cpl(0.4, 1, 0.9, true, true),
                        new Dpo(0.4),
                        pairs(1, 1),
                        1),
                new Reduction(
                        "CPL-KL with lambda = 1, no discount and whole completions is DPO with beta = alpha",
                        new Cpl(0.4, 1, 1, true, false),
                        new Dpo(0.4),
                        pairs(5, 3),
                        1),
                new Reduction(
                        "CPL with lambda = 1 and no discount is CPO with alpha = 0 where all lengths are the same",
                        new Cpl(0.4, 1, 1, false, true),
                        new Cpo(0.4, 0),
                        pairs(4, 4),
                        1),
                new Reduction(
                        "LCPO of annotators who are always right is its loss",
                        new Lcpo(new Tdpo(Version.TDPO1, 0.4, 0.5), 1, 0.9, 0.51),
                        new Tdpo(Version.TDPO1, 0.4, 0.5),
                        pairs(5, 3),
                        1),
                new Reduction(
                        "robust DPO is DPO over 1 - 2e where the policy is the reference",
                        new Dpo(0.4, 0.2, true, 0),
                        new Dpo(0.4),
                        map(pairs(5, 3), ReductionsTest::rated),
                        1 / 0.6),
                new Reduction(
                        "DPO with smoothed labels is DPO times 1 - 2e where the policy is the reference",
                        new Dpo(0.4, 0.2, false, 0),
                        new Dpo(0.4),
                        map(pairs(5, 3), ReductionsTest::rated),
                        0.6),
                new Reduction(
                        "CPO with alpha = 0 under a reference that says 0 is DPO",
                        new Cpo(0.4, 0),
                        new Dpo(0.4),
                        withoutReference(pairs(4, 4)),
                        1),
                new Reduction(
                        "SimPO with gamma = 0 is CPO with alpha = 0 and beta/|a|, where all lengths are the same",
                        new SimPo(2, 0),
                        new Cpo(2 / 4.0, 0),
                        pairs(4, 4),
                        1),
                new Reduction(
                        "RLOO is K/(K-1) times REINFORCE with the group's mean",
                        new Rloo(0.1, 0.2),
                        new Reinforce(Baseline.GROUP_MEAN, 0, 0.1),
                        online(4, 3, -1),
                        4 / 3.0),
                new Reduction(
                        "REINFORCE with the group's mean is that with the batch's where there is one prompt",
                        new Reinforce(Baseline.GROUP_MEAN, 0, 0.1),
                        new Reinforce(Baseline.BATCH_MEAN, 0, 0.1),
                        online(4, 1, -1),
                        1),
                new Reduction(
                        "the first minibatch of a running mean is REINFORCE with the batch's mean",
                        new Reinforce(Baseline.RUNNING_MEAN, 0.9, 0),
                        new Reinforce(Baseline.BATCH_MEAN, 0, 0),
                        online(4, 3, -1),
                        1),
                new Reduction(
                        "Dr. GRPO at the old policy is REINFORCE with the group's mean over the length",
                        new Grpo(0.2, 0.2, Importance.TOKEN, Mean.LENGTH, 5, false, 0, 0, false),
                        new Reinforce(Baseline.GROUP_MEAN, 0, 0),
                        online(4, 3, -1),
                        1 / 5.0),
                new Reduction(
                        "GSPO at the old policy is GRPO",
                        new Grpo(0.2, 0.2, Importance.SEQUENCE, Mean.SEQUENCE, null, true, 0, 0, false),
                        new Grpo(0.2, 0.2, Importance.TOKEN, Mean.SEQUENCE, null, true, 0, 0, false),
                        online(4, 3, -1),
                        1),
                new Reduction(
                        "DAPO's mean is GRPO's where all lengths are the same",
                        new Grpo(0.2, 0.2, Importance.TOKEN, Mean.TOKEN, null, true, 0, 0, false),
                        new Grpo(0.2, 0.2, Importance.TOKEN, Mean.SEQUENCE, null, true, 0, 0, false),
                        sameLength(online(4, 3, -1)),
                        1),
                new Reduction(
                        "PPO with a critic that says 0 and lambda = 1 is whitened REINFORCE over the tokens",
                        new Ppo(1, 1, 0, 0.2, 0.2, 0, 0, 0),
                        new Reinforce(Baseline.BATCH_MEAN, 0, 0),
                        sameLength(online(4, 1, -1)),
                        Double.NaN),
                new Reduction(
                        "PAMA of one reward model, its advantages not cut, is PPO",
                        new Pama(false, Pama.Granularity.TOKEN, new Ppo(1, 0.9, 0.1, 0.2, 0.2, 0, 0, 0)),
                        new Ppo(1, 0.9, 0.1, 0.2, 0.2, 0, 0, 0),
                        online(4, 3, -1),
                        1),
                new Reduction(
                        "Safe RLHF whose lambda is 0, without a KL penalty, is PPO",
                        new SafeRlhf(List.of(), 0, 1e-14, 0, 5, 128, 0, new Ppo(1, 0.9, 0, 0.2, 0.2, 0, 0, 0)),
                        new Ppo(1, 0.9, 0, 0.2, 0.2, 0, 0, 0),
                        online(4, 3, -1),
                        1),
                new Reduction(
                        "PF-PPO that takes the one completion of a prompt is PPO",
                        new PfPpo(PfPpo.Strategy.UNIFORM, 1, 0, 0, new Ppo(1, 0.9, 0.1, 0.2, 0.2, 0, 0, 0)),
                        new Ppo(1, 0.9, 0.1, 0.2, 0.2, 0, 0, 0),
                        online(1, 5, -1),
                        1),
                new Reduction(
                        "A-LoL at the reference with advantages of 1 is RAFT on each answer by itself",
                        new ALol(ALol.Ratio.SEQUENCE, 0.9, 0, Draws.EPOCHS),
                        new Raft(),
                        rated(1, 1, 0),
                        1),
                new Reduction(
                        "A-LoL without ratios is A-LoL at the reference",
                        new ALol(ALol.Ratio.NONE, 0.9, 0, Draws.EPOCHS),
                        new ALol(ALol.Ratio.SEQUENCE, 0.9, 0, Draws.EPOCHS),
                        rated(4, 0.7, 0.4),
                        1),
                new Reduction(
                        "A-LoL's ratios of tokens are those of the sequence where it has one token",
                        new ALol(ALol.Ratio.TOKEN, 0.2, 0, Draws.EPOCHS),
                        new ALol(ALol.Ratio.SEQUENCE, 0.2, 0, Draws.EPOCHS),
                        ratedOfOneToken(),
                        1),
                new Reduction(
                        "A-LoL with a KL of weight 0.1 is A-LoL without ratios whose advantages are 0.1 less",
                        new ALol(ALol.Ratio.NONE, 0.9, 0.1, Draws.EPOCHS),
                        new ALol(ALol.Ratio.NONE, 0.9, 0, Draws.EPOCHS),
                        rated(4, 0.7, 0.4),
                        0.2 / 0.3),
                new Reduction(
                        "SFT on one demonstration is A-LoL with an advantage of 1 over its tokens",
                        new Sft(),
                        new ALol(ALol.Ratio.NONE, 0.9, 0, Draws.EPOCHS),
                        List.of(),
                        1 / 3.0),
                new Reduction(
                        "SFT on one demonstration is RAFT over its tokens", new Sft(), new Raft(), List.of(), 1 / 3.0));
    }

    @ParameterizedTest
    @MethodSource("reductions")
    void theSlopesAreTheSame(Reduction reduction) {
        List<RatedGroup> ofReduced = reduction.batch();
        List<RatedGroup> ofOther = reduction.batch();
        if (reduction.batch().isEmpty()) {
            ofReduced = List.of(Rated.group(Rated.given(Provenance.DEMONSTRATION)));
            ofOther = List.of(Rated.group(Rated.of(1).values(new double[3])));
        }
        double[] reduced = slopes(reduction.reduced().optimizer(), ofReduced);
        double[] other = slopes(reduction.other().optimizer(), ofOther);
        double factor = Double.isNaN(reduction.factor()) ? reduced[0] / other[0] : reduction.factor();
        double[] expected = Arrays.stream(other).map(slope -> slope * factor).toArray();
        assertThat(reduced).containsExactly(expected, within(1e-12));
        assertThat(Arrays.stream(reduced).map(Math::abs).max().orElseThrow())
                .as("the test can fail")
                .isGreaterThan(1e-3);
    }

    /** At the old policy, over all tokens of all rollouts; token KLs differ from 0. */
    private static double[] slopes(PolicyOptimizer optimizer, List<RatedGroup> batch) {
        List<LossTerm> terms = optimizer.terms(batch);
        return batch.stream()
                .flatMap(group -> group.rollouts().stream())
                .flatMapToDouble(rollout -> Arrays.stream(slopes(terms, rollout)))
                .toArray();
    }

    private static double[] slopes(List<LossTerm> terms, RatedRollout rollout) {
        double[] sum = new double[rollout.tokens()];
        for (LossTerm term : terms) {
            List<Now> now = term.members().stream()
                    .map(member -> new Now(
                            member.rollout().oldLogProbs(),
                            member.rollout().oldLogProbs(),
                            null,
                            member.rollout().values()))
                    .toList();
            List<TokenSlopes> slopes = term.slopes(now).rollouts();
            for (int i = 0; i < slopes.size(); i++) {
                double[] more = slopes.get(i).logProbs();
                if (term.members().get(i).rollout().equals(rollout)) {
                    Arrays.setAll(sum, t -> sum[t] + more[t]);
                }
            }
        }
        return sum;
    }

    /** @param reward of all, or a drawn one for each if it is negative */
    private static List<RatedGroup> online(int generations, int prompts, double reward) {
        return Stream.generate(() -> {
                    List<RatedRollout> rollouts = new ArrayList<>();
                    for (int k = 0; k < generations; k++) {
                        int tokens = 2 + RANDOM.nextInt(3);
                        rollouts.add(Rated.of(RANDOM.nextGaussian(), reward < 0 ? RANDOM.nextDouble() : reward)
                                .logProbs(draw(tokens))
                                .reference(draw(tokens))
                                .critics(new double[tokens], new double[tokens])
                                .build());
                    }
                    return new RatedGroup(rollouts);
                })
                .limit(prompts)
                .toList();
    }

    private static List<RatedGroup> pairs(int ofChosen, int ofRejected) {
        return Stream.generate(() -> Rated.group(
                        Rated.given(Provenance.CHOSEN).logProbs(draw(ofChosen)).reference(draw(ofChosen)),
                        Rated.given(Provenance.REJECTED)
                                .logProbs(draw(ofRejected))
                                .reference(draw(ofRejected))))
                .limit(3)
                .toList();
    }

    /** Answers, one a prompt, under a policy that is the reference. */
    private static List<RatedGroup> rated(int prompts, double rating, double expected) {
        return Stream.generate(
                        () -> Rated.group(Rated.of(rating).logProbs(draw(2)).values(expected, expected)))
                .limit(prompts)
                .toList();
    }

    private static List<RatedGroup> ratedOfOneToken() {
        return Stream.of(-1.3, -0.4, -0.2)
                .map(logProb -> Rated.group(
                        Rated.of(0.7).logProbs(logProb).reference(-0.5).values(0.4)))
                .toList();
    }

    private static List<RatedGroup> withoutReference(List<RatedGroup> batch) {
        return map(batch, rollout -> rated(rollout).reference(new double[rollout.tokens()]));
    }

    private static List<RatedGroup> sameLength(List<RatedGroup> batch) {
        return map(batch, rollout -> rated(rollout).logProbs(draw(3)).values(new double[3]));
    }

    private static Rated rated(RatedRollout rollout) {
        return Rated.of(rollout.score(), rollout.reward())
                .logProbs(rollout.oldLogProbs())
                .provenance(rollout.provenance());
    }

    private static List<RatedGroup> map(List<RatedGroup> batch, Function<RatedRollout, Rated> to) {
        return batch.stream()
                .map(group -> new RatedGroup(group.rollouts().stream()
                        .map(rollout -> to.apply(rollout).build())
                        .toList()))
                .toList();
    }

    private static double[] draw(int tokens) {
        return RANDOM.doubles(tokens, -1.5, -0.1).toArray();
    }
}
