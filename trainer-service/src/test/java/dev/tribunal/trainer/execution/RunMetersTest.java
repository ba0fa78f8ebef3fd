package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.store.RunStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Autowired;

/** What Prometheus is told of runs, of a real database. */
class RunMetersTest extends TrainerContext {

    @Autowired
    private RunCreation creation;

    @Autowired
    private RunStore runs;

    @Autowired
    private RunMeters runMeters;

    @Autowired
    private MeterRegistry meters;

    @Test
    void aRunThatWaitsIsSeenWithItsAlarmAndNoMoreOnceItHasEnded() {
        CountDownLatch end = new CountDownLatch(1);
        script.when("metered", (id, journal) -> {
            assertThat(MDC.get("runId")).isEqualTo(id);
            journal.commit(new StepRecord(
                    "train",
                    1,
                    Kind.TRAINING,
                    List.of(),
                    List.of(
                            new Metric(MetricNames.UPDATES, null, 1),
                            new Metric(MetricNames.STEP_SECONDS, null, 2.5),
                            new Metric(MetricNames.GROUPS_SAMPLED, "math", 4),
                            new Metric(MetricNames.GROUPS_KEPT, "math", 0))));
            try (Waiting _ = journal.waiting("judge", "slow@1", "has not answered")) {
                end.await();
            }
        });
        double ended =
                meters.counter("tribunal.runs.ended", "state", "succeeded").count();
        long steps = meters.timer("tribunal.steps").count();
        String id = creation.create(spec("metered") + "alarms: {noSignal: {steps: 1}}\n", "application/yaml", null)
                .id();

        await().atMost(Duration.ofMinutes(1)).until(() -> {
            runMeters.look();
            return meters.find("tribunal.runs.waiting").tag("kind", "judge").gauge() != null;
        });
        assertThat(gauge("tribunal.runs.waiting", "kind", "judge")).isEqualTo(1);
        assertThat(gauge("tribunal.runs.waiting.longest", "kind", "judge")).isBetween(1.9, 90.0);
        assertThat(gauge("tribunal.runs", "state", "running")).isEqualTo(1);
        assertThat(gauge("tribunal.runs.alarms", "type", "no-signal")).isEqualTo(1);
        assertThat(gauge("tribunal.runs.longest", "state", "running")).isBetween(1.9, 90.0);
        assertThat(gauge("tribunal.runs", "state", "paused")).isZero();
        assertThat(meters.get("tribunal.runs.still").gauge().value()).isBetween(1.9, 90.0);
        assertThat(meters.timer("tribunal.steps").count()).isEqualTo(steps + 1);

        end.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> runs.get(id).state() == RunState.SUCCEEDED);
        await().until(() ->
                meters.counter("tribunal.runs.ended", "state", "succeeded").count() == ended + 1);
        runMeters.look();
        assertThat(gauge("tribunal.runs", "state", "running")).isZero();
        assertThat(meters.find("tribunal.runs.waiting").gauges()).isEmpty();
        assertThat(meters.find("tribunal.runs.alarms").gauges()).isEmpty();
        assertThat(meters.get("tribunal.runs.still").gauge().value()).isZero();
    }

    private double gauge(String name, String tag, String value) {
        return meters.get(name).tag(tag, value).gauge().value();
    }
}
