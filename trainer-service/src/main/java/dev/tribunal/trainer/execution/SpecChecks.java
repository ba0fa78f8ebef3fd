package dev.tribunal.trainer.execution;

import dev.tribunal.servicekit.work.WorkPool;
import dev.tribunal.trainer.spec.Checking;
import dev.tribunal.trainer.spec.SpecResolver;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.TrainerProperties;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Checks specs while their clients wait. What computes (a checkpoint's digest, tokenizing prompts) has its own few
 * threads, and prompt files a few seconds; the rest of large files is {@link RunValidator}'s.
 */
@Component
public final class SpecChecks implements DisposableBean {

    /** While others wait, the time for the prompt files of one spec is so much shorter. */
    private static final int SHORTER = 4;

    /** For all that is computed for one spec: a checkpoint's digest takes time. */
    private static final Duration LONGEST = Duration.ofSeconds(100);

    private static final int WAITING = 16;

    private final SpecResolver resolver;
    private final Duration budget;
    private final WorkPool pool = new WorkPool("checks of run specs", WorkPool.halfOfProcessors(), WAITING);

    SpecChecks(SpecResolver resolver, TrainerProperties properties) {
        this.resolver = resolver;
        this.budget = properties.validationBudget();
    }

    /** For {@link SpecResolver.Worker}. */
    private <T> T onPool(Supplier<T> work) {
        return pool.call(LONGEST, work);
    }

    /** @throws dev.tribunal.servicekit.error.TribunalException with all mistakes, or if there is too much to check */
    public Resolved check(String body, String contentType) {
        Clock clock = new Clock();
        return resolver.resolve(body, contentType, this::onPool, new Checking(clock::isUp, words -> {}));
    }

    @Override
    public void destroy() {
        pool.close();
    }

    /** Runs from the first line that is checked, so that a large checkpoint leaves time for the prompts. */
    private final class Clock {

        private long started;

        boolean isUp() {
            if (started == 0) {
                started = System.nanoTime();
            }
            long spent = System.nanoTime() - started;
            return spent >= budget.toNanos() || (spent >= budget.toNanos() / SHORTER && pool.waiting() > 0);
        }
    }
}
