package dev.tribunal.trainer.tinker;

import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.TinkerClient.Promise;
import dev.tribunal.trainer.tinker.TinkerClient.Request;
import dev.tribunal.trainer.tinker.TinkerClient.ReusedException;
import dev.tribunal.trainer.tinker.TinkerEngine.Opened;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One model's requests to a Tinker server, numbered and sent in that order: the server takes a number once, and gives the
 * first future again to the same request under the same number.
 */
final class NumberedRequests {

    private final TinkerClient client;
    private final Supplier<Opened> opening;

    private @Nullable Opened opened;
    private int next;

    /** Whether a request with the next number was broken off, so that the server may have taken it. */
    private boolean doubtful;

    /** @param opening makes the model on the server when it is first needed */
    NumberedRequests(TinkerClient client, Supplier<Opened> opening) {
        this.client = client;
        this.opening = opening;
    }

    /** Sees that the server has the model, and gives the server's id of it. */
    synchronized String model() {
        if (opened == null) {
            opened = opening.get();
            next = opened.next();
        }
        return opened.id();
    }

    /** The next request's number. */
    synchronized int next() {
        model();
        return next;
    }

    /**
     * Submits the model's next request.
     *
     * @param request of its number
     * @param stop throws if nobody wants it any more
     */
    Promise submit(IntFunction<Request> request, Runnable stop) {
        try {
            return trySubmit(request, stop);
        } catch (ReusedException other) {
            throw usedByOthers(other);
        }
    }

    TrainingFailedException usedByOthers(ReusedException other) {
        return new TrainingFailedException("model " + model() + " has been given another request: " + other.getMessage()
                + "; see that nobody else uses it, and apply the spec again");
    }

    /** @throws ReusedException if the number, or the name in it, is another request's that is not of this trainer */
    synchronized Promise trySubmit(IntFunction<Request> request, Runnable stop) {
        model();
        while (true) {
            boolean mayBeTaken = doubtful;
            doubtful = true; // until the server has answered
            try {
                Promise promise = client.submit(request.apply(next), stop);
                nextNumber(); // not before the server has it, for the server waits for missing numbers
                return promise;
            } catch (ReusedException other) {
                if (!mayBeTaken) {
                    doubtful = false;
                    throw other;
                }
                nextNumber(); // the server has what was broken off
            }
        }
    }

    private void nextNumber() {
        next++;
        doubtful = false;
    }

    /** @return the server's id of the model; null if it was never made */
    @Nullable
    String close() {
        String id = opened == null ? null : opened.id();
        opened = null;
        return id;
    }
}
