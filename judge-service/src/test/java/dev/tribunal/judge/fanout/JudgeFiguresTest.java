package dev.tribunal.judge.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgeFiguresTest {

    /** What takes a code, alone or after whatever it is about: {@code record Missing(String code, ...)}. */
    private static final Pattern TAKES_CODE = Pattern.compile("\\b(\\w+)\\((?:\\w+ \\w+, )?String code\\b");

    /** The code given to it: {@code new Missing("timeout", ...)}. */
    private static final String CODE = "\\b(?:%s)\\(\\s*(?:\\w+,\\s*|[^\";{}]*:\\s*)?\"([a-z_]+)\"\\s*[,)]";

    @Test
    void everyCodeOfThePlatformIsCountedUnderItsName() throws IOException {
        String sources = sources("contracts", "judge-sdk", "judge-service");
        Set<String> codes = found(
                Pattern.compile(CODE.formatted(String.join("|", found(TAKES_CODE, sources)))), sources);

        assertThat(JudgeFigures.KNOWN_CODES).containsExactlyInAnyOrderElementsOf(codes);
    }

    private static String sources(String... modules) throws IOException {
        List<String> sources = new ArrayList<>();
        for (String module : modules) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    sources.add(Files.readString(file));
                }
            }
        }
        return String.join("\n", sources);
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        pattern.matcher(text).results().map(match -> match.group(1)).forEach(found::add);
        return found;
    }
}
