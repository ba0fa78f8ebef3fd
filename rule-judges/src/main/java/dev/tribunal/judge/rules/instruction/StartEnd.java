package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;

/** {@code startend:*} */
final class StartEnd {

    private StartEnd() {}

    /** The response ends with the phrase, without regard to case, spaces or double quotes after it. */
    static boolean endChecker(Response response, Arguments arguments) {
        String phrase = PythonText.lower(PythonText.strip(arguments.anyText("end_phrase")));
        String text = PythonText.strip(PythonText.strip(response.text()), '"');
        return PythonText.lower(text).endsWith(phrase);
    }

    static boolean quotation(Response response, Arguments arguments) {
        String text = PythonText.strip(response.text());
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    }
}
