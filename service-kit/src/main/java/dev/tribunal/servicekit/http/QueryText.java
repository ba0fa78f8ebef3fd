package dev.tribunal.servicekit.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether a raw query, decoded, is text that can be compared and stored. */
final class QueryText {

    private QueryText() {}

    /** What is wrong with it, for its sender; null if nothing is. */
    static @Nullable String objection(@Nullable String query) {
        if (query == null) {
            return null;
        }
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(query.length());
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c == '%') {
                int value = i + 2 < query.length() ? hex(query, i + 1) : -1;
                if (value < 0) {
                    return "The query has a % that no two hexadecimal digits follow; write % itself as %25.";
                }
                decoded.write(value);
                i += 2;
            } else {
                decoded.write(c);
            }
        }
        byte[] bytes = decoded.toByteArray();
        for (byte b : bytes) {
            if (b == 0) {
                return "The query has the character NUL (%00), which no text here can have.";
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return null;
        } catch (CharacterCodingException e) {
            return "The query is not UTF-8 once its percent signs are decoded.";
        }
    }

    private static int hex(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
