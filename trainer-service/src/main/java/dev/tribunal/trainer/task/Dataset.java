package dev.tribunal.trainer.task;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.methods.selection.Selection;
import dev.tribunal.trainer.checkpoint.BaselineCompletionState;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.prompt.DrawOrder;
import dev.tribunal.trainer.prompt.PrioritisedOrder;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptCursor;
import dev.tribunal.trainer.prompt.PromptOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Completions that a file gives: demonstrations or rated answers, one a prompt, or pairs of a chosen and a rejected one. */
public final class Dataset implements TrainingTask.Source {

    private final RunSpec.Task spec;
    private final List<Row> training;
    private final List<Row> heldOut;
    private final DrawOrder order;
    private final @Nullable StageReference reference;
    private final LogProbs logProbs;
    private PromptCursor cursor = PromptCursor.START;

    /**
     * @param orderKey random key of the order in which the rows are drawn
     * @param reference absent if the method has none
     */
    public Dataset(
            RunSpec.Task spec,
            List<Row> training,
            List<Row> heldOut,
            long orderKey,
            @Nullable StageReference reference,
            LogProbs logProbs) {
        this.spec = spec;
        this.training = training;
        this.heldOut = heldOut;
        this.order = switch (spec.method().draws()) {
            case EPOCHS -> new PromptOrder(training.size(), orderKey);
            case PRIORITISED -> new PrioritisedOrder(priorities(spec, training), orderKey);
        };
        this.reference = reference;
        this.logProbs = logProbs;
    }

    /**
     * The completions of one prompt, ended as the model ends them: a demonstration, chosen and rejected, or an answer.
     *
     * @param rating of an answer that is rated
     * @param label what the data says of a pair beside
     */
    public record Row(
            List<TokenSequence> completions, @Nullable Rating rating, PairLabel label) {}

    /** @param expected the mean rating of the reference's answers to the prompt */
    record Rating(double value, double expected) {

        double advantage() {
            return value - expected;
        }
    }

    /** By the rows' advantages. */
    private static double[] priorities(RunSpec.Task spec, List<Row> rows) {
        double[] probabilities = Selection.prioritised(rows.stream()
                .mapToDouble(row -> Objects.requireNonNull(row.rating()).advantage())
                .toArray());
        if (Arrays.stream(probabilities).noneMatch(probability -> probability > 0)) {
            throw new TrainingFailedException("no row of task '" + spec.name()
                    + "' has a \"rating\" above its \"expectedRating\", so that there is nothing to learn; look at how"
                    + " the two were made");
        }
        return probabilities;
    }

    /** @throws TrainingFailedException if a line has no completions, or one is too long */
    public static List<Row> rows(PromptSet set, Experience experience, ChatTokenizer tokenizer, int maxPositions) {
        List<Row> rows = new ArrayList<>();
        for (Prompt prompt : set.prompts()) {
            rows.add(new Row(
                    texts(prompt, experience).stream()
                            .map(text -> sequence(
                                    set.ids().get(prompt.index()), prompt.index(), text, tokenizer, maxPositions))
                            .toList(),
                    experience == Experience.RATED_ANSWERS ? rating(prompt) : null,
                    experience == Experience.PAIRS ? label(prompt) : PairLabel.CERTAIN));
        }
        return List.copyOf(rows);
    }

    private static List<String> texts(Prompt prompt, Experience experience) {
        return switch (experience) {
            case DEMONSTRATIONS -> {
                if (prompt.completion() == null) {
                    throw new TrainingFailedException("prompt " + prompt.index() + " has no completion to learn");
                }
                yield List.of(prompt.completion());
            }
            case PAIRS -> {
                if (prompt.chosen() == null || prompt.rejected() == null) {
                    throw new TrainingFailedException(
                            "prompt " + prompt.index() + " has no pair of a chosen and a rejected completion");
                }
                yield List.of(prompt.chosen(), prompt.rejected());
            }
            case RATED_ANSWERS -> {
                if (prompt.completion() == null) {
                    throw new TrainingFailedException("prompt " + prompt.index() + " has no completion that is rated");
                }
                yield List.of(prompt.completion());
            }
            case ROLLOUTS -> throw new IllegalArgumentException(experience + " are in no file");
        };
    }

    private static Rating rating(Prompt prompt) {
        if (prompt.rating().isEmpty() || prompt.expectedRating().isEmpty()) {
            throw new TrainingFailedException("prompt " + prompt.index() + " has no rating, or no expectedRating");
        }
        return new Rating(prompt.rating().getAsDouble(), prompt.expectedRating().getAsDouble());
    }

    private static PairLabel label(Prompt prompt) {
        try {
            return prompt.pairLabel();
        } catch (IllegalArgumentException wrong) {
            throw new TrainingFailedException("prompt " + prompt.index() + " " + wrong.getMessage(), wrong);
        }
    }

    private static TokenSequence sequence(
            int[] prompt, int index, String text, ChatTokenizer tokenizer, int maxPositions) {
        TokenSequence sequence = new TokenSequence(prompt, BaselineCompletions.withEndOfTurn(tokenizer, text));
        if (sequence.length() > maxPositions) {
            throw new TrainingFailedException("prompt " + index + " and its completion have " + sequence.length()
                    + " tokens, more than the model's " + maxPositions + " positions");
        }
        return sequence;
    }

    @Override
    public TaskState state(Map<String, Double> optimizer) {
        return new TaskState(cursor, BaselineCompletionState.NONE, BaselineCompletionState.NONE, optimizer);
    }

    @Override
    public void restore(TaskState state) {
        cursor = state.cursor();
    }

    /** The step's rows. Asking again without {@link #advance} gives the same. */
    Batch batch() {
        return batch(order.draw(cursor, spec.prompts().batchSize()).draws().stream()
                .map(draw -> training.get(draw.prompt()))
                .toList());
    }

    @Override
    public boolean hasHeldOut() {
        return !heldOut.isEmpty();
    }

    /** All held-out rows. */
    public Batch heldOut() {
        return batch(heldOut);
    }

    @Override
    public void advance() {
        cursor = order.draw(cursor, spec.prompts().batchSize()).next();
    }

    private Batch batch(List<Row> rows) {
        List<TokenSequence> all =
                rows.stream().flatMap(row -> row.completions().stream()).toList();
        List<float[]> ofReference = reference == null ? List.of() : logProbs.of(reference.now(), all, 1);
        Batch batch = new Batch();
        int at = 0;
        for (Row row : rows) {
            List<RatedRollout> rollouts = new ArrayList<>();
            for (TokenSequence completion : row.completions()) {
                rollouts.add(rated(
                        completion.completion().length,
                        reference == null ? new double[0] : Batch.doubles(ofReference.get(at)),
                        provenance(row, rollouts.size()),
                        row.rating()));
                at++;
            }
            batch.add(new RatedGroup(rollouts, 0, 0, row.label()), row.completions());
        }
        return batch;
    }

    private static Provenance provenance(Row row, int index) {
        if (row.completions().size() == 1) {
            return row.rating() == null ? Provenance.DEMONSTRATION : Provenance.SAMPLED;
        }
        return index == 0 ? Provenance.CHOSEN : Provenance.REJECTED;
    }

    /** Nobody but the file scored it, nobody judged it, and no policy of ours sampled it. */
    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    private static RatedRollout rated(
            int tokens, double[] referenceLogProbs, Provenance provenance, @Nullable Rating rating) {
        double[] expected = new double[tokens];
        Arrays.fill(expected, rating == null ? 0 : rating.expected());
        return new RatedRollout(
                Map.of(),
                rating == null ? Double.NaN : rating.value(),
                rating == null ? 0 : rating.value(),
                Feasibility.FEASIBLE,
                new double[tokens],
                referenceLogProbs,
                rating == null ? null : new double[][] {expected},
                Finish.STOPPED,
                provenance);
    }
}
