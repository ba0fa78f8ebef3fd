package dev.tribunal.servicekit.input;

import tools.jackson.databind.JsonNode;

/** Values as messages quote them. */
final class Shown {

    private static final int MOST = 60;

    private Shown() {}

    static String of(JsonNode value) {
        return shortened(value.toString());
    }

    static String shortened(String text) {
        return text.length() <= MOST ? text : text.substring(0, MOST) + "...";
    }
}
