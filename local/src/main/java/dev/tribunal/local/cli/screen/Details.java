package dev.tribunal.local.cli.screen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Indented lines below a heading. */
public final class Details {

    private Details() {}

    /** Adds a line with a value and what it is; none if there is no value. */
    public static void add(List<String> lines, String what, @Nullable String value) {
        if (value != null) {
            lines.add(String.format("  %-8s  %s", what, value));
        }
    }
}
