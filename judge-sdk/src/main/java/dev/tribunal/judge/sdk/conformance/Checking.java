package dev.tribunal.judge.sdk.conformance;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import java.io.IOException;

/** How a check of the conformance kit fails: with words that say what to do. */
final class Checking {

    private Checking() {}

    /** Gives what was found, for those who read the report. */
    @FunctionalInterface
    interface Step {
        String run() throws IOException, InterruptedException;
    }

    static final class Failure extends RuntimeException {
        Failure(String message) {
            super(message, null, false, false);
        }
    }

    static Check check(String name, Step step) {
        try {
            return new Check(name, true, step.run());
        } catch (Failure e) {
            return new Check(name, false, e.getMessage());
        } catch (IOException e) {
            return new Check(name, false, unreachable(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Check(name, false, "interrupted");
        }
    }

    /** What is found, with the request that it was found by, for who looks for it in a log. */
    static Step by(String request, Step step) {
        return () -> {
            try {
                return step.run();
            } catch (Failure e) {
                String message = String.valueOf(e.getMessage());
                throw message.contains(request) ? e : new Failure(request + ": " + message);
            } catch (IOException e) {
                throw new Failure(request + ": " + unreachable(e));
            }
        };
    }

    /** Without the names of our classes. */
    private static String unreachable(IOException e) {
        return "the judge cannot be reached: " + (e.getMessage() == null ? "it does not answer" : e.getMessage());
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Failure(otherwise);
        }
    }
}
