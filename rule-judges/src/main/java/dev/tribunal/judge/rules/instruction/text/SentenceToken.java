package dev.tribunal.judge.rules.instruction.text;

import java.util.regex.Pattern;

/** A token of Punkt: a word with its period, or a mark. The first pass has looked at it alone. */
final class SentenceToken {

    static final String NUMBER = "##number##";

    private static final Pattern NUMERIC = Pattern.compile("-?[.,]?\\d[\\d,.-]*\\.?", Response.PYTHON);

    private final String token;
    private final String type;
    private final boolean abbreviation;
    private final boolean ellipsis;
    private boolean end;

    SentenceToken(String token, PunktParameters parameters) {
        this.token = token;
        String small = PythonText.lower(token);
        type = isNumeric(token) ? NUMBER : small;
        ellipsis = token.length() > 1 && token.chars().allMatch(c -> c == '.');
        if (token.length() == 1 && ".?!".contains(token)) {
            abbreviation = false;
            end = true;
        } else if (token.endsWith(".") && !token.endsWith("..")) {
            String word = small.substring(0, small.length() - 1);
            abbreviation = parameters.isAbbreviation(word)
                    || parameters.isAbbreviation(word.substring(word.lastIndexOf('-') + 1));
            end = !abbreviation;
        } else {
            abbreviation = false;
            end = false;
        }
    }

    private static boolean isNumeric(String token) {
        return token.codePoints().anyMatch(Character::isDigit)
                && NUMERIC.matcher(token).matches();
    }

    String token() {
        return token;
    }

    boolean isAbbreviationOrEllipsis() {
        return abbreviation || ellipsis;
    }

    boolean endsSentence() {
        return end;
    }

    void setEndsSentence(boolean end) {
        this.end = end;
    }

    boolean hasPeriod() {
        return token.endsWith(".");
    }

    /** The small token, or {@link #NUMBER}, without its period. */
    String typeWithoutPeriod() {
        return type.length() > 1 && type.endsWith(".") ? type.substring(0, type.length() - 1) : type;
    }

    /** Without its period only if that ends a sentence. */
    String typeWithoutEnd() {
        return end ? typeWithoutPeriod() : type;
    }

    /** One letter and a period. */
    boolean isInitial() {
        int letter = token.codePointAt(0);
        return token.length() == Character.charCount(letter) + 1
                && token.endsWith(".")
                && PythonText.isUnicodeWordCharacter(letter)
                && !Character.isDigit(letter);
    }

    boolean isLarge() {
        return Character.isUpperCase(token.codePointAt(0));
    }

    boolean isSmall() {
        return Character.isLowerCase(token.codePointAt(0));
    }

    boolean isPunctuation() {
        return token.length() == 1 && ";:,.!?".contains(token);
    }
}
