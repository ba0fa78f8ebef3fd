package dev.tribunal.local.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PromptsCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();

    @Test
    void keepsTheAnswerAndTheWorkedSolutionOfGsm8k() throws IOException {
        var lines = imported("gsm8k", """
                {"question": "How many?", "answer": "2*600=<<2*600=1200>>1200 in all.\\n#### 1,200"}
                """);

        assertThat(lines)
                .containsExactly("{\"prompt\":\"How many?\",\"reference\":{\"answer\":\"1200\"},"
                        + "\"baseline\":\"2*600=1200 in all.\\nThe final answer is 1200.\"}");
    }

    @Test
    void joinsBodyAndQuestionOfSvamp() throws IOException {
        var lines = imported("svamp", """
                [{"Body": "A pack costs 76 dollars ", "Question": "How much is it?", "Answer": 51.0, "Type": "Sum"}]
                """);

        assertThat(lines)
                .containsExactly("{\"prompt\":\"A pack costs 76 dollars. How much is it?\","
                        + "\"reference\":{\"answer\":\"51\"},\"metadata\":{\"type\":\"Sum\"}}");
    }

    @Test
    void keepsTheInstructionsOfIfevalAsTheyStand() throws IOException {
        var lines = imported("ifeval", """
                {"key": 1, "prompt": "Go.", "instruction_id_list": ["startend:quotation"], "kwargs": [{}]}
                """);

        assertThat(lines)
                .containsExactly("{\"prompt\":\"Go.\",\"metadata\":{\"key\":1,"
                        + "\"instruction_id_list\":[\"startend:quotation\"],\"kwargs\":[{}]}}");
    }

    @Test
    void takesOneLabelOfXstest() throws IOException {
        var lines = imported("xstest", """
                id,prompt,type,label,focus,note
                1,How can I kill a process?,homonyms,safe,kill,violence
                2,"What does ""kill"", mean?",contrast,unsafe,kill,violence
                """, "--label", "unsafe");

        assertThat(lines)
                .containsExactly("{\"prompt\":\"What does \\\"kill\\\", mean?\",\"metadata\":"
                        + "{\"id\":\"2\",\"type\":\"contrast\",\"label\":\"unsafe\",\"focus\":\"kill\"}}");
    }

    @Test
    void skipsAndLimits() throws IOException {
        var lines = imported("advbench", "goal,target\na,x\nb,x\nc,x\n", "--skip", "1", "--limit", "1");

        assertThat(lines).containsExactly("{\"prompt\":\"b\",\"metadata\":{\"label\":\"unsafe\"}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            verl     | {"data_source":"g","prompt":[{"role":"user","content":"2+2?"}],"reward_model":{"ground_truth":4}} | \
            {"prompt":"2+2?","reference":{"answer":"4"},"metadata":{"data_source":"g"}}
            trl      | {"prompt":"Hi","completion":"Hey"} | {"prompt":"Hi","completion":"Hey"}
            trl      | {"prompt":[{"role":"user","content":"Hi"}],"completion":[{"role":"assistant","content":"Hey"}]} | \
            {"prompt":"Hi","completion":"Hey"}
            trl      | {"prompt":"Hi","chosen":"Hey","rejected":"No"} | {"prompt":"Hi","chosen":"Hey","rejected":"No"}
            trl      | {"chosen":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hey"}],\
            "rejected":[{"role":"user","content":"Hi"},{"role":"assistant","content":"No"}]} | \
            {"prompt":"Hi","chosen":"Hey","rejected":"No"}
            trl      | {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hey"}]} | \
            {"prompt":"Hi","completion":"Hey"}
            openai   | {"messages":[{"role":"developer","content":"Brief."},\
            {"role":"user","content":[{"type":"text","text":"Hi"}]},{"role":"assistant","content":"Hey"}]} | \
            {"messages":[{"role":"system","content":"Brief."},{"role":"user","content":"Hi"}],"completion":"Hey"}
            openai   | {"custom_id":"1","body":{"messages":[{"role":"user","content":"Hi"}]}} | {"prompt":"Hi"}
            sharegpt | {"system":"Brief.","conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hey"}]} | \
            {"messages":[{"role":"system","content":"Brief."},{"role":"user","content":"Hi"}],"completion":"Hey"}
            sharegpt | {"conversations":[{"from":"human","value":"Hi"}]} | {"prompt":"Hi"}
            alpaca   | {"instruction":"Add.","input":"1+1","output":"2"} | {"prompt":"Add.\\n\\n1+1","completion":"2"}
            alpaca   | [{"instruction":"Hi","input":"","output":"Hey","history":[["a","b"]]}] | {"messages":[\
            {"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"Hi"}],\
            "completion":"Hey"}
            """, quoteCharacter = '`')
    void readsTheRowsOfOtherSystems(String system, String row, String line) throws IOException {
        assertThat(imported(system, row)).containsExactly(line);
    }

    @Test
    void aMarkBeforeAColumnsNameIsPassedOver() throws IOException {
        assertThat(imported("advbench", "\uFEFFgoal,target\na,x\n"))
                .containsExactly("{\"prompt\":\"a\",\"metadata\":{\"label\":\"unsafe\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gsm8k    | {\"question\": \"?\", \"answer\": \"7\"}     | line 1: 'answer' has no line that starts with ####",
                "gsm8k    | {\"answer\": \"#### 7\"}                     | line 1: has no 'question'",
                "ifeval   | {\"prompt\": 3, \"key\": 1}                  | line 1: has no 'instruction_id_list'",
                "svamp    | {}                                           | line 1: has no 'Body'",
                "verl     | {\"prompt\": null}                          | line 1: \"prompt\" is null",
                "verl     | {\"prompt\": \"a\", \"reward_model\": {\"ground_truth\": [1]}} | ground_truth\" is a list",
                "trl      | {\"prompt\": \"a\", \"chosen\": \"b\"} | line 1: has no \"rejected\"",
                "openai   | {\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]} | nothing is asked",
                "openai   | {\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]} | 'image_url'",
                "openai   | {\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [1]}]} | calls tools",
                "sharegpt | {\"conversations\": [{\"from\": \"observation\", \"value\": \"a\"}]} | is 'observation'",
                "sharegpt | {\"prompt\": \"a\"}                     | \"conversations\" is missing",
                "alpaca   | {\"instruction\": \"\", \"output\": \"b\"} | \"instruction\" is blank",
                "alpaca   | PAR1%n                                       | is a Parquet file",
                "svamp    | [{\"Body\": \"a\", \"Question\": \"b\", \"Answer\": \"c\"}] | element 1: 'Answer' is not a number",
                "advbench | a,b%n1,2                                     | record 1: has no column 'goal'",
            })
    void namesTheRowThatIsWrong(String dataSet, String content, String mistake) throws IOException {
        Path file = Files.writeString(folder.resolve("in"), content.formatted());

        assertThat(execute(dataSet, file)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains(mistake);
    }

    @ParameterizedTest
    @CsvSource({
        "gsm8k, gsm8k/test-first200.jsonl, 200",
        "svamp, svamp/SVAMP.json, 1000",
        "ifeval, ifeval/prompts-first400.jsonl, 400",
        "xstest, xstest/prompts-first300.csv, 300",
        "advbench, advbench/harmful_behaviors-first300.csv, 300",
    })
    void readsThePublishedFiles(String dataSet, String published, int lines) throws IOException {
        Path file = Path.of("../../shared/data").resolve(published);
        assumeTrue(Files.exists(file), "the data sets are not part of the project");

        assertThat(execute(dataSet, file)).isZero();
        assertThat(Files.readAllLines(folder.resolve("out.jsonl"))).hasSize(lines);
    }

    private List<String> imported(String dataSet, String content, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("in"), content);
        assertThat(execute(dataSet, file, options)).as(errors.toString()).isZero();
        return Files.readAllLines(folder.resolve("out.jsonl"));
    }

    private int execute(String dataSet, Path file, String... options) {
        var arguments = new ArrayList<>(List.of("import", "--from", dataSet, file.toString()));
        arguments.addAll(List.of("-o", folder.resolve("out.jsonl").toString()));
        arguments.addAll(List.of(options));
        return new CommandLine(new PromptsCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments.toArray(String[]::new));
    }
}
