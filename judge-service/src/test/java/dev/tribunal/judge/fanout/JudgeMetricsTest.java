package dev.tribunal.judge.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeMetricsTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final JudgeMetrics metrics = new JudgeMetrics(meters, "math", "1", CircuitBreaker.ofDefaults("math"));

    @Test
    void aJudgesCodesAreCountedUnderTheirNames() {
        record(List.of("timeout", "my_own_code", "timeout"));

        assertThat(counted("timeout")).isEqualTo(2);
        assertThat(counted("my_own_code")).isEqualTo(1);
    }

    @Test
    void aJudgeThatInventsCodesDoesNotFillTheMetrics() {
        record(List.of("timeout"));
        for (int i = 0; i < 1000; i++) {
            record(List.of("code_" + i));
        }
        record(List.of("timeout", "No code!"));

        assertThat(meters.find("tribunal.judge.verdicts").counters()).hasSize(65);
        assertThat(counted("timeout")).isEqualTo(2);
        assertThat(counted("other")).isEqualTo(1000 - 63 + 1);
    }

    private void record(List<String> codes) {
        metrics.record(codes.stream()
                .map(code -> new JudgeVerdict(
                        "math", "1", Verdict.UNDECIDED, null, null, new VerdictError(code, true, null), 1, 1))
                .toList());
    }

    private double counted(String code) {
        Counter counter =
                meters.find("tribunal.judge.verdicts").tag("code", code).counter();
        return counter == null ? 0 : counter.count();
    }
}
