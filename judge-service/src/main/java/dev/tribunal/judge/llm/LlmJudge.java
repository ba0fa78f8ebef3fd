package dev.tribunal.judge.llm;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.LlmModel;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.LanguageModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Asks a local checkpoint its template's question. With p the model's probabilities of the next token, the score is
 * {@code p(satisfied) / (p(satisfied) + p(violated))}; the item is satisfied from the parameter {@code threshold} on
 * (default: the judge's own, 0.5 unless it was registered with another).
 */
public final class LlmJudge implements Judge {

    static final int MAX_BATCH_ITEMS = 64;
    static final double DEFAULT_THRESHOLD = 0.5;
    static final int DEFAULT_MAX_CHARACTERS = 100_000;

    /** Tokens in one forward pass, padding included: bounds its memory. */
    private static final int MAX_TOKENS = 8_192;

    private final JudgeDescriptor descriptor;
    private final JudgeTemplate template;
    private final double threshold;
    private final int maxCharacters;
    private final JudgeModel model;

    LlmJudge(JudgeTemplate template, JudgeModel model) {
        this(template, DEFAULT_THRESHOLD, DEFAULT_MAX_CHARACTERS, model);
    }

    /** @param maxCharacters of a whole question */
    LlmJudge(JudgeTemplate template, double threshold, int maxCharacters, JudgeModel model) {
        this.descriptor = descriptor(template, MAX_BATCH_ITEMS);
        this.template = template;
        this.threshold = threshold;
        this.maxCharacters = maxCharacters;
        this.model = model;
    }

    static JudgeDescriptor descriptor(JudgeTemplate template, int maxBatchItems) {
        JudgeDescriptor descriptor = new JudgeDescriptor(
                        template.name(),
                        template.version(),
                        JudgeApi.CONTRACT,
                        "Asks a language model: "
                                + template.question()
                                        .strip()
                                        .lines()
                                        .reduce((first, last) -> last)
                                        .orElse(""),
                        true,
                        maxBatchItems)
                .withCheckOfItems();
        return template.needsReference() ? descriptor.withRequires("reference.answer") : descriptor;
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

    /** Word for word, and of which checkpoint. */
    public Llm asked() {
        return new Llm(
                template.name() + "@" + template.version(),
                template.question(),
                template.raw(),
                template.satisfiedToken(),
                template.violatedToken(),
                threshold,
                maxCharacters,
                new LlmModel(null, model.digest(), null, null, null, null, null));
    }

    @Override
    public JudgeDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        return LlmParameters.read(parameters).mistakes();
    }

    @Override
    public List<FieldError> checkItem(PromptItem item, Map<String, Object> parameters) {
        return ItemQuestion.mistakes(item, template, maxCharacters);
    }

    @Override
    public List<Result> evaluate(List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline) {
        try {
            return evaluate(items, LlmParameters.threshold(parameters, threshold), model.await(deadline), deadline);
        } catch (JudgeModel.Unavailable e) {
            VerdictError error = new VerdictError("model_unavailable", e.retryable(), e.getMessage());
            return items.stream()
                    .map(item -> Result.undecided(item.itemId(), error))
                    .toList();
        }
    }

    private List<Result> evaluate(
            List<JudgeItem> items, double threshold, LanguageModel languageModel, Deadline deadline)
            throws JudgeModel.Unavailable {
        ReplyTokens tokens;
        try {
            tokens = ReplyTokens.of(languageModel.tokenizer(), template);
        } catch (IllegalArgumentException | CheckpointException e) {
            throw new JudgeModel.Unavailable(String.valueOf(e.getMessage()), false);
        }
        List<Result> results = new ArrayList<>(items.size());
        List<QuestionTokens> questions = new ArrayList<>();
        for (JudgeItem item : items) {
            switch (ask(item, languageModel)) {
                case Refused(ItemVerdict why) -> results.add(why.of(item.itemId()));
                case QuestionTokens question -> questions.add(question);
            }
        }
        // Of like length, so that little is padding.
        questions.sort(Comparator.comparingInt(question -> question.tokens().length));
        for (List<QuestionTokens> pass : passes(questions)) {
            results.addAll(answer(pass, threshold, tokens, languageModel, deadline));
        }
        return results;
    }

    private Tokens ask(JudgeItem item, LanguageModel languageModel) {
        ChatTokenizer tokenizer = languageModel.tokenizer();
        return switch (ItemQuestion.about(item, template, maxCharacters, tokenizer::withoutSpecialTokens)) {
            case ItemQuestion.Unaskable(ItemVerdict why) -> new Refused(why);
            case ItemQuestion.Askable question -> {
                try {
                    // Once more as a whole: what is harmless in two fields may be a mark where they meet. A raw
                    // question holds marks of its own.
                    String text = template.raw() ? question.text() : tokenizer.withoutSpecialTokens(question.text());
                    yield fitting(item.itemId(), ReplyTokens.prompt(tokenizer, template, text), languageModel);
                } catch (CheckpointException e) {
                    yield new Refused(ItemVerdict.undecided("judge_error", String.valueOf(e.getMessage())));
                }
            }
        };
    }

    private static Tokens fitting(String itemId, int[] tokens, LanguageModel languageModel) {
        int most = languageModel.configuration().maxPositions();
        return tokens.length < most
                ? new QuestionTokens(itemId, tokens)
                : new Refused(ItemVerdict.undecided(
                        "too_long", "the question has " + tokens.length + " tokens; the model takes " + most));
    }

    private List<Result> answer(
            List<QuestionTokens> questions,
            double threshold,
            ReplyTokens tokens,
            LanguageModel languageModel,
            Deadline deadline) {
        if (deadline.passed()) {
            VerdictError error = new VerdictError("timeout", true, "its turn came too late");
            return questions.stream()
                    .map(question -> Result.undecided(question.itemId(), error))
                    .toList();
        }
        float[][] logProbs = languageModel.nextTokenLogProbs(
                questions.stream().map(QuestionTokens::tokens).toList(),
                new int[] {tokens.satisfied(), tokens.violated()});
        List<Result> results = new ArrayList<>(questions.size());
        for (int i = 0; i < questions.size(); i++) {
            results.add(Odds.of(logProbs[i][0], logProbs[i][1])
                    .verdict(threshold, template)
                    .of(questions.get(i).itemId()));
        }
        return results;
    }

    /** Questions in groups that fit one forward pass, in order. */
    private static List<List<QuestionTokens>> passes(List<QuestionTokens> questions) {
        List<List<QuestionTokens>> passes = new ArrayList<>();
        List<QuestionTokens> pass = new ArrayList<>();
        for (QuestionTokens question : questions) {
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

    /** What an item is to the model. */
    private sealed interface Tokens {}

    private record QuestionTokens(String itemId, int[] tokens) implements Tokens {}

    private record Refused(ItemVerdict why) implements Tokens {}
}
