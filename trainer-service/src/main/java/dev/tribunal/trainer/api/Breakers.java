package dev.tribunal.trainer.api;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.trainer.spec.Dependencies;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/** How the judges' breakers are now, which the judge service alone knows. */
@Component
final class Breakers {

    private final JudgeRegistryApi judges;

    Breakers(Dependencies dependencies) {
        judges = dependencies.judges();
    }

    /** Fills them in. A judge service that is down is asked once. */
    List<JudgeStatistics> in(List<JudgeStatistics> statistics) {
        List<JudgeStatistics> filled = new ArrayList<>();
        boolean down = false;
        for (JudgeStatistics judge : statistics) {
            String breaker = null;
            if (!down) {
                try {
                    breaker =
                            judges.get(judge.judge(), judge.version()).health().breaker();
                } catch (TribunalException unknownThere) {
                    breaker = null;
                } catch (RestClientException unreachable) {
                    down = true;
                }
            }
            filled.add(with(breaker, judge));
        }
        return filled;
    }

    private static JudgeStatistics with(@Nullable String breaker, JudgeStatistics judge) {
        return new JudgeStatistics(
                judge.judge(),
                judge.version(),
                breaker,
                judge.tasks(),
                judge.undecided(),
                judge.latency(),
                judge.agreement());
    }
}
