package dev.tribunal.embedded;

import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;

/** The five tasks, each with its situations, split once into training and held-out ones that share no content. */
enum EmbeddedTask {
    CHAT("chat", 0.60, Request::harmless),
    INSTRUCTION_FOLLOWING("instruction-following", 0.65, RuledText::all),
    MATH("math", 0.55, WordProblem::all),
    ENGAGEMENT("engagement", 0.55, SharedNews::all),
    HARMFUL_INTENT("harmful-intent", 0.50, Request::harmfulOnes);

    static final int TRAINING_PROMPTS = 320;
    static final int HELD_OUT_PROMPTS = 64;

    private static final long SEED = 20_240_930;
    private static final double HELD_OUT_CONTENTS = 0.2;

    private final String taskName;
    private final double goodShare;
    private final List<Situation> training;
    private final List<Situation> heldOut;

    EmbeddedTask(String taskName, double goodShare, Supplier<List<Situation>> situations) {
        this.taskName = taskName;
        this.goodShare = goodShare;
        var draws = draws("split");
        var all = draws.shuffled(situations.get());
        var contents = all.stream().map(Situation::content).distinct().toList();
        var heldOutContents = new HashSet<>(contents.subList(0, (int) (contents.size() * HELD_OUT_CONTENTS)));
        this.training = all.stream()
                .filter(situation -> !heldOutContents.contains(situation.content()))
                .toList();
        this.heldOut = all.stream()
                .filter(situation -> heldOutContents.contains(situation.content()))
                .toList();
    }

    String taskName() {
        return taskName;
    }

    /** How often a demonstrator replies well. */
    double goodShare() {
        return goodShare;
    }

    /** Every situation that demonstrations, pairs and judge examples may use. */
    List<Situation> training() {
        return training;
    }

    List<Situation> trainingPrompts() {
        return training.subList(0, TRAINING_PROMPTS);
    }

    List<Situation> heldOutPrompts() {
        return heldOut.subList(0, HELD_OUT_PROMPTS);
    }

    /** The task's random choices for one purpose. */
    Draws draws(String purpose) {
        return new Draws(SEED, taskName.hashCode(), purpose.hashCode());
    }
}
