package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TypedJudgeTest {

    private static final AtomicInteger READ = new AtomicInteger();

    enum Reading {
        STRICT,
        LOOSE
    }

    record All(
            @Size(max = 2) @Default("[\"damn\"]") List<@NotBlank String> words,
            @DecimalMax("1.5") @Nullable Double share,
            @Nullable Reading reading,
            @Default("false") boolean raw,
            @Default("en") String language) {

        All {
            READ.incrementAndGet();
        }
    }

    /** Satisfied by what holds none of the words. */
    private static final class Wordless implements TypedJudge<All> {

        @Override
        public JudgeDescriptor descriptor() {
            return JudgeDescriptor.of("wordless", "1", "Does without some words.");
        }

        @Override
        public List<FieldError> checkItem(PromptItem item, All parameters) {
            return item.itemId().equals(parameters.language()) ? List.of() : List.of(new FieldError("", "is not it"));
        }

        @Override
        public ItemVerdict judge(JudgeItem item, All parameters, Deadline deadline) {
            return parameters.words().stream().anyMatch(item.completion().text()::contains)
                    ? ItemVerdict.violated("says it")
                    : ItemVerdict.satisfied("does not say it");
        }
    }

    private final Wordless judge = new Wordless();

    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(judge.check(Map.of())).isEmpty();
        assertThat(judge.evaluate(items("damn", "good"), Map.of(), Deadline.after(Duration.ofMinutes(1))))
                .extracting(Result::verdict)
                .containsExactly(Verdict.VIOLATED, Verdict.SATISFIED);
    }

    @Test
    void allMistakesAreToldAtOnce() {
        Map<String, Object> given = Map.of(
                "words",
                List.of("a", " "),
                "share",
                2.5,
                "reading",
                "quick",
                "raw",
                "yes",
                "wrods",
                1,
                "language",
                "\0");

        assertThat(judge.check(given))
                .containsExactlyInAnyOrder(
                        new FieldError("/wrods", "is not known; did you mean 'words'?"),
                        new FieldError("/words/1", "is ' ', must be a text with something in it"),
                        new FieldError("/share", "is 2.5, must be at most 1.5"),
                        new FieldError("/reading", "is \"quick\", must be one of strict, loose"),
                        new FieldError("/raw", "is \"yes\", must be true or false"),
                        new FieldError("/language", "has a NUL character or half a surrogate pair; remove it"));
    }

    /** A batch may have a thousand items, and parameters a thousand words. */
    @Test
    void parametersAreReadOnceForAllItems() {
        List<JudgeItem> items =
                items(IntStream.range(0, 50).mapToObj(String::valueOf).toArray(String[]::new));
        try (Evaluations evaluations = new Evaluations(judge, 4)) {
            int before = READ.get();
            assertThat(evaluations.evaluate(items, Map.of(), Duration.ofMinutes(1)))
                    .hasSize(50);
            assertThat(READ.get() - before).isEqualTo(1);
        }
        int before = READ.get();
        assertThat(judge.evaluate(items, Map.of(), Deadline.after(Duration.ofMinutes(1))))
                .hasSize(50);
        assertThat(READ.get() - before).isEqualTo(1);
    }

    @Test
    void whatWasNotCheckedIsNotJudged() {
        assertThatThrownBy(() -> judge.judgeWith(Map.of("raw", 1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSchemaTellsTypesAndLimits() {
        assertThat(Objects.requireNonNull(Descriptors.of(judge).parameters()).toString())
                .isEqualTo("{type=object, properties={"
                        + "words={type=array, items={type=string, pattern=\\S}, maxItems=2, default=[damn]}, "
                        + "share={type=number, format=double, maximum=1.5}, "
                        + "reading={type=string, enum=[strict, loose]}, raw={type=boolean, default=false}, "
                        + "language={type=string, minLength=1, maxLength=4096, default=en}}, "
                        + "additionalProperties=false}");
    }

    private static List<JudgeItem> items(String... texts) {
        return IntStream.range(0, texts.length)
                .mapToObj(i -> new JudgeItem(
                        String.valueOf(i), List.of(), new CompletionText(texts[i], null), Map.of(), Map.of()))
                .toList();
    }
}
