package dev.tribunal.judge.llm;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.judge.sdk.Opinion;
import dev.tribunal.judge.sdk.Parameters;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.LanguageModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a language model its template's question. With p the model's probabilities of the next token, the score is
 * {@code p(satisfied) / (p(satisfied) + p(violated))}; the item is satisfied from the parameter {@code threshold}
 * (0.5) on.
 */
public final class LlmJudge implements Judge {

    private static final int MAX_BATCH_ITEMS = 64;
    private static final double DEFAULT_THRESHOLD = 0.5;

    /** Tokens in one forward pass, padding included: bounds its memory. */
    private static final int MAX_TOKENS = 8_192;

    private final JudgeTemplate template;
    private final JudgeModel model;

    LlmJudge(JudgeTemplate template, JudgeModel model) {
        this.template = template;
        this.model = model;
    }

    /** All that decides its verdicts: template and checkpoint. */
    public String identity() {
        return String.join(
                "\n",
                template.name(),
                template.version(),
                template.satisfiedToken(),
                template.violatedToken(),
                template.question(),
                model.digest());
    }

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                template.name(),
                template.version(),
                JudgeApi.CONTRACT,
                "Asks a language model: "
                        + template.question().lines().findFirst().orElseThrow(),
                true,
                MAX_BATCH_ITEMS);
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        return Parameters.of(parameters).numberWithin("threshold", 0, 1).errors();
    }

    @Override
    public List<Result> evaluate(List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline) {
        double threshold =
                parameters.get("threshold") instanceof Number given ? given.doubleValue() : DEFAULT_THRESHOLD;
        try {
            return evaluate(items, threshold, model.await(deadline), deadline);
        } catch (JudgeModel.Unavailable e) {
            VerdictError error = new VerdictError("model_unavailable", e.retryable(), e.getMessage());
            return items.stream()
                    .map(item -> Result.undecided(item.itemId(), error))
                    .toList();
        }
    }

    private List<Result> evaluate(
            List<JudgeItem> items, double threshold, LanguageModel languageModel, Deadline deadline) {
        List<Result> results = new ArrayList<>(items.size());
        List<Question> questions = new ArrayList<>();
        for (JudgeItem item : items) {
            switch (ask(item, languageModel)) {
                case NoQuestion(Opinion why) -> results.add(why.of(item.itemId()));
                case Question question -> questions.add(question);
            }
        }
        // Of like length, so that little is padding.
        questions.sort(Comparator.comparingInt(question -> question.tokens().length));
        for (List<Question> pass : passes(questions)) {
            results.addAll(answer(pass, threshold, languageModel, deadline));
        }
        return results;
    }

    private Asking ask(JudgeItem item, LanguageModel languageModel) {
        String prompt = null;
        for (Message message : item.messages()) {
            prompt = message.role().equals("user") ? message.content() : prompt;
        }
        if (prompt == null) {
            return new NoQuestion(Opinion.undecided("missing_prompt", "messages hold no user message"));
        }
        @Nullable Object answer = item.reference().get("answer");
        if (template.needsReference() && !(answer instanceof String || answer instanceof Number)) {
            return new NoQuestion(
                    Opinion.undecided("missing_reference", "reference.answer is missing or neither text nor number"));
        }
        ChatTokenizer tokenizer = languageModel.tokenizer();
        String question = tokenizer.withoutSpecialTokens(
                template.render(prompt, item.completion().text(), answer == null ? null : answer.toString()));
        int[] tokens;
        try {
            tokens = tokenizer.encodePrompt(List.of(ChatMessage.user(question)));
        } catch (CheckpointException e) {
            return new NoQuestion(Opinion.undecided("judge_error", String.valueOf(e.getMessage())));
        }
        int most = languageModel.configuration().maxPositions();
        return tokens.length < most
                ? new Question(item.itemId(), tokens)
                : new NoQuestion(Opinion.undecided(
                        "too_long", "the question has " + tokens.length + " tokens; the model takes " + most));
    }

    private List<Result> answer(
            List<Question> questions, double threshold, LanguageModel languageModel, Deadline deadline) {
        if (deadline.passed()) {
            VerdictError error = new VerdictError("timeout", true, "its turn came too late");
            return questions.stream()
                    .map(question -> Result.undecided(question.itemId(), error))
                    .toList();
        }
        int[] candidates = {
            JudgeModel.requireToken(languageModel.tokenizer(), template.satisfiedToken()),
            JudgeModel.requireToken(languageModel.tokenizer(), template.violatedToken())
        };
        float[][] logProbs = languageModel.nextTokenLogProbs(
                questions.stream().map(Question::tokens).toList(), candidates);
        List<Result> results = new ArrayList<>(questions.size());
        for (int i = 0; i < questions.size(); i++) {
            results.add(opinion(logProbs[i][0], logProbs[i][1], threshold).of(questions.get(i).itemId()));
        }
        return results;
    }

    private Opinion opinion(double satisfied, double violated, double threshold) {
        // p / (p + q) from log p and log q, without underflow
        double score = 1 / (1 + Math.exp(violated - satisfied));
        if (Double.isNaN(satisfied) || Double.isNaN(violated) || !Double.isFinite(score)) {
            return Opinion.undecided(
                    "non_finite_answer", "the model's log-probabilities are " + satisfied + " and " + violated);
        }
        String reason = String.format(
                Locale.ROOT,
                "p(%s) = %.4f, p(%s) = %.4f",
                template.satisfiedToken(),
                Math.exp(satisfied),
                template.violatedToken(),
                Math.exp(violated));
        return new Opinion.Decided(score >= threshold, score, reason);
    }

    /** Questions in groups that fit one forward pass, in order. */
    private static List<List<Question>> passes(List<Question> questions) {
        List<List<Question>> passes = new ArrayList<>();
        List<Question> pass = new ArrayList<>();
        for (Question question : questions) {
            if (!pass.isEmpty() && (pass.size() + 1) * question.tokens().length > MAX_TOKENS) {
                passes.add(pass);
                pass = new ArrayList<>();
            }
            pass.add(question);
        }
        if (!pass.isEmpty()) {
            passes.add(pass);
        }
        return passes;
    }

    /** What becomes of an item before the model is asked. */
    private sealed interface Asking {}

    private record Question(String itemId, int[] tokens) implements Asking {}

    private record NoQuestion(Opinion why) implements Asking {}
}
