package dev.tribunal.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One rule that a text must follow, in the form of IFEval (arXiv 2311.07911).
 *
 * @param wording how a prompt asks for it
 * @param kwargs the row's arguments, as IFEval's data has them
 */
record Rule(Kind kind, String wording, Map<String, Object> kwargs) {

    enum Kind {
        NO_COMMA("punctuation:no_comma"),
        LOWERCASE("change_case:english_lowercase"),
        AT_LEAST("length_constraints:number_sentences"),
        LESS_THAN("length_constraints:number_sentences"),
        KEYWORD("keywords:existence"),
        FORBIDDEN_WORD("keywords:forbidden_words"),
        QUOTATION("startend:quotation"),
        END("startend:end_checker"),
        TITLE("detectable_format:title"),
        POSTSCRIPT("detectable_content:postscript"),
        BULLETS("detectable_format:number_bullet_lists");

        private final String instructionId;

        Kind(String instructionId) {
            this.instructionId = instructionId;
        }

        String instructionId() {
            return instructionId;
        }
    }

    /** Kinds that one text cannot show together without making a rule ambiguous. */
    private static final List<Set<Kind>> CONFLICTS = List.of(
            Set.of(Kind.AT_LEAST, Kind.LESS_THAN, Kind.LOWERCASE),
            Set.of(Kind.AT_LEAST, Kind.LESS_THAN, Kind.BULLETS, Kind.POSTSCRIPT, Kind.END),
            Set.of(Kind.AT_LEAST, Kind.LESS_THAN, Kind.TITLE),
            Set.of(Kind.QUOTATION, Kind.BULLETS),
            Set.of(Kind.QUOTATION, Kind.TITLE),
            Set.of(Kind.LOWERCASE, Kind.POSTSCRIPT));

    static final List<Rule> ALL = all();

    boolean goesWith(Rule other) {
        return kind != other.kind
                && CONFLICTS.stream().noneMatch(set -> set.contains(kind) && set.contains(other.kind));
    }

    int number(String name) {
        return (int) Objects.requireNonNull(kwargs.get(name), name);
    }

    String text(String name) {
        Object value = Objects.requireNonNull(kwargs.get(name), name);
        return value instanceof List<?> words ? (String) words.getFirst() : (String) value;
    }

    private static List<Rule> all() {
        var all = new ArrayList<Rule>();
        all.add(new Rule(Kind.NO_COMMA, "Do not use any commas.", Map.of()));
        all.add(new Rule(Kind.LOWERCASE, "Use only lowercase letters.", Map.of()));
        for (int number = 2; number <= 3; number++) {
            all.add(new Rule(
                    Kind.AT_LEAST,
                    "Write at least %d sentences.".formatted(number),
                    Json.line("relation", "at least", "num_sentences", number)));
            all.add(new Rule(
                    Kind.LESS_THAN,
                    "Write less than %d sentences.".formatted(number),
                    Json.line("relation", "less than", "num_sentences", number)));
            all.add(new Rule(
                    Kind.BULLETS, "Write %d bullet points with *.".formatted(number), Map.of("num_bullets", number)));
        }
        for (String word : RuledText.KEYWORDS) {
            all.add(new Rule(Kind.KEYWORD, "Use the word %s.".formatted(word), Map.of("keywords", List.of(word))));
        }
        for (String word : RuledText.COMMON_WORDS) {
            all.add(new Rule(
                    Kind.FORBIDDEN_WORD,
                    "Do not use the word %s.".formatted(word),
                    Map.of("forbidden_words", List.of(word))));
        }
        all.add(new Rule(Kind.QUOTATION, "Put your whole answer in double quotes.", Map.of()));
        for (String phrase : List.of("That is all I know.", "What do you think?")) {
            all.add(new Rule(Kind.END, "End with the phrase: %s".formatted(phrase), Map.of("end_phrase", phrase)));
        }
        all.add(new Rule(Kind.TITLE, "Add a title such as <<title>>.", Map.of()));
        all.add(new Rule(
                Kind.POSTSCRIPT, "Add a postscript that starts with P.S.", Map.of("postscript_marker", "P.S.")));
        return List.copyOf(all);
    }
}
