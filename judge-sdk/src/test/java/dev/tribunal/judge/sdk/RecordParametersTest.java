package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordParametersTest {

    enum Reading {
        strict,
        loose
    }

    record Range(@Min(0) int least, int most) {
        Range {
            if (most < least) {
                throw new IllegalArgumentException("most is " + most + ", less than least, which is " + least);
            }
        }
    }

    record All(
            @Size(max = 2) List<@NotBlank String> words,
            @DecimalMax("1.5") @Nullable Double share,
            @Nullable Reading reading,
            boolean raw,
            @NotNull String language) {
        All {
            words = words == null ? List.of("damn") : words;
        }
    }

    @Test
    void whatIsLeftOutIsTheRecordsToFillIn() {
        All all = RecordParameters.read(All.class, Map.of("raw", true, "language", "en"))
                .required();

        assertThat(all).isEqualTo(new All(List.of("damn"), null, null, true, "en"));
    }

    @Test
    void everythingIsReadAsItsType() {
        Map<String, Object> given = Map.of(
                "words", List.of("a"), "share", 1, "reading", "loose", "raw", false, "language", "en");

        assertThat(RecordParameters.read(All.class, given).required())
                .isEqualTo(new All(List.of("a"), 1.0, Reading.loose, false, "en"));
    }

    @Test
    void allMistakesAreToldAtOnce() {
        Map<String, Object> given = Map.of(
                "words", List.of("a", " ", "b"), "share", 2.5, "reading", "quick", "raw", "yes", "wrods", 1);

        assertThat(RecordParameters.read(All.class, given).errors()).containsExactlyInAnyOrder(
                new FieldError("/wrods", "is not a parameter of this judge; it has words, share, reading, raw, language"),
                new FieldError("/words", "is [a,  , b], size must be between 0 and 2"),
                new FieldError("/words/1", "is  , must not be blank"),
                new FieldError("/share", "is 2.5, must be less than or equal to 1.5"),
                new FieldError("/reading", "'quick' is not one of the values that belong here"),
                new FieldError("/raw", "is yes, must be true or false"),
                new FieldError("/language", "must not be null"));
    }

    @Test
    void numbersAreNotGuessed() {
        assertThat(RecordParameters.read(Range.class, Map.of("least", "1", "most", 2.5)).errors())
                .extracting(FieldError::pointer)
                .containsExactly("/least", "/most");
    }

    @Test
    void aRecordMayRefuseWhatItsPartsAllow() {
        assertThat(RecordParameters.read(Range.class, Map.of("least", 3, "most", 2)).errors())
                .containsExactly(new FieldError("", "most is 2, less than least, which is 3"));
        assertThat(RecordParameters.read(Range.class, Map.of()).errors())
                .containsExactly(new FieldError("/least", "is missing"), new FieldError("/most", "is missing"));
    }

    @Test
    void theSchemaTellsTypesAndLimits() {
        assertThat(ParameterSchema.of(All.class).toString()).isEqualTo(
                "{type=object, properties={"
                        + "words={type=array, items={type=string, pattern=\\S}, maxItems=2}, "
                        + "share={type=number, maximum=1.5}, reading={enum=[strict, loose]}, raw={type=boolean}, "
                        + "language={type=string}}, required=[raw, language], additionalProperties=false}");
    }
}
