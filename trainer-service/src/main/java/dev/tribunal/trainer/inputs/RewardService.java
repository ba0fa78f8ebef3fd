package dev.tribunal.trainer.inputs;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.trainer.journal.Beside;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.reward.Outage;
import dev.tribunal.trainer.reward.Patience;
import dev.tribunal.trainer.reward.RewardScorer;
import java.util.function.Function;

/** The reward service as a run asks it: the run waits for its answers, says so by name, and hears orders meanwhile. */
public record RewardService(RewardApi api, RunJournal journal) {

    private static final String NAME = "the reward service";

    /**
     * Asked between steps: a run that is to pause meanwhile is paused, and asks again afterwards.
     *
     * @param what is asked, for people
     * @throws UpstreamException if the service refuses
     */
    public <T> T ask(String what, Function<RewardApi, T> question) {
        while (true) {
            journal.awaitPermission();
            try (Waiting _ = journal.waiting("reward-service", NAME, "has not answered yet: " + what)) {
                return patience().ask(what, () -> Beside.call(journal, () -> question.apply(api), answer -> {}));
            } catch (RunJournal.StepAbandonedException pausing) {
                // It is paused in the next round.
            }
        }
    }

    /** Asked within steps. */
    public RewardScorer scorer(VersionedName model) {
        return new RewardScorer(api, model, patience());
    }

    private Patience patience() {
        return new Patience(new Outage() {
            @Override
            public void waits(String why) {
                journal.waitsFor(NAME, why);
            }

            @Override
            public void over() {
                journal.answered(NAME);
            }

            @Override
            public void stopIfPointless() {
                journal.stopIfAsked();
            }
        });
    }
}
