package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** {@code combination:*} */
final class Combination {

    private static final Pattern DIVIDER = Pattern.compile("******", Pattern.LITERAL);

    private Combination() {}

    /** Two responses that differ, parted by six stars, which may also stand at either end. */
    static boolean twoResponses(Response response, Arguments arguments) {
        String[] parts = DIVIDER.split(response.text(), -1);
        List<String> responses = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            if (!PythonText.isBlank(parts[i])) {
                responses.add(PythonText.strip(parts[i]));
            } else if (i > 0 && i < parts.length - 1) {
                return false;
            }
        }
        return responses.size() == 2 && !responses.get(0).equals(responses.get(1));
    }

    /** The response begins with the prompt, without regard to case. */
    static boolean repeatPrompt(Response response, Arguments arguments) {
        String prompt = PythonText.lower(PythonText.strip(arguments.text("prompt_to_repeat")));
        return PythonText.lower(PythonText.strip(response.text())).startsWith(prompt);
    }
}
