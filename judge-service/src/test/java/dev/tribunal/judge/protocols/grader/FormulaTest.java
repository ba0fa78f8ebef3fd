package dev.tribunal.judge.protocols.grader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        0.5 * a + 0.25*b; 1
        a - b - 1; -2
        2 + 3 * 4; 14
        (2 + 3) * 4; 20
        8 / 4 / 2; 1
        -2 ^ 2; -4
        2 ^ 3 ^ 2; 512
        2 ^ -1; 0.5
        a * -b; -2
        min(a, b, 0.5); 0.5
        max(a, b); 2
        abs(a - b); 1
        floor(1.7) + ceil(1.2); 3
        sqrt(exp(log(16))); 4
        .5 + 1.; 1.5
        """)
    void formulasAreWorkedOut(String formula, double expected) {
        assertThat(new Formula(formula).evaluate(Map.of("a", 1.0, "b", 2.0)))
                .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-12));
    }

    @Test
    void itKnowsWhichGradersItNeeds() {
        assertThat(new Formula("max(a, 2*b_1) + a").names()).containsExactly("a", "b_1");
    }

    @Test
    void aDivisionByZeroIsNoNumber() {
        assertThat(new Formula("1 / a").evaluate(Map.of("a", 0.0))).isInfinite();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 +", "(1", "1 2", "eval(1)", "1 ** 2", "a;b", "1.2.3", "min(1", "$a"})
    void whatIsNoFormulaIsRefused(String formula) {
        assertThatThrownBy(() -> new Formula(formula))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at character");
    }
}
