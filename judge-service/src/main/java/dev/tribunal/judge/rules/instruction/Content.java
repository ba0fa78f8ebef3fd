package dev.tribunal.judge.rules.instruction;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code detectable_content:*} */
final class Content {

    private Content() {}

    /** Square brackets that open and close on one line; the text between them may be empty. */
    static boolean numberPlaceholders(Response response, Arguments arguments) {
        int count = 0;
        for (String line : response.text().split("\n", -1)) {
            int open = line.indexOf('[');
            while (open >= 0) {
                int close = line.indexOf(']', open);
                if (close < 0) {
                    break;
                }
                count++;
                open = line.indexOf('[', close);
            }
        }
        return count >= arguments.count("num_placeholders");
    }

    /** The marker stands somewhere; {@code P.S.} and {@code P.P.S} may have a space inside. */
    static boolean postscript(Response response, Arguments arguments) {
        String marker = PythonText.strip(arguments.text("postscript_marker"));
        Pattern pattern = switch (marker) {
            case "P.P.S" -> Pattern.compile("p\\.\\s?p\\.\\s?s", Response.PYTHON);
            case "P.S." -> Pattern.compile("p\\.\\s?s\\.", Response.PYTHON);
            case String other -> pattern(PythonText.lower(other));
        };
        return response.with(PythonText.lower(response.text())).contains(pattern);
    }

    private static Pattern pattern(String marker) {
        try {
            return Pattern.compile(marker, Response.PYTHON);
        } catch (PatternSyntaxException notARegularExpression) {
            return Pattern.compile(Pattern.quote(marker), Response.PYTHON);
        }
    }
}
