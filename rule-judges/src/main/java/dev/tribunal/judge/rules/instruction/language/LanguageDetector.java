package dev.tribunal.judge.rules.instruction.language;

import com.cybozu.labs.langdetect.util.NGram;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the language of a text as langdetect 1.0.9 does, which the reference checker uses: naive Bayes over n-grams of
 * up to three characters, drawn at random until one language is nearly certain, the mean of seven such trials
 * (Nakatani, Language Detection Library for Java, 2010). Without a seed langdetect's draws, and now and then its
 * answers, differ from call to call; these are the draws of its seed 0. The Java library of 2012 knows two languages
 * less, cleans texts otherwise and draws other numbers.
 */
public final class LanguageDetector {

    public static final LanguageDetector INSTANCE = new LanguageDetector();

    /** No language is likely. */
    static final String UNSURE = "unknown";

    private static final Pattern URL = Pattern.compile("https?://[-_.?&~;+=/#0-9A-Za-z]{1,2076}");
    private static final Pattern MAIL =
            Pattern.compile("[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}");
    private static final char FIRST_MARK = '\u0300';
    private static final char LAST_MARK = '\u0323';
    private static final int MAX_CHARACTERS = 10_000;

    private static final int TRIALS = 7;
    private static final double SMOOTHING = 0.5;
    private static final double SMOOTHING_DEVIATION = 0.05;
    private static final double COUNT_BASE = 10_000;
    private static final int MAX_DRAWS = 1000;
    private static final int DRAWS_A_LOOK = 5;
    private static final double CERTAIN = 0.99999;
    private static final double LIKELY = 0.1;

    private final LanguageProfiles profiles = LanguageProfiles.load();
    private final char[] normalized = normalized();

    private LanguageDetector() {}

    public boolean knows(String language) {
        return profiles.knows(language);
    }

    /** @return a language's code, {@link #UNSURE}, or null if the text has nothing that would tell */
    @Nullable
    public String detect(String text) {
        int[] grams = grams(cleaned(text));
        if (grams.length == 0) {
            return null;
        }
        double[] mean = new double[profiles.size()];
        double[] probabilities = new double[mean.length];
        double[] factors = new double[mean.length];
        PythonRandom random = new PythonRandom();
        for (int trial = 0; trial < TRIALS; trial++) {
            Arrays.fill(probabilities, 1.0 / mean.length);
            double weight = (SMOOTHING + random.gaussian() * SMOOTHING_DEVIATION) / COUNT_BASE;
            for (int draw = 0; ; draw++) {
                profiles.multiply(probabilities, grams[random.below(grams.length)], weight, factors);
                if (draw % DRAWS_A_LOOK == 0 && (normalize(probabilities) > CERTAIN || draw >= MAX_DRAWS)) {
                    break;
                }
            }
            for (int i = 0; i < mean.length; i++) {
                mean[i] += probabilities[i] / TRIALS;
            }
        }
        int best = 0;
        for (int i = 1; i < mean.length; i++) {
            best = mean[i] > mean[best] ? i : best;
        }
        return mean[best] > LIKELY ? profiles.language(best) : UNSURE;
    }

    /** Makes the sum one, and returns the largest. */
    private static double normalize(double[] probabilities) {
        double sum = 0;
        for (double probability : probabilities) {
            sum += probability;
        }
        double max = 0;
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] /= sum;
            max = probabilities[i] > max ? probabilities[i] : max;
        }
        return max;
    }

    /** Without addresses, repeated spaces, and Latin letters in a text of another script. */
    private static int[] cleaned(String text) {
        String plain = text.contains("http") ? URL.matcher(text).replaceAll(" ") : text;
        plain = plain.indexOf('@') >= 0 ? MAIL.matcher(plain).replaceAll(" ") : plain;
        plain = hasMark(plain) ? NGram.normalize_vi(plain) : plain;
        int[] kept = new int[Math.min(plain.length(), MAX_CHARACTERS)];
        int size = 0;
        int latin = 0;
        int other = 0;
        int before = 0;
        int at = 0;
        for (int read = 0; read < MAX_CHARACTERS && at < plain.length(); read++) {
            int c = plain.codePointAt(at);
            at += Character.charCount(c);
            if (c == ' ' && before == ' ') {
                continue;
            }
            before = c;
            kept[size++] = c;
            if (isLatin(c)) {
                latin++;
            } else if (c >= 0x300 && !(c >= 0x1e00 && c <= 0x1eff)) {
                other++;
            }
        }
        int[] cleaned = Arrays.copyOf(kept, size);
        return latin * 2 < other
                ? Arrays.stream(cleaned).filter(c -> !isLatin(c)).toArray()
                : cleaned;
    }

    /** Whether the text may have one of the marks that are written as one character with a Vietnamese letter. */
    private static boolean hasMark(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= FIRST_MARK && text.charAt(i) <= LAST_MARK) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLatin(int c) {
        return c >= 'A' && c <= 'z';
    }

    /** The numbers of the n-grams that some language has, without those inside words that are all capital. */
    private int[] grams(int[] text) {
        int[] grams = new int[3 * text.length];
        int size = 0;
        int beforeLast = 0;
        int last = ' ';
        boolean capitalWord = false;
        for (int character : text) {
            int c = character < normalized.length ? normalized[character] : character;
            int oldest = beforeLast;
            if (last == ' ') {
                oldest = 0;
                capitalWord = false;
                if (c == ' ') {
                    continue;
                }
            }
            capitalWord = Character.isUpperCase(c) && (capitalWord || Character.isUpperCase(last));
            if (!capitalWord) {
                long pair = LanguageProfiles.key(last, c);
                size = add(grams, size, c == ' ' ? LanguageProfiles.UNKNOWN : profiles.number(c));
                size = add(grams, size, profiles.number(pair));
                if (oldest != 0) {
                    size = add(
                            grams, size, profiles.number(LanguageProfiles.key(LanguageProfiles.key(oldest, last), c)));
                }
            }
            beforeLast = last;
            last = c;
        }
        return Arrays.copyOf(grams, size);
    }

    private static int add(int[] grams, int size, int number) {
        if (number == LanguageProfiles.UNKNOWN) {
            return size;
        }
        grams[size] = number;
        return size + 1;
    }

    /** By character: what n-grams have in its place. Punctuation becomes space, rare variants become one. */
    private static char[] normalized() {
        char[] normalized = new char[Character.MAX_VALUE + 1];
        for (int c = 0; c < normalized.length; c++) {
            normalized[c] = NGram.normalize((char) c);
        }
        return normalized;
    }
}
