package dev.tribunal.servicekit.outbound;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;

/** A server that repeats the secret it was sent does not get it into a verdict, a report or a log. */
final class Secrets {

    private static final String BEARER = "Bearer ";
    private static final String API_KEY = "X-API-Key";
    private static final int ESCAPE = 2;
    private static final int UNICODE_ESCAPE = 6;

    private Secrets() {}

    /** The answer's body, with asterisks for the request's bearer token or API key, however JSON escapes it. */
    static byte[] masked(HttpRequest request, byte[] body) {
        Header authorization = request.getFirstHeader("Authorization");
        if (authorization != null && authorization.getValue().startsWith(BEARER)) {
            return masked(authorization.getValue().substring(BEARER.length()), body);
        }
        Header key = request.getFirstHeader(API_KEY);
        return key == null ? body : masked(key.getValue(), body);
    }

    private static byte[] masked(String text, byte[] body) {
        byte[] secret = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; secret.length > 0 && at < body.length; at = next(body, at)) {
            int end = end(body, at, secret);
            if (end > at) {
                Arrays.fill(body, at, end, (byte) '*');
            }
        }
        return body;
    }

    /** Where the secret ends that begins here; -1 if none does. */
    private static int end(byte[] body, int start, byte[] secret) {
        int at = start;
        for (byte expected : secret) {
            if (at >= body.length || character(body, at) != expected) {
                return -1;
            }
            at = next(body, at);
        }
        return at;
    }

    /** Behind the byte, or the escape sequence, that begins here. */
    private static int next(byte[] body, int at) {
        if (body[at] != '\\' || at + 1 == body.length) {
            return at + 1;
        }
        return Math.min(body.length, at + (body[at + 1] == 'u' ? UNICODE_ESCAPE : ESCAPE));
    }

    /** What the byte, or the escape sequence, stands for; a bearer token has no control characters (RFC 6750). */
    private static int character(byte[] body, int at) {
        if (body[at] != '\\' || at + 1 == body.length) {
            return body[at];
        }
        byte kind = body[at + 1];
        if (kind != 'u') {
            return kind == '"' || kind == '\\' || kind == '/' ? kind : -1;
        }
        int code = 0;
        for (int i = at + ESCAPE; i < Math.min(body.length, at + UNICODE_ESCAPE); i++) {
            code = 16 * code + Math.max(0, Character.digit(body[i], 16));
        }
        return code;
    }
}
