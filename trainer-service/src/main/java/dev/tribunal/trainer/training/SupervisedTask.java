package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptCursor;
import dev.tribunal.trainer.prompt.PromptOrder;
import java.util.ArrayList;
import java.util.List;

/** One task's demonstrations, and where it stands in them. */
final class SupervisedTask {

    private final RunSpec.Task spec;
    private final List<TokenSequence> training;
    private final List<TokenSequence> heldOut;
    private final PromptOrder order;
    private PromptCursor cursor = PromptCursor.START;

    /** @param orderKey random key of the order in which the demonstrations are drawn */
    SupervisedTask(RunSpec.Task spec, List<TokenSequence> training, List<TokenSequence> heldOut, long orderKey) {
        this.spec = spec;
        this.training = training;
        this.heldOut = heldOut;
        this.order = new PromptOrder(training.size(), orderKey);
    }

    /** @throws TrainingFailedException if a prompt has no completion, or the two are too long */
    static List<TokenSequence> demonstrations(PromptSet set, ChatTokenizer tokenizer, int maxPositions) {
        List<TokenSequence> demonstrations = new ArrayList<>();
        for (Prompt prompt : set.prompts()) {
            if (prompt.completion() == null) {
                throw new TrainingFailedException("prompt " + prompt.index() + " has no completion to learn");
            }
            TokenSequence demonstration = new TokenSequence(
                    set.ids().get(prompt.index()), Baselines.withEndOfSequence(tokenizer, prompt.completion()));
            if (demonstration.length() > maxPositions) {
                throw new TrainingFailedException("prompt " + prompt.index() + " and its completion have "
                        + demonstration.length() + " tokens, more than the model's " + maxPositions + " positions");
            }
            demonstrations.add(demonstration);
        }
        return List.copyOf(demonstrations);
    }

    String name() {
        return spec.name();
    }

    double weight() {
        return spec.weight();
    }

    PromptCursor cursor() {
        return cursor;
    }

    /** Goes on where a checkpoint was. */
    void restore(TaskState state) {
        cursor = state.cursor();
    }

    List<TokenSequence> heldOut() {
        return heldOut;
    }

    List<TokenSequence> batch() {
        return order.draw(cursor, spec.prompts().batchSize()).draws().stream()
                .map(draw -> training.get(draw.prompt()))
                .toList();
    }

    void advance() {
        cursor = order.draw(cursor, spec.prompts().batchSize()).next();
    }
}
