package dev.tribunal.local.cli;

import dev.tribunal.contracts.http.Page;
import dev.tribunal.contracts.judge.v1.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.JudgeResource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

/** {@code tribunal judge}: the registry of judges. */
@Command(name = "judge", description = "List, test, register and ask judges.", synopsisSubcommandLabel = "COMMAND")
final class JudgeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new JudgeCommand())
                .addSubcommand(new ListJudges(screen))
                .addSubcommand(new Get(screen))
                .addSubcommand(new JudgeTestCommand(screen))
                .addSubcommand(new Register(screen))
                .addSubcommand(new JudgeEvaluateCommand(screen))
                .addSubcommand(new JudgeLifeCommands.Probe(screen))
                .addSubcommand(new JudgeLifeCommands.Drain(screen))
                .addSubcommand(new JudgeLifeCommands.Retire(screen))
                .addSubcommand(new JudgeLifeCommands.Delete(screen));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    @Command(name = "list", description = "List judges with their health.", mixinStandardHelpOptions = true)
    static final class ListJudges implements Callable<Integer> {

        private static final int PAGE = 500;

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
            List<JudgeResource> judges = all(platform.connect().judges());
            if (json) {
                screen.json(Page.of(judges));
                return ExitCode.SUCCESS;
            }
            TextTable table = new TextTable(
                    "JUDGE", "KIND", "STATE", "SERVICE", "BREAKER", "VERDICTS", "UNDECIDED", "P50 MS", "P99 MS");
            for (JudgeResource judge : judges) {
                table.add(
                        judge.name() + "@" + judge.version(),
                        word(judge.kind()),
                        word(judge.state()),
                        judge.contact() == null ? "-" : judge.contact().reachable() ? "up" : "away",
                        judge.health().breaker(),
                        Long.toString(judge.health().verdicts()),
                        Math.round(100 * judge.health().undecidedRate()) + " %",
                        millis(judge.health().p50Ms()),
                        millis(judge.health().p99Ms()));
            }
            screen.print(table.lines());
            return ExitCode.SUCCESS;
        }

        private static List<JudgeResource> all(JudgeRegistryApi api) {
            List<JudgeResource> judges = new ArrayList<>();
            Page<JudgeResource> page = api.list(null, PAGE);
            judges.addAll(page.data());
            while (page.hasMore()) {
                page = api.list(page.nextCursor(), PAGE);
                judges.addAll(page.data());
            }
            return judges;
        }

        private static String millis(@Nullable Double value) {
            return value == null ? "-" : String.format(Locale.ROOT, "%.0f", value);
        }
    }

    @Command(
            name = "get",
            description = "Show a judge, and what the conformance gate found.",
            mixinStandardHelpOptions = true)
    static final class Get implements Callable<Integer> {

        private final Screen screen;

        @Mixin
        private PlatformOptions platform = new PlatformOptions();

        @Parameters(paramLabel = "NAME[@VERSION]", description = "Without a version, the newest active one.")
        private String judge = "";

        @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
        private boolean json;

        Get(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() {
            JudgeResource found = JudgeReports.find(platform.connect().judges(), judge);
            if (json) {
                screen.json(found);
            } else {
                screen.print(JudgeReports.whole(found));
            }
            return ExitCode.SUCCESS;
        }
    }

    @Command(
            name = "register",
            description = "Register a judge that is a service, and wait for what the conformance gate says.",
            mixinStandardHelpOptions = true)
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

        @Option(names = "--no-wait", description = "Do not wait for the conformance gate.")
        private boolean noWait;

        @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
        private boolean json;

        Register(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() throws InterruptedException {
            JudgeRegistryApi judges = platform.connect().judges();
            JudgeResource judge = judges.register(Bodies.read(file, JudgeRegistration.class));
            if (!noWait) {
                judge = JudgeReports.awaitDecision(judges, judge, null);
            }
            return JudgeReports.show(screen, judge, json);
        }
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
