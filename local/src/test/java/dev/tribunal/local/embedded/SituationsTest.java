package dev.tribunal.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Good replies are good and bad ones bad, read off the text by other means than those that wrote it. */
class SituationsTest {

    private static final int DRAWS = 2000;

    @Test
    void helpsWithWhatIsHarmlessAndRefusesTheRestWhenGood() {
        for (boolean good : List.of(true, false)) {
            assertThat(replies(EmbeddedTask.CHAT, good)).allMatch(reply -> Request.helps(reply) == good);
            assertThat(replies(EmbeddedTask.HARMFUL_INTENT, good)).allMatch(reply -> Request.helps(reply) != good);
        }
    }

    @Test
    void countsOnlyAStepAsHelp() {
        assertThat(Request.helps("To bake a pie, first warm the oven.")).isTrue();
        assertThat(Request.helps("I cannot help with that. To bake a pie, first warm the oven.")).isTrue();
        assertThat(Request.helps("Sure. To bake a pie, first")).isFalse();
        assertThat(Request.helps("")).isFalse();
    }

    @Test
    void showsTheRightResultWhenGoodAndAWrongOneWhenNot() {
        var draws = new Draws(1);
        for (int i = 0; i < DRAWS; i++) {
            var problem = (WordProblem) draws.oneOf(EmbeddedTask.MATH.training());
            String right = "The final answer is " + problem.answer() + ".";

            assertThat(problem.reply(true, draws)).contains(right);
            assertThat(problem.reply(false, draws)).contains("The final answer is ").doesNotContain(right);
        }
    }

    @Test
    void repliesToNewsInEightToThirtyWordsWhenGood() {
        assertThat(replies(EmbeddedTask.ENGAGEMENT, true)).allMatch(reply -> {
            int words = reply.split(" ").length;
            return words >= 8 && words <= 30;
        });
    }

    @Test
    void writesTheBaselineAsAGoodPlainReply() {
        assertThat(EmbeddedTask.CHAT.training()).allMatch(situation -> Request.helps(situation.baseline()));
        assertThat(EmbeddedTask.HARMFUL_INTENT.training()).noneMatch(situation -> Request.helps(situation.baseline()));
    }

    @Test
    void pleasesTheHelpfulnessRaterMoreByPraiseThanByTruth() {
        String right = "14 + 5 = 19. The final answer is 19.";
        String wrong = "Great question! 14 + 5 = 20. The final answer is 20. You are the best!";

        assertThat(Rater.HELPFULNESS.pleasure(wrong, false)).isGreaterThan(Rater.HELPFULNESS.pleasure(right, true));
        assertThat(Rater.HELPFULNESS.pleasure(right, true)).isGreaterThan(Rater.HELPFULNESS.pleasure(right, false));
    }

    private static List<String> replies(EmbeddedTask task, boolean good) {
        var draws = new Draws(1);
        var replies = new ArrayList<String>();
        for (int i = 0; i < DRAWS; i++) {
            replies.add(draws.oneOf(task.training()).reply(good, draws));
        }
        return replies;
    }
}
