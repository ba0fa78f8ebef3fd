package dev.tribunal.trainer.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.trainer.journal.RunJournal.RunCancelledException;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work that hears of no orders holds up no order. */
class BesideTest {

    private final CountDownLatch loaded = new CountDownLatch(1);

    @Test
    void aRunIsCancelledWhileItLoadsAndWhatIsLoadedIsClosed() throws InterruptedException {
        BlockingQueue<String> closed = new LinkedBlockingQueue<>();
        RunJournal cancelled = journal(
                () -> {
                    throw new RunCancelledException();
                },
                () -> {});

        assertThatThrownBy(() -> Beside.call(cancelled, this::load, closed::add))
                .isInstanceOf(RunCancelledException.class);
        assertThat(closed).as("it is still loading").isEmpty();
        loaded.countDown();
        assertThat(closed.poll(1, TimeUnit.MINUTES)).isEqualTo("model");
    }

    @Test
    void aRunThatIsPausedGoesOnWithWhatWasLoadedMeanwhile() {
        AtomicInteger pauses = new AtomicInteger();
        RunJournal pausing = journal(
                () -> {
                    if (pauses.get() == 0) {
                        throw new StepAbandonedException();
                    }
                },
                () -> {
                    pauses.incrementAndGet(); // until a person resumes it
                    loaded.countDown();
                });

        assertThat(Beside.call(pausing, this::load, unwanted -> {})).isEqualTo("model");
        assertThat(pauses).hasValue(1);
    }

    @Test
    void whatFailsFailsHere() {
        assertThatThrownBy(() -> Beside.call(
                        journal(() -> {}, () -> {}),
                        () -> {
                            throw new TrainingFailedException("no such model");
                        },
                        nothing -> {}))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessage("no such model");
    }

    /** A native call: it hears of no interruption. */
    private String load() {
        while (loaded.getCount() > 0) {
            Thread.onSpinWait();
        }
        return "model";
    }

    private static RunJournal journal(Runnable stopIfAsked, Runnable awaitPermission) {
        return (RunJournal) Proxy.newProxyInstance(
                BesideTest.class.getClassLoader(), new Class<?>[] {RunJournal.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "stopIfAsked" -> stopIfAsked.run();
                        case "awaitPermission" -> awaitPermission.run();
                        default -> throw new UnsupportedOperationException(method.getName());
                    }
                    return null;
                });
    }
}
