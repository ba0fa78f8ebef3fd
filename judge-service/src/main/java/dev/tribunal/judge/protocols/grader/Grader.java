package dev.tribunal.judge.protocols.grader;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.input.Unsupported;
import dev.tribunal.servicekit.protocols.Template;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a grader compares, or asks, in the JSON that OpenAI's API takes. Fields that change nothing here, such as
 * {@code name}, are left alone.
 *
 * @see <a href="https://developers.openai.com/api/docs/guides/graders">OpenAI: Graders</a>
 * @see <a href="https://developers.openai.com/api/reference/resources/graders">OpenAI: Graders, reference</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Grader.StringCheck.class, name = "string_check"),
    @JsonSubTypes.Type(value = Grader.TextSimilarity.class, name = "text_similarity"),
    @JsonSubTypes.Type(value = Grader.ScoreModel.class, name = "score_model"),
    @JsonSubTypes.Type(value = Grader.LabelModel.class, name = "label_model"),
    @JsonSubTypes.Type(value = Grader.Multi.class, name = "multi")
})
@Unsupported(word = "python", reason = Grader.NO_PYTHON)
sealed interface Grader {

    String NO_PYTHON = "is not run here; write a judge on the SDK, or use code";

    /** From which score on an item has passed, as the grader itself says; absent if it does not. */
    @Nullable
    Double passThreshold();

    /** A grader that may be one of several in a {@link Multi}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = StringCheck.class, name = "string_check"),
        @JsonSubTypes.Type(value = TextSimilarity.class, name = "text_similarity"),
        @JsonSubTypes.Type(value = ScoreModel.class, name = "score_model"),
        @JsonSubTypes.Type(value = LabelModel.class, name = "label_model")
    })
    @Unsupported(word = "python", reason = NO_PYTHON)
    @Unsupported(word = "multi", reason = "cannot stand within 'multi'; write one formula over all graders")
    sealed interface Part extends Grader {}

    /** 1 or 0. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record StringCheck(
            Template input,
            Operation operation,
            Template reference,
            @JsonProperty("pass_threshold") @Nullable Double passThreshold)
            implements Part, Checked {

        @Override
        public void check(Findings findings) {
            requireText(reference, findings);
        }
    }

    /** How two texts are compared. */
    enum Operation {
        EQ,
        NE,
        /** The input contains the reference. */
        LIKE,
        /** The same, in any case. */
        ILIKE
    }

    /** 0 to 1. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record TextSimilarity(
            Template input,
            @JsonProperty("evaluation_metric") Similarity metric,
            Template reference,
            @JsonProperty("pass_threshold") @Nullable Double passThreshold)
            implements Part, Checked {

        @Override
        public void check(Findings findings) {
            requireText(reference, findings);
        }
    }

    /** Every text contains an empty one, and differs from it. */
    private static void requireText(Template reference, Findings findings) {
        if (findings.sound("/reference") && reference.toString().isBlank()) {
            findings.mistake(
                    "/reference", "is empty, so that it decides nothing; give a text, for example {{item.answer}}");
        }
    }

    /**
     * A number of the model's, within bounds.
     *
     * @param model as its server calls it
     * @param range least and greatest score
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record ScoreModel(
            String model,
            @NotEmpty List<Turn> input,
            @JsonProperty("sampling_params") @Default("{}") Sampling sampling,
            @Default("[0, 1]") @Size(min = 2, max = 2) List<Double> range,
            @JsonProperty("pass_threshold") @Nullable Double passThreshold)
            implements Part, Checked {

        @Override
        public void check(Findings findings) {
            if (findings.sound("/range") && least() >= greatest()) {
                findings.mistake("/range", "is " + range + ", must be two numbers, the lesser first");
            }
        }

        double least() {
            return range.getFirst();
        }

        double greatest() {
            return range.getLast();
        }
    }

    /** 1 if the label that the model chooses is a passing one, else 0. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record LabelModel(
            String model,
            @NotEmpty List<Turn> input,
            @JsonProperty("sampling_params") @Default("{}") Sampling sampling,
            @Size(min = 2) List<String> labels,
            @JsonProperty("passing_labels") @NotEmpty List<String> passingLabels,
            @JsonProperty("pass_threshold") @Nullable Double passThreshold)
            implements Part, Checked {

        @Override
        public void check(Findings findings) {
            if (findings.sound("/passing_labels") && !labels.containsAll(passingLabels)) {
                findings.mistake("/passing_labels", "is " + passingLabels + ", must be some of the labels " + labels);
            }
        }
    }

    /** A formula over other graders' scores. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Multi(
            @NotEmpty Map<String, Part> graders,
            @JsonProperty("calculate_output") Formula formula,
            @JsonProperty("pass_threshold") @Nullable Double passThreshold)
            implements Grader, Checked {

        @Override
        public void check(Findings findings) {
            if (!findings.sound("/calculate_output") || graders.isEmpty()) {
                return;
            }
            for (String name : formula.names()) {
                if (!graders.containsKey(name)) {
                    findings.mistake("/calculate_output", "names '" + name + "', which is none of the graders");
                }
            }
        }
    }

    /** Fields of the request to the model; what is left out is as its server has it. */
    @JsonIgnoreProperties // what is not known here would not be sent
    record Sampling(
            @Nullable Double temperature,
            @JsonProperty("top_p") @Nullable Double topP,
            @Nullable Long seed,
            @JsonProperty("reasoning_effort") @Nullable String reasoningEffort,

            @JsonProperty("max_completions_tokens") @Nullable
            Long maxCompletionsTokens,

            @JsonProperty("max_completion_tokens") @Nullable Long maxCompletionTokens) {

        /** As chat completions name them. */
        Map<String, Object> options() {
            Map<String, Object> options = new LinkedHashMap<>();
            put(options, "temperature", temperature);
            put(options, "top_p", topP);
            put(options, "seed", seed);
            put(options, "reasoning_effort", reasoningEffort);
            put(options, "max_completion_tokens", maxCompletionsTokens);
            put(options, "max_completion_tokens", maxCompletionTokens);
            return options;
        }

        private static void put(Map<String, Object> options, String name, @Nullable Object value) {
            if (value instanceof Double number && number == Math.rint(number)) {
                options.put(name, Math.round(number)); // 1 as it was written, and not 1.0
            } else if (value != null) {
                options.put(name, value);
            }
        }
    }

    /** Who says a part of the prompt. */
    enum Role {
        USER,
        ASSISTANT,
        SYSTEM,
        DEVELOPER;

        /** Chat completions of other servers know no developer; OpenAI's takes system for it. */
        String ofChat() {
            return switch (this) {
                case USER -> "user";
                case ASSISTANT -> "assistant";
                case SYSTEM, DEVELOPER -> "system";
            };
        }
    }

    /**
     * A message of the prompt.
     *
     * @param content a text, a part of a text's type, or a list of them
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Turn(Role role, Object content) implements Checked {

        private static final List<String> TEXTS = List.of("input_text", "output_text");

        @Override
        public void check(Findings findings) {
            if (findings.sound("/content")) {
                check(content, "/content", findings);
            }
        }

        private static void check(@Nullable Object content, String at, Findings findings) {
            if (content instanceof List<?> parts) {
                for (int i = 0; i < parts.size(); i++) {
                    check(parts.get(i), at + "/" + i, findings);
                }
                return;
            }
            String text = text(content);
            if (text == null) {
                findings.mistake(at, "must be a text; images and sounds are not sent");
                return;
            }
            try {
                Template.of(text);
            } catch (IllegalArgumentException e) {
                findings.mistake(at, String.valueOf(e.getMessage()));
            }
        }

        /** Of a part; null if it is not a text. */
        private static @Nullable String text(@Nullable Object part) {
            return switch (part) {
                case String text -> text;
                case Map<?, ?> fields
                when !(fields.get("type") instanceof String type && !TEXTS.contains(type))
                        && fields.get("text") instanceof String text -> text;
                case List<?> parts ->
                    String.join("\n", parts.stream().map(Turn::text).toList());
                case null, default -> null;
            };
        }

        /** Its text; parts stand on lines of their own. */
        Template template() {
            return Template.of(String.valueOf(text(content)));
        }
    }
}
