package dev.tribunal.judge.fanout;

import static dev.tribunal.judge.fanout.ScriptedJudge.satisfied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.judge.fanout.VerdictCache.Known;
import dev.tribunal.servicekit.testing.RealPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Verdicts that outlive the service, on a real database. Each {@code ask} is a service of its own, then stopped. */
class VerdictCacheTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Panel.Version STEADY = new Panel.Version("judge", Kind.EXTERNAL, "sha256:a", true);
    private static final Panel.Version FICKLE = new Panel.Version("judge", Kind.EXTERNAL, "sha256:b", false);

    private static final DataSource DATABASE = database(RealPostgres.url());

    /** Every answer differs from the one before. */
    private final AtomicInteger answers = new AtomicInteger();

    private final Script counting = (request, out) -> {
        int score = answers.incrementAndGet();
        ScriptedJudge.results(itemId -> """
            {"itemId":"%s","verdict":"violated","score":%d,"reason":"a\\u0000b"}\
            """.formatted(itemId, score)).answer(request, out);
    };

    @BeforeAll
    static void migrate() {
        Flyway.configure()
                .dataSource(DATABASE)
                .locations("classpath:db/migration/judge")
                .schemas("judge")
                .defaultSchema("judge")
                .load()
                .migrate();
    }

    @BeforeEach
    void forget() {
        JdbcClient.create(DATABASE).sql("delete from judge.cached_verdicts").update();
    }

    @Test
    void aRunThatIsResumedSeesTheSameVerdictsAndTheJudgeIsNotAskedAgain() {
        try (ScriptedJudge judge = new ScriptedJudge(counting)) {
            JudgementResponse first = ask(judge, STEADY, Map.of(), Panel.context("run_1", 3));
            int asked = judge.requests().size();
            JudgementResponse again = ask(judge, STEADY, Map.of(), Panel.context("run_1", 3));

            assertThat(judge.requests()).hasSize(asked);
            for (int item = 0; item < 3; item++) {
                JudgeVerdict was = first.items().get(item).verdicts().getFirst();
                JudgeVerdict is = again.items().get(item).verdicts().getFirst();
                assertThat(was.cached()).isFalse();
                assertThat(is.cached()).isTrue();
                assertThat(is.attempts()).isZero();
                assertThat(is.verdict()).isEqualTo(was.verdict()).isEqualTo(Verdict.VIOLATED);
                assertThat(is.score()).isEqualTo(was.score());
            }
        }
    }

    @Test
    void aDeterministicJudgeSaysTheSameInEveryRun() {
        try (ScriptedJudge judge = new ScriptedJudge(counting)) {
            ask(judge, STEADY, Map.of(), Panel.context("run_1", 3));

            assertThat(Panel.score(ask(judge, STEADY, Map.of(), null), 0)).isEqualTo(1);
        }
    }

    @Test
    void otherParametersOrAnotherDigestAreAnotherQuestion() {
        Panel.Version other = new Panel.Version("judge", Kind.EXTERNAL, "sha256:c", true);
        try (ScriptedJudge judge = new ScriptedJudge(counting)) {
            assertThat(Panel.score(ask(judge, STEADY, Map.of("a", 1), null), 0)).isEqualTo(1);
            assertThat(Panel.score(ask(judge, STEADY, Map.of("a", 2), null), 0)).isEqualTo(2);
            assertThat(Panel.score(ask(judge, other, Map.of("a", 2), null), 0)).isEqualTo(3);
            assertThat(Panel.score(ask(judge, STEADY, Map.of("a", 1), null), 0)).isEqualTo(1);
        }
    }

    @Test
    void aJudgeThatIsNotDeterministicDrawsOnceForEachRollout() {
        try (ScriptedJudge judge = new ScriptedJudge(counting)) {
            assertThat(Panel.score(ask(judge, FICKLE, Map.of(), Panel.context("run_1", 3)), 0))
                    .isEqualTo(1);
            assertThat(Panel.score(ask(judge, FICKLE, Map.of(), Panel.context("run_1", 3)), 0))
                    .as("the run was resumed")
                    .isEqualTo(1);
            assertThat(Panel.score(ask(judge, FICKLE, Map.of(), Panel.context("run_1", 4)), 0))
                    .isEqualTo(2);
            assertThat(Panel.score(ask(judge, FICKLE, Map.of(), Panel.context("run_2", 3)), 0))
                    .isEqualTo(3);
            assertThat(Panel.score(ask(judge, FICKLE, Map.of(), null), 0)).isEqualTo(4);
            assertThat(Panel.score(ask(judge, FICKLE, Map.of(), null), 0))
                    .as("of no run: nothing is kept")
                    .isEqualTo(5);
        }
    }

    @Test
    void aRuleIsAskedAgainUnlessItDraws() {
        Panel.Version rule = new Panel.Version("judge", Kind.RULE, "sha256:r", true);
        Panel.Version clocked = new Panel.Version("judge", Kind.RULE, "sha256:s", false);
        try (ScriptedJudge judge = new ScriptedJudge(counting)) {
            assertThat(Panel.score(ask(judge, rule, Map.of(), Panel.context("run_1", 3)), 0))
                    .isEqualTo(1);
            assertThat(Panel.score(ask(judge, rule, Map.of(), Panel.context("run_1", 3)), 0))
                    .isEqualTo(2);
            assertThat(Panel.score(ask(judge, clocked, Map.of(), Panel.context("run_1", 3)), 0))
                    .isEqualTo(3);
            assertThat(Panel.score(ask(judge, clocked, Map.of(), Panel.context("run_1", 3)), 0))
                    .isEqualTo(3);
        }
    }

    @Test
    void anUndecidedVerdictIsNeverKept() {
        try (ScriptedJudge judge = new ScriptedJudge(ScriptedJudge.results(itemId -> itemId.equals("item-1")
                ? "{\"itemId\":\"item-1\",\"verdict\":\"undecided\",\"error\":{\"code\":\"model_timeout\"}}"
                : "{\"itemId\":\"%s\",\"verdict\":\"satisfied\"}".formatted(itemId)))) {
            JudgementResponse first = ask(judge, FICKLE, Map.of(), Panel.context("run_1", 1));
            assertThat(Panel.codes(first)).containsExactly("SATISFIED", "model_timeout", "SATISFIED");
            judge.now(satisfied());

            JudgementResponse again = ask(judge, FICKLE, Map.of(), Panel.context("run_1", 1));

            assertThat(Panel.codes(again)).containsOnly("SATISFIED");
            assertThat(again.items())
                    .extracting(item -> item.verdicts().getFirst().cached())
                    .containsExactly(true, false, true);
            assertThat(judge.requests().getLast().itemIds()).containsExactly("item-1");
        }
    }

    @Test
    void theOldestGoWhenThereAreTooMany() {
        try (VerdictTable table = new VerdictTable(DATABASE, 10, MONTH)) {
            for (int i = 0; i < 40; i++) {
                int key = i;
                table.keep(Map.of(key(key), new Known(Verdict.SATISFIED, null, null)));
                await().atMost(TIMEOUT)
                        .until(() -> !table.find(List.of(key(key))).isEmpty());
            }

            await().atMost(TIMEOUT).until(() -> rows() <= 11);
            assertThat(table.find(List.of(key(0)))).isEmpty();
            assertThat(table.find(List.of(key(39)))).isNotEmpty();
        }
    }

    /** Rows of one statement are equally old. */
    @Test
    void asManyStayAsTheTableHoldsHoweverManyCameAtOnce() {
        try (VerdictTable table = new VerdictTable(DATABASE, 10, MONTH)) {
            table.keep(IntStream.range(0, 40)
                    .boxed()
                    .collect(Collectors.toMap(VerdictCacheTest::key, key -> new Known(Verdict.SATISFIED, null, null))));
        }

        assertThat(rows()).isBetween(10, 11);
    }

    @Test
    void whatIsTooOldGoes() {
        try (VerdictTable table = new VerdictTable(DATABASE, 10, MONTH)) {
            table.keep(Map.of(key(0), new Known(Verdict.SATISFIED, 1.0, "fine")));
            await().atMost(TIMEOUT).until(() -> rows() == 1);
            JdbcClient.create(DATABASE)
                    .sql("update judge.cached_verdicts set created_at = now() - interval '31 days'")
                    .update();

            table.keep(IntStream.range(1, 4)
                    .boxed()
                    .collect(Collectors.toMap(VerdictCacheTest::key, key -> new Known(Verdict.VIOLATED, null, null))));

            await().atMost(TIMEOUT).until(() -> table.find(List.of(key(0))).isEmpty());
            assertThat(table.find(List.of(key(1), key(2), key(3)))).hasSize(3);
        }
    }

    @Test
    void withoutItsDatabaseJudgesAreAsked() {
        try (ScriptedJudge judge = new ScriptedJudge(satisfied());
                VerdictTable table = new VerdictTable(database("jdbc:postgresql://127.0.0.1:1/none"), 10, MONTH);
                Panel panel = new Panel(table, Duration.ofMinutes(1))) {
            panel.connect(STEADY, judge.url(), TIMEOUT);

            assertThat(Panel.codes(panel.ask("judge"))).containsOnly("SATISFIED");
        }
    }

    private static JudgementResponse ask(
            ScriptedJudge judge,
            Panel.Version identity,
            Map<String, Object> parameters,
            @Nullable EvaluationContext context) {
        try (VerdictTable table = new VerdictTable(DATABASE, 1000, MONTH);
                Panel panel = new Panel(table, Duration.ofMinutes(1))) {
            panel.connect(identity, judge.url(), TIMEOUT);
            return panel.ask(new JudgementRequest(
                    "jr_1", context, List.of(new JudgeReference("judge", "1", parameters)), Panel.items(3)));
        }
    }

    private static VerdictKey key(int number) {
        return new VerdictKey(1, 2, 3, number);
    }

    private static int rows() {
        return JdbcClient.create(DATABASE)
                .sql("select count(*) from judge.cached_verdicts")
                .query(Integer.class)
                .single();
    }

    private static DataSource database(String url) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        database.setUser(RealPostgres.user());
        database.setPassword(RealPostgres.password());
        return database;
    }
}
