package dev.tribunal.servicekit.outbound;

import dev.tribunal.contracts.common.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The servers that a service may ask in other people's names, and the secrets that it may send them. */
public record AllowedServers(AddressGuard guard, NamedSecrets secrets) {

    /**
     * What is wrong with a server that a person names; empty if nothing is.
     *
     * @param secretRef the name of a secret, if one is named
     * @param at where {@code url} and {@code secretRef} stand, a JSON pointer
     */
    public List<FieldError> mistakes(String at, @Nullable String url, @Nullable String secretRef) {
        List<FieldError> mistakes = new ArrayList<>();
        String ofUrl = guard.objection(url);
        if (ofUrl != null) {
            mistakes.add(new FieldError(at + "/url", ofUrl));
        }
        String ofSecret = secretRef == null ? null : secrets.objection(secretRef, url);
        if (ofSecret != null) {
            mistakes.add(new FieldError(at + "/secretRef", ofSecret));
        }
        return mistakes;
    }

    /** The secret to send to a server; null if none is named, or if it may not be sent there any more. */
    public @Nullable String secret(@Nullable String url, @Nullable String secretRef) {
        return secretRef == null ? null : secrets.valueFor(url, secretRef);
    }
}
