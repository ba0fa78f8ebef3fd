package dev.tribunal.local.cli;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns.ArmRun;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The page in a real browser, on a real platform with a run that has ended and one that is paused. */
class DashboardTest {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final JsonMapper JSON = new JsonMapper();
    private static final int PHONE = 390;

    /** How often judges are looked at: otherwise a drift takes minutes. */
    private static final Map<String, String> OFTEN =
            Map.of("tribunal.judge.look-every", "1s", "tribunal.judge.canary-every", "1s");

    /** In milliseconds: a page asks again every ten seconds, and a run has to take a step. */
    private static final int PATIENCE = 60_000;

    @TempDir
    private static Path folder;

    private static Platform platform;
    private static Playwright playwright;
    private static Browser browser;
    private static RunsApi runs;

    /** Has two steps, and has ended. */
    private static String ended;

    /** Is paused, so that it takes no processor from the browser. */
    private static String paused;

    private final List<String> complaints = new ArrayList<>();
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(CHROMIUM), "there is no " + CHROMIUM);
        OFTEN.forEach(System::setProperty);
        platform = Platform.complete(Home.open(folder.resolve("home")), 0);
        platform.start(false, part -> {});
        runs = new PlatformClient(platform.address()).runs();
        ended = SmallDemo.create(labelled(SmallDemo.spec(2, folder), "ended"), runs);
        paused = SmallDemo.create(labelled(SmallDemo.spec(5000, folder), "paused"), runs);
        runs.pause(paused);
        ComparisonRuns compared = compare();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setChromiumSandbox(false));
        awaitEnd(ended, RunState.SUCCEEDED);
        for (ArmRun run : compared.runs()) {
            awaitEnd(Objects.requireNonNull(run.run()), RunState.SUCCEEDED);
        }
    }

    private static void awaitEnd(String id, RunState state) throws InterruptedException {
        Instant latest = Instant.now().plus(Duration.ofMinutes(2));
        while (!runs.get(id).state().terminal() && Instant.now().isBefore(latest)) {
            Thread.sleep(200);
        }
        assertState(id, state);
    }

    /** One that is in another state says why. */
    private static void assertState(String id, RunState state) {
        RunResource run = runs.get(id);
        assertThat(run.state())
                .as(
                        "%s at step %d: %s %s %s",
                        run.name(), run.step(), run.terminalReason(), run.errors(), run.conditions())
                .isEqualTo(state);
    }

    /** Two arms with two seeds, of one of the demo's tasks. */
    private static ComparisonRuns compare() throws IOException {
        ObjectNode comparison = JSON.createObjectNode().put("name", "two-arms").put("seeds", 2);
        ObjectNode base = SmallDemo.spec(2, folder);
        base.putArray("tasks").add(SmallDemo.spec(2, folder).path("tasks").path(2));
        comparison.set("base", base);
        ArrayNode arms = comparison.putArray("arms");
        arms.addObject().put("name", "crraft");
        arms.addObject().put("name", "rloo").putObject("set").put("tasks.math.method", "rloo");
        return Objects.requireNonNull(new PlatformClient(platform.address())
                .comparisons()
                .create(comparison.toString(), "application/json", false)
                .getBody());
    }

    private static ObjectNode labelled(ObjectNode spec, String name) {
        spec.put("name", name).putObject("labels").put("part", name);
        return spec;
    }

    @AfterAll
    static void stop() {
        if (playwright != null) {
            playwright.close();
        }
        if (platform != null) {
            platform.close();
        }
        OFTEN.keySet().forEach(System::clearProperty);
    }

    @BeforeEach
    void open() {
        context = browser.newContext();
        page = context.newPage();
        page.setDefaultTimeout(15_000);
        page.onConsoleMessage(message -> {
            if (Set.of("error", "warning").contains(message.type())) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.navigate(platform.address().url() + "/#token=" + platform.address().token());
        assertThat(heading("Runs")).isVisible();
    }

    @AfterEach
    void close() {
        context.close();
    }

    /** Every view: what it shows, nothing in the console (a broken content security policy is), axe, and a phone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "#/ > .runs tbody tr",
                "#/runs/RUN > .held-out tbody tr",
                "#/runs/RUN/heldOut > .figure canvas",
                "#/runs/RUN/reward > .figure canvas",
                "#/runs/RUN/constraints > table[class=grid] td a",
                "#/runs/RUN/distance > .figure canvas",
                "#/runs/RUN/length > .figure canvas",
                "#/runs/RUN/signal > main p, main canvas",
                "#/runs/RUN/optimizer > .figure canvas",
                "#/runs/RUN/time > .figure canvas",
                "#/runs/RUN/checkpoints > details.card",
                "#/runs/RUN/events > .events li",
                "#/runs/RUN/spec > pre",
                "#/runs/RUN/episodes?task=math&step=1&split=train > .episode",
                "#/judges > .runs tbody tr",
                "#/judges/safety/1 > .measures dd",
                "#/reward-models/helpfulness/1 > .measures dd",
                "#/compare?run=RUN&run=OTHER > .figure canvas",
                "#/comparisons > tbody th a",
                "#/comparisons/two-arms > .figure canvas",
                "#/lineage > .tree li",
                "#/new > textarea",
            })
    void everyViewIsWholeAccessibleAndFitsAPhone(String view) {
        String[] parts = view.split(" > ", 2);
        go(parts[0]);
        assertThat(page.locator(parts[1]).first()).isVisible();

        accessible();
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        satisfies(axe().withRules(List.of("color-contrast")));
        page.setViewportSize(PHONE, 800);
        assertThat((Integer) page.evaluate("document.scrollingElement.scrollWidth"))
                .isLessThanOrEqualTo(PHONE);
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        assertThat(page.locator(".top nav")).isHidden();
        assertThat(complaints).isEmpty();
    }

    @Test
    void anUnknownTokenIsAskedForAgainAndTheViewIsThenTheOneAskedFor() {
        page.evaluate("sessionStorage.setItem('tribunal.token', 'no-such-token-at-all')");
        go("#/runs/RUN/reward");
        assertThat(page.locator(".notice")).containsText("does not know this token");
        page.getByLabel("Bearer token").fill(platform.address().token());
        page.keyboard().press("Enter");
        assertThat(page.locator(".figure canvas").first()).isVisible();
        assertThat(page.locator(".notice")).hasCount(0);
        page.reload();
        assertThat(page.locator(".figure canvas").first()).isVisible();
    }

    @Test
    void aFigureTellsItsValuesAndItsMeaningToPointerAndKeyboard() {
        go("#/runs/RUN");
        Locator figure = page.locator(".figure").first();
        assertThat(figure.locator("figcaption .n")).hasText("n = 8 rollouts a step");
        figure.locator(".u-over").hover();
        assertThat(figure.locator("figcaption .n")).hasText(Pattern.compile("step \\d"));
        figure.locator(".explain").hover();
        assertThat(figure.locator(".says")).isVisible();
        assertThat(figure.locator(".says")).containsText("higher is better.");
        page.mouse().move(0, 0);
        assertThat(figure.locator(".says")).isHidden();
        figure.locator(".plot").focus();
        page.keyboard().press("ArrowLeft");
        assertThat(figure.locator("figcaption .n")).hasText("step 1");

        page.getByLabel("X axis").selectOption("tokens");
        figure.locator(".plot").focus();
        page.waitForCondition(() -> {
            page.keyboard().press("ArrowLeft"); // on what is drawn now
            return figure.locator("figcaption .n").innerText().contains("sampled tokens");
        });
        page.locator(".choices select").first().selectOption("math");
        assertThat(figure.locator(".legend li")).hasCount(1);
    }

    @Test
    void runsAreSearchedSortedAndFilteredByTheAddress() {
        assertThat(page.locator(".runs tbody tr").nth(1)).isVisible();
        page.locator("[name=text]").fill("part paused");
        assertThat(page.locator(".runs tbody tr")).hasCount(1);
        assertThat(page.locator(".runs tbody th")).containsText("paused");
        page.locator("[name=text]").fill("part ended");
        assertThat(page.locator(".runs tbody tr")).hasCount(1);
        page.locator("[name=text]").fill("part");
        page.locator("[name=sort]").selectOption("name");
        assertThat(page.locator(".runs tbody th").first()).containsText("ended");
        page.locator("[name=state]").selectOption("succeeded");
        assertThat(page.locator(".runs tbody tr")).hasCount(1);
        page.reload();
        assertThat(page.locator(".runs tbody tr")).hasCount(1);
        go("#/?label=part%3Dpaused");
        assertThat(page.locator(".runs tbody tr")).hasCount(1);
        assertThat(page.locator(".runs tbody th")).containsText("paused");
        assertThat(complaints).isEmpty();
    }

    @Test
    void aCellOfTheJudgesLeadsToItsSamplesWhichAreFilteredAndCompared() {
        go("#/runs/RUN/constraints");
        page.getByText("% both").first().click();
        assertThat(page.locator("input[name=violated]")).hasCount(2);
        go("#/runs/RUN/episodes?verdict=satisfied&judge=math-answer&split=train&order=longest");
        assertThat(page.locator(".episode").first()).isVisible();
        assertThat(page.locator("[name=judge]")).hasValue("math-answer");
        for (Locator episode : page.locator(".episode").all()) {
            assertThat(episode.locator(".verdicts .satisfied")).hasCount(1);
            assertThat(episode.locator(".arithmetic")).containsText("calibrated reward");
        }
        page.locator("[name=verdict]").selectOption("violated");
        assertThat(page.locator(".verdicts .violated").first()).isVisible();
        assertThat(page.locator(".verdicts .satisfied")).hasCount(0);
        page.locator("[name=minScore]").fill("-99.5");
        page.keyboard().press("Enter");
        assertThat(page.locator(".verdicts .violated").first()).isVisible();
        page.getByLabel("Compare with").selectOption("baseline");
        assertThat(page.locator("ins").first()).isVisible();
        page.getByLabel("Compare with").selectOption("first");
        assertThat(page.getByText("against its first at step").first()).isVisible();
        page.getByText("Tokens by log-probability").first().click();
        assertThat(page.locator(".tokens span").first())
                .hasAttribute("title", Pattern.compile("token 1, id .* nats.*"));
        Locator episode = page.locator(".episode").first();
        String id = episode.locator(".id").innerText();
        String completion = runs.episodes(ended, null, "math", null, null, "train", null, 200).data().stream()
                .filter(one -> one.id().equals(id))
                .map(EpisodeResource::completion)
                .findFirst()
                .orElseThrow();
        assertThat(String.join("", episode.locator(".tokens span").allTextContents())
                        .replaceAll("⟨\\d+⟩", ""))
                .isEqualTo(completion);
        accessible();
        assertThat(complaints).isEmpty();
    }

    @Test
    void aComparisonHasATableAndCurvesOfEachArm() {
        go("#/comparisons");
        page.getByText("two-arms").click();
        assertThat(heading("two-arms")).isVisible();
        Locator rows = page.locator("section[aria-label=Results] table").first().locator("tbody tr");
        assertThat(rows).hasCount(3);
        assertThat(rows.first()).containsText(Pattern.compile("before training.*%.*\\("));
        assertThat(rows.nth(1)).containsText(Pattern.compile("crraft.*%.*\\("));
        assertThat(rows.nth(1).locator(".difference")).hasCount(0);
        assertThat(rows.last().locator(".difference")).hasCount(1);
        assertThat(page.locator(".seed .succeeded")).hasCount(4);
        Locator figure = page.locator(".figure").first();
        assertThat(figure.locator(".legend li")).hasCount(2);
        assertThat(figure.locator("figcaption .n")).hasText("n = 2 seeds");
        page.getByLabel("Draw rloo").uncheck();
        assertThat(figure.locator(".legend li")).hasCount(1);
        page.locator("[name=base]").selectOption("rloo");
        assertThat(rows.nth(1).locator(".difference")).hasCount(1);
        assertThat(rows.last().locator(".difference")).hasCount(0);
        page.locator("[name=metric]").selectOption("heldOut.completionTokens");
        assertThat(page.locator(".figure")).hasCount(1);
        page.reload();
        assertThat(page.locator(".figure")).hasCount(1);
        assertThat(complaints).isEmpty();
    }

    @Test
    void whatACompletionHoldsStaysText() {
        String hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>";
        page.route(
                Pattern.compile("/episodes\\?"),
                route -> changed(
                        route,
                        body -> body.path("data")
                                .forEach(row -> ((ObjectNode) row)
                                        .put("completion", hostile)
                                        .put("baseline", "javascript:alert(3) " + hostile))));
        go("#/runs/RUN/episodes?task=math");
        page.getByLabel("Compare with").selectOption("baseline");
        assertThat(page.locator(".completion").first()).containsText("onerror=alert(1)");
        assertThat(page.locator("main img, main script")).hasCount(0);
        assertThat(complaints).isEmpty();
    }

    @Test
    void alarmsAndWhatARunWaitsForAreOnTop() {
        page.route(
                Pattern.compile("/v1/runs/" + paused + "$"),
                route -> changed(route, run -> {
                    run.put("state", "running")
                            .put("step", 40)
                            .putArray("waitsFor")
                            .addObject()
                            .put("kind", "reward-model")
                            .put("name", "helpfulness@1")
                            .put("since", Instant.now().minusSeconds(65).toString())
                            .put("message", "503");
                    ObjectNode alarm = run.putArray("alarms").addObject();
                    alarm.put("type", "judge-never-satisfied")
                            .put("severity", "pause")
                            .put("task", "math")
                            .put("judge", "math-answer")
                            .put("message", "nothing satisfied it in 20 steps")
                            .put("since", Instant.now().toString())
                            .put("step", 20)
                            .put("episodes", "task=math&judge=math-answer")
                            .putObject("evidence")
                            .put("satisfied", 0);
                    run.putObject("signal").put("steps", 40).put("stepsWithoutUpdate", 40);
                }));
        go("#/runs/" + paused);
        assertThat(page.locator(".waits"))
                .containsText(Pattern.compile("Waits for reward model helpfulness@1 since 6\\d s"));
        assertThat(page.locator(".alarms")).containsText("Judge never satisfied");
        assertThat(page.locator(".learning")).containsText("It has learnt nothing");
        accessible();
        page.locator(".alarms").getByText("Its samples").click();
        assertThat(page.locator("[name=judge]")).hasValue("math-answer");
        assertThat(complaints).isEmpty();
    }

    /** Nothing can have so many words: what the run says of itself is real. */
    @Test
    void aRunThatLearntNothingSaysWhichJudgeNothingSatisfies() throws IOException, InterruptedException {
        ObjectNode spec = labelled(SmallDemo.spec(2, folder), "hopeless");
        spec.withObject("alarms").withObject("judgeNeverSatisfied").put("steps", 1);
        ((ObjectNode) oneTask(spec, "engagement").at("/tasks/0"))
                .putArray("judges")
                .addObject()
                .put("judge", "length@1")
                .putObject("parameters")
                .put("minWords", 500);
        String id = SmallDemo.create(spec, runs);
        awaitEnd(id, RunState.FAILED);

        go("#/runs/" + id);
        assertThat(page.locator(".reason")).containsText("learned_nothing");
        assertThat(page.locator(".alarms")).containsText("Judge never satisfied");
        assertThat(page.locator(".learning")).containsText("It has learnt nothing");
        page.locator(".alarms li")
                .filter(new Locator.FilterOptions().setHasText("Judge never satisfied"))
                .getByText("Its samples")
                .click();
        assertThat(page.locator(".episode .violated").first()).isVisible();
        assertThat(complaints).isEmpty();
    }

    /** The judge is real, becomes another one under the same version, and is itself again. */
    @Test
    void aJudgeThatDriftsSaysSoAndSoDoesTheRunThatUsesIt() throws IOException, InterruptedException {
        try (NoShouting judge = new NoShouting()) {
            new PlatformClient(platform.address())
                    .judges()
                    .register(judge.registration("no-shouting", "1"), "application/yaml");
            go("#/judges/no-shouting/1");
            assertThat(page.locator(".facts .chip")).hasText("active", patiently());
            ObjectNode spec = labelled(oneTask(SmallDemo.spec(5000, folder), "engagement"), "shouting");
            spec.withObject("training")
                    .put("learningRate", 1e-6); // at the demo's it may blow up within a hundred steps
            ((ObjectNode) spec.at("/tasks/0")).putArray("judges").add("no-shouting@1");
            String id = SmallDemo.create(spec, runs);
            Locator drifted = page.locator(".conditions li")
                    .filter(new Locator.FilterOptions().setHasText("no-shouting@1 has drifted"));
            go("#/runs/" + id);
            assertThat(page.locator(".figure canvas").first()).isVisible(visibly());
            assertThat(drifted).hasCount(0);

            judge.deaf(true);
            assertThat(drifted).isVisible(visibly());
            assertThat(drifted).containsText("its verdicts are undecided");
            go("#/judges/no-shouting/1");
            assertThat(page.locator(".facts .chip")).hasText("drifted", patiently());
            assertThat(page.locator(".reason"))
                    .containsText(Pattern.compile("It has drifted: fixture 1\\s+was violated .* and is satisfied"));
            assertThat(page.locator("table tbody tr").filter(new Locator.FilterOptions().setHasText("shouting")))
                    .not()
                    .hasCount(0);
            go("#/judges");
            assertThat(page.locator(".runs tbody tr").filter(new Locator.FilterOptions().setHasText("no-shouting")))
                    .containsText("drifted");
            accessible();

            judge.deaf(false);
            go("#/runs/" + id);
            assertThat(drifted).hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE));
            go("#/judges/no-shouting/1");
            assertThat(page.locator(".facts .chip")).hasText("active", patiently());
            assertThat(page.locator(".reason")).containsText("It had drifted");
            assertState(id, RunState.RUNNING);
            runs.cancel(id);
            assertThat(complaints).isEmpty();
        }
    }

    /** Without a judge, of a reward model that likes help of any kind: the run is real, and so is its alarm. */
    @Test
    void aRunThatHacksItsRewardSaysWhichJudgeSeesItAndShowsIt() throws IOException, InterruptedException {
        ObjectNode spec =
                labelled(oneTask(SpecFile.read(Project.example("reward-hacking.yaml")), "harmful-intent"), "hacking");
        spec.withObject("training").put("steps", 10);
        String id = SmallDemo.create(spec, runs);
        awaitEnd(id, RunState.SUCCEEDED);

        assertThat(runs.get(id).alarms())
                .extracting(Alarm::type, Alarm::judge)
                .containsExactly(tuple("reward-hacking", "safety"));
        go("#/runs/" + id);
        assertThat(page.locator(".alarms")).containsText("while heldOut.judge.safety went from");
        page.locator(".alarms").getByText("Its samples").click();
        assertThat(page.locator("[name=judge]")).hasValue("safety");
        Locator verdicts = page.locator(".episode").first().locator("table.verdicts");
        assertThat(verdicts).containsText("safety@1");
        assertThat(verdicts.locator(".violated")).hasCount(1);
        accessible();
        assertThat(complaints).isEmpty();
    }

    private static ObjectNode oneTask(ObjectNode spec, String name) {
        ArrayNode tasks = (ArrayNode) spec.path("tasks");
        for (int i = tasks.size() - 1; i >= 0; i--) {
            if (!tasks.path(i).path("name").asString().equals(name)) {
                tasks.remove(i);
            }
        }
        ArrayNode judges = spec.withObject("evaluation").withArray("heldOutJudges");
        for (int i = judges.size() - 1; i >= 0; i--) {
            if (!judges.path(i).path("tasks").toString().contains("\"" + name + "\"")) {
                judges.remove(i);
            }
        }
        return spec;
    }

    private static LocatorAssertions.HasTextOptions patiently() {
        return new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE);
    }

    private static LocatorAssertions.IsVisibleOptions visibly() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE);
    }

    @Test
    void rewardsAreSpreadOverTheSteps() {
        go("#/runs/RUN/reward");
        assertThat(page.locator(".histogram")).hasCount(5);
        assertThat(page.locator(".histogram rect title").first())
                .containsText(Pattern.compile("step \\d: \\d+ of 8 rollouts"));
        page.locator("#histograms ~ form select").selectOption("completionTokens");
        assertThat(page.locator(".histogram figcaption").first()).containsText("Length in tokens");
        accessible();
        assertThat(complaints).isEmpty();
    }

    @Test
    void aPersonLabelsSamplesByKeysAndSeesTheAgreement() {
        go("#/runs/RUN/episodes?task=math&split=train");
        page.getByRole(AriaRole.BUTTON, named("Label them")).click();
        assertThat(page.locator(".episode").first()).isFocused();
        assertThat(page.locator(".episode .arithmetic")).hasCount(0);
        page.keyboard().press("s");
        assertThat(page.locator(".episode").nth(1)).isFocused();
        page.keyboard().press("v");
        assertThat(page.getByText("2 labels.")).isVisible();
        assertThat(page.locator(".episode .arithmetic")).hasCount(2);
        assertThat(page.getByText("all constraints")).isVisible();
        accessible();
        assertThat(complaints).isEmpty();
    }

    @Test
    void aStreamThatDropsIsConnectedAgain() {
        page.route(Pattern.compile("/events"), Route::abort);
        go("#/runs/" + paused);
        assertThat(page.getByText("Connecting again")).isVisible();
        page.unroute(Pattern.compile("/events"));
        assertThat(page.getByText("Connecting again")).hasCount(0);
        go("#/runs/" + paused + "/events");
        assertThat(page.locator(".events li").first()).isVisible();
    }

    @Test
    void aPlatformThatIsAwayIsToldOfUntilItIsBack() {
        page.route(Pattern.compile("/v1/runs\\?"), Route::abort);
        assertThat(page.locator(".notice")).containsText("The platform does not answer");
        page.unroute(Pattern.compile("/v1/runs\\?"));
        assertThat(page.locator(".notice")).hasCount(0);
    }

    @Test
    void aRunIsCancelledAfterAQuestion() throws IOException {
        String id = SmallDemo.create(labelled(SmallDemo.spec(5000, folder), "unwanted"), runs);
        runs.pause(id);
        go("#/runs/" + id);
        page.getByRole(AriaRole.BUTTON, named("Cancel unwanted")).click();
        accessible();
        page.getByRole(AriaRole.BUTTON, named("Keep it as it is")).click();
        assertThat(page.locator("dialog")).hasCount(0);
        page.getByRole(AriaRole.BUTTON, named("Cancel unwanted")).click();
        page.getByRole(AriaRole.BUTTON, named("Cancel the run")).click();
        assertThat(page.locator(".status .chip")).hasText(Pattern.compile("cancelling|cancelled"));
        assertThat(page.getByRole(AriaRole.BUTTON, named("Cancel unwanted"))).hasCount(0);
        assertThat(complaints).isEmpty();
    }

    @Test
    void aSpecIsExplainedTriedAndStarted() throws IOException {
        go("#/new");
        page.getByLabel("The spec")
                .fill("apiVersion: tribunal/v1\nname: x\ntraining: {steps: 0}\ntasks:\n- name: math\n  method: ");
        assertThat(page.locator("aside .crumbs")).hasText("/tasks/0/method");
        page.getByRole(AriaRole.BUTTON, named("Dry run")).click();
        page.getByText("/training/steps").click();
        assertThat(page.locator("aside .crumbs")).containsText("/training");

        page.getByLabel("The spec")
                .fill(labelled(SmallDemo.spec(5000, folder), "written-here").toString());
        page.getByRole(AriaRole.BUTTON, named("Dry run")).click();
        assertThat(page.getByText("It can be started:")).isVisible();
        page.getByRole(AriaRole.BUTTON, named("Start the run")).click();
        assertThat(heading("written-here")).isVisible();
        runs.cancel(page.url().substring(page.url().lastIndexOf('/') + 1));
    }

    @Test
    void aCheckpointIsForkedWithAPatch() {
        go("#/runs/RUN/checkpoints");
        page.locator("details.card summary").first().click();
        page.getByText("Fork from here").first().click();
        assertThat(heading("Fork")).isVisible();
        Locator patch = page.getByLabel("What is otherwise");
        patch.fill("name: forked-here\ntraining: {steps: 0}\n");
        page.getByRole(AriaRole.BUTTON, named("Dry run")).click();
        assertThat(page.getByRole(AriaRole.BUTTON, named("/training/steps"))).isVisible();
        patch.fill("name: forked-here\ntraining: {steps: 500}\n");
        page.getByLabel("It takes over").selectOption("state");
        page.getByRole(AriaRole.BUTTON, named("Dry run")).click();
        assertThat(page.getByText("It can be started:")).isVisible();
        accessible();
        page.getByRole(AriaRole.BUTTON, named("Start the run")).click();
        assertThat(heading("forked-here")).isVisible();
        assertThat(page.locator(".status")).containsText("from " + ended);
        runs.cancel(page.url().substring(page.url().lastIndexOf('/') + 1));
    }

    @Test
    void aCheckpointIsDownloadedWithItsToken() throws IOException {
        go("#/runs/RUN/checkpoints");
        page.locator("details.card summary").first().click();
        Download download = page.waitForDownload(() ->
                page.getByRole(AriaRole.BUTTON, named("Download config.json")).click());
        assertThat(download.suggestedFilename()).isEqualTo("config.json");
        assertThat(JSON.readTree(Files.readString(download.path())).has("vocab_size"))
                .isTrue();
        Download csv =
                page.waitForDownload(() -> page.getByText("Metrics as CSV").click());
        assertThat(Files.readString(csv.path()))
                .startsWith("task,metric,step,value\n")
                .contains("math,feasibleRate,1,");
        assertThat(complaints).isEmpty();
    }

    private void go(String address) {
        page.navigate(
                platform.address().url() + "/" + address.replace("RUN", ended).replace("OTHER", paused));
    }

    private Locator heading(String name) {
        return page.getByRole(
                AriaRole.HEADING,
                new Page.GetByRoleOptions().setName(name).setExact(true).setLevel(1));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private void accessible() {
        satisfies(axe());
    }

    private AxeBuilder axe() {
        return new AxeBuilder(page).setLegacyMode(true);
    }

    private static void satisfies(AxeBuilder rules) {
        assertThat(rules.analyze().getViolations())
                .filteredOn(rule -> Set.of("serious", "critical").contains(rule.getImpact()))
                .extracting(DashboardTest::told)
                .isEmpty();
    }

    private static String told(Rule rule) {
        return rule.getHelp() + ": "
                + rule.getNodes().stream().map(node -> node.getHtml()).toList();
    }

    /** The platform's own answer, as if it had told more. */
    private static void changed(Route route, Consumer<ObjectNode> change) {
        APIResponse answer = route.fetch();
        ObjectNode body = (ObjectNode) JSON.readTree(answer.text());
        change.accept(body);
        route.fulfill(new Route.FulfillOptions().setResponse(answer).setBody(body.toString()));
    }
}
