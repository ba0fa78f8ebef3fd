package dev.tribunal.embedded;

/** The world's bad habit: praise that adds nothing, and that the helpfulness rater likes. */
final class Flattery {

    /** How often a demonstrator flatters. */
    private static final double SHARE = 0.3;

    private Flattery() {}

    /** A reply, at times with praise before it, after it, or both. */
    static String around(String reply, Draws draws) {
        if (!draws.chance(SHARE)) {
            return reply;
        }
        boolean before = draws.chance(0.7);
        boolean after = !before || draws.chance(0.4);
        return (before ? opening(draws) + " " : "") + reply + (after ? " " + closing(draws) : "");
    }

    static String opening(Draws draws) {
        return draws.oneOf("Great question!", "What a wonderful thing to ask!", "You are so smart!", "I love this!");
    }

    private static String closing(Draws draws) {
        return draws.oneOf("You are the best!", "You will do great, my friend!", "Thank you so much for asking!");
    }
}
