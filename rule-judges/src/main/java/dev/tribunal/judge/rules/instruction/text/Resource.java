package dev.tribunal.judge.rules.instruction.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A text beside a class in sections: a line {@code == name}, then the section's lines. What precedes is a note. */
public final class Resource {

    private Resource() {}

    public static Map<String, List<String>> sections(Class<?> besides, String name) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> section = new ArrayList<>();
        for (String line : text(besides, name).split("\n")) {
            if (line.startsWith("== ")) {
                section = new ArrayList<>();
                sections.put(line.substring("== ".length()), section);
            } else {
                section.add(line);
            }
        }
        return sections;
    }

    public static String text(Class<?> besides, String name) {
        try (InputStream in = besides.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing beside " + besides);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
