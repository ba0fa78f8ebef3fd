package dev.tribunal.trainer.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.files.JsonLines.InvalidLinesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsBothFormsOfAPrompt() throws IOException {
        List<Prompt> prompts = PromptFile.read(file(
                """
                {"prompt": "2+2?", "reference": {"answer": "4", "steps": 1}, "metadata": {"kwargs": [{"n": 2}]}}

                {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
                 "completion": "Hello.", "baseline": "Hey."}
                """
                        .replace("}],\n", "}],")));

        assertThat(prompts).extracting(Prompt::index).containsExactly(0, 1);
        assertThat(prompts.getFirst().messages()).containsExactly(Message.user("2+2?"));
        assertThat(prompts.getFirst().reference()).isEqualTo(Map.of("answer", "4", "steps", 1));
        assertThat(prompts.getFirst().metadata()).isEqualTo(Map.of("kwargs", List.of(Map.of("n", 2))));
        assertThat(prompts.getLast().messages())
                .containsExactly(new Message("system", "Be brief."), Message.user("Hi"));
        assertThat(prompts.getLast().completion()).isEqualTo("Hello.");
    }

    @Test
    void findsTheBaselineCompletionInTheLineOrInItsReference() throws IOException {
        Prompt prompt = PromptFile.read(file(
                        """
                        {"prompt": "2+2?", "baseline": "four", "reference": {"answer": 4, "deep": {"er": "vier"}}}
                        """))
                .getFirst();
        assertThat(prompt.baseline("baseline")).contains("four");
        assertThat(prompt.baseline("reference.answer")).contains("4");
        assertThat(prompt.baseline("answer")).contains("4");
        assertThat(prompt.baseline("deep.er")).contains("vier");
        assertThat(prompt.baseline("missing")).isEmpty();
        assertThat(prompt.baseline("reference")).as("an object is no text").isEmpty();
    }

    @Test
    void namesEveryBadLine() throws IOException {
        Path file = file(
                """
                {"prompt": "fine"}
                {"prompt": ""}
                {"prompt": "a", "messages": []}
                {"question": "a"}
                {"messages": []}
                {"messages": [{"role": "robot", "content": "a"}]}
                {"messages": [{"role": "user"}]}
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
                {"prompt": "a", "reference": "4"}
                {"prompt": "a", "completion": 4}
                """);
        assertThatThrownBy(() -> PromptFile.read(file))
                .isInstanceOf(InvalidLinesException.class)
                .hasMessageContaining("line 2: \"prompt\" is not a text with something in it")
                .hasMessageContaining("line 3: needs either \"prompt\" or \"messages\"")
                .hasMessageContaining("line 4: needs either \"prompt\" or \"messages\"")
                .hasMessageContaining("line 5: \"messages\" is not a list of at least one message")
                .hasMessageContaining("line 6: role 'robot' is none of system, user, assistant")
                .hasMessageContaining("line 7: each of \"messages\" needs \"role\" and \"content\"")
                .hasMessageContaining("line 8: \"messages\" ends with the assistant's turn")
                .hasMessageContaining("line 9: \"reference\" is not an object")
                .hasMessageContaining("line 10: \"completion\" is not a text");
    }

    private Path file(String lines) throws IOException {
        return Files.writeString(folder.resolve("prompts.jsonl"), lines);
    }
}
