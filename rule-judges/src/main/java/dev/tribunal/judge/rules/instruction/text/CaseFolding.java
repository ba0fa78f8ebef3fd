package dev.tribunal.judge.rules.instruction.text;

/** One letter for all that are the same without regard to case, character by character, as regular expressions do. */
final class CaseFolding {

    private CaseFolding() {}

    static String of(String text) {
        char[] folded = text.toCharArray();
        for (int i = 0; i < folded.length; i++) {
            char c = folded[i];
            if (c < 0x80) {
                folded[i] = c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
            } else if (Character.isSurrogate(c)) {
                i += foldPair(text, i, folded);
            } else {
                folded[i] = Character.toLowerCase(Character.toUpperCase(c));
            }
        }
        return new String(folded);
    }

    /** @return how many characters more than one were read */
    private static int foldPair(String text, int i, char[] folded) {
        int c = text.codePointAt(i);
        return Character.toChars(Character.toLowerCase(Character.toUpperCase(c)), folded, i) - 1;
    }
}
