package dev.tribunal.servicekit.files;

import dev.tribunal.servicekit.files.JsonLines.Place;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the lines of a file: the first few in words, the others as a number. */
public final class LineMistakes {

    private static final int KEPT = 10;
    private static final int MAX_TEXT = 500;

    private final List<String> first = new ArrayList<>();
    private long count;

    public void add(Place place, String mistake) {
        count++;
        if (first.size() < KEPT) {
            first.add(place + ": " + (mistake.length() > MAX_TEXT ? mistake.substring(0, MAX_TEXT) + "..." : mistake));
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public long count() {
        return count;
    }

    /** {@code line 2: "prompt" is blank; line 3: ...; and 7 more}. */
    @Override
    public String toString() {
        return String.join("; ", first) + (count > first.size() ? "; and " + (count - first.size()) + " more" : "");
    }
}
