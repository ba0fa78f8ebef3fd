package dev.tribunal.local.prompts;

import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code tribunal prompts}: prompt files. */
@Command(
        name = "prompts",
        description = "Make prompt files.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = PromptsCommand.Import.class,
        mixinStandardHelpOptions = true)
public final class PromptsCommand {

    /** {@code tribunal prompts import}: a published data set, or another system's rows, become a prompt file. */
    @Command(
            name = "import",
            description = "Turn a published data set's file, or another system's rows, into a prompt file.",
            mixinStandardHelpOptions = true)
    static final class Import implements Callable<Integer> {

        @Option(names = "--from", required = true, description = "What the file is: ${COMPLETION-CANDIDATES}.")
        private DataSet dataSet = DataSet.GSM8K;

        @Parameters(paramLabel = "FILE", description = "The file as its authors publish it; JSON also under gzip.")
        private Path file = Path.of("");

        @Option(
                names = {"-o", "--out"},
                required = true,
                description = "The prompt file to write (JSON lines).")
        private Path out = Path.of("");

        @Option(names = "--label", description = "Only rows with this label, for example safe or unsafe in XSTest.")
        private @Nullable String label;

        @Option(names = "--skip", description = "Leave out the first so many rows.")
        private int skip;

        @Option(names = "--limit", description = "Write at most so many lines.")
        private int limit = Integer.MAX_VALUE;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            var lines = read().stream()
                    .filter(line ->
                            label == null || label.equals(line.metadata().get("label")))
                    .skip(skip)
                    .limit(limit)
                    .toList();
            if (lines.isEmpty()) {
                throw mistake("no row of " + file + " is left: check --label, --skip and --limit");
            }
            var json = new JsonMapper();
            Files.createDirectories(out.toAbsolutePath().getParent());
            try (var writer = Files.newBufferedWriter(out)) {
                for (PromptLine line : lines) {
                    writer.write(json.writeValueAsString(line));
                    writer.write('\n');
                }
            }
            spec().commandLine().getOut().printf("%s: %d prompts%n", out, lines.size());
            return 0;
        }

        private List<PromptLine> read() throws IOException {
            if (!Files.isRegularFile(file)) {
                throw mistake(file + " is not a file");
            }
            try {
                return dataSet.read(file);
            } catch (InvalidLinesException e) {
                throw mistake(String.valueOf(e.getMessage()));
            } catch (CharacterCodingException e) {
                throw mistake(file + " is not UTF-8 text; write it as UTF-8 first, for example with iconv");
            } catch (IllegalArgumentException e) {
                throw mistake(file + ": " + e.getMessage());
            }
        }

        private ParameterException mistake(String message) {
            return new ParameterException(spec().commandLine(), message);
        }

        private CommandSpec spec() {
            return Objects.requireNonNull(spec, "picocli sets it");
        }
    }
}
