package dev.tribunal.local.platform;

/** The platform cannot start; the message tells the user why and what to do. */
public final class PlatformException extends RuntimeException {

    PlatformException(String message) {
        super(message);
    }

    PlatformException(String message, Throwable cause) {
        super(message, cause);
    }
}
