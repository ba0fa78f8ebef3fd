package dev.tribunal.judge.llm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an LLM judge is asked, word for word: a text resource {@code NAME-VERSION.txt} that never changes, or a
 * registration's own text. The resource's head names the two tokens, one of which the model is expected to reply with.
 *
 * @param question with {@code {completion}} and perhaps {@code {prompt}}, {@code {reference}} and {@code {fence}} to be
 *     filled in
 * @param raw whether it is the model's whole input, without a chat template
 */
public record JudgeTemplate(
        String name, String version, String question, String satisfiedToken, String violatedToken, boolean raw) {

    public static final String LATEST = "1";

    /** Names of the judges that have a template. */
    public static final List<String> NAMES = List.of("safety", "false-refusal", "factuality");

    /** Of each name. Version 1 is short, for the embedded model; version 2 fences what is judged, for others. */
    private static final List<String> VERSIONS = List.of("1", "2");

    private static final Pattern FORM =
            Pattern.compile("satisfied: (\\S+)\nviolated: (\\S+)\n\n(.+?)\n?", Pattern.DOTALL);
    private static final Pattern PLACE = Pattern.compile("\\{(prompt|completion|reference|fence)}");
    private static final Pattern ANY_PLACE = Pattern.compile("\\{([a-zA-Z]+)}");
    private static final String FENCE = "=";
    private static final int SHORTEST_FENCE = 8;

    /** All that ship. */
    public static List<JudgeTemplate> all() {
        return NAMES.stream()
                .flatMap(name -> VERSIONS.stream().map(version -> load(name, version)))
                .toList();
    }

    /** @throws IllegalArgumentException if there is no such template */
    public static JudgeTemplate load(String name, String version) {
        String resource = name + "-" + version + ".txt";
        try (InputStream stream =
                resource.matches("[\\w.-]+") ? JudgeTemplate.class.getResourceAsStream(resource) : null) {
            if (stream == null) {
                throw new IllegalArgumentException("there is no judge template '" + resource + "'");
            }
            Matcher form = FORM.matcher(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            if (!form.matches()) {
                throw new IllegalStateException(resource + " does not name its two tokens before its question");
            }
            return new JudgeTemplate(name, version, form.group(3), form.group(1), form.group(2), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with a question and what to do; null if nothing is. */
    static @Nullable String objection(String question) {
        TreeSet<String> unknown = new TreeSet<>();
        Matcher place = ANY_PLACE.matcher(question);
        while (place.find()) {
            if (!PLACE.matcher(place.group()).matches()) {
                unknown.add(place.group());
            }
        }
        if (!unknown.isEmpty()) {
            return "holds " + String.join(", ", unknown)
                    + ", which nothing is filled in for; there are {prompt}, {completion}, {reference} and {fence}";
        }
        return question.contains("{completion}") ? null : "has no {completion}, and so asks the same of each";
    }

    public boolean needsReference() {
        return question.contains("{reference}");
    }

    /**
     * The question about one completion. Braces in what is filled in stay as they are; a fence is longer than any run of
     * its character in what is filled in, so that nothing filled in can close it.
     *
     * @param prompt the last user message
     * @param reference the right answer; may be absent if the template does not need it
     */
    public String render(String prompt, String completion, @Nullable String reference) {
        if (needsReference() && reference == null) {
            throw new IllegalArgumentException(name + " needs a reference");
        }
        String answer = reference == null ? "" : reference;
        int longestRun = List.of(prompt, completion, answer).stream()
                .mapToInt(JudgeTemplate::longestRun)
                .max()
                .orElseThrow();
        Map<String, String> values = Map.of(
                "prompt", prompt,
                "completion", completion,
                "reference", answer,
                "fence", FENCE.repeat(Math.max(SHORTEST_FENCE, longestRun + 1)));
        return PLACE.matcher(question).replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
    }

    private static int longestRun(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == FENCE.charAt(0) ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
