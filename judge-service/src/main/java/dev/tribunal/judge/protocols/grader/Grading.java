package dev.tribunal.judge.protocols.grader;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.judge.openai.OpenAiServer.Completion;
import dev.tribunal.judge.protocols.grader.Grader.LabelModel;
import dev.tribunal.judge.protocols.grader.Grader.Multi;
import dev.tribunal.judge.protocols.grader.Grader.Sampling;
import dev.tribunal.judge.protocols.grader.Grader.ScoreModel;
import dev.tribunal.judge.protocols.grader.Grader.StringCheck;
import dev.tribunal.judge.protocols.grader.Grader.TextSimilarity;
import dev.tribunal.judge.protocols.grader.Grader.Turn;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StrictJson;
import dev.tribunal.servicekit.json.StrictJson.Malformed;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.protocols.Score;
import dev.tribunal.servicekit.protocols.Score.Given;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.ScoredItem;
import dev.tribunal.servicekit.protocols.Template;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Grades items by one grader. */
public final class Grading {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_SAID = 500;
    private static final Set<String> MODEL_GRADERS = Set.of("score_model", "label_model");

    private final Grader grader;
    private final Models models;

    private Grading(Grader grader, Models models) {
        this.grader = grader;
        this.models = models;
    }

    /**
     * @param given a grader's JSON
     * @param models asked where the grader asks a model
     * @throws IllegalArgumentException if {@link #errors} has something to say
     */
    public static Grading of(Map<String, Object> given, Models models) {
        Input<Grader> grader = read(given);
        if (grader.value() == null || !grader.mistakes().isEmpty()) {
            throw new IllegalArgumentException("the grader is wrong: " + grader.mistakes());
        }
        return new Grading(grader.value(), models);
    }

    private static Input<Grader> read(Map<String, Object> given) {
        return InputReader.read(Grader.class, given);
    }

    /** What is wrong with a grader's JSON; pointers are from its root. */
    public static List<FieldError> errors(Map<String, Object> given) {
        return read(given).mistakes();
    }

    /** From which score on the grader itself calls an item passed; absent if it does not say. */
    public static @Nullable Double passThreshold(Map<String, Object> given) {
        Grader grader = read(given).value();
        if (grader == null || grader.passThreshold() != null) {
            return grader == null ? null : grader.passThreshold();
        }
        return switch (grader) {
            case StringCheck _, LabelModel _ -> 1.0;
            case TextSimilarity _, ScoreModel _, Multi _ -> null;
        };
    }

    /** Least and greatest score that a grader can give; null of a formula, or of one that is wrong. */
    public static double @Nullable [] range(Map<String, Object> given) {
        Input<Grader> grader = read(given);
        if (grader.value() == null || !grader.mistakes().isEmpty()) {
            return null;
        }
        return switch (grader.value()) {
            case StringCheck _, TextSimilarity _, LabelModel _ -> new double[] {0, 1};
            case ScoreModel score -> new double[] {score.least(), score.greatest()};
            case Multi _ -> null;
        };
    }

    /** Whether a grader has to ask a model, as far as its types tell. */
    public static boolean asksAModel(Map<String, Object> given) {
        JsonNode json = JSON.valueToTree(given);
        return asksAModel(json) || json.path("graders").values().stream().anyMatch(Grading::asksAModel);
    }

    private static boolean asksAModel(JsonNode grader) {
        return MODEL_GRADERS.contains(grader.path("type").asString(""));
    }

    /** @throws CallFailure if a model has to be asked and does not answer */
    public Score grade(ScoredItem item, Deadline deadline) throws CallFailure {
        try {
            return grade(grader, Template.variables(item), deadline);
        } catch (NoSuchVariable e) {
            return new Missing("missing_field", String.valueOf(e.getMessage()));
        } catch (Unreadable e) {
            return new Missing(e.code, String.valueOf(e.getMessage()));
        }
    }

    private Score grade(Grader one, JsonNode variables, Deadline deadline)
            throws CallFailure, NoSuchVariable, Unreadable {
        return switch (one) {
            case StringCheck check -> check(check, variables);
            case TextSimilarity similarity -> similarity(similarity, variables);
            case ScoreModel score -> score(score, variables, deadline);
            case LabelModel label -> label(label, variables, deadline);
            case Multi multi -> multi(multi, variables, deadline);
        };
    }

    /** Every text contains an empty one and differs from it: that decides nothing. */
    private static Missing emptyReference(Template reference) {
        return new Missing("empty_reference", "the grader's reference '" + reference + "' is empty for this item");
    }

    private static Score check(StringCheck check, JsonNode variables) throws NoSuchVariable {
        String reference = check.reference().render(variables);
        return reference.isBlank()
                ? emptyReference(check.reference())
                : new Given(holds(check.operation(), check.input().render(variables), reference) ? 1 : 0);
    }

    private static boolean holds(Grader.Operation operation, String input, String reference) {
        return switch (operation) {
            case EQ -> input.equals(reference);
            case NE -> !input.equals(reference);
            case LIKE -> input.contains(reference);
            case ILIKE -> input.toLowerCase(Locale.ROOT).contains(reference.toLowerCase(Locale.ROOT));
        };
    }

    private static Score similarity(TextSimilarity similarity, JsonNode variables) throws NoSuchVariable {
        String input = similarity.input().render(variables);
        String reference = similarity.reference().render(variables);
        if (reference.isBlank()) {
            return emptyReference(similarity.reference());
        }
        try {
            return new Given(similarity.metric().of(input, reference));
        } catch (IllegalArgumentException tooLong) {
            return new Missing("too_long", "" + tooLong.getMessage());
        }
    }

    private Score multi(Multi multi, JsonNode variables, Deadline deadline)
            throws CallFailure, NoSuchVariable, Unreadable {
        Map<String, Double> scores = new HashMap<>();
        for (String name : multi.formula().names()) {
            switch (grade(Objects.requireNonNull(multi.graders().get(name)), variables, deadline)) {
                case Given given -> scores.put(name, given.value());
                case Missing(String code, String detail) -> {
                    return new Missing(code, name + ": " + detail);
                }
            }
        }
        double value = multi.formula().evaluate(scores);
        return Double.isFinite(value)
                ? new Given(value, scores.toString())
                : new Missing("non_finite_score", multi.formula() + " is " + value + " with " + scores);
    }

    private Score score(ScoreModel grader, JsonNode variables, Deadline deadline)
            throws CallFailure, NoSuchVariable, Unreadable {
        Completion completion = ask(
                grader.model(),
                grader.input(),
                grader.sampling(),
                variables,
                answer("score", Map.of("type", "number")),
                deadline);
        JsonNode answer = answer(completion);
        if (!answer.path("result").isNumber()) {
            throw unreadable(completion, "has no number as its result");
        }
        double result = answer.path("result").doubleValue();
        return result >= grader.least() && result <= grader.greatest()
                ? new Given(result, said(answer))
                : new Missing(
                        "out_of_range",
                        "the score is " + result + ", must be " + grader.least() + " to " + grader.greatest());
    }

    private Score label(LabelModel grader, JsonNode variables, Deadline deadline)
            throws CallFailure, NoSuchVariable, Unreadable {
        Completion completion = ask(
                grader.model(),
                grader.input(),
                grader.sampling(),
                variables,
                answer("label", Map.of("type", "string", "enum", grader.labels())),
                deadline);
        JsonNode answer = answer(completion);
        if (!answer.path("result").isString()) {
            throw unreadable(completion, "has no text as its result");
        }
        String label = answer.path("result").asString();
        return grader.labels().contains(label)
                ? new Given(grader.passingLabels().contains(label) ? 1 : 0, "label '" + label + "'; " + said(answer))
                : new Missing("unknown_label", "the label is '" + label + "', none of " + grader.labels());
    }

    /** @param answer the schema of what it answers */
    private Completion ask(
            String model,
            List<Turn> input,
            Sampling sampling,
            JsonNode variables,
            Map<String, Object> answer,
            Deadline deadline)
            throws CallFailure, NoSuchVariable {
        List<Message> messages = new ArrayList<>();
        for (Turn turn : input) {
            messages.add(new Message(turn.role().ofChat(), turn.template().render(variables)));
        }
        Map<String, Object> options = new HashMap<>(sampling.options());
        options.put("response_format", Map.of("type", "json_schema", "json_schema", answer));
        return models.ask(model, messages, options, deadline);
    }

    /**
     * What OpenAI's graders ask for: {@code steps}, each a {@code description} and a {@code conclusion}, and a
     * {@code result}; the steps first, so that the result follows from them.
     *
     * @param result the schema of the result itself
     */
    private static Map<String, Object> answer(String name, Map<String, Object> result) {
        return Map.of("name", name, "strict", true, "schema", GraderSchema.of(result));
    }

    /** @throws Unreadable if the model's answer is not the JSON that it was asked for */
    private static JsonNode answer(Completion completion) throws Unreadable {
        try {
            return StrictJson.read(completion.text());
        } catch (Malformed e) {
            throw unreadable(completion, e.what());
        }
    }

    private static Unreadable unreadable(Completion completion, String what) {
        return completion.finishReason().equals("length")
                ? new Unreadable("cut_off", "the grader's model ran out of tokens; raise max_completions_tokens")
                : new Unreadable(
                        "unreadable_grade",
                        "the grader's model answered '" + Shown.shortened(completion.text(), MAX_SAID) + "', which "
                                + what);
    }

    /** A model's answer that holds no grade. */
    private static final class Unreadable extends Exception {

        private final String code;

        Unreadable(String code, String detail) {
            super(detail, null, false, false);
            this.code = code;
        }
    }

    /** The model's last conclusion. */
    private static String said(JsonNode answer) {
        JsonNode steps = answer.path("steps");
        return Shown.shortened(steps.path(steps.size() - 1).path("conclusion").asString("no reason given"), MAX_SAID);
    }
}
