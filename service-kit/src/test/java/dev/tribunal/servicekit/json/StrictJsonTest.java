package dev.tribunal.servicekit.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.servicekit.json.StrictJson.Malformed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"score": 0, "score": 1}               | has the field 'score' twice
        {"a": {"b": 1, "b": 1}}                | has the field 'b' twice
        ` `                                    | is empty
        <!DOCTYPE html><html><body>502         | is an HTML page
        <error/>                               | is markup
        {"score": 1} and that is my final word | goes on after its end
        {"score": 1}{"score": 0}               | goes on after its end
        {"score": 1                            | is not JSON
        score = 1                              | is not JSON, at line 1
        """)
    void saysWhatIsWrong(String text, String what) {
        for (byte[] body : new byte[][] {text.getBytes(StandardCharsets.UTF_8)}) {
            assertThatThrownBy(() -> StrictJson.read(body))
                    .isInstanceOf(Malformed.class)
                    .hasMessageContaining(what)
                    .hasMessageNotContainingAny("jackson", "Exception", "JsonParser");
        }
    }

    @Test
    void takesOnlyPlainUtf8() throws IOException {
        String json = "{\"reason\": \"für\"}";
        assertThatThrownBy(() -> StrictJson.read(json.getBytes(StandardCharsets.UTF_16)))
                .hasMessageContaining("UTF-16");
        assertThatThrownBy(() -> StrictJson.read(json.getBytes(StandardCharsets.UTF_16LE)))
                .hasMessageContaining("UTF-16");
        assertThatThrownBy(() -> StrictJson.read(json.getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> StrictJson.read(("\uFEFF" + json).getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("byte order mark");
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write(json.getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> StrictJson.read(zipped.toByteArray())).hasMessageContaining("compressed");
    }

    @Test
    void boundsDepthAndNumbers() throws Malformed {
        assertThat(StrictJson.read("[".repeat(100) + "]".repeat(100)).isArray()).isTrue();
        assertThatThrownBy(() -> StrictJson.read("[".repeat(101) + "]".repeat(101)))
                .hasMessageContaining("more than 100 deep");
        assertThatThrownBy(() -> StrictJson.read("[".repeat(1_000_000))).hasMessageContaining("more than 100 deep");
        assertThatThrownBy(() -> StrictJson.read("9".repeat(100_000))).hasMessageContaining("longer");
        assertThat(StrictJson.read("{\"score\": NaN}").path("score").isNumber()).isTrue();
    }
}
