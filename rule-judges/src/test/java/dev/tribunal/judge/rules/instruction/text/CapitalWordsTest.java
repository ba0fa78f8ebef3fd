package dev.tribunal.judge.rules.instruction.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counting without the tokenizer's rules where they cannot matter is still counting by them. */
class CapitalWordsTest {

    private static final String[] PIECES =
            ("A B I K N M T ND É Σ Ⅷ ǅ 𐐀 𐐨 a b n't N'T 'S 's 'LL CAN NOT can not GON NA WAN TA GIM ME D 'YE "
                            + "MORE 'N 'T IS WAS 1 2 ٣ 𝟏 ½ _ . . .. ... , , : : - -- ' ' '' \" ` `` ‘ ’ “ ” « » „ ; @ # $ % & ‒ – — "
                            + "― ? ! * [ ] ( ) { } < > / + = é ◌ ́")
                    .split(" ");

    private static final String SPACES = "     \n\t\r\u000b\u001c\u001f\u0085\u00a0\u2003\u2028";

    @Test
    void theCountIsThatOfTheRules() {
        Random random = new Random(7);
        for (int i = 0; i < Integer.getInteger("tribunal.capital.sentences", 20_000); i++) {
            String sentence = sentence(random);
            assertThat(CapitalWords.count(sentence)).as(sentence).isEqualTo(WordTokens.countUpper(sentence));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        NASA, the U.S.A. and 10TH. | 3
        A,B C,1 D,,E F:G | 7
        STOP-IT NOW--OR...NEVER | 4
        DON'T, CANNOT, X’S | 6
        Nothing here | 0
        """)
    void wordsAreCounted(String sentence, int count) {
        assertThat(CapitalWords.count(sentence)).isEqualTo(count);
    }

    private static String sentence(Random random) {
        StringBuilder sentence = new StringBuilder();
        int pieces = random.nextInt(1, 14);
        int spaces = random.nextInt(2, 6);
        for (int i = 0; i < pieces; i++) {
            sentence.append(PIECES[random.nextInt(PIECES.length)]);
            if (random.nextInt(spaces) == 0) {
                sentence.append(SPACES.charAt(random.nextInt(SPACES.length())));
            }
        }
        return sentence.toString();
    }
}
