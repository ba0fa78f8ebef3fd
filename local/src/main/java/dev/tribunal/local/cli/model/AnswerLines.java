package dev.tribunal.local.cli.model;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.generate.Answer;
import dev.tribunal.local.generate.InOrder;
import dev.tribunal.local.generate.Question;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Completions for programs: a JSON object a line, once the completion is finished. */
final class AnswerLines implements InOrder.Receiver {

    private final LanguageModel model;
    private final List<Question> questions;
    private final Screen screen;
    /** Of all tokens but the first. */
    private final List<float[]> promptLogProbs;

    AnswerLines(LanguageModel model, List<Question> questions, Screen screen) {
        this.model = model;
        this.questions = questions;
        this.screen = screen;
        promptLogProbs = promptLogProbs();
    }

    private List<float[]> promptLogProbs() {
        @Nullable
        TokenSequence[] sequences =
                questions.stream().map(question -> afterFirst(question.ids())).toArray(TokenSequence[]::new);
        var scored = model.logProbs(
                        Arrays.stream(sequences).filter(Objects::nonNull).toList())
                .iterator();
        return Arrays.stream(sequences)
                .map(sequence -> sequence == null ? new float[0] : scored.next())
                .toList();
    }

    /** Its first token as the prompt, the others as the completion; null if there are no others. */
    private static @Nullable TokenSequence afterFirst(int[] ids) {
        return ids.length == 1
                ? null
                : new TokenSequence(Arrays.copyOf(ids, 1), Arrays.copyOfRange(ids, 1, ids.length));
    }

    @Override
    public void text(String part) {}

    @Override
    public void finished(SampledCompletion completion) {
        screen.json(Answer.of(
                questions.get(completion.prompt()),
                promptLogProbs.get(completion.prompt()),
                completion,
                model.tokenizer().decode(completion.ids())));
    }
}
