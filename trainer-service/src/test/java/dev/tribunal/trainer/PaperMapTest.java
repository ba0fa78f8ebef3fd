package dev.tribunal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What docs/paper-map.md names is there, in whichever module: looked for in the sources. */
class PaperMapTest {

    /** An optional package, a class, and optionally a method or the beginning of some. */
    private static final Pattern NAME = Pattern.compile("`(?:([a-z]+)\\.)?([A-Z]\\w+)(?:\\.(\\w+)(\\*?))?`");

    private static final Path PROJECT = Path.of("..");

    @Test
    void everyClassAndMethodThatTheMapNamesExists() throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher names = NAME.matcher(Files.readString(PROJECT.resolve("docs/paper-map.md")));
        int found = 0;
        while (names.find()) {
            found++;
            if (!exists(names.group(1), names.group(2), names.group(3), "*".equals(names.group(4)))) {
                missing.add(names.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(40);
    }

    private static boolean exists(@Nullable String folder, String name, @Nullable String method, boolean prefix)
            throws IOException {
        for (Path source : sources(name + ".java")) {
            if (folder != null && !source.getParent().endsWith(folder)) {
                continue;
            }
            Pattern declared = Pattern.compile("\\b" + method + (prefix ? "\\w*" : "") + "\\(");
            if (method == null || declared.matcher(Files.readString(source)).find()) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> sources(String file) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("methods", "trainer-service", "reward-service")) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src"))) {
                files.filter(path -> path.endsWith(file)).forEach(sources::add);
            }
        }
        return sources;
    }
}
