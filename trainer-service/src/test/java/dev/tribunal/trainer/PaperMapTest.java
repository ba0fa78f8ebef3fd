package dev.tribunal.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What docs/paper-map.md names is there. */
class PaperMapTest {

    /** An optional package, a class, and optionally a method or the beginning of some. */
    private static final Pattern NAME = Pattern.compile("`(?:[a-z]+\\.)?([A-Z]\\w+)(?:\\.(\\w+)(\\*?))?`");

    @Test
    void everyClassAndMethodThatTheMapNamesExists() throws IOException {
        JavaClasses classes = new ClassFileImporter().importPackages("dev.tribunal.trainer");
        List<String> missing = new ArrayList<>();
        Matcher names = NAME.matcher(Files.readString(Path.of("../docs/paper-map.md")));
        int found = 0;
        while (names.find()) {
            found++;
            if (!exists(classes, names.group(1), names.group(2), !"".equals(names.group(3)))) {
                missing.add(names.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(40);
    }

    private static boolean exists(JavaClasses classes, String name, @Nullable String method, boolean prefix) {
        List<JavaClass> named =
                classes.stream().filter(type -> type.getSimpleName().equals(name)).toList();
        if (method == null) {
            return !named.isEmpty();
        }
        return named.stream()
                .flatMap(type -> type.getMethods().stream())
                .map(JavaMethod::getName)
                .collect(Collectors.toSet())
                .stream()
                .anyMatch(candidate -> prefix ? candidate.startsWith(method) : candidate.equals(method));
    }
}
