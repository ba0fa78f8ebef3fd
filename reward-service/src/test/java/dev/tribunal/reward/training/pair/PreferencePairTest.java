package dev.tribunal.reward.training.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferencePairTest {

    @TempDir
    private Path folder;

    @Test
    void aPromptIsOneUsersTurnAndMessagesAreTakenAsTheyStand() throws IOException {
        Path file = file("""
            {"prompt": "hi", "chosen": "hello", "rejected": "what", "source": "ignored"}
            {"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hi"}],
            """.stripTrailing() + " \"chosen\": \"hello\", \"rejected\": \"what\"}\n");

        List<PreferencePair> pairs = new ArrayList<>();
        PreferencePair.read(file, pairs::add);

        assertThat(pairs)
                .containsExactly(
                        new PreferencePair(List.of(Message.user("hi")), "hello", "what"),
                        new PreferencePair(
                                List.of(new Message("system", "be kind"), Message.user("hi")), "hello", "what"));
    }

    @Test
    void everyBadLineIsNamedWithItsNumber() throws IOException {
        Path file = file("""
            {"prompt": "hi", "chosen": "hello", "rejected": "what"}
            {"prompt": "hi", "chosen": "hello"}
            {"prompt": "hi", "messages": [], "chosen": "a", "rejected": "b"}
            {"messages": [{"role": "robot", "content": "x"}], "chosen": "a", "rejected": "b"}
            {"messages": [{"role": "assistant", "content": "x"}], "chosen": "a", "rejected": "b"}
            {"prompt": "hi", "chosen": 3, "rejected": "b"}
            {"prompt": "hi", "chosen": " ", "rejected": "b"}
            {"prompt": "hi", "chosen": "same", "rejected": "same"}
            not json
            """);

        assertThatThrownBy(() -> PreferencePair.read(file, pair -> {}))
                .isInstanceOf(InvalidLinesException.class)
                .hasMessageContaining("line 2: 'rejected' is missing")
                .hasMessageContaining("line 3: needs either 'prompt' or 'messages'")
                .hasMessageContaining("line 4: role 'robot'")
                .hasMessageContaining("line 5: 'messages' must end")
                .hasMessageContaining("line 6: 'chosen' is not a text")
                .hasMessageContaining("line 7: 'chosen' and 'rejected' must not be empty")
                .hasMessageContaining("line 8: 'chosen' and 'rejected' are the same text")
                .hasMessageContaining("line 9: is not JSON");
    }

    private Path file(String lines) throws IOException {
        return Files.writeString(folder.resolve("pairs.jsonl"), lines);
    }
}
