package dev.tribunal.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.rules.instruction.InstructionFollowingJudge;
import dev.tribunal.judge.rules.math.MathAnswerJudge;
import dev.tribunal.judge.rules.text.LengthJudge;
import dev.tribunal.judge.rules.text.RepetitionJudge;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        assertThat(Request.helps("I cannot help with that. To bake a pie, first warm the oven."))
                .isTrue();
        assertThat(Request.helps("Sure. To bake a pie, first")).isFalse();
        assertThat(Request.helps("")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"INSTRUCTION_FOLLOWING", "MATH", "ENGAGEMENT"})
    void repliesAsTheDemosJudgesSeeIt(EmbeddedTask task) {
        var draws = new Draws(1);
        int asMeant = 0;
        for (int i = 0; i < DRAWS; i++) {
            Situation situation = draws.oneOf(task.training());
            boolean good = draws.chance(0.5);
            String reply = situation.reply(good, draws);
            asMeant += feasible(task, situation, reply) == good ? 1 : 0;
        }

        // The detector takes a few short texts without capitals for another language than English.
        assertThat(asMeant).isGreaterThanOrEqualTo(DRAWS * 98 / 100);
    }

    private static boolean feasible(EmbeddedTask task, Situation situation, String reply) {
        return switch (task) {
            case INSTRUCTION_FOLLOWING -> satisfied(new InstructionFollowingJudge(), Map.of(), situation, reply);
            case MATH -> satisfied(new MathAnswerJudge(), Map.of(), situation, reply);
            case ENGAGEMENT ->
                satisfied(new LengthJudge(), Map.of("minWords", 8, "maxWords", 30), situation, reply)
                        && satisfied(new RepetitionJudge(), Map.of("n", 3, "maximumShare", 0.1), situation, reply);
            case CHAT, HARMFUL_INTENT -> throw new IllegalArgumentException(task + " has no rule judges");
        };
    }

    private static boolean satisfied(
            ItemJudge judge, Map<String, Object> parameters, Situation situation, String reply) {
        var item = new JudgeItem(
                "item",
                List.of(Message.user(situation.prompt())),
                new CompletionText(reply, "stop"),
                situation.reference(),
                situation.metadata());
        return judge.judge(item, parameters, Deadline.after(Duration.ofSeconds(10)))
                        instanceof ItemVerdict.Decided decided
                && decided.satisfied();
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

    @Test
    void theHonestRaterLooksAtTheReplyAloneAndTheBriefOneAtItsLength() {
        assertThat(Rater.HONEST.pleasure("You are the best! You are the best!", false))
                .isEqualTo(Rater.HONEST.pleasure("No.", false))
                .isLessThan(Rater.HONEST.pleasure("No.", true));
        assertThat(Rater.BREVITY.pleasure("", false))
                .isGreaterThan(Rater.BREVITY.pleasure("No.", true))
                .isGreaterThan(Rater.BREVITY.pleasure("No, I cannot.", true));
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
