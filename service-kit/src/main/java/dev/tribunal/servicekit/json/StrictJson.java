package dev.tribunal.servicekit.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON that others wrote and that decides something: UTF-8, one value, no field twice, nested no deeper than
 * {@value #MAX_DEPTH}. NaN and Infinity, which Python writes, are let through, so that they lose one score and not the
 * whole answer: the code that takes a number asks whether it is finite.
 */
public final class StrictJson {

    public static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = strict(JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build()))
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private static final Pattern TWICE = Pattern.compile("Duplicate (?:Object property|field) [\"'](.*)[\"']");
    private static final int MAX_NAME = 60;

    private StrictJson() {}

    /** What every reader of foreign text has in common, YAML's too: one value, and no field twice. */
    public static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B strict(B builder) {
        return builder.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** @throws Malformed saying what is wrong */
    public static JsonNode read(byte[] body) throws Malformed {
        if (starts(body, 0x1f, 0x8b) || starts(body, 0x28, 0xb5, 0x2f, 0xfd)) {
            throw new Malformed("is compressed, which was not asked for; send it without Content-Encoding");
        }
        if (starts(body, 0xff, 0xfe) || starts(body, 0xfe, 0xff) || wide(body)) {
            throw new Malformed("is UTF-16 or UTF-32 text; send UTF-8");
        }
        if (starts(body, 0xef, 0xbb, 0xbf)) {
            throw new Malformed("begins with a byte order mark; send UTF-8 without one");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("is not UTF-8 text");
        }
        return read(text);
    }

    /** @throws Malformed saying what is wrong */
    public static JsonNode read(String text) throws Malformed {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            throw new Malformed("is empty");
        }
        if (stripped.startsWith("<")) {
            boolean html = stripped.regionMatches(true, 0, "<!doctype html", 0, 14)
                    || stripped.toLowerCase(Locale.ROOT).startsWith("<html");
            throw new Malformed(html ? "is an HTML page, not JSON" : "is markup, not JSON");
        }
        try {
            return MAPPER.readTree(stripped);
        } catch (StreamConstraintsException e) {
            throw new Malformed(
                    String.valueOf(e.getOriginalMessage()).contains("nesting depth")
                            ? "is nested more than " + MAX_DEPTH + " deep"
                            : "holds a number, a name or a text that is longer than any of use");
        } catch (JacksonException e) {
            throw new Malformed(what(e, stripped));
        }
    }

    private static String what(JacksonException e, String text) {
        Matcher twice = TWICE.matcher(String.valueOf(e.getOriginalMessage()));
        if (twice.find()) {
            return "has the field '" + Shown.shortened(twice.group(1), MAX_NAME)
                    + "' twice; which of the two counts nobody can say";
        }
        String place = place(e);
        if (complete(text)) {
            return "goes on after its end" + place + "; send one JSON value and nothing else";
        }
        return "is not JSON" + place;
    }

    /** Whether a whole value stands before what the parser did not like. */
    private static boolean complete(String text) {
        try {
            return MAPPER.readerFor(JsonNode.class)
                            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                            .readValue(text)
                    != null;
        } catch (JacksonException notComplete) {
            return false;
        }
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? ""
                : ", at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static boolean starts(byte[] body, int... bytes) {
        if (body.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((body[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether every other byte is zero at the start, as of UTF-16 without a mark. */
    private static boolean wide(byte[] body) {
        return body.length > 1 && (body[0] == 0 || body[1] == 0);
    }

    /** What is wrong with a text, without its subject: "is empty", "has the field 'score' twice". */
    public static final class Malformed extends Exception {

        Malformed(String message) {
            super(message, null, false, false);
        }

        public String what() {
            return String.valueOf(getMessage());
        }
    }
}
