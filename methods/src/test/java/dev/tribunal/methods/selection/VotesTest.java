package dev.tribunal.methods.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VotesTest {

    private static final double[] SCORES = {.9, .2, .3, .35};
    private static final List<String> ANSWERS = List.of("A", "B", "B", "B");

    @Test
    void bestOfNMajorityAndWeightedVoteDiffer() {
        assertThat(Best.highest(4, i -> SCORES[i], i -> true)).as("A").hasValue(0);
        assertThat(Votes.majority(ANSWERS)).as("B").hasValue(1);
        assertThat(Votes.weighted(SCORES, ANSWERS, 0)).as("A").hasValue(0);
        assertThat(Votes.weights(SCORES, ANSWERS, 0))
                .as("A has 1, B .357")
                .containsExactly(new double[] {1, 0, 1 / 7.0, 1.5 / 7}, within(1e-12));
    }

    @Test
    void theWeightedVoteTakesTheBestCompletionOfTheAnswerThatWins() {
        assertThat(Votes.weighted(new double[] {.9, .2, .8, .85}, ANSWERS, 0)).hasValue(3);
    }

    @Test
    void theFloorGivesTheWorstAVote() {
        assertThat(Votes.weights(SCORES, ANSWERS, .1))
                .containsExactly(new double[] {1, .1, .1 + .9 / 7, .1 + .9 * 1.5 / 7}, within(1e-12));
        double[] close = {1, .99, .98};
        List<String> two = List.of("A", "B", "B");
        assertThat(Votes.weighted(close, two, 0))
                .as("the worst of B has no weight")
                .hasValue(0);
        assertThat(Votes.weighted(close, two, .6)).hasValue(1);
    }

    @Test
    void withFloorOneItIsTheMajority() {
        Random random = new Random(3);
        for (int trial = 0; trial < 200; trial++) {
            double[] scores = random.doubles(7).toArray();
            List<String> answers = IntStream.range(0, 7)
                    .mapToObj(i -> List.of("", "A", "B", "C").get(random.nextInt(4)))
                    .toList();
            OptionalInt weighted = Votes.weighted(scores, answers, 1);
            OptionalInt majority = Votes.majority(answers);
            assertThat(weighted.isPresent()).isEqualTo(majority.isPresent());
            if (majority.isPresent()) {
                assertThat(answers.get(weighted.getAsInt())).isEqualTo(answers.get(majority.getAsInt()));
            }
        }
    }

    @Test
    void emptyAnswersHaveNoVote() {
        assertThat(Votes.majority(List.of("", " ", "7"))).hasValue(2);
        assertThat(Votes.majority(List.of("", ""))).isEmpty();
        assertThat(Votes.weighted(new double[] {9, 1}, List.of("", "7"), 0)).hasValue(1);
        assertThat(Votes.weighted(new double[] {9}, List.of(""), 0)).isEmpty();
        assertThat(Votes.weights(new double[] {9, 1, 3}, List.of("", "7", "8"), 0))
                .as("nor do they say what the best is")
                .containsExactly(0, 0, 1);
    }

    @Test
    void whatHasNoScoreHasNoWeightedVote() {
        assertThat(Votes.weighted(new double[] {Double.NaN, Double.NaN, 1}, List.of("A", "A", "B"), 0))
                .hasValue(2);
    }

    @Test
    void ofEqualScoresAllCountAlike() {
        assertThat(Votes.weighted(new double[] {1, 1, 1}, List.of("A", "B", "B"), 0))
                .hasValue(1);
    }

    @Test
    void ofOneItIsTaken() {
        assertThat(Best.highest(1, i -> -3, i -> true)).hasValue(0);
        assertThat(Votes.majority(List.of("A"))).hasValue(0);
        assertThat(Votes.weighted(new double[] {-3}, List.of("A"), 0)).hasValue(0);
    }

    @Test
    void theWeightedVoteIsNotBlindToAMonotoneChangeOfTheScores() {
        List<String> answers = List.of("A", "B", "B", "C");
        assertThat(Votes.weighted(new double[] {1, .6, .6, 0}, answers, 0)).hasValue(1);
        assertThat(Votes.weighted(new double[] {1, .216, .216, 0}, answers, 0)).hasValue(0);
    }

    @Test
    void aFloorIsAWeight() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Votes.weighted(SCORES, ANSWERS, 1.5))
                .withMessageContaining("floor is 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Votes.weighted(SCORES, List.of("A"), 0))
                .withMessage("4 scores for 1 answers");
    }
}
