package dev.tribunal.servicekit.outbound;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A server gave no answer: the code that its items become undecided with, and what to do about it. */
public final class CallFailure extends Exception {

    private final String code;
    private final boolean retryable;
    private final boolean sick;
    private final transient @Nullable Duration retryAfter;

    private CallFailure(String code, String detail, boolean retryable, boolean sick, @Nullable Duration retryAfter) {
        super(detail, null, false, false);
        this.code = code;
        this.retryable = retryable;
        this.sick = sick;
        this.retryAfter = retryAfter;
    }

    /** No answer, and asking again at once may help. */
    public static CallFailure passing(String code, String detail) {
        return new CallFailure(code, detail, true, true, null);
    }

    /** The server asks for a pause. */
    public static CallFailure passing(String code, String detail, @Nullable Duration retryAfter) {
        return new CallFailure(code, detail, true, true, retryAfter);
    }

    /** No answer, and none is to be expected from asking again at once. */
    public static CallFailure lasting(String code, String detail) {
        return new CallFailure(code, detail, false, true, null);
    }

    /** The server is well and refuses this request. */
    public static CallFailure refused(String code, String detail) {
        return new CallFailure(code, detail, false, false, null);
    }

    public static CallFailure timeout(Duration limit) {
        return lasting("timeout", "no answer within " + limit.toMillis() + " ms");
    }

    public boolean retryable() {
        return retryable;
    }

    /** Whether the server is well and does not take this request. */
    public boolean isRefusal() {
        return !sick;
    }

    /** Whether the circuit breaker should hear of it. */
    public boolean sick() {
        return sick;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** What the failure is called in verdicts and scores. */
    public String code() {
        return code;
    }

    /** Whether asking again, some time later, may help. */
    public boolean passing() {
        return retryable || "timeout".equals(code);
    }
}
