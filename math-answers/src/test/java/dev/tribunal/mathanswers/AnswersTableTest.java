package dev.tribunal.mathanswers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some hundred pairs of answers with the verdict that a mathematician gives. */
class AnswersTableTest {

    record Line(String reference, boolean same, List<String> answers) {}

    @ParameterizedTest
    @MethodSource("lines")
    void saysWhatAMathematicianSays(Line line) {
        for (String answer : line.answers()) {
            assertThat(same(line.reference(), answer))
                    .as("%s %s %s", line.reference(), line.same() ? "is" : "is not", answer)
                    .isEqualTo(line.same());
        }
    }

    /** Whichever of the two is the reference, but for units that only one has, and lists in a point's place. */
    @Test
    void equalityHasNoDirection() throws IOException {
        for (Line line : lines().toList()) {
            for (String answer : line.answers()) {
                boolean loose = answer.startsWith("(")
                        || line.reference().startsWith("(")
                        || line.reference().matches("12|0|4|1|2 hours");
                if (!loose && readable(answer)) {
                    assertThat(same(/* reference= */ answer, /* answer= */ line.reference()))
                            .as("%s and %s", answer, line.reference())
                            .isEqualTo(line.same());
                }
            }
        }
    }

    @Test
    void saysTheSameFromManyThreads() throws Exception {
        List<Line> lines = lines().toList();
        List<Callable<Boolean>> questions = new ArrayList<>();
        for (Line line : lines) {
            questions.add(() ->
                    line.answers().stream().allMatch(answer -> same(line.reference(), answer) == line.same()));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> right : threads.invokeAll(questions)) {
                assertThat(right.get()).isTrue();
            }
        }
    }

    private static boolean readable(String answer) {
        try {
            MathReader.read(answer);
            return true;
        } catch (Unreadable unreadable) {
            return false;
        }
    }

    private static boolean same(String reference, String answer) {
        Answer expected = MathReader.read(reference);
        try {
            return Comparison.difference(expected, MathReader.read(answer)) == null;
        } catch (Unreadable unreadable) {
            return false;
        }
    }

    static Stream<Line> lines() throws IOException {
        try (InputStream table =
                Objects.requireNonNull(AnswersTableTest.class.getResourceAsStream("/math/answers.txt"))) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.isBlank() && !line.startsWith("#"))
                            .map(AnswersTableTest::line)
                            .toList()
                            .stream();
        }
    }

    private static Line line(String line) {
        int same = line.indexOf(" = ");
        int other = line.indexOf(" ! ");
        int sign = same < 0 ? other : other < 0 ? same : Math.min(same, other);
        return new Line(
                line.substring(0, sign),
                sign == same,
                List.of(line.substring(sign + 3).split(" ;; ")));
    }
}
