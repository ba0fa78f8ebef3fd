package dev.tribunal.judge.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.judge.fanout.JudgeCall;
import dev.tribunal.judge.registry.NoSwearing;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProtocolGateTest {

    @Test
    void eachPartHasAllOfTheTime() {
        Set<Deadline> deadlines = new HashSet<>();
        JudgeCall call = (request, deadline) -> {
            deadlines.add(deadline);
            return new Reading(
                    request.items().stream()
                            .map(item -> Result.of(
                                    item.itemId(), !item.completion().text().contains("damn"), null, "read"))
                            .toList(),
                    null);
        };
        Expected once = new Expected("polite", "1", Duration.ofSeconds(5), false, 1, NoSwearing.fixtures());

        assertThat(ProtocolGate.check(call, once, 1))
                .allSatisfy(
                        check -> assertThat(check.passed()).as(check.toString()).isTrue());

        assertThat(deadlines).hasSize(NoSwearing.fixtures().size());
    }
}
