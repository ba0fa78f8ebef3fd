package dev.tribunal.local.cli.model;

import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.generate.InOrder;
import dev.tribunal.local.generate.Question;
import java.util.List;

/** Completions for people: their text as it comes, each under its prompt if there are several. */
final class AnswerTexts implements InOrder.Receiver {

    private static final int TITLE_WIDTH = 100;

    private final List<Question> questions;
    private final Screen screen;

    AnswerTexts(List<Question> questions, Screen screen) {
        this.questions = questions;
        this.screen = screen;
        announce(0);
    }

    @Override
    public void text(String part) {
        screen.printPart(part);
    }

    @Override
    public void finished(SampledCompletion completion) {
        screen.print("");
        if (completion.finishReason() == FinishReason.LENGTH) {
            screen.note("... cut off at " + completion.ids().length + " tokens; --max-new-tokens allows more");
        }
        announce(completion.prompt() + 1);
    }

    private void announce(int question) {
        if (questions.size() > 1 && question < questions.size()) {
            screen.print((question > 0 ? "\n" : "") + heading(question, questions.get(question)));
        }
    }

    static String heading(int index, Question question) {
        String title = question.title();
        return "[" + (index + 1) + "] "
                + (title.length() > TITLE_WIDTH ? title.substring(0, TITLE_WIDTH - 3) + "..." : title);
    }
}
