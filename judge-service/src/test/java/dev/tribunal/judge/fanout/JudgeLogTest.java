package dev.tribunal.judge.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JudgeLogTest {

    private final JudgeLog log = new JudgeLog();

    @Test
    void whatWentWellIsToldTogetherAndFailuresByTheirCodes() {
        log.answered("r1", List.of(verdict(null, 5), verdict(null, 5)));
        log.answered("r2", List.of(verdict(null, 9)));
        log.answered(
                "r3", List.of(verdict("timeout", 20), verdict(null, 20), verdict("timeout", 20), verdict("busy", 20)));
        log.breaker("closed to open");
        log.answered("r4", List.of(verdict(null, 1)));

        assertThat(log.entries())
                .extracting(
                        JudgeLogEntry::event,
                        JudgeLogEntry::code,
                        JudgeLogEntry::calls,
                        JudgeLogEntry::items,
                        JudgeLogEntry::requestId,
                        JudgeLogEntry::latencyMs)
                .containsExactly(
                        tuple("answered", null, 2, 3, "r2", 9L),
                        tuple("undecided", "busy", 1, 1, "r3", 20L),
                        tuple("undecided", "timeout", 1, 2, "r3", 20L),
                        tuple("breaker", null, null, null, null, null),
                        tuple("answered", null, 1, 1, "r4", 1L));
        assertThat(log.entries().get(2).message()).isEqualTo("2 of 4 items are undecided: timeout: it was busy");
    }

    @Test
    void onlyTheLatestAreKept() {
        for (int i = 0; i < 600; i++) {
            log.answered("r" + i, List.of(verdict("timeout", i)));
        }

        assertThat(log.entries()).hasSize(500);
        assertThat(log.entries().getFirst().requestId()).isEqualTo("r100");
    }

    private static JudgeVerdict verdict(@Nullable String code, long latency) {
        return new JudgeVerdict(
                "safety",
                "1",
                code == null ? Verdict.SATISFIED : Verdict.UNDECIDED,
                null,
                null,
                code == null ? null : new VerdictError(code, true, "it was busy"),
                latency,
                1);
    }
}
