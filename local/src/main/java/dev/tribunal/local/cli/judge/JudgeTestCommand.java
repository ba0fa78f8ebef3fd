package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.Bodies;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.ReportCommand;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code judge test}: the registry's gate on a judge that runs, without a platform. */
@Command(
        name = "test",
        description = "Put a judge that is running to the registry's own gate. Needs no platform. Ends with 0 if the"
                + " judge passes every check, else with 1.")
final class JudgeTestCommand extends ReportCommand {

    @Parameters(paramLabel = "URL", description = "Where the judge is, for example http://127.0.0.1:8090.")
    private URI url = URI.create("");

    @Option(
            names = {"-f", "--fixtures"},
            paramLabel = "FILE",
            description =
                    "Its registration, or an object with 'fixtures' alone, YAML or JSON. The gate wants fixtures.")
    private @Nullable Path fixtures;

    @Option(
            names = "--bearer-env",
            paramLabel = "NAME",
            description = "The environment variable that holds the judge's bearer token.")
    private @Nullable String bearerEnv;

    JudgeTestCommand(Screen screen) {
        super(screen);
    }

    record Outcome(URI url, boolean passed, List<Check> checks) {}

    @Override
    public Integer call() {
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new CommandException(
                    "'" + url + "' is not a judge's address; give one such as http://127.0.0.1:8090");
        }
        List<Check> checks = JudgeConformance.of(JudgeTransport.to(url, bearerToken()), expected())
                .run();
        Outcome outcome = new Outcome(url, checks.stream().allMatch(Check::passed), checks);
        show(outcome, () -> lines(outcome));
        return outcome.passed() ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    private static List<String> lines(Outcome outcome) {
        TextTable table = new TextTable("RESULT", "CHECK", "FOUND");
        for (Check check : outcome.checks()) {
            table.add(check.passed() ? "ok" : "FAIL", check.name(), check.detail() == null ? "" : check.detail());
        }
        List<String> lines = new ArrayList<>(table.lines());
        long failed = outcome.checks().stream().filter(check -> !check.passed()).count();
        lines.add(
                outcome.passed()
                        ? "The judge passes the gate; register it with ./tribunal judge register -f FILE"
                        : "The judge fails " + failed + " of "
                                + outcome.checks().size() + " checks.");
        return lines;
    }

    private Expected expected() {
        if (fixtures == null) {
            return new Expected(null, null, Duration.ofMillis(JudgeRegistration.DEFAULT_TIMEOUT_MS), false, List.of());
        }
        JudgeRegistration registration = Bodies.read(fixtures, JudgeRegistration.class);
        Expected promised = Expected.of(registration);
        return registration.maxBatchItems() == null && registration.name() == null
                ? new Expected(null, null, promised.timeout(), promised.deterministic(), promised.fixtures())
                : promised;
    }

    private @Nullable String bearerToken() {
        if (bearerEnv == null) {
            return null;
        }
        String token = System.getenv(bearerEnv);
        if (token == null || token.isBlank()) {
            throw new CommandException("the environment variable " + bearerEnv + " is not set; it should hold the"
                    + " judge's bearer token");
        }
        return token;
    }
}
