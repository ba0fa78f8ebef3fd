package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Canary;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Drift;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.local.cli.screen.Details;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.servicekit.input.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is said of one judge. */
final class JudgeReports {

    private static final Duration LOOK = Duration.ofMillis(200);

    private JudgeReports() {}

    /**
     * Waits until the gate has decided.
     *
     * @param before when it had decided the last time, if it had
     */
    static JudgeResource awaitDecision(JudgeRegistryApi judges, JudgeResource judge, @Nullable Instant before)
            throws InterruptedException {
        JudgeResource now = judge;
        while (now.state() == State.PROBING || Objects.equals(now.probedAt(), before)) {
            Thread.sleep(LOOK);
            now = judges.get(judge.name(), judge.version());
        }
        return now;
    }

    /** Its state, and what the gate found. */
    static List<String> decision(JudgeResource judge) {
        List<String> lines = new ArrayList<>(List.of(state(judge)));
        lines.addAll(report(judge));
        return lines;
    }

    /** A rejected judge is a failure. */
    static int exitCode(JudgeResource judge) {
        return judge.state() == State.REJECTED ? ExitCode.FAILURE : ExitCode.SUCCESS;
    }

    static String state(JudgeResource judge) {
        return judge.name() + "@" + judge.version() + " is " + Words.of(judge.state());
    }

    /** With since when and by which fixture, of a judge that has drifted. */
    static String stateWord(JudgeResource judge) {
        Drift drift = judge.drift();
        return Words.of(judge.state())
                + (judge.state() != State.DRIFTED || drift == null
                        ? ""
                        : " since " + drift.since() + " (fixture " + drift.fixture() + ")");
    }

    private static String told(Drift drift) {
        return "since " + drift.since() + (drift.until() == null ? "" : " until " + drift.until()) + ": fixture "
                + drift.fixture() + " is " + Words.of(drift.said()) + " instead of " + Words.of(drift.expected()) + ", "
                + drift.differing() + " of " + drift.tries() + " times"
                + (drift.reason() == null ? "" : " (" + drift.reason() + ")");
    }

    private static String told(Canary canary) {
        return canary.asRegistered() + " of " + canary.fixtures() + " fixtures as registered"
                + (canary.undecided() == 0 ? "" : ", " + canary.undecided() + " undecided") + ", asked " + canary.at();
    }

    /** One line a check, those that failed with what to do. */
    private static List<String> report(JudgeResource judge) {
        int width = judge.report().stream()
                .mapToInt(check -> check.name().length())
                .max()
                .orElse(1);
        return judge.report().stream().map(check -> line(check, width)).toList();
    }

    private static String line(Check check, int width) {
        String line = String.format("  %-" + width + "s  %s", check.name(), check.passed() ? "passed" : "FAILED");
        return check.detail() == null ? line : line + "  " + check.detail();
    }

    static List<String> whole(JudgeResource judge) {
        List<String> lines = new ArrayList<>();
        lines.add(state(judge));
        Details.add(lines, "kind", Words.of(judge.kind()));
        Details.add(lines, "what", judge.description());
        if (judge.llm() != null && judge.llm().question() != null) {
            Details.add(
                    lines,
                    "replies",
                    judge.llm().satisfied() + " is good, " + judge.llm().violated() + " is bad");
            judge.llm().question().lines().forEach(line -> Details.add(lines, "asks", line));
        }
        Details.add(lines, "requires", judge.requires() == null ? null : String.join(", ", judge.requires()));
        Details.add(lines, "url", judge.url());
        Details.add(lines, "source", judge.source());
        Details.add(lines, "digest", judge.digest());
        Details.add(
                lines,
                "limits",
                judge.timeoutMs() + " ms, " + judge.maxBatchItems() + " items a request, " + judge.maxInFlight()
                        + " requests at a time");
        Details.add(
                lines,
                "verdicts",
                judge.health().verdicts() + ", "
                        + Math.round(100 * judge.health().undecidedRate()) + " % undecided");
        Details.add(lines, "breaker", judge.health().breaker());
        if (judge.health().p50Ms() != null) {
            Details.add(
                    lines,
                    "latency",
                    "p50 " + judge.health().p50Ms() + " ms, p99 "
                            + judge.health().p99Ms() + " ms");
        }
        if (judge.contact() != null) {
            Details.add(
                    lines,
                    "service",
                    (judge.contact().reachable()
                                    ? "up"
                                    : "away: " + judge.contact().detail()) + ", looked at "
                            + judge.contact().at());
        }
        Details.add(lines, "canary", judge.canary() == null ? null : told(judge.canary()));
        Details.add(lines, "drifted", judge.drift() == null ? null : told(judge.drift()));
        if (judge.state() == State.DRIFTED) {
            Details.add(
                    lines,
                    "to do",
                    "bring back what was registered: it is then used again by itself, or at once after ./tribunal judge"
                            + " probe; or register what it is now as another version");
        }
        Details.add(
                lines,
                "probed",
                judge.probedAt() == null ? null : judge.probedAt().toString());
        lines.addAll(report(judge));
        return lines;
    }
}
