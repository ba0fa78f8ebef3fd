package dev.tribunal.servicekit.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StorableTextTest {

    @Test
    void halvesOfPairsAndNulAreNotStorable() {
        assertThat(StorableText.is("a\uD83D\uDE00b")).isTrue();
        assertThat(StorableText.is("a\uD83Db")).isFalse();
        assertThat(StorableText.is("a\uDE00")).isFalse();
        assertThat(StorableText.is("a\uD83D")).isFalse();
        assertThat(StorableText.is("a\0b")).isFalse();
    }

    @Test
    void theyAreReplacedOneByOne() {
        assertThat(StorableText.of("\uD83D\uD83D\uDE00\0")).isEqualTo("\uFFFD\uD83D\uDE00\uFFFD");
        assertThat(StorableText.whole("\0\uDE00")).isEqualTo("\0\uFFFD");
    }

    @Test
    void theSameValueIsTheSameCanonicalText() {
        record Pair(String later, String earlier) {}

        assertThat(CanonicalJson.of(Map.of("b", 1, "a", new Pair("x", null))))
                .isEqualTo("{\"a\":{\"later\":\"x\",\"earlier\":null},\"b\":1}");
        assertThat(CanonicalJson.ofGiven(new Pair("x", null))).isEqualTo("{\"later\":\"x\"}");
    }
}
