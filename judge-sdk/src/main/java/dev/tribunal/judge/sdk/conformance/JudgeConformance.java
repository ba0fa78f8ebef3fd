package dev.tribunal.judge.sdk.conformance;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The gate that a judge passes before its verdicts count, and that its author runs in a test
 * ({@link dev.tribunal.judge.sdk.junit.ConformanceTests}) or by {@code ./tribunal judge test URL}: one gate for all
 * three. A judge passes if it passes every {@link Check}.
 */
public final class JudgeConformance {

    /** How long a judge may overrun its deadline: the way there and back, and a garbage collection. */
    static final Duration SLACK = Duration.ofSeconds(2);

    /** Absent if only verdicts are checked. */
    private final @Nullable JudgeTransport transport;

    private final @Nullable Asking asking;
    private final Expected expected;

    private JudgeConformance(@Nullable JudgeTransport transport, @Nullable Asking asking, Expected expected) {
        this.transport = transport;
        this.asking = asking;
        this.expected = expected;
    }

    /** Gets verdicts from a judge, however it is asked. */
    @FunctionalInterface
    public interface Asking {

        /** @throws IOException if no answer came by the request's deadline */
        Reading ask(EvaluateRequest request) throws IOException, InterruptedException;
    }

    /**
     * What the judge under test has promised.
     *
     * @param name as the judge must call itself; absent if any name will do, and so with the version
     * @param timeout of one evaluation
     * @param deterministic whether shuffled and repeated requests must give the same verdicts
     * @param maxBatchItems the most items that it will be asked at once; 0 for what its descriptor says
     * @param fixtures items with the verdict they must get
     */
    public record Expected(
            @Nullable String name,
            @Nullable String version,
            Duration timeout,
            boolean deterministic,
            int maxBatchItems,
            List<Fixture> fixtures) {

        /** Of a judge that is asked as many items as its descriptor says. */
        public Expected(
                @Nullable String name,
                @Nullable String version,
                Duration timeout,
                boolean deterministic,
                List<Fixture> fixtures) {
            this(name, version, timeout, deterministic, 0, fixtures);
        }

        /** What a registration promises; what it leaves out is as the registry would fill it in. */
        public static Expected of(JudgeRegistration registration) {
            return new Expected(
                    registration.name(),
                    registration.version(),
                    Duration.ofMillis(
                            registration.timeoutMs() == null
                                    ? JudgeRegistration.DEFAULT_TIMEOUT_MS
                                    : registration.timeoutMs()),
                    registration.deterministic() == null || registration.deterministic(),
                    registration.maxBatchItems() == null
                            ? JudgeRegistration.DEFAULT_MAX_BATCH_ITEMS
                            : registration.maxBatchItems(),
                    registration.fixtures() == null ? List.of() : List.copyOf(registration.fixtures()));
        }

        /** These promises of the judge that calls itself so. */
        Expected of(JudgeDescriptor judge) {
            return new Expected(
                    judge.name(),
                    judge.version(),
                    timeout,
                    deterministic,
                    maxBatchItems == 0 ? judge.maxBatchItems() : maxBatchItems,
                    fixtures);
        }
    }

    public static JudgeConformance of(JudgeTransport transport, Expected expected) {
        return new JudgeConformance(transport, null, expected);
    }

    /** Of a judge that does not speak judge/v1 itself: its verdicts, and nothing of the protocol. */
    public static JudgeConformance ofVerdicts(Asking asking, Expected expected) {
        return new JudgeConformance(null, asking, expected);
    }

    /** All checks, in order; if the descriptor does not match, only that one. */
    public List<Check> run() {
        if (asking != null) {
            return new VerdictChecks(asking, new ConformanceRequests(expected), "").run();
        }
        return run(Objects.requireNonNull(transport));
    }

    private List<Check> run(JudgeTransport transport) {
        ProtocolChecks.Introduction introduction = ProtocolChecks.introduce(transport, expected);
        if (introduction.judge() == null) {
            return List.of(introduction.check());
        }
        ConformanceRequests questions = new ConformanceRequests(expected.of(introduction.judge()));
        ProtocolChecks protocol = new ProtocolChecks(transport, questions);
        List<Check> checks = new ArrayList<>();
        checks.add(introduction.check());
        checks.addAll(protocol.beforeVerdicts());
        checks.addAll(new VerdictChecks(protocol::ask, questions, ProtocolChecks.ASKING).run());
        checks.addAll(protocol.afterVerdicts(introduction.judge()));
        return List.copyOf(checks);
    }
}
