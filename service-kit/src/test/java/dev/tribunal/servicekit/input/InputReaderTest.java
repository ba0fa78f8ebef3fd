package dev.tribunal.servicekit.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.DefaultFrom;
import dev.tribunal.input.Findings;
import dev.tribunal.input.Shorthand;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class InputReaderTest {

    private static final JsonMapper JSON = new JsonMapper();

    enum Pace {
        @JsonProperty("at-once")
        NOW,
        SOME_DAY
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Circle.class)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "circle"),
        @JsonSubTypes.Type(value = Box.class, name = "box")
    })
    sealed interface Shape {}

    record Circle(@Positive @Default("1") double radius) implements Shape {}

    record Box(double width, @DefaultFrom("width") double height) implements Shape {}

    record Owner(
            @Pattern(regexp = "[a-z]+", message = "must be lower case letters")
            String name,

            @Min(0) @Max(150) @Nullable Integer age) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Owner of(String name) {
            return new Owner(name, null);
        }
    }

    record Range(int least, int most) {
        Range {
            if (most < least) {
                throw new IllegalArgumentException("has a most of " + most + ", less than its least, " + least);
            }
        }
    }

    record Order(
            String name,
            @Max(9) @Default("3") int count,
            @DecimalMax("1.5") @Nullable Double share,
            @Default("at-once") Pace pace,
            @Default("PT1S") Duration patience,
            @Default("{}") Shape shape,

            @Shorthand(word = "all", value = "[\"a\", \"b\"]") @Default("[]")
            List<@Size(max = 3) String> parts,

            @Default("{}") Map<String, String> labels,
            @Default("{}") Map<String, Object> rest,
            @Size(max = 2) @Default("[]") List<Owner> owners,
            @Nullable Range range,
            @Default("false") boolean loud)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (findings.sound("/count") && count == 7) {
                findings.mistake("/count", "is 7, which is taken; take another");
            }
        }
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(read("{\"name\": \"x\"}").required())
                .isEqualTo(new Order(
                        "x",
                        3,
                        null,
                        Pace.NOW,
                        Duration.ofSeconds(1),
                        new Circle(1),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        List.of(),
                        null,
                        false));
    }

    @Test
    void everythingIsReadAsItsType() {
        Order order = read("""
                {"name": "x", "count": 2, "share": 1, "pace": "some-day", "patience": "PT0.2S",
                 "shape": {"type": "box", "width": 2.5}, "parts": "all", "labels": {"a/b": "c"},
                 "rest": {"deep": [1, {"x": null}]}, "owners": ["ann", {"name": "bob", "age": 3}],
                 "range": {"least": 1, "most": 2}, "loud": true}""").required();

        assertThat(order.shape()).isEqualTo(new Box(2.5, 2.5));
        assertThat(order.parts()).containsExactly("a", "b");
        assertThat(order.owners()).containsExactly(new Owner("ann", null), new Owner("bob", 3));
        assertThat(order.rest().toString()).isEqualTo("{deep=[1, {x=null}]}");
        assertThat(order.pace()).isEqualTo(Pace.SOME_DAY);
        assertThat(order.patience()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void oneOfSeveralKindsMayBeWrittenAsItsName() {
        assertThat(shape("\"circle\"").value()).isEqualTo(new Circle(1));
        assertThat(shape("\"box\"").mistakes()).containsExactly(new FieldError("/width", "is missing"));
    }

    record Lid(@Default("{}") Circle circle) {}

    /** Where there is no choice the name may be left out, but another one's is refused. */
    @Test
    void aRecordThatIsOneOfSeveralKindsMayBeAskedForByItself() {
        assertThat(lid("{\"circle\": {\"radius\": 2}}").value()).isEqualTo(new Lid(new Circle(2)));
        assertThat(lid("{\"circle\": {\"type\": \"circle\"}}").mistakes()).isEmpty();
        assertThat(lid("{\"circle\": {\"type\": \"box\"}}").mistakes())
                .containsExactly(new FieldError("/circle/type", "is 'box', must be 'circle' here, or be left out"));
    }

    private static Input<Lid> lid(String json) {
        return InputReader.read(Lid.class, JSON.readTree(json));
    }

    private static Input<Shape> shape(String json) {
        return InputReader.read(Shape.class, JSON.readTree(json));
    }

    @Test
    void allMistakesAreFoundInOnePass() {
        Input<Order> input = read("""
                {"nam": "x", "count": 10, "share": 2.5, "pace": "never", "patience": "1s",
                 "shape": {"type": "star"}, "parts": ["long", 3], "labels": {"a/b": 1},
                 "owners": [{"name": "Ann", "agee": 3}, 7], "range": {"least": 3, "most": 2}, "loud": "yes"}""");

        assertThat(input.mistakes())
                .containsExactly(
                        new FieldError("/name", "is missing"),
                        new FieldError("/count", "is 10, must be at most 9"),
                        new FieldError("/share", "is 2.5, must be at most 1.5"),
                        new FieldError("/pace", "is \"never\", must be one of at-once, some-day"),
                        new FieldError(
                                "/patience", "is \"1s\", must be a duration as ISO 8601 writes it, for example PT0.2S"),
                        new FieldError("/shape/type", "is 'star', must be one of circle, box"),
                        new FieldError("/parts/1", "is 3, must be a text"),
                        new FieldError("/parts/0", "is 'long', must have at most 3 characters"),
                        new FieldError("/labels/a~1b", "is 1, must be a text"),
                        new FieldError("/owners/0/name", "is 'Ann', must be lower case letters"),
                        new FieldError("/owners/0/agee", "is not known; did you mean 'age'?"),
                        new FieldError("/owners/1", "is 7, must be a text or an object"),
                        new FieldError("/range", "has a most of 2, less than its least, 3"),
                        new FieldError("/loud", "is \"yes\", must be true or false"),
                        new FieldError("/nam", "is not known; did you mean 'name'?"));
        assertThat(input.sound("/owners/0/name")).isFalse();
        assertThat(input.sound("/rest")).isTrue();
        assertThatThrownBy(input::required).isInstanceOf(IllegalStateException.class);
    }

    /** Each row is the value of {@code count} or {@code share}, and what is said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            count | 2.5                   | is 2.5, must be a whole number
            count | "2"                   | is "2", must be a whole number
            count | 99999999999999999999  | is 99999999999999999999, must be at most 9
            count | 7                     | is 7, which is taken; take another
            share | 1e999                 | must be a number that is finite
            share | "hot"                 | is "hot", must be a number
            name  | " "                   | must have 1 to 4096 characters, not all of them blank
            name  | "a\\u0000b"           | has a NUL character
            name  | "\\ud800"             | half a surrogate pair
            name  | null                  | is missing
            owners | ["a", "b", "c"]      | has 3 elements, may have 2
            owners | ["Ann"]              | is 'Ann', must be lower case letters
            parts | "some"                | is 'some', must be 'all'
            shape | []                    | is [], must be a text or an object
            shape | "star"                | is 'star', must be one of circle, box
            """)
    void aMistakeIsNamedWhereItStands(String field, String value, String said) {
        String name = field.equals("name") ? "" : "\"name\": \"x\", ";
        assertThat(read("{" + name + "\"" + field + "\": " + value + "}").mistakes())
                .singleElement()
                .satisfies(mistake -> {
                    assertThat(mistake.pointer()).startsWith("/" + field);
                    assertThat(mistake.detail()).contains(said);
                });
    }

    @Test
    void yamlsNumbersWithoutAPointAreNumbers() {
        assertThat(read("{\"name\": \"x\", \"share\": \"1e-5\"}").required().share())
                .isEqualTo(1e-5);
    }

    @Test
    void aMillionMistakesAreNotToldOneByOne() {
        StringBuilder body = new StringBuilder("{\"name\": \"x\"");
        for (int i = 0; i < 100_000; i++) {
            body.append(", \"f").append(i).append("\": 1");
        }
        Input<Order> input = read(body.append('}').toString());

        assertThat(input.mistakes()).hasSize(201);
        assertThat(input.mistakes().getLast().pointer()).isEmpty();
        assertThat(input.sound("/name")).isFalse();
    }

    @Test
    void whatIsNotAnObjectIsRefusedWithAStandIn() {
        assertThat(read("[1]").mistakes()).containsExactly(new FieldError("", "is [1], must be an object"));
        assertThat(read("[1]").value().shape()).isEqualTo(new Circle(0));
    }

    record Stubborn(int most) {

        Stubborn {
            if (most < 1) {
                throw new IllegalArgumentException("most must be at least 1");
            }
        }
    }

    @Test
    void whatRefusesStandInsIsNullBesideItsMistakes() {
        Input<Stubborn> input = InputReader.read(Stubborn.class, JSON.readTree("{\"most\": \"x\"}"));
        assertThat(input.value()).isNull();
        assertThat(input.mistakes()).extracting(FieldError::pointer).containsExactly("/most");
    }

    private static Input<Order> read(String json) {
        return InputReader.read(Order.class, JSON.readTree(json));
    }

    record Words(List<@NotBlank String> words) {}

    @Test
    void elementsHaveLimitsToo() {
        assertThat(InputReader.read(Words.class, JSON.readTree("{\"words\": [\"a\", \" \"]}"))
                        .mistakes())
                .containsExactly(new FieldError("/words/1", "is ' ', must be a text with something in it"));
    }

    record Part(String text, @Nullable Strict strict) {}

    @JsonIgnoreProperties
    record Strict(@Nullable String known) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Sent(@Size List<Part> parts) {}

    /** A newer program sends more, and a model writes what it likes. */
    @Test
    void whatAProgramSendsMayBeNewerThanItsReader() {
        Input<Sent> sent = InputReader.read(Sent.class, JSON.readTree("""
            {"newer": 1, "parts": [{"text": "a\\u0000", "newer": {"x": 1}, "strict": {"knwon": "b"}},
                                   {"newer": 2}, {"text": "\\ud800"}]}\
            """));

        assertThat(sent.value().parts().getFirst().text()).isEqualTo("a\0");
        assertThat(sent.mistakes())
                .containsExactlyInAnyOrder(
                        new FieldError("/parts/0/strict/knwon", "is not known; did you mean 'known'?"),
                        new FieldError("/parts/1/text", "is missing"),
                        new FieldError("/parts/2/text", "has half a surrogate pair; remove it"));
        assertThat(sent.ignoring(Set.of("/parts/1/text")).mistakes()).hasSize(2);
    }
}
