package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.PythonPattern;
import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;
import java.util.regex.Pattern;

/** {@code detectable_content:*} */
final class Content {

    private static final Pattern PS = Pattern.compile("p\\.[\\s\\x1c-\\x1f]?s\\.", Response.PYTHON);
    private static final Pattern PPS = Pattern.compile("p\\.[\\s\\x1c-\\x1f]?p\\.[\\s\\x1c-\\x1f]?s", Response.PYTHON);

    private Content() {}

    /** Square brackets that open and close on one line; the text between them may be empty. */
    static boolean numberPlaceholders(Response response, Arguments arguments) {
        String text = response.text();
        int count = 0;
        int open = text.indexOf('[');
        while (open >= 0) {
            int close = text.indexOf(']', open);
            if (close < 0) {
                break;
            }
            int lineEnd = text.indexOf('\n', open);
            boolean onOneLine = lineEnd < 0 || lineEnd > close;
            count += onOneLine ? 1 : 0;
            open = text.indexOf('[', onOneLine ? close : lineEnd);
        }
        return count >= arguments.count("num_placeholders");
    }

    /** The marker, a regular expression, stands somewhere; {@code P.S.} and {@code P.P.S} may have a space inside. */
    static boolean postscript(Response response, Arguments arguments) {
        String marker = PythonText.strip(arguments.anyText("postscript_marker"));
        Pattern pattern = switch (marker) {
            case "P.P.S" -> PPS;
            case "P.S." -> PS;
            case String other ->
                PythonPattern.compile("\\s*", PythonText.lower(other), ".*$", Response.PYTHON | Pattern.MULTILINE);
        };
        return response.count(pattern, response.small(), 1) > 0;
    }
}
