package dev.tribunal.local.cli;

import dev.tribunal.contracts.judge.v1.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.JudgeResource.Check;
import dev.tribunal.judge.sdk.JudgeConformance;
import dev.tribunal.judge.sdk.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.JudgeTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code judge test}: the registry's gate on a judge that runs, without a platform. */
@Command(
        name = "test",
        description = "Put a judge that is running to the registry's own gate. Needs no platform. Ends with 0 if the"
                + " judge passes every check, else with 1.",
        mixinStandardHelpOptions = true)
final class JudgeTestCommand implements Callable<Integer> {

    private final Screen screen;

    @Parameters(paramLabel = "URL", description = "Where the judge is, for example http://127.0.0.1:8090.")
    private URI url = URI.create("");

    @Option(
            names = {"-f", "--fixtures"},
            paramLabel = "FILE",
            description = "Its registration, or an object with 'fixtures' alone, YAML or JSON. The gate wants fixtures.")
    private @Nullable Path fixtures;

    @Option(
            names = "--bearer-env",
            paramLabel = "NAME",
            description = "The environment variable that holds the judge's bearer token.")
    private @Nullable String bearerEnv;

    @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
    private boolean json;

    JudgeTestCommand(Screen screen) {
        this.screen = screen;
    }

    record Outcome(URI url, boolean passed, List<Check> checks) {}

    @Override
    public Integer call() {
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new CommandException("'" + url + "' is no judge's address; give one such as http://127.0.0.1:8090");
        }
        List<Check> checks = JudgeConformance.of(JudgeTransport.to(url, bearerToken()), expected()).run();
        Outcome outcome = new Outcome(url, checks.stream().allMatch(Check::passed), checks);
        if (json) {
            screen.json(outcome);
        } else {
            print(outcome);
        }
        return outcome.passed() ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    private void print(Outcome outcome) {
        TextTable table = new TextTable("RESULT", "CHECK", "FOUND");
        for (Check check : outcome.checks()) {
            table.add(check.passed() ? "ok" : "FAIL", check.name(), check.detail() == null ? "" : check.detail());
        }
        screen.print(table.lines());
        long failed = outcome.checks().stream().filter(check -> !check.passed()).count();
        screen.print(
                outcome.passed()
                        ? "The judge passes the gate; register it with ./tribunal judge register -f FILE"
                        : "The judge fails " + failed + " of " + outcome.checks().size() + " checks.");
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
