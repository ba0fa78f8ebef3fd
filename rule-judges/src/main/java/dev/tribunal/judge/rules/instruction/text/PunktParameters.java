package dev.tribunal.judge.rules.instruction.text;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Punkt learned of English from newspapers: NLTK's parameters, as far as decisions need them. Words are small.
 * The resource says where they are from.
 */
final class PunktParameters {

    static final PunktParameters ENGLISH =
            new PunktParameters(Resource.sections(PunktParameters.class, "punkt-english.txt"));

    private final Set<String> abbreviations;
    private final Set<String> collocations;
    private final Set<String> starters;
    private final Set<String> largeInside;
    private final Set<String> smallOnly;
    private final Set<String> smallFirst;

    private PunktParameters(Map<String, List<String>> sections) {
        abbreviations = words(sections, "abbreviations");
        collocations = words(sections, "collocations");
        starters = words(sections, "starters");
        largeInside = words(sections, "large-inside");
        smallOnly = words(sections, "small-only");
        smallFirst = words(sections, "small-first");
    }

    boolean isAbbreviation(String word) {
        return abbreviations.contains(word);
    }

    /** The two stand together so often that a period between them ends no sentence. */
    boolean areCollocation(String word, String next) {
        return collocations.contains(word + "\t" + next);
    }

    boolean oftenStartsSentence(String word) {
        return starters.contains(word);
    }

    /** Was seen small, so that a capital has a reason. */
    boolean wasSeenSmall(String word) {
        return largeInside.contains(word) || smallOnly.contains(word) || smallFirst.contains(word);
    }

    /** Was seen small, and never large inside a sentence. */
    boolean isLargeOnlyFirst(String word) {
        return smallOnly.contains(word) || smallFirst.contains(word);
    }

    /** Was seen small as a sentence's first word, and never large. */
    boolean isSmallEvenFirst(String word) {
        return smallFirst.contains(word);
    }

    private static Set<String> words(Map<String, List<String>> sections, String name) {
        return Set.copyOf(sections.get(name));
    }
}
