package dev.tribunal.servicekit.error;

import org.springframework.http.HttpStatus;

/** A service's errors, one constant each; an enum implements it. */
public interface ErrorCode {

    /** Stable, snake case: what clients branch on. The enum constant's name in lower case. */
    default String code() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    HttpStatus status();

    /** The enum constant's name. */
    String name();
}
