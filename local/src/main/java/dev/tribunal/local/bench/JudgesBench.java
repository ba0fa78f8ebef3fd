package dev.tribunal.local.bench;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Endpoint;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Retry;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Asks a judge service about completions as a trainer does, over HTTP, with judges behind it that are services of their
 * own. No completion is ever asked about twice.
 */
public final class JudgesBench {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration SLOW = Duration.ofMillis(200);
    private static final Duration GATE = Duration.ofMinutes(1);
    private static final int MAX_IN_FLIGHT = 64;

    private static final String PROMPT = "Natalia sold clips to 48 of her friends in April, and then she sold half as"
            + " many clips in May. How many clips did Natalia sell altogether in April and May?";
    private static final String COMPLETION = "In April Natalia sold 48 clips. In May she sold half as many, which is"
            + " 48 / 2 = 24 clips. Altogether she sold 48 + 24 = 72 clips in April and May. To check: 72 - 24 = 48,"
            + " which is what she sold in April. The final answer is 72. This is attempt number ";

    private final JudgeRegistryApi registry;
    private final JudgementApi judgements;
    private final Plan plan;
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * @param judges beside each other
     * @param items of a request
     * @param inFlight requests at the same time where judges take no time; where they do, four times as many
     * @param seconds to measure each case for, after half as many that warm up
     */
    public record Plan(int judges, int items, int inFlight, int seconds) {

        public Plan {
            requireAtLeast("--judges", judges, 2);
            requireAtLeast("--items", items, 1);
            requireAtLeast("--in-flight", inFlight, 1);
            requireAtLeast("--seconds", seconds, 1);
        }

        private static void requireAtLeast(String option, int value, int least) {
            if (value < least) {
                throw new IllegalArgumentException(option + " is " + value + ", but must be at least " + least);
            }
        }
    }

    public JudgesBench(JudgeRegistryApi registry, JudgementApi judgements, Plan plan) {
        this.registry = registry;
        this.judgements = judgements;
        this.plan = plan;
    }

    /** @param progress told what is done next */
    public JudgeTimes run(Consumer<String> progress) throws InterruptedException {
        progress.accept(plan.judges() + " judges that take no time");
        JudgeTimes.Case quick = measure("quick", Duration.ZERO, plan.inFlight());
        progress.accept(plan.judges() + " judges that take " + SLOW.toMillis() + " ms");
        JudgeTimes.Case slow = measure("slow", SLOW, 4 * plan.inFlight());
        progress.accept("one judge that hangs");
        return new JudgeTimes(plan.judges(), plan.items(), List.of(quick, slow), hungJudge());
    }

    private JudgeTimes.Case measure(String name, Duration time, int inFlight) throws InterruptedException {
        Panel panel = new Panel(name, plan.judges(), time);
        try (panel) {
            load(inFlight, Duration.ofSeconds(plan.seconds()).dividedBy(2), panel.references, plan.judges());
            long start = System.nanoTime();
            List<Double> millis = load(inFlight, Duration.ofSeconds(plan.seconds()), panel.references, plan.judges());
            double seconds = (System.nanoTime() - start) / 1e9;
            return new JudgeTimes.Case(
                    Math.toIntExact(time.toMillis()),
                    inFlight,
                    millis.size(),
                    (double) millis.size() * plan.items() * plan.judges() / seconds,
                    JudgeTimes.percentile(millis, 0.5),
                    JudgeTimes.percentile(millis, 0.99));
        }
    }

    private JudgeTimes.HungJudge hungJudge() throws InterruptedException {
        try (Panel well = new Panel("well", plan.judges() - 1, Duration.ZERO);
                Panel hung = new Panel("hung", 1, Duration.ZERO)) {
            Duration each = Duration.ofSeconds(plan.seconds()).dividedBy(4);
            List<JudgeReference> all = new ArrayList<>(well.references);
            all.addAll(hung.references);
            load(1, each, all, all.size());
            double whileWell = JudgeTimes.percentile(load(1, each, all, all.size()), 0.5);
            hung.hang();
            List<Double> added = new ArrayList<>();
            while (true) {
                long start = System.nanoTime();
                JudgementResponse response = judgements.judge(request(all));
                double millis = (System.nanoTime() - start) / 1e6;
                if (isOpen(response)) {
                    break;
                }
                added.add(millis - whileWell);
            }
            List<Double> open = load(1, each, all, well.references.size());
            return new JudgeTimes.HungJudge(
                    Math.toIntExact(DEADLINE.toMillis()),
                    whileWell,
                    added,
                    JudgeTimes.percentile(open, 0.5) - whileWell,
                    open.size());
        }
    }

    private static boolean isOpen(JudgementResponse response) {
        JudgeVerdict last = response.items().getFirst().verdicts().getLast();
        return last.error() != null && last.error().code().equals("breaker_open");
    }

    /** Judges of one kind, registered and through the gate. */
    private final class Panel implements AutoCloseable {

        private final List<BenchJudge> judges;
        private final List<JudgeReference> references;

        Panel(String name, int size, Duration time) throws InterruptedException {
            judges = IntStream.range(0, size)
                    .mapToObj(i -> new BenchJudge("bench-" + name + "-" + i, time))
                    .toList();
            for (BenchJudge judge : judges) {
                register(judge);
            }
            references = judges.stream()
                    .map(judge -> new JudgeReference(judge.name(), judge.version(), Map.of()))
                    .toList();
        }

        void hang() {
            judges.forEach(BenchJudge::hang);
        }

        @Override
        public void close() {
            judges.forEach(BenchJudge::close);
        }
    }

    private void register(BenchJudge judge) throws InterruptedException {
        registry.register(new JudgeRegistration(
                judge.name(),
                judge.version(),
                "judge/v1",
                new Endpoint(judge.url()),
                null,
                Math.toIntExact(DEADLINE.toMillis()),
                BenchJudge.MAX_BATCH_ITEMS,
                MAX_IN_FLIGHT,
                new Retry(1, Duration.ofMillis(100)),
                true,
                List.of(
                        new Fixture(item("good", "fine"), Verdict.SATISFIED),
                        new Fixture(item("bad", "bad"), Verdict.VIOLATED))));
        long start = System.nanoTime();
        JudgeResource registered = registry.get(judge.name(), judge.version());
        while (registered.state() == State.PROBING && System.nanoTime() - start < GATE.toNanos()) {
            Thread.sleep(20);
            registered = registry.get(judge.name(), judge.version());
        }
        if (registered.state() != State.ACTIVE) {
            throw new IllegalStateException(judge.name() + " did not pass the gate: " + registered.report());
        }
    }

    /**
     * Sends requests, each sender one after the other, and takes their times.
     *
     * @param deciding how many of the judges, the first ones, have to decide every item
     * @return milliseconds of each request
     */
    private List<Double> load(int inFlight, Duration time, List<JudgeReference> judges, int deciding)
            throws InterruptedException {
        ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> sending = new ArrayList<>();
            for (int i = 0; i < inFlight; i++) {
                sending.add(senders.submit(() -> {
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        requireVerdicts(judgements.judge(request(judges)), deciding);
                        millis.add((System.nanoTime() - start) / 1e6);
                    }
                }));
            }
            for (Future<?> sender : sending) {
                sender.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the judge service could not be asked", e.getCause());
        }
        return List.copyOf(millis);
    }

    private JudgementRequest request(List<JudgeReference> judges) {
        int number = requests.incrementAndGet();
        List<JudgeItem> items = IntStream.range(0, plan.items())
                .mapToObj(i -> item("p" + i, COMPLETION + number + "." + i))
                .toList();
        return new JudgementRequest("bench-" + number, null, judges, items);
    }

    private static JudgeItem item(String id, String completion) {
        return new JudgeItem(
                id,
                List.of(Message.user(PROMPT)),
                new CompletionText(completion, "stop"),
                Map.of("answer", "72"),
                Map.of());
    }

    /** What was measured must have been work: the first judges decided every item, and were asked. */
    private static void requireVerdicts(JudgementResponse response, int judges) {
        boolean decided = response.items().stream()
                .flatMap(item -> item.verdicts().subList(0, judges).stream())
                .allMatch(verdict -> verdict.verdict() == Verdict.SATISFIED && !verdict.cached());
        if (!decided) {
            throw new IllegalStateException(
                    "a judge did not decide: " + response.items().getFirst().verdicts());
        }
    }
}
