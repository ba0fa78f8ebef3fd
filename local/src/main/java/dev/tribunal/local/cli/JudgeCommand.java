package dev.tribunal.local.cli;

import dev.tribunal.contracts.files.JsonLines;
import dev.tribunal.contracts.http.Page;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.JudgeResource;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tribunal judge}: the registry of judges. */
@Command(name = "judge", description = "List, register and ask judges.", synopsisSubcommandLabel = "COMMAND")
final class JudgeCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new JudgeCommand())
                .addSubcommand(new ListJudges(screen))
                .addSubcommand(new Register(screen))
                .addSubcommand(new Evaluate(screen));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    @Command(name = "list", description = "List judges with their health.", mixinStandardHelpOptions = true)
    static final class ListJudges implements Callable<Integer> {

        private final Screen screen;

        @Mixin
        private PlatformOptions platform = new PlatformOptions();

        @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
        private boolean json;

        ListJudges(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() {
            Page<JudgeResource> page = platform.connect().judges().list(null, null);
            if (json) {
                screen.json(page);
                return ExitCode.SUCCESS;
            }
            TextTable table = new TextTable("JUDGE", "KIND", "STATE", "BREAKER", "VERDICTS", "UNDECIDED");
            for (JudgeResource judge : page.data()) {
                table.add(
                        judge.name() + "@" + judge.version(),
                        word(judge.kind()),
                        word(judge.state()),
                        judge.health().breaker(),
                        Long.toString(judge.health().verdicts()),
                        Math.round(100 * judge.health().undecidedRate()) + " %");
            }
            screen.print(table.lines());
            return ExitCode.SUCCESS;
        }
    }

    @Command(name = "register", description = "Register a judge that is a service.", mixinStandardHelpOptions = true)
    static final class Register implements Callable<Integer> {

        private final Screen screen;

        @Mixin
        private PlatformOptions platform = new PlatformOptions();

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "JUDGE",
                description = "The registration, YAML or JSON.")
        private Path file = Path.of("");

        @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
        private boolean json;

        Register(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() {
            JudgeResource judge =
                    platform.connect().judges().register(Bodies.read(file, JudgeRegistration.class));
            if (json) {
                screen.json(judge);
            } else {
                screen.print(judge.name() + "@" + judge.version() + " is " + word(judge.state()));
                judge.report().stream()
                        .filter(check -> !check.passed())
                        .forEach(check -> screen.print("  " + check.name() + ": " + check.detail()));
            }
            return judge.state() == JudgeResource.State.REJECTED ? ExitCode.FAILURE : ExitCode.SUCCESS;
        }
    }

    /** {@code judge evaluate}: one judge/v1 item a line in, one result a line out. */
    @Command(
            name = "evaluate",
            description = "Ask one judge about the items of a file; prints one result a line. Where no platform runs,"
                    + " the judges are started for it.",
            mixinStandardHelpOptions = true)
    static final class Evaluate implements Callable<Integer> {

        private final Screen screen;

        @Mixin
        private PlatformOptions platform = new PlatformOptions();

        @Parameters(paramLabel = "NAME[@VERSION]", description = "Without a version, the newest active one.")
        private String judge = "";

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "ITEMS",
                description = "JSON lines, one judge/v1 item each.")
        private Path file = Path.of("");

        @Option(names = "--parameters", paramLabel = "JSON", description = "What the judge takes, a JSON object.")
        private @Nullable String parameters;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        Evaluate(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() throws InterruptedException {
            List<JudgeItem> items = JsonLines.read(file, JudgeCommand::item);
            int at = judge.indexOf('@');
            String name = at < 0 ? judge : judge.substring(0, at);
            String asked = at < 0 ? "latest" : judge.substring(at + 1);
            JudgeRegistryApi judges = platform.given()
                    ? platform.connect().judges()
                    : new PlatformClient(StartedPlatform.judgesOnly()).judges();
            JudgeResource resource = judges.get(name, asked);
            for (int start = 0; start < items.size(); start += resource.maxBatchItems()) {
                List<JudgeItem> batch =
                        items.subList(start, Math.min(items.size(), start + resource.maxBatchItems()));
                EvaluateRequest request = new EvaluateRequest(
                        "jr_" + UUID.randomUUID(),
                        resource.timeoutMs(),
                        null,
                        new JudgeReference(name, resource.version(), parameters()),
                        batch);
                judges.evaluate(name, resource.version(), request).results().forEach(screen::json);
            }
            return ExitCode.SUCCESS;
        }

        private Map<String, Object> parameters() {
            if (parameters == null) {
                return Map.of();
            }
            try {
                return JSON.convertValue(JSON.readTree(parameters), Map.class);
            } catch (JacksonException | IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(), "--parameters is not a JSON object: " + parameters, e);
            }
        }
    }

    private static JudgeItem item(JsonNode line) {
        try {
            return JSON.treeToValue(line, JudgeItem.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is not a judge/v1 item: " + e.getOriginalMessage(), e);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
