package dev.tribunal.mathanswers;

/** A text that is not mathematics that this judge can read, or more of it than it will. The message says which. */
final class Unreadable extends RuntimeException {

    Unreadable(String why) {
        super(why, null, false, false);
    }
}
