package dev.tribunal.methods.online;

import static dev.tribunal.methods.Rated.group;
import static dev.tribunal.methods.Rated.logProbSlopes;
import static dev.tribunal.methods.Rated.roles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Need;
import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.preference.SimPo;
import dev.tribunal.methods.preference.Tdpo;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RAFT and online DPO: which completions are taken. */
class ChosenCompletionsTest {

    private static final OnlineDpo ONLINE_DPO = new OnlineDpo(new Dpo(0.1), 0);

    @Test
    void raftImitatesTheBestFeasibleCompletionOfEachPrompt() {
        RatedGroup one = group(Rated.of(-3), Rated.of(-1), Rated.of(5).infeasible());
        RatedGroup none =
                group(Rated.of(1).infeasible(), Rated.of(Double.NaN, 0).infeasible());
        List<LossTerm> terms = new Raft().terms(List.of(one, none));
        assertThat(roles(terms, one)).containsExactly("-", "best", "-");
        assertThat(roles(terms, none)).containsOnly("-");
        assertThat(logProbSlopes(terms, one.rollouts().get(1))).containsOnly(-0.5);
        assertThat(terms.stream().filter(term -> !term.isZero())).hasSize(1);
    }

    @Test
    void onlineDpoPrefersTheBestToTheWorst() {
        RatedGroup group =
                group(Rated.of(2).logRatio(-3), Rated.of(1), Rated.of(5).logRatio(2));
        List<LossTerm> terms = new OnlineDpo(new Dpo(0.1), 0).terms(List.of(group));
        assertThat(roles(terms, group)).containsExactly("-", "rejected", "chosen");
        assertThat(Rated.slopes(terms.getFirst()).loss()).isCloseTo(Math.log1p(Math.exp(-0.2)), within(1e-12));
    }

    @Test
    void anInfeasibleOneIsWorseThanAnyFeasibleOne() {
        RatedGroup group = group(Rated.of(-5), Rated.of(9).infeasible(), Rated.of(1));
        assertThat(roles(ONLINE_DPO.terms(List.of(group)), group)).containsExactly("-", "rejected", "chosen");
        RatedGroup hopeless = group(Rated.of(2).infeasible(), Rated.of(1).infeasible());
        assertThat(ONLINE_DPO.terms(List.of(hopeless))).isEmpty();
    }

    @Test
    void ofEqualScoresTheFirstIsChosen() {
        RatedGroup tied = group(Rated.of(1), Rated.of(1));
        assertThat(roles(ONLINE_DPO.terms(List.of(tied)), tied)).containsExactly("chosen", "rejected");
    }

    @Test
    void aMissingEndLowersTheScore() {
        RatedGroup group = group(Rated.of(2).truncated(), Rated.of(1));
        assertThat(roles(ONLINE_DPO.terms(List.of(group)), group)).containsExactly("chosen", "rejected");
        assertThat(roles(new OnlineDpo(new Dpo(0.1), 1.5).terms(List.of(group)), group))
                .containsExactly("rejected", "chosen");
    }

    @Test
    void onlineDpoNeedsWhatItsLossNeeds() {
        assertThat(new OnlineDpo(new SimPo(2, 0.5), 0).needs()).isEmpty();
        assertThat(new OnlineDpo(new Tdpo(Tdpo.Version.TDPO2, 0.1, 0.5), 0).needs())
                .containsExactlyInAnyOrder(Need.REFERENCE, Need.TOKEN_KL);
    }
}
