package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.language.LanguageDetector;
import dev.tribunal.judge.rules.instruction.text.Response;
import org.jspecify.annotations.Nullable;

/** {@code language:*} */
public final class Language {

    private Language() {}

    static boolean responseLanguage(Response response, Arguments arguments) {
        String language = arguments.text("language");
        if (!LanguageDetector.INSTANCE.knows(language)) {
            throw new Arguments.BadArguments(
                    "language",
                    "is '" + language
                            + "', must be a code of ISO 639-1 that is told apart, such as en, zh-cn or zh-tw");
        }
        return isOrCannotBeTold(response.text(), language);
    }

    /** True also for a text without a letter that would tell, as in the reference checker. */
    static boolean isOrCannotBeTold(String text, String language) {
        @Nullable String detected = LanguageDetector.INSTANCE.detect(text);
        return detected == null || detected.equals(language);
    }
}
