package dev.tribunal.mathanswers;

/** Two readable answers of which it cannot be said whether they are equal. */
final class Undecidable extends RuntimeException {

    Undecidable(String why) {
        super(why, null, false, false);
    }
}
