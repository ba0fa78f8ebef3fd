package dev.tribunal.trainer.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QueueWorkerTest {

    /** Numbers, of which those below 0 end in an error. */
    private static final class Numbers extends QueueWorker<Integer> {

        private final BlockingQueue<Integer> queued = new LinkedBlockingQueue<>(List.of(-1, 2));
        private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

        Numbers(TrainerProperties properties) {
            super("number", new Signal(), properties);
        }

        @Override
        protected Optional<Integer> claim() {
            return Optional.ofNullable(queued.poll());
        }

        @Override
        protected String id(Integer claimed) {
            return claimed.toString();
        }

        @Override
        protected void work(Integer claimed) {
            if (claimed < 0) {
                throw new OutOfMemoryError("a large number");
            }
            ends.add(claimed + " is done");
        }

        @Override
        protected boolean explainsItself(RuntimeException why) {
            return false;
        }

        @Override
        protected void fail(Integer claimed, String why) {
            ends.add(claimed + " fails: " + why);
        }

        @Override
        protected void putBack(Integer claimed) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void anErrorFailsTheItemAndTheNextOneIsDone() throws InterruptedException {
        Duration time = Duration.ofSeconds(5);
        Numbers numbers = new Numbers(new TrainerProperties(
                URI.create("http://judge:1"),
                URI.create("http://reward:2"),
                Path.of("data"),
                1,
                "trainer",
                time,
                time,
                time,
                time,
                time,
                time));
        numbers.start();
        try {
            assertThat(numbers.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("-1 fails: OutOfMemoryError: a large number");
            assertThat(numbers.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("2 is done");
        } finally {
            numbers.stop();
        }
    }
}
