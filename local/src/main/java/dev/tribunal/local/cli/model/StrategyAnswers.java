package dev.tribunal.local.cli.model;

import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Totals;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.generate.Question;
import dev.tribunal.local.generate.StrategyAnswer;
import java.util.List;
import java.util.Locale;

/** What a strategy found: a JSON object a line for programs, or texts for people; and what it cost. */
record StrategyAnswers(List<Question> questions, boolean json, Screen screen) {

    void answer(Answer answer) {
        Question question = questions.get(answer.prompt());
        if (json) {
            screen.json(StrategyAnswer.of(question, answer));
            return;
        }
        if (questions.size() > 1) {
            screen.print((answer.prompt() > 0 ? "\n" : "") + AnswerTexts.heading(answer.prompt(), question));
        }
        screen.print(answer.text());
        screen.note("... " + answer.why() + "; " + answer.tokensSampled() + " tokens sampled");
    }

    void totals(Totals totals) {
        StringBuilder told = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d prompts, %d tokens sampled, %.1f a prompt",
                totals.strategy(),
                questions.size(),
                totals.tokensSampled(),
                totals.tokensPerPrompt()));
        if (totals.meanScore() != null) {
            told.append(String.format(Locale.ROOT, "; mean score %.4f", totals.meanScore()));
        }
        if (totals.feasibleShare() != null) {
            told.append(String.format(Locale.ROOT, "; %.1f %% feasible", 100 * totals.feasibleShare()));
        }
        if (totals.meanKlBound() != null) {
            told.append(String.format(Locale.ROOT, "; at most %.4f nats away from the policy", totals.meanKlBound()));
        }
        screen.note(told.toString());
    }
}
