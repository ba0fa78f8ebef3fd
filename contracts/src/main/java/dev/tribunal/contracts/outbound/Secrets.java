package dev.tribunal.contracts.outbound;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;

/** A server that repeats the secret it was sent does not get it into a verdict, a report or a log. */
final class Secrets {

    private static final String BEARER = "Bearer ";

    private Secrets() {}

    /** The answer's body, with asterisks for the request's bearer token. */
    static byte[] masked(HttpRequest request, byte[] body) {
        Header authorization = request.getFirstHeader("Authorization");
        if (authorization == null || !authorization.getValue().startsWith(BEARER)) {
            return body;
        }
        byte[] secret = authorization.getValue().substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
        for (int at = 0; secret.length > 0 && at + secret.length <= body.length; at++) {
            if (body[at] == secret[0] && Arrays.equals(body, at, at + secret.length, secret, 0, secret.length)) {
                Arrays.fill(body, at, at + secret.length, (byte) '*');
            }
        }
        return body;
    }
}
