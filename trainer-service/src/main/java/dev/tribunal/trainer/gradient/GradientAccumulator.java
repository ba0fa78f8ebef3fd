package dev.tribunal.trainer.gradient;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.LanguageModel.ForwardPass;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.OfPair;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.trainer.gradient.TermPasses.Passed;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.task.Critic;
import dev.tribunal.trainer.task.LogProbs;
import dev.tribunal.trainer.task.TrainingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds up one gradient over tasks, loss terms and micro-batches, and takes the step. Between the forward and the backward
 * pass of a micro-batch each term says how its loss changes with what the policy makes of its rollouts now; a micro-batch
 * never cuts a term.
 *
 * <p>The weighted sum is added up in place. A combiner that looks at the tasks' gradients has each in a row of its own,
 * and mixes them before the step. A task that combines its reward models' gradients has a row for each of them, and the
 * stage's combiner sees what its own combiner makes of them.
 */
public final class GradientAccumulator {

    private final LanguageModel policy;
    private final @Nullable Critic critic;
    private final GradientCombiner combiner;
    private final List<TrainingTask> tasks;
    private final TermPasses passes;
    private boolean empty = true;

    public GradientAccumulator(
            LanguageModel policy,
            @Nullable Critic critic,
            GradientCombiner combiner,
            List<TrainingTask> tasks,
            LogProbs passes) {
        this.policy = policy;
        this.critic = critic;
        this.combiner = combiner;
        this.tasks = tasks;
        this.passes = new TermPasses(policy, critic, passes);
    }

    /** Whether gradients are kept by themselves until the step. */
    private boolean rows() {
        return tasks.stream().anyMatch(task -> task.spec().combiner() != null)
                || (combiner.needsProducts() && (tasks.size() > 1 || combiner.splitsPairs()));
    }

    /**
     * Rows of a task: one, or one for each of its reward models, or one of all but the rejected completions and one of
     * these.
     */
    private int rowsOf(TrainingTask task) {
        return Math.max(sidesOf(task), task.spec().objectives().size());
    }

    /** Gradients of a task that the stage's combiner sees. */
    private int sidesOf(TrainingTask task) {
        return combiner.splitsPairs() && task.spec().combiner() == null ? 2 : 1;
    }

    private int firstRowOf(TrainingTask task) {
        return tasks.subList(0, tasks.indexOf(task)).stream()
                .mapToInt(this::rowsOf)
                .sum();
    }

    /**
     * Forward and backward for all terms that have a slope; the rest is never sent.
     *
     * @param update that the terms are of
     * @param factor of their losses beside the task's rho
     * @return those that were sent, in order
     */
    public List<Passed> add(TaskUpdate update, List<LossTerm> terms, double factor) {
        TrainingTask task = update.task();
        double scale = rows() ? factor : factor * task.rho();
        List<LossTerm> counting =
                terms.stream().filter(term -> task.rho() != 0 && !term.isZero()).toList();
        int row = firstRowOf(task);
        List<String> objectives = task.spec().objectives();
        if (!objectives.isEmpty()) {
            List<Passed> passed = new ArrayList<>();
            for (int i = 0; i < objectives.size(); i++) {
                String objective = objectives.get(i);
                List<LossTerm> ofObjective = counting.stream()
                        .filter(term -> objective.equals(term.objective()))
                        .toList();
                passed.addAll(pass(update, ofObjective, scale, row + i, member -> true));
            }
            return passed;
        }
        if (sidesOf(task) == 1) {
            return pass(update, counting, scale, row, member -> true);
        }
        List<Passed> passed = pass(update, counting, scale, row, member -> !isRejected(member));
        List<LossTerm> pairs = counting.stream()
                .filter(term -> term.members().stream().anyMatch(GradientAccumulator::isRejected))
                .toList();
        pass(update, pairs, scale, row + 1, GradientAccumulator::isRejected);
        return passed;
    }

    private static boolean isRejected(Member member) {
        return OfPair.REJECTED.equals(member.role());
    }

    /** @param side whose slopes count, of a term's members */
    private List<Passed> pass(TaskUpdate update, List<LossTerm> terms, double factor, int row, Predicate<Member> side) {
        if (rows()) {
            policy.selectGradient(row);
        }
        return passes.over(update.task(), update.batch(), terms, (forward, values, passed) -> {
            boolean any = backward(
                    forward, values, passed, factor, rows() ? update.task().rho() : 1, side);
            empty &= !any;
        });
    }

    /**
     * @param rho of the critic's loss, whose gradient no combiner mixes, where the factor has none
     * @return whether any slope is not zero
     */
    private static boolean backward(
            ForwardPass forward,
            Critic.@Nullable Pass values,
            List<Passed> passed,
            double factor,
            double rho,
            Predicate<Member> side) {
        List<TokenSlopes> slopes = new ArrayList<>();
        for (Passed each : passed) {
            for (int i = 0; i < each.term().members().size(); i++) {
                boolean counts = side.test(each.term().members().get(i));
                slopes.add(each.slopes().rollouts().get(i).times(counts ? factor : 0));
            }
        }
        List<dev.tribunal.languagemodel.TokenSlopes> ofPolicy =
                slopes.stream().map(GradientAccumulator::ofEngine).toList();
        forward.backward(ofPolicy);
        if (values != null) {
            values.backward(slopes.stream().map(each -> each.times(rho)).toList());
        }
        return ofPolicy.stream().anyMatch(dev.tribunal.languagemodel.TokenSlopes::anyNonZero)
                || (values != null && slopes.stream().anyMatch(GradientAccumulator::movesCritic));
    }

    private static boolean movesCritic(TokenSlopes slopes) {
        double[][] values = slopes.values();
        return values != null
                && Arrays.stream(values).flatMapToDouble(Arrays::stream).anyMatch(slope -> slope != 0);
    }

    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    static dev.tribunal.languagemodel.TokenSlopes ofEngine(TokenSlopes slopes) {
        return new dev.tribunal.languagemodel.TokenSlopes(slopes.logProbs(), slopes.tokenKl(), slopes.entropy());
    }

    public void clear() {
        policy.clearGradient();
        if (critic != null) {
            critic.clearGradient();
        }
        empty = true;
    }

    /** Whether no term had a slope other than 0 since the last step. */
    public boolean isEmpty() {
        return empty;
    }

    /**
     * One AdamW step. If nothing counted there is none at all: no weight decays, AdamW's moments and its count of steps
     * stay, and momentum moves nothing, since a batch without a signal says nothing about where to go.
     *
     * @param ofCritic the critic's own; absent if there is none
     * @return the gradient's norm before clipping, 0 if nothing counted; and the tasks' gradients, if they were kept
     * @throws TrainingFailedException if the gradient is not finite; the weights are as they were
     */
    public List<Metric> step(AdamW adamW, @Nullable AdamW ofCritic) {
        if (empty) {
            return new ArrayList<>(List.of(new Metric(MetricNames.GRADIENT_NORM, null, 0)));
        }
        empty = true;
        List<Metric> metrics = new ArrayList<>();
        try {
            if (rows()) {
                mix(metrics);
            }
            if (critic != null && ofCritic != null) {
                critic.step(ofCritic);
            }
            double ofStep = policy.step(adamW);
            if (!Double.isNaN(ofStep)) { // an engine elsewhere may not say
                metrics.add(new Metric(MetricNames.GRADIENT_NORM, null, ofStep));
            }
            policy.updateNorm().ifPresent(norm -> metrics.add(new Metric(MetricNames.UPDATE_NORM, null, norm)));
            return metrics;
        } catch (IllegalStateException notFinite) {
            if (Thread.currentThread().isInterrupted()) {
                throw notFinite;
            }
            throw new TrainingFailedException(
                    "the gradient is not finite, so the step was not taken (" + notFinite.getMessage()
                            + "); start again with a lower training.learningRate or training.gradientClip",
                    notFinite);
        }
    }

    private void mix(List<Metric> metrics) {
        double[][] products =
                policy.gradientProducts(tasks.stream().mapToInt(this::rowsOf).sum());
        double[][] within = within(metrics, products); // each gradient that the stage's combiner sees, of the rows
        double[][] ofSides = products(within, products);
        addLie(metrics, ofTasks(ofSides));
        double[] rho = tasks.stream()
                .flatMapToDouble(task -> DoubleStream.generate(task::rho).limit(sidesOf(task)))
                .toArray();
        double[] factors = combiner.factors(rho, combiner.needsProducts() ? ofSides : new double[0][]);
        double[] ofRows = new double[products.length];
        for (int side = 0; side < within.length; side++) {
            for (int row = 0; row < ofRows.length; row++) {
                ofRows[row] += factors[side] * within[side][row];
            }
        }
        policy.mixGradients(ofRows);
    }

    /** {@code [gradients that the stage's combiner sees][rows]}: what each row counts in each of them. */
    private double[][] within(List<Metric> metrics, double[][] products) {
        List<double[]> within = new ArrayList<>();
        int row = 0;
        for (TrainingTask task : tasks) {
            int rows = rowsOf(task);
            GradientCombiner ofTask = task.spec().combiner();
            if (ofTask == null) {
                for (int side = 0; side < rows; side++) {
                    double[] only = new double[products.length];
                    only[row + side] = 1;
                    within.add(only);
                }
            } else {
                double[] mixed = new double[products.length];
                double[] factors = ofTask.factors(ones(rows), part(products, row, rows));
                for (int i = 0; i < rows; i++) {
                    mixed[row + i] = factors[i];
                    metrics.add(new Metric(
                            MetricNames.OBJECTIVE_WEIGHT + "."
                                    + task.spec().objectives().get(i),
                            task.name(),
                            factors[i]));
                }
                within.add(mixed);
            }
            row += rows;
        }
        return within.toArray(double[][]::new);
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double[][] part(double[][] products, int from, int length) {
        return Arrays.stream(products, from, from + length)
                .map(row -> Arrays.copyOfRange(row, from, from + length))
                .toArray(double[][]::new);
    }

    /** Of sums of rows, {@code [sums][sums]}. */
    private static double[][] products(double[][] sums, double[][] ofRows) {
        double[][] products = new double[sums.length][sums.length];
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < sums.length; j++) {
                for (int k = 0; k < ofRows.length; k++) {
                    for (int l = 0; l < ofRows.length; l++) {
                        products[i][j] += sums[i][k] * sums[j][l] * ofRows[k][l];
                    }
                }
            }
        }
        return products;
    }

    /** {@code [tasks][tasks]}, the inner products of the sums of their sides. */
    private double[][] ofTasks(double[][] products) {
        double[][] sums = new double[tasks.size()][tasks.size()];
        int[] taskOf = IntStream.range(0, tasks.size())
                .flatMap(task -> IntStream.generate(() -> task).limit(sidesOf(tasks.get(task))))
                .toArray();
        for (int i = 0; i < products.length; i++) {
            for (int j = 0; j < products.length; j++) {
                sums[taskOf[i]][taskOf[j]] += products[i][j];
            }
        }
        return sums;
    }

    /** The tasks' norms and cosines. */
    private void addLie(List<Metric> metrics, double[][] products) {
        for (int i = 0; i < tasks.size(); i++) {
            double norm = Math.sqrt(Math.max(0, products[i][i]));
            metrics.add(new Metric(MetricNames.GRADIENT_NORM, tasks.get(i).name(), norm));
            for (int j = 0; j < tasks.size(); j++) {
                double both = norm * Math.sqrt(Math.max(0, products[j][j]));
                if (j != i && both > 0) {
                    metrics.add(new Metric(
                            MetricNames.GRADIENT_COSINE + "." + tasks.get(j).name(),
                            tasks.get(i).name(),
                            products[i][j] / both));
                }
            }
        }
    }
}
