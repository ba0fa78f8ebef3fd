package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.FailurePolicy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.OnShortage;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Overlong;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.rejudgement.RejudgedEpisode.Worth;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.rollout.Shortages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.MissingNode;

/**
 * What stored rollouts of one task and step are worth under given verdicts: made by the same groups, transforms and
 * methods as in training.
 *
 * @param task of the rollouts
 * @param episodes sampled rollouts of one step
 */
record Recomputation(RunSpec.Task task, List<EpisodeResource> episodes) {

    /** Between what training stored and what is made of what it stored, where likelihoods are the sampler's. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-6;

    /** Why nobody can tell what the weights would have been; null if that has to be tried. */
    @Nullable
    String lack() {
        if (task.method().needs().contains(Need.CRITIC)) {
            return task.method().name() + " has a critic, whose values are not stored";
        }
        if (task.method().needs().contains(Need.BASELINE_VERDICTS)) {
            return task.method().name() + " may train on baseline completions, whose verdicts are not stored";
        }
        if (task.combiner() != null) {
            return "the task learns from each reward model by itself, and how the gradients were combined is not stored";
        }
        if (task.prompts().dynamicSampling() != null) {
            return "with dynamic sampling, other verdicts would have drawn other prompts";
        }
        return null;
    }

    /**
     * Rollouts under verdicts, one a rollout.
     *
     * @param weights whether the method is to be asked
     * @throws IllegalStateException if the method needs what is not stored
     */
    List<Worth> under(List<List<JudgeVerdict>> verdicts, boolean weights) {
        Map<List<Integer>, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < episodes.size(); i++) {
            places.computeIfAbsent(group(episodes.get(i)), key -> new ArrayList<>())
                    .add(i);
        }
        List<Group> groups = new ArrayList<>();
        IdentityHashMap<Rollout, Group> groupOf = new IdentityHashMap<>();
        Rollout[] rollouts = new Rollout[episodes.size()];
        for (List<Integer> members : places.values()) {
            members.forEach(i -> rollouts[i] = rollout(episodes.get(i), verdicts.get(i)));
            groups.add(group(
                    episodes.get(members.getFirst()),
                    members.stream().map(i -> rollouts[i]).toList()));
        }
        groups = Group.together(groups);
        groups.forEach(group -> group.rollouts().forEach(rollout -> groupOf.put(rollout, group)));
        IdentityHashMap<Rollout, Double> weighed = weights ? weights(groups) : new IdentityHashMap<>();
        List<Worth> worths = new ArrayList<>();
        for (Rollout rollout : rollouts) {
            Group group = Objects.requireNonNull(groupOf.get(rollout));
            worths.add(new Worth(
                    Constraints.asBoolean(rollout.feasibility()),
                    reward(group, rollout),
                    weights ? weighed.getOrDefault(rollout, 0.0) : null));
        }
        return worths;
    }

    /** A prompt that a step draws twice has two groups, whose samples are numbered through. */
    private List<Integer> group(EpisodeResource episode) {
        int size = task.generations() == null ? Integer.MAX_VALUE : task.generations();
        return List.of(episode.prompt(), episode.split() == EpisodeResource.Split.TRAIN ? episode.sample() / size : 0);
    }

    private Group group(EpisodeResource first, List<Rollout> rollouts) {
        return new Group(
                new Prompt(
                        first.prompt(),
                        first.messages(),
                        Map.of(),
                        Map.of(),
                        null,
                        null,
                        null,
                        MissingNode.getInstance()),
                new int[0],
                baselineCompletion(first),
                new RewardChain(task.rewards()),
                rollouts,
                0);
    }

    private static @Nullable BaselineCompletion baselineCompletion(EpisodeResource episode) {
        if (episode.baseline() == null) {
            return null;
        }
        Map<String, Score> scores = new LinkedHashMap<>();
        for (ModelScore model : episode.scores()) {
            scores.put(model.name(), score(model.baseline(), "it was not scored"));
        }
        return new BaselineCompletion(episode.baseline(), new int[0], FinishReason.STOP, new Scores(scores), null);
    }

    private Rollout rollout(EpisodeResource episode, List<JudgeVerdict> verdicts) {
        Map<String, Score> scores = new LinkedHashMap<>();
        for (ModelScore model : episode.scores()) {
            scores.put(model.name(), score(model.score(), Objects.requireNonNullElse(model.error(), "no score")));
        }
        return new Rollout(
                episode.sample(),
                new Completion(
                        episode.tokenIds().stream().mapToInt(Integer::intValue).toArray(),
                        floats(episode.logProbs()),
                        episode.completion(),
                        episode.finishReason().equals("length") ? FinishReason.LENGTH : FinishReason.STOP),
                floats(episode.referenceLogProbs()),
                new Scores(scores),
                verdicts,
                task.overlong());
    }

    private static Score score(@Nullable ScoreValue value, String error) {
        return value == null ? Score.failed(error) : Score.of(value);
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }

    private @Nullable Double reward(Group group, Rollout rollout) {
        if (rollout.isCutOff() && task.overlong() == Overlong.MASK) {
            return null;
        }
        return switch (rollout.feasibility()) {
            case FEASIBLE -> group.reward(rollout);
            case INFEASIBLE -> 0.0;
            case UNDECIDED -> null;
        };
    }

    private IdentityHashMap<Rollout, Double> weights(List<Group> groups) {
        // What the run would have paused or failed for leaves the batch here.
        List<Group> kept = Shortages.leaveOut(
                groups, new FailurePolicy(task.failurePolicy().minimumGroup(), OnShortage.DROP_GROUP));
        List<RatedGroup> batch = new ArrayList<>();
        Map<RatedRollout, Rollout> origins = new HashMap<>();
        for (Group group : kept) {
            List<RatedRollout> rated = new ArrayList<>();
            for (Rollout member : group.members()) {
                RatedRollout one = group.rated(member, null);
                origins.put(one, member);
                rated.add(one);
            }
            batch.add(new RatedGroup(rated, group.undecided()));
        }
        IdentityHashMap<Rollout, Double> weights = new IdentityHashMap<>();
        if (batch.isEmpty()) {
            return weights;
        }
        for (LossTerm term : task.method().optimizer().terms(batch)) {
            for (int i = 0; i < term.members().size(); i++) {
                Rollout origin = origins.get(term.members().get(i).rollout());
                if (origin != null) {
                    weights.put(origin, weight(term, i, batch.size()));
                }
            }
        }
        return weights;
    }

    /** As training stores it, where the policy says of a completion what it said when it sampled. */
    private static double weight(LossTerm term, int index, int groups) {
        Member member = term.members().get(index);
        if (member.advantage() != null) {
            return member.advantage();
        }
        if (term.isZero()) {
            return 0;
        }
        List<Now> now = term.members().stream()
                .map(each -> Now.whenSampled(each.rollout()))
                .toList();
        double[] slopes = term.slopes(now).rollouts().get(index).logProbs();
        return -DoubleStream.of(slopes).sum() / slopes.length * groups;
    }

    /** Whether the weights are those that training stored. */
    boolean isAsStored(List<Worth> worths) {
        for (int i = 0; i < worths.size(); i++) {
            double stored = episodes.get(i).weight();
            Double made = worths.get(i).weight();
            if (made == null || !(Math.abs(made - stored) <= ABSOLUTE + RELATIVE * Math.abs(stored))) {
                return false;
            }
        }
        return true;
    }
}
