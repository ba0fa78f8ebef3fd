package dev.tribunal.mathanswers;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Separates what a completion answers from what its model thought before, by the marks that models write: {@code
 * <think>}, {@code [THINK]}, {@code ◁think▷}, {@code <|channel|>analysis} and others.
 */
final class Thoughts {

    private static final String NAMES =
            "(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad|analysis|chain_of_thought)";

    /** Group {@code ends} is not empty at the mark that ends a thought, group {@code channel} names a channel. */
    private static final Pattern MARK = Pattern.compile(
            "<(?<ends>/?)(?:seed:)?" + NAMES + "(?:\\s[^<>]{0,100})?>"
                    + "|\\[(?<ends2>/?)" + NAMES + "]"
                    + "|◁(?<ends3>/?)" + NAMES + "▷"
                    + "|<\\|(?:begin|start)(?:_of)?_" + NAMES + "\\|>"
                    + "|<\\|(?<ends4>end)(?:_of)?_" + NAMES + "\\|>"
                    + "|<\\|channel\\|?>\\s*(?<channel>[a-z]+)"
                    + "|<(?<ends5>channel)\\|>",
            Pattern.CASE_INSENSITIVE);

    private static final List<String> ENDS = List.of("ends", "ends2", "ends3", "ends4", "ends5");

    /** Where a channel's name was decoded without the marks around it. */
    private static final String BARE_CHANNEL = "analysis";

    private static final String BARE_FINAL = "assistantfinal";
    private static final String MESSAGE = "<|message|>";
    private static final String ANSWER = "<answer>";
    private static final String ANSWER_ENDS = "</answer>";

    private Thoughts() {}

    /**
     * What a completion says outside its thoughts, after the last of them; within {@code <answer>} if it marks that.
     *
     * @param prompt the last message before it, which may end with the mark that begins a thought
     * @return null if the thought never ends or nothing follows it
     */
    static @Nullable String answer(String completion, String prompt) {
        int from = 0;
        int open = begins(prompt) ? 0 : -1;
        boolean any = open == 0;
        Matcher mark = MARK.matcher(completion);
        for (int at = nextSign(completion, 0); at < completion.length(); at = nextSign(completion, at)) {
            mark.region(at, completion.length());
            if (!mark.lookingAt()) {
                at++;
                continue;
            }
            any = true;
            at = mark.end();
            if (ends(mark)) {
                open = -1;
                from = completion.startsWith(MESSAGE, at) ? at + MESSAGE.length() : at;
            } else if (open < 0) {
                open = mark.start();
            }
        }
        String said = open >= 0 ? completion.substring(from, Math.max(from, open)) : completion.substring(from);
        if (!any && completion.startsWith(BARE_CHANNEL)) {
            int last = completion.lastIndexOf(BARE_FINAL);
            said = last < 0 ? completion : completion.substring(last + BARE_FINAL.length());
        }
        return any && said.isBlank() ? null : marked(said);
    }

    private static boolean begins(String prompt) {
        String end = prompt.stripTrailing();
        int sign = Math.max(Math.max(end.lastIndexOf('<'), end.lastIndexOf('[')), end.lastIndexOf('◁'));
        if (sign < 0) {
            return false;
        }
        Matcher mark = MARK.matcher(end).region(sign, end.length());
        return mark.matches() && !ends(mark);
    }

    private static int nextSign(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '<' && text.charAt(at) != '[' && text.charAt(at) != '◁') {
            at++;
        }
        return at;
    }

    private static boolean ends(Matcher mark) {
        String channel = mark.group("channel");
        return channel != null
                ? channel.toLowerCase(Locale.ROOT).equals("final")
                : ENDS.stream().map(mark::group).anyMatch(ends -> ends != null && !ends.isEmpty());
    }

    private static String marked(String said) {
        int begins = said.lastIndexOf(ANSWER);
        if (begins < 0) {
            return said;
        }
        int from = begins + ANSWER.length();
        int ends = said.indexOf(ANSWER_ENDS, from);
        String answer = said.substring(from, ends < 0 ? said.length() : ends);
        return answer.isBlank() ? said : answer;
    }
}
