package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.local.cli.screen.Goodbye;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.GetCommand;
import dev.tribunal.local.cli.shared.ListCommand;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.servicekit.input.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal judge}: the registry of judges. */
@Command(name = "judge", description = "List, test, register and ask judges.")
public final class JudgeCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new JudgeCommand())
                .addSubcommand(new ListJudges(screen))
                .addSubcommand(new Get(screen))
                .addSubcommand(new JudgeLogsCommand(screen))
                .addSubcommand(new JudgeTestCommand(screen))
                .addSubcommand(new Register(screen))
                .addSubcommand(new JudgeEvaluateCommand(screen))
                .addSubcommand(new JudgeStressCommand(screen))
                .addSubcommand(new JudgeLifeCommands.Probe(screen))
                .addSubcommand(new JudgeLifeCommands.Drain(screen))
                .addSubcommand(new JudgeLifeCommands.Retire(screen))
                .addSubcommand(new JudgeLifeCommands.Delete(screen));
    }

    @Command(name = "list", description = "List judges with their health.")
    static final class ListJudges extends ListCommand<JudgeResource> {

        ListJudges(Screen screen) {
            super(screen);
        }

        @Override
        protected List<JudgeResource> all(PlatformClient client) {
            return Lookup.all(client.judges());
        }

        @Override
        protected TextTable table(List<JudgeResource> judges) {
            TextTable table = new TextTable(
                    "JUDGE", "KIND", "STATE", "SERVICE", "BREAKER", "VERDICTS", "UNDECIDED", "P50 MS", "P99 MS");
            for (JudgeResource judge : judges) {
                table.add(
                        judge.name() + "@" + judge.version(),
                        Words.of(judge.kind()),
                        Paint.state(JudgeReports.stateWord(judge)),
                        judge.contact() == null
                                ? "-"
                                : Paint.state(judge.contact().reachable() ? "up" : "away"),
                        // A closed breaker is as it should be, and no state of the judge.
                        judge.health().breaker().equals("open")
                                ? Paint.bad("open")
                                : judge.health().breaker(),
                        Long.toString(judge.health().verdicts()),
                        Math.round(100 * judge.health().undecidedRate()) + " %",
                        millis(judge.health().p50Ms()),
                        millis(judge.health().p99Ms()));
            }
            return table;
        }

        private static String millis(@Nullable Double value) {
            return value == null ? "-" : String.format(Locale.ROOT, "%.0f", value);
        }
    }

    @Command(name = "get", description = "Show a judge, and what the conformance gate found.")
    static final class Get extends GetCommand<JudgeResource> {

        Get(Screen screen) {
            super(screen);
        }

        @Override
        protected JudgeResource find(PlatformClient client, String name) {
            return Lookup.judge(client.judges(), name);
        }

        @Override
        protected List<String> lines(JudgeResource judge) {
            return JudgeReports.whole(judge);
        }
    }

    @Command(
            name = "register",
            description = "Register a judge that is a service, and wait for what the conformance gate says.")
    static final class Register extends PlatformCommand {

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "JUDGE",
                description = "The registration, YAML or JSON; - is standard input.")
        private Path file = Path.of("");

        @Option(names = "--no-wait", description = "Do not wait for the conformance gate.")
        private boolean noWait;

        Register(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() throws InterruptedException {
            JudgeRegistryApi judges = platform.connect().judges();
            JudgeResource judge = judges.register(SpecFile.toJson(SpecFile.read(file)), "application/json");
            if (!noWait) {
                String name = judge.name() + "@" + judge.version();
                try (Goodbye _ = Goodbye.on(
                        out(),
                        "No longer waiting; the gate goes on. See what it says with: ./tribunal judge get " + name)) {
                    judge = JudgeReports.awaitDecision(judges, judge, null);
                }
            }
            JudgeResource decided = judge;
            show(decided, () -> JudgeReports.decision(decided));
            return JudgeReports.exitCode(decided);
        }
    }
}
