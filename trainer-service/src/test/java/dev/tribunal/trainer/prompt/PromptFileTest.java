package dev.tribunal.trainer.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsBothFormsOfAPrompt() throws IOException {
        List<Prompt> prompts =
                PromptFile.read(file("""
                {"prompt": "2+2?", "reference": {"answer": "4", "steps": 1}, "metadata": {"kwargs": [{"n": 2}]}}

                {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
                 "completion": "Hello.", "baseline": "Hey."}
                """.replace("}],\n", "}],"))).prompts();

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
        Prompt prompt = PromptFile.read(file("""
                        {"prompt": "2+2?", "baseline": "four", "reference": {"answer": 4, "deep": {"er": "vier"}}}
                        """)).prompts().getFirst();
        assertThat(prompt.baselineCompletion("baseline")).contains("four");
        assertThat(prompt.baselineCompletion("reference.answer")).contains("4");
        assertThat(prompt.baselineCompletion("answer")).contains("4");
        assertThat(prompt.baselineCompletion("deep.er")).contains("vier");
        assertThat(prompt.baselineCompletion("missing")).isEmpty();
        assertThat(prompt.baselineCompletion("reference"))
                .as("an object is no text")
                .isEmpty();
    }

    @Test
    void namesEveryBadLine() throws IOException {
        Path file = file("""
                {"prompt": "fine"}
                {"prompt": ""}
                {"prompt": "a", "messages": [{"role": "user", "content": "a"}]}
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
                .hasMessageContaining("line 2: \"prompt\" is blank")
                .hasMessageContaining("line 3: has both \"prompt\" and \"messages\"")
                .hasMessageContaining("line 4: has neither \"prompt\" nor \"messages\"; its fields are question")
                .hasMessageContaining("line 5: \"messages\" is an empty list")
                .hasMessageContaining("line 6: \"messages[0].role\" is 'robot', must be system, user or assistant")
                .hasMessageContaining("line 7: \"messages[0].content\" is missing")
                .hasMessageContaining("line 8: \"messages\" ends with the assistant's turn")
                .hasMessageContaining("line 9: \"reference\" is the text \"4\", must be an object")
                .hasMessageContaining("line 10: \"completion\" is the number 4, must be a text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": null}|\"prompt\" is null",
                "{\"messages\": null}|\"messages\" is null",
                "{}|has neither \"prompt\" nor \"messages\"",
                "{\"prompt\": [\"a\"]}|\"prompt[0]\" is the text \"a\", must be a message",
                "{\"prompt\": {\"a\": 1}}|\"prompt\" is an object, must be a text",
                "{\"prompt\": 4}|\"prompt\" is the number 4, must be a text",
                "{\"messages\": \"a\"}|\"messages\" is the text \"a\", must be a list",
                "{\"messages\": [{\"role\": \"user\", \"content\": null}]}|\"messages[0].content\" is null",
                "{\"messages\": [{\"role\": \"user\", \"content\": \" \"}]}|\"messages[0].content\" is blank",
                "{\"messages\": [{\"role\": \"tool\", \"content\": \"a\"}]}|\"messages[0].role\" is 'tool'",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}|of type 'image_url'",
                "{\"messages\": [{\"role\": \"user\", \"content\": [\"a\"]}]}|must be a part {\"type\": \"text\"",
                "{\"messages\": [{\"from\": \"human\", \"value\": \"a\"}]}|--from sharegpt",
                "{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}]}|--from sharegpt",
                "{\"instruction\": \"a\", \"input\": \"\", \"output\": \"b\"}|--from alpaca",
                "{\"prompt\": \"a\", \"completion\": [\"b\"]}|\"completion[0]\" is the text \"b\"",
                "{\"prompt\": \"a\", \"completion\": [{\"role\": \"user\", \"content\": \"b\"}]}|of the assistant's",
            })
    void saysOfOtherRowsWhatTheyAre(String line, String said) throws IOException {
        Path file = file(line);
        assertThatThrownBy(() -> PromptFile.read(file))
                .hasMessageContaining("line 1: ")
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"reward_model\": {\"style\": \"rule\"}}",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"Hi\"}]}]}",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"H\"},"
                        + " {\"type\": \"text\", \"text\": \"i\"}]}]}",
                "{\"prompt\": \"Hi\", \"messages\": null}",
                "{\"prompt\": null, \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}",
                "{\"prompt\": \"Hi\", \"completion\": [{\"role\": \"assistant\", \"content\": \"Hey\"}]}",
            })
    void readsMessagesAsOtherSystemsWriteThem(String line) throws IOException {
        assertThat(PromptFile.read(file(line)).prompts())
                .singleElement()
                .satisfies(prompt -> assertThat(prompt.messages()).containsExactly(Message.user("Hi")));
    }

    @Test
    void anEmptySystemTurnIsKept() throws IOException {
        assertThat(PromptFile.read(file("{\"messages\": [{\"role\": \"system\", \"content\": \"\"},"
                                + " {\"role\": \"user\", \"content\": \"Hi\"}]}"))
                        .prompts()
                        .getFirst()
                        .messages())
                .containsExactly(new Message("system", ""), Message.user("Hi"));
    }

    /** The files of the collection of failing inputs, where it lies beside the project. */
    @Test
    void theCollectedFilesAreReadOrNamed() {
        Path cases = Path.of("../../shared/cases/prompts");
        assumeTrue(Files.isDirectory(cases));

        assertThat(PromptFile.read(cases.resolve("S05-bom.jsonl")).prompts()).hasSize(1);
        assertThat(PromptFile.read(cases.resolve("S06-array.json")).prompts()).hasSize(2);
        for (String row : List.of("01", "03", "05")) {
            assertThat(PromptFile.read(cases.resolve("S07-row-" + row + ".jsonl"))
                            .prompts())
                    .hasSize(1);
        }
        assertThatThrownBy(() -> PromptFile.read(cases.resolve("S07-row-07.jsonl")))
                .hasMessageContaining("sharegpt");
        assertThatThrownBy(() -> PromptFile.read(cases.resolve("S07-row-09.jsonl")))
                .hasMessageContaining("is blank");
        assertThatThrownBy(() -> PromptFile.read(cases.resolve("S08-duplicate-key.jsonl")))
                .hasMessageContaining("the field \"prompt\" twice");
    }

    private Path file(String lines) throws IOException {
        return Files.writeString(folder.resolve("prompts.jsonl"), lines);
    }
}
