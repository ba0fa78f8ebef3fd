package dev.tribunal.judge.rules.instruction;

import org.jspecify.annotations.Nullable;

/** {@code language:*} */
final class Language {

    private Language() {}

    static boolean responseLanguage(Response response, Arguments arguments) {
        return isOrCannotBeTold(response.text(), arguments.text("language"));
    }

    /** True also for a text without a letter that would tell, as in the reference checker. */
    static boolean isOrCannotBeTold(String text, String language) {
        @Nullable String detected = LanguageDetector.INSTANCE.detect(text);
        return detected == null || detected.equals(language);
    }
}
