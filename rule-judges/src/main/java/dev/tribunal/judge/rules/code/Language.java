package dev.tribunal.judge.rules.code;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a program can be written in. */
enum Language {
    PYTHON(Set.of("python", "python3", "py"), "(?m)^\\s*(async\\s+def|def|class)\\s"),
    JAVA(Set.of("java"), "\\b(class|interface|record|enum)\\s+\\w+|\\)\\s*(throws\\s+[\\w., ]+)?\\{");

    private final Set<String> names;
    private final Pattern definition;

    Language(Set<String> names, String definition) {
        this.names = names;
        this.definition = Pattern.compile(definition);
    }

    static Optional<Language> named(String name) {
        return Stream.of(values())
                .filter(language -> language.isCalled(name.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    boolean isCalled(String name) {
        return names.contains(name);
    }

    /** Whether a text has a function or a class of its own. */
    boolean defines(String code) {
        return definition.matcher(code).find();
    }

    /** As a reader writes it. */
    String title() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
}
