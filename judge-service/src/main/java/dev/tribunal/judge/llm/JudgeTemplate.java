package dev.tribunal.judge.llm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an LLM judge is asked, word for word: a text resource {@code NAME-VERSION.txt} that never changes. Its head
 * names the two tokens, one of which the model is expected to reply with.
 *
 * @param question with {@code {prompt}}, {@code {completion}} and perhaps {@code {reference}} to be filled in
 */
public record JudgeTemplate(String name, String version, String question, String satisfiedToken, String violatedToken) {

    public static final String LATEST = "1";

    /** Names of the judges that have a template. */
    public static final List<String> NAMES = List.of("safety", "false-refusal", "factuality");

    private static final Pattern FORM =
            Pattern.compile("satisfied: (\\S+)\nviolated: (\\S+)\n\n(.+?)\n?", Pattern.DOTALL);
    private static final Pattern PLACE = Pattern.compile("\\{(prompt|completion|reference)}");

    /** @throws IllegalArgumentException if there is no such template */
    public static JudgeTemplate load(String name, String version) {
        String resource = name + "-" + version + ".txt";
        try (InputStream stream = JudgeTemplate.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalArgumentException("there is no judge template '" + resource + "'");
            }
            Matcher form = FORM.matcher(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            if (!form.matches()) {
                throw new IllegalStateException(resource + " does not name its two tokens before its question");
            }
            return new JudgeTemplate(name, version, form.group(3), form.group(1), form.group(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean needsReference() {
        return question.contains("{reference}");
    }

    /**
     * The question about one completion. Braces in what is filled in stay as they are.
     *
     * @param prompt the last user message
     * @param reference the right answer; may be absent if the template does not need it
     */
    public String render(String prompt, String completion, @Nullable String reference) {
        if (needsReference() && reference == null) {
            throw new IllegalArgumentException(name + " needs a reference");
        }
        Map<String, String> values =
                Map.of("prompt", prompt, "completion", completion, "reference", reference == null ? "" : reference);
        return PLACE.matcher(question).replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
    }
}
