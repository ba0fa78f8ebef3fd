package dev.tribunal.servicekit.json;

import tools.jackson.databind.JsonNode;

/** Values as messages quote them: no longer than a reader wants them. */
public final class Shown {

    private static final int MOST = 60;

    private Shown() {}

    public static String of(JsonNode value) {
        return shortened(value.toString());
    }

    public static String shortened(String text) {
        return shortened(text, MOST);
    }

    /** @param most characters, without the three dots that stand for the rest */
    public static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }
}
