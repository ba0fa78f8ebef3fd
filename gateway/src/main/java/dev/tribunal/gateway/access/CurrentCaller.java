package dev.tribunal.gateway.access;

import dev.tribunal.servicekit.caller.Caller;
import org.springframework.stereotype.Component;

/** Who sent the request at hand, for those who send it on. */
@Component
public final class CurrentCaller {

    private final SignIn signIn;

    CurrentCaller(SignIn signIn) {
        this.signIn = signIn;
    }

    /** In the namespaces that the request is about. */
    public Caller caller() {
        return CallerAuthentication.current().caller();
    }

    /** Whether the request would still be let in, asked of while its answer takes long. */
    public Admission admission() {
        Identity identity = CallerAuthentication.current().identity();
        return () -> signIn.stillLetsIn(identity);
    }

    /** Of a request that has been let in. */
    @FunctionalInterface
    public interface Admission {

        boolean stillHolds();
    }
}
