package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.CapitalWords;
import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;
import dev.tribunal.judge.rules.instruction.text.Sentences;
import dev.tribunal.judge.rules.instruction.text.WordTokens;

/** {@code change_case:*} */
final class LetterCase {

    private LetterCase() {}

    /** Words, parted as {@link WordTokens} does, that are all capital, as many as asked. */
    static boolean capitalWordFrequency(Response response, Arguments arguments) {
        int count = 0;
        for (String sentence : Sentences.of(response.text())) {
            count += CapitalWords.count(sentence);
        }
        return arguments.holds(count, "capital_relation", "capital_frequency");
    }

    static boolean englishCapital(Response response, Arguments arguments) {
        return PythonText.isUpper(response.text()) && Language.isOrCannotBeTold(response.text(), "en");
    }

    static boolean englishLowercase(Response response, Arguments arguments) {
        return PythonText.isLower(response.text()) && Language.isOrCannotBeTold(response.text(), "en");
    }
}
