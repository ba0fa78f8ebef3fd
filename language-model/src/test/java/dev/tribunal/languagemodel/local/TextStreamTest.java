package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.languagemodel.TextStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a tokenizer whose tokens are bytes. */
class TextStreamTest {

    @TempDir
    private Path directory;

    @Test
    void aCharacterComesWithItsLastToken() {
        assertThat(parts("aé🙂b")).containsExactly("a", "", "é", "", "", "", "🙂", "b");
    }

    @Test
    void whatIsNoCharacterComesAsSoonAsThatIsCertain() {
        new LocalEngine().withTokenizer(TinyCheckpoint.tokenizer(directory), tokenizer -> {
            TextStream text = new TextStream(tokenizer);
            int half = tokenizer.encode("é")[0];
            assertThat(text.add(half)).isEmpty();
            assertThat(text.pending()).isEqualTo("\uFFFD");
            assertThat(text.add(tokenizer.encode("x")[0])).isEqualTo("\uFFFDx");
            assertThat(text.pending()).isEmpty();
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                all.append(text.add(half));
            }
            assertThat(all + text.pending()).isEqualTo("\uFFFD".repeat(100));
            return true;
        });
    }

    private List<String> parts(String whole) {
        return new LocalEngine().withTokenizer(TinyCheckpoint.tokenizer(directory), tokenizer -> {
            TextStream text = new TextStream(tokenizer);
            List<String> parts = new ArrayList<>();
            for (int id : tokenizer.encode(whole)) {
                parts.add(text.add(id));
            }
            assertThat(parts).hasSize(whole.getBytes(StandardCharsets.UTF_8).length);
            return parts;
        });
    }
}
