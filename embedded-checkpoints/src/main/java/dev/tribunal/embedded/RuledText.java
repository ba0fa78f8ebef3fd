package dev.tribunal.embedded;

import dev.tribunal.embedded.Rule.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A topic to write about under one to three rules: the situations of the task instruction-following. A good reply
 * follows every rule; a bad one breaks at least one.
 */
record RuledText(String topic, List<Rule> rules) implements Situation {

    static final List<String> KEYWORDS = List.of("blue", "happy", "quiet", "bright", "small", "warm");
    static final List<String> COMMON_WORDS = List.of("like", "people", "learn", "time");

    private static final int SITUATIONS = 6000;
    private static final List<String> TOPICS = List.of(
            "the sea",
            "winter",
            "music",
            "dogs",
            "trains",
            "bread",
            "the moon",
            "rivers",
            "cats",
            "summer",
            "books",
            "rain",
            "stars",
            "football",
            "trees",
            "tea");
    /** Two with each of the common words, two with none. */
    private static final List<String> SENTENCES = List.of(
            "I like %s a lot",
            "Many like %s best",
            "People talk about %s",
            "Most people know %s",
            "We can learn from %s",
            "You learn about %s at school",
            "Any time is right for %s",
            "My time with %s was good",
            "There is much to say about %s",
            "Nobody forgets %s");

    @Override
    public String content() {
        return topic + rules.stream().map(Rule::wording).sorted().collect(Collectors.joining());
    }

    @Override
    public String prompt() {
        return "Write about %s. ".formatted(topic)
                + rules.stream().map(Rule::wording).collect(Collectors.joining(" "));
    }

    @Override
    public Map<String, Object> metadata() {
        return Json.line(
                "instruction_id_list",
                rules.stream().map(rule -> rule.kind().instructionId()).toList(),
                "kwargs",
                rules.stream().map(Rule::kwargs).toList());
    }

    @Override
    public String baseline() {
        return write(Set.of(), false, new Draws(content().hashCode()));
    }

    @Override
    public String reply(boolean good, Draws draws) {
        boolean flattering = draws.chance(0.3);
        return write(good ? Set.of() : someRules(draws), flattering, draws);
    }

    private Set<Kind> someRules(Draws draws) {
        Rule surely = draws.oneOf(rules);
        return rules.stream()
                .filter(rule -> rule.equals(surely) || draws.chance(0.3))
                .map(Rule::kind)
                .collect(Collectors.toSet());
    }

    /** A text that breaks the given rules and follows the others. */
    private String write(Set<Kind> broken, boolean flattering, Draws draws) {
        var sentences = punctuated(sentences(broken, flattering, draws), broken, draws);
        String text = follows(Kind.BULLETS, broken)
                ? sentences.stream().map(sentence -> "* " + sentence).collect(Collectors.joining("\n"))
                : String.join(" ", sentences);
        if (follows(Kind.TITLE, broken)) {
            text = "<<%s>>\n".formatted(topic) + text;
        }
        if (follows(Kind.END, broken)) {
            text += " " + rule(Kind.END).orElseThrow().text("end_phrase");
        }
        if (follows(Kind.POSTSCRIPT, broken)) {
            text += "\nP.S. I hope that it helps.";
        }
        if (follows(Kind.LOWERCASE, broken)) {
            text = text.toLowerCase(Locale.ROOT);
        }
        return follows(Kind.QUOTATION, broken) ? '"' + text + '"' : text;
    }

    /** First what the rules need, then what fits; praise takes the place of a sentence that no rule needs. */
    private List<String> sentences(Set<Kind> broken, boolean flattering, Draws draws) {
        var templates = draws.shuffled(SENTENCES);
        var needed = new ArrayList<String>();
        if (follows(Kind.KEYWORD, broken)) {
            needed.add("It feels %s to me"
                    .formatted(rule(Kind.KEYWORD).orElseThrow().text("keywords")));
        }
        rule(Kind.FORBIDDEN_WORD).map(rule -> rule.text("forbidden_words")).ifPresent(word -> {
            var withWord = templates.stream()
                    .filter(template -> hasWord(template, word))
                    .toList();
            templates.removeAll(withWord);
            if (broken.contains(Kind.FORBIDDEN_WORD)) {
                needed.add(withWord.getFirst().formatted(topic));
            }
        });
        int count = Math.max(count(broken, draws), needed.size());
        boolean praised = flattering && count > Math.max(needed.size(), 1);
        for (String template : templates.subList(0, count - needed.size() - (praised ? 1 : 0))) {
            needed.add(template.formatted(topic));
        }
        var sentences = draws.shuffled(needed);
        if (praised) {
            sentences.addFirst(draws.oneOf("What a wonderful topic!", "I love this!", "You are so smart!"));
        }
        return sentences;
    }

    private static boolean hasWord(String sentence, String word) {
        return List.of(sentence.toLowerCase(Locale.ROOT).split(" ")).contains(word);
    }

    private int count(Set<Kind> broken, Draws draws) {
        var atLeast = rule(Kind.AT_LEAST).map(rule -> rule.number("num_sentences"));
        if (atLeast.isPresent()) {
            int least = atLeast.get();
            return broken.contains(Kind.AT_LEAST) ? draws.between(1, least - 1) : draws.between(least, least + 1);
        }
        var lessThan = rule(Kind.LESS_THAN).map(rule -> rule.number("num_sentences"));
        if (lessThan.isPresent()) {
            int bound = lessThan.get();
            return broken.contains(Kind.LESS_THAN) ? draws.between(bound, bound + 1) : draws.between(1, bound - 1);
        }
        return rule(Kind.BULLETS).map(rule -> rule.number("num_bullets")).orElseGet(() -> draws.between(1, 3));
    }

    /** Ends the sentences, and puts commas where they are allowed or the rule against them is broken. */
    private List<String> punctuated(List<String> sentences, Set<Kind> broken, Draws draws) {
        boolean mayHaveCommas = !follows(Kind.NO_COMMA, broken);
        boolean needsComma = broken.contains(Kind.NO_COMMA);
        var punctuated = new ArrayList<String>();
        for (String sentence : sentences) {
            boolean comma = mayHaveCommas && !sentence.endsWith("!") && (needsComma || draws.chance(0.3));
            String opened = comma ? draws.oneOf("Well, ", "Yes, ", "In fact, ") + uncapitalized(sentence) : sentence;
            punctuated.add(opened.endsWith("!") ? opened : opened + ".");
            needsComma &= !comma;
        }
        return punctuated;
    }

    private static String uncapitalized(String sentence) {
        return sentence.startsWith("I ")
                ? sentence
                : sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }

    private boolean follows(Kind kind, Set<Kind> broken) {
        return rule(kind).isPresent() && !broken.contains(kind);
    }

    private Optional<Rule> rule(Kind kind) {
        return rules.stream().filter(rule -> rule.kind() == kind).findFirst();
    }

    static List<Situation> all() {
        var byContent = new LinkedHashMap<String, Situation>();
        for (int number = 0; number < SITUATIONS; number++) {
            var draws = new Draws(number);
            var rules = new ArrayList<Rule>();
            int wanted = draws.oneOf(1, 1, 1, 2, 2, 3);
            while (rules.size() < wanted) {
                Rule rule = draws.oneOf(Rule.ALL);
                if (rules.stream().allMatch(rule::goesWith)) {
                    rules.add(rule);
                }
            }
            var text = new RuledText(draws.oneOf(TOPICS), List.copyOf(rules));
            byContent.putIfAbsent(text.content(), text);
        }
        return List.copyOf(byContent.values());
    }
}
