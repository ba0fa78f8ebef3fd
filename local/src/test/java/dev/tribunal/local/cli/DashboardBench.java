package dev.tribunal.local.cli;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast the page is with 50 runs, one of which has 2,000 steps of 5 tasks and 30 metrics; not a test, run by its name:
 * {@code mvn -pl local test -Dtest=DashboardBench}. The rows are made by SQL.
 */
class DashboardBench {

    private static final int STEPS = 2000;
    private static final int REPEATS = 7;

    @TempDir
    private Path folder;

    @Test
    void measure() throws IOException, InterruptedException, SQLException {
        try (Platform platform = Platform.complete(Home.open(folder.resolve("home")), 0)) {
            platform.start(false, part -> {});
            RunsApi runs = new PlatformClient(platform.address()).runs();
            String id = SmallDemo.create(SmallDemo.spec(5000, folder), runs);
            runs.pause(id);
            try (Connection database = connect(platform.home());
                    Statement sql = database.createStatement();
                    Playwright playwright = Playwright.create(
                            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                    Browser browser = playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(Path.of("/usr/bin/chromium"))
                                    .setChromiumSandbox(false))) {
                fill(sql, id);
                String url = platform.address().url();
                Page page = browser.newPage();
                page.navigate(url + "/#token=" + platform.address().token());
                page.waitForSelector(".runs tbody tr");
                Seen list = watch(page, url + "/#/", ".runs tbody tr:nth-child(50)");
                Seen run = watch(page, url + "/#/runs/" + id, ".figure canvas");
                report("list of 50 runs", list);
                report("run of " + STEPS + " steps x 5 tasks x 30 metrics", run);
                refresh(page, sql, id);
            }
        }
    }

    private record Seen(double[] milliseconds, long bytes) {}

    /** From another view to this one, until it is there; the bytes are those of the last time. */
    private static Seen watch(Page page, String address, String there) {
        double[] times = new double[REPEATS];
        long bytes = 0;
        for (int i = 0; i < REPEATS; i++) {
            page.navigate(address.replaceFirst("#.*", "#/judges"));
            page.waitForSelector("h1.second");
            List<Response> answers = new ArrayList<>();
            page.onResponse(answers::add);
            times[i] = ((Number) page.evaluate(
                            "([hash, there]) => new Promise(done => {"
                                    + " const start = performance.now();"
                                    + " const look = () => document.querySelector(there)"
                                    + "   ? requestAnimationFrame(() => done(performance.now() - start))"
                                    + "   : requestAnimationFrame(look);"
                                    + " location.hash = hash; look(); })",
                            List.of(address.substring(address.indexOf('#')), there)))
                    .doubleValue();
            bytes = sum(answers);
        }
        Arrays.sort(times);
        return new Seen(times, bytes);
    }

    /** One more step, as the page that is open learns of it. */
    private static void refresh(Page page, Statement sql, String id) throws SQLException {
        page.waitForTimeout(6000);
        List<Response> answers = new ArrayList<>();
        page.onResponse(answers::add);
        step(sql, id, STEPS + 1, STEPS + 1);
        page.waitForSelector("text=" + (STEPS + 1) + " /");
        page.waitForTimeout(500);
        System.out.printf("refresh by one step: %,d bytes in %d answers%n", sum(answers), answers.size());
    }

    private static void report(String what, Seen seen) {
        System.out.printf(
                "%s: median %.0f ms (%.0f to %.0f), %,d bytes%n",
                what, seen.milliseconds[REPEATS / 2], seen.milliseconds[0], seen.milliseconds[REPEATS - 1], seen.bytes);
    }

    /** As they came over the wire. */
    private static long sum(List<Response> answers) {
        return List.copyOf(answers).stream()
                .filter(answer -> answer.url().contains("/v1/") && !answer.url().contains("/events"))
                .mapToLong(answer -> answer.request().sizes().responseBodySize)
                .sum();
    }

    private static void fill(Statement sql, String id) throws SQLException {
        sql.execute("insert into trainer.runs select (jsonb_populate_record(r, jsonb_build_object('id', 'run_bench'"
                + " || lpad(n::text, 15, '0'), 'name', 'run ' || n, 'state', 'succeeded', 'step', 50, 'steps', 50,"
                + " 'idempotency_key', null, 'started_at', now(), 'finished_at', now(), 'last_commit', 50))).*"
                + " from trainer.runs r, generate_series(1, 49) n where r.id = '" + id + "'");
        sql.execute("insert into trainer.metrics (run_id, name, task, step, value, number)"
                + " select r.id, 'feasibleRate', task, at, random(), at from trainer.runs r,"
                + " jsonb_array_elements_text(jsonb_path_query_array(spec, '$.tasks[*].name')) as t(task),"
                + " generate_series(1, 50) as s(at) where r.id like 'run_bench%'");
        step(sql, id, 1, STEPS);
        sql.execute("analyze trainer.metrics");
    }

    private static void step(Statement sql, String id, int first, int last) throws SQLException {
        List<String> names = Stream.concat(
                        Stream.of(
                                        "calibratedReward",
                                        "feasibleRate",
                                        "kl",
                                        "completionTokens",
                                        "truncatedRate",
                                        "entropy")
                                .flatMap(name ->
                                        Stream.of("", ".std", ".p10", ".p90").map(end -> name + end)),
                        Stream.of(
                                "undecidedRate",
                                "beyondLeashRate",
                                "distinctPrompts",
                                "loss",
                                "gradientNorm",
                                "advantage"))
                .toList();
        sql.execute("insert into trainer.metrics (run_id, name, task, step, value, number)"
                + " select r.id, metric, task, at, random(), at from trainer.runs r,"
                + " jsonb_array_elements_text(jsonb_path_query_array(spec, '$.tasks[*].name')) as t(task),"
                + " unnest('{" + String.join(",", names) + "}'::text[]) as m(metric),"
                + " generate_series(" + first + ", " + last + ") as s(at) where r.id = '" + id + "'");
        sql.execute("update trainer.runs set step = " + last + ", last_commit = " + last + " where id = '" + id + "'");
    }

    private static Connection connect(Path home) throws IOException, SQLException {
        String port = Files.readAllLines(home.resolve("postgres/data/postmaster.pid"))
                .get(3)
                .strip();
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port + "/postgres",
                "postgres",
                Files.readString(home.resolve("postgres-password")).strip());
    }
}
