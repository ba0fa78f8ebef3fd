package dev.tribunal.mathanswers;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** English words for numbers: "twenty-one", "three hundred and five", "a dozen", "two thirds", "third". */
final class NumberWords {

    private static final List<String> SMALL = List.of(
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen");
    private static final List<String> TENS =
            List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");
    private static final Map<String, Long> SCALES = Map.of(
            "dozen",
            12L,
            "hundred",
            100L,
            "thousand",
            1_000L,
            "million",
            1_000_000L,
            "billion",
            1_000_000_000L,
            "trillion",
            1_000_000_000_000L);
    private static final List<String> ORDINALS = List.of(
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth");
    private static final Map<String, Long> PARTS = new HashMap<>();
    private static final Map<String, Long> VALUES = new HashMap<>();
    private static final Fraction HALF = Fraction.ONE.over(Fraction.of(2));
    private static final Set<String> ARTICLES = Set.of("a", "an");

    /** More words than a number that a person spells has. */
    private static final int MAX_WORDS = 20;

    static {
        for (int i = 0; i < SMALL.size(); i++) {
            VALUES.put(SMALL.get(i), (long) i);
        }
        for (int i = 0; i < TENS.size(); i++) {
            VALUES.put(TENS.get(i), 10L * (i + 2));
        }
        PARTS.putAll(Map.of("half", 2L, "halves", 2L, "quarter", 4L, "quarters", 4L));
        for (int i = 2; i < ORDINALS.size(); i++) {
            PARTS.put(ORDINALS.get(i), i + 1L);
            PARTS.put(ORDINALS.get(i) + "s", i + 1L);
        }
    }

    private NumberWords() {}

    /** Where a number in words ends. */
    record Spelled(Fraction value, int words) {}

    /** How many times a word such as "million" makes the number before it; null for other words. */
    static @Nullable Fraction scale(String word) {
        Long scale = SCALES.get(word.endsWith("s") ? word.substring(0, word.length() - 1) : word);
        return scale == null ? null : Fraction.of(scale);
    }

    /** The part that a word such as "thirds" names; null for other words. */
    static @Nullable Fraction part(String word) {
        Long part = PARTS.get(word);
        return part == null ? null : Fraction.ONE.over(Fraction.of(part));
    }

    /** What words as a whole say: a number, perhaps with what it counts, or a place such as "third"; null if neither. */
    static @Nullable Fraction whole(String text) {
        List<String> words = List.of(text.toLowerCase(Locale.ROOT).strip().split("[\\s-]+"));
        String last = words.getLast();
        if (words.size() <= 2
                && ORDINALS.contains(last)
                && (words.size() == 1 || words.getFirst().equals("the"))) {
            return Fraction.of(ORDINALS.indexOf(last) + 1L);
        }
        boolean negative = words.getFirst().equals("minus") || words.getFirst().equals("negative");
        Spelled spelled = at(words, negative ? 1 : 0);
        return spelled == null ? null : negative ? spelled.value().negated() : spelled.value();
    }

    /** The number that is spelled from a word on; null if none is. */
    static @Nullable Spelled at(List<String> words, int from) {
        Fraction total = Fraction.of(0);
        Fraction group = Fraction.of(0);
        int at = from;
        boolean any = false;
        while (at < words.size() && at - from < MAX_WORDS) {
            String word = words.get(at);
            Long value = VALUES.get(word);
            Fraction scale = scale(word);
            Fraction part = part(word);
            boolean article = ARTICLES.contains(word) && at == from && at + 1 < words.size();
            if (value != null && (!any || joins(words.get(at - 1), value))) {
                group = group.plus(Fraction.of(value));
            } else if (word.equals("and") && any && halves(words, at)) {
                group = group.plus(HALF);
                return new Spelled(total.plus(group), at + 3 - from);
            } else if (article && (scale(words.get(at + 1)) != null || part(words.get(at + 1)) != null)) {
                group = Fraction.ONE;
            } else if (scale != null && any) {
                group = group.times(scale);
                if (!word.startsWith("hundred")) {
                    total = total.plus(group);
                    group = Fraction.of(0);
                }
            } else if (part != null && any && (at + 1 == words.size() || !VALUES.containsKey(words.get(at + 1)))) {
                return new Spelled(total.plus(group).times(part), at + 1 - from);
            } else if (part != null && !any && word.equals("half")) {
                return new Spelled(part, 1);
            } else if (word.equals("point") && any) {
                return decimals(total.plus(group), words, from, at + 1);
            } else if (!(word.equals("and") && any && follows(words, at))) {
                break;
            }
            any = true;
            at++;
        }
        return any ? new Spelled(total.plus(group), at - from) : null;
    }

    /** Whether a word goes on with the number before it: "twenty one", "hundred one", "hundred and one". */
    private static boolean joins(String before, long value) {
        return TENS.contains(before) && value > 0 && value < 10 || scale(before) != null || before.equals("and");
    }

    private static boolean follows(List<String> words, int and) {
        return and + 1 < words.size() && VALUES.containsKey(words.get(and + 1)) && scale(words.get(and - 1)) != null;
    }

    /** "and a half". */
    private static boolean halves(List<String> words, int and) {
        return and + 2 < words.size()
                && words.get(and + 1).equals("a")
                && words.get(and + 2).equals("half");
    }

    private static Spelled decimals(Fraction whole, List<String> words, int from, int first) {
        Fraction value = whole;
        Fraction place = Fraction.ONE;
        int at = first;
        while (at < words.size()
                && at - from < MAX_WORDS
                && SMALL.indexOf(words.get(at)) >= 0
                && SMALL.indexOf(words.get(at)) < 10) {
            place = place.over(Fraction.of(10));
            value = value.plus(place.times(Fraction.of(SMALL.indexOf(words.get(at)))));
            at++;
        }
        return new Spelled(value, at - from);
    }
}
