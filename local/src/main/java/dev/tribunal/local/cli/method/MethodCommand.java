package dev.tribunal.local.cli.method;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.method.MethodResource;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.ReportCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.trainer.method.MethodList;
import dev.tribunal.trainer.method.MethodTrials;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code tribunal method}: what runs can learn by. It is computed here; no platform has to run. */
@Command(name = "method", description = "List the methods that runs can learn by; try one by hand.")
public final class MethodCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new MethodCommand())
                .addSubcommand(new ListMethods(screen))
                .addSubcommand(new Try(screen));
    }

    /** {@code method list}. */
    @Command(name = "list", description = "List methods: what each learns from and needs, and its hyperparameters.")
    static final class ListMethods extends ReportCommand {

        ListMethods(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            List<MethodResource> methods = MethodList.all();
            show(Page.of(methods), () -> MethodReports.list(methods));
            return ExitCode.SUCCESS;
        }
    }

    /** {@code method try}. */
    @Command(
            name = "try",
            description = {
                "Give a method groups of rollouts, and see what it makes of them: loss, slopes, advantages, roles.",
                "No model is needed. docs/methods.md has an example."
            })
    static final class Try extends ReportCommand {

        private static final YAMLMapper YAML = new YAMLMapper();

        @Parameters(paramLabel = "NAME", description = "The method; ./tribunal method list has them all.")
        private String name = "";

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "GROUPS",
                description = "JSON or YAML with 'groups' and, if you like, the hyperparameters as 'method'; - is"
                        + " standard input.")
        private Path file = Path.of("");

        @Option(
                names = "--set",
                paramLabel = "NAME=VALUE",
                description = "A hyperparameter, in place of the file's; may be given several times.")
        private Map<String, String> set = new LinkedHashMap<>();

        Try(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            ObjectNode trial = SpecFile.read(file);
            set.forEach((hyperparameter, value) -> set(trial, hyperparameter, value));
            MethodTrialResource tried = MethodTrials.run(name, trial);
            show(tried, () -> MethodReports.trial(tried));
            return ExitCode.SUCCESS;
        }

        private static void set(ObjectNode trial, String hyperparameter, String value) {
            JsonNode method = trial.path("method");
            if (method.isMissingNode() || method.isNull()) {
                method = trial.putObject("method");
            }
            if (method instanceof ObjectNode hyperparameters) { // else the file has a mistake that will be told
                hyperparameters.set(hyperparameter, parse(hyperparameter, value));
            }
        }

        private static JsonNode parse(String hyperparameter, String value) {
            try {
                return YAML.readTree(value);
            } catch (JacksonException e) {
                throw new CommandException(
                        "--set " + hyperparameter + "=" + value + ": the value is not YAML: " + e.getOriginalMessage(),
                        e);
            }
        }
    }
}
