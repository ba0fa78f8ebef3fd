package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The alert rules and the Grafana board against the metrics that a real platform shows, on which one run has paused with an
 * alarm and another waits for a judge: no expression may name a metric or a label that there is not.
 */
class ObservabilityTest {

    private static final Path FOLDER = Path.of("../observability");
    private static final Path DOCS = Path.of("../docs");
    private static final int TASK = 3; // engagement, whose judges are rules

    /** Of Prometheus itself, of each target. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    private static final Pattern METRIC = Pattern.compile("([a-z][a-z0-9_]*)(\\{([^}]*)})?(?=[\\s\\[)]|$)");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(=~|!~|!=|=)");
    private static final Pattern BY = Pattern.compile("\\s*\\bby \\(([^)]*)\\)\\s*");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"");
    private static final Set<String> WORDS = Set.of("by", "on", "and", "or", "up");

    @TempDir
    private static Path folder;

    private static Platform platform;
    private static NoShouting judge;

    /** The labels of each metric that there is. */
    private static final Map<String, Set<String>> LABELS = new HashMap<>();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        judge = new NoShouting();
        platform = Platform.complete(Home.open(folder.resolve("home")), 0);
        platform.start(false, part -> {});
        PlatformClient client = new PlatformClient(platform.address());
        client.judges().register(judge.registration("no-shouting", "1"), "application/yaml");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> client.judges().get("no-shouting", "1").state() == JudgeResource.State.ACTIVE);
        RunsApi runs = client.runs();
        ObjectNode doubtful = spec("doubtful");
        ArrayNode judges =
                ((ObjectNode) doubtful.at("/tasks/0")).putArray("judges").add("finished@1");
        judges.addObject().put("judge", "length@1").putObject("parameters").put("minWords", 500);
        doubtful.putObject("alarms")
                .putObject("judgeNeverSatisfied")
                .put("steps", 1)
                .put("do", "pause");
        String paused = SmallDemo.create(doubtful, runs);
        await().atMost(Duration.ofMinutes(2)).until(() -> runs.get(paused).state() == RunState.PAUSED);
        judge.slow(true);
        ObjectNode waiting = spec("waiting");
        ((ObjectNode) waiting.at("/tasks/0")).putArray("judges").add("no-shouting@1");
        String waits = SmallDemo.create(waiting, runs);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> runs.get(waits).waitsFor().stream()
                        .anyMatch(wait -> wait.name().startsWith("no-shouting")));
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            scrape();
            return LABELS.keySet()
                    .containsAll(Set.of("tribunal_runs_waiting", "tribunal_runs_alarms", "tribunal_judge_drifted"));
        });
        judge.slow(false);
        runs.cancel(waits);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> runs.get(waits).state().terminal());
    }

    private static ObjectNode spec(String name) throws IOException {
        ObjectNode spec = SmallDemo.spec(3, folder);
        spec.put("name", name);
        JsonNode task = spec.path("tasks").path(TASK);
        ArrayNode tasks = spec.putArray("tasks");
        tasks.add(task);
        return spec;
    }

    @AfterAll
    static void stop() {
        judge.slow(false);
        platform.close();
        judge.close();
    }

    private static void scrape() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (Address service : platform.addresses()) {
                String text = http.send(
                                HttpRequest.newBuilder(URI.create(service.url() + "/metrics"))
                                        .header("Authorization", "Bearer " + service.token())
                                        .build(),
                                BodyHandlers.ofString())
                        .body();
                text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                    Matcher sample = SAMPLE.matcher(line);
                    assertThat(sample.matches()).as(line).isTrue();
                    Set<String> labels = LABELS.computeIfAbsent(sample.group(1), first -> new HashSet<>());
                    if (sample.group(2) != null) {
                        LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
                    }
                });
            }
        }
    }

    @Test
    void theAlertRulesNameMetricsThatThereAre() throws IOException {
        JsonNode rules = new YAMLMapper().readTree(Files.readString(FOLDER.resolve("alerts.yaml")));
        String troubleshooting = Files.readString(DOCS.resolve("troubleshooting.md"));
        Set<String> names = new TreeSet<>();
        for (JsonNode rule : rules.findParents("alert")) {
            String name = rule.path("alert").asString();
            assertThat(names.add(name)).as("%s stands once", name).isTrue();
            assertThat(mistakes(rule.path("expr").asString())).as(name).isEmpty();
            assertThat(rule.at("/labels/severity").asString()).as(name).isIn("page", "ticket");
            assertThat(rule.at("/annotations/summary").asString()).as(name).isNotEmpty();
            assertThat(troubleshooting).as("what to do about it").contains("### " + name + "\n");
        }
        assertThat(names).hasSizeGreaterThan(10);
        Matcher documented = Pattern.compile("(?m)^### ([A-Z][a-zA-Z]+)$").matcher(troubleshooting);
        assertThat(documented.results().map(one -> one.group(1))).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void theBoardNamesMetricsThatThereAre() throws IOException {
        JsonNode board = new JsonMapper().readTree(Files.readString(FOLDER.resolve("grafana.json")));
        int expressions = 0;
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : board.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            for (JsonNode target : panel.path("targets")) {
                expressions++;
                assertThat(mistakes(target.path("expr").asString()))
                        .as(panel.path("title").asString())
                        .isEmpty();
            }
            if (!panel.path("type").asString().equals("row")) {
                assertThat(panel.path("description").asString()).isNotEmpty();
            }
        }
        assertThat(expressions).isGreaterThan(15);
    }

    /** Whether the check finds what is wrong. */
    @Test
    void aMetricOrLabelThatThereIsNotIsFound() {
        assertThat(mistakes("max(tribunal_runs{state=\"queued\"}) > 0")).isEmpty();
        assertThat(mistakes("max(tribunal_rans) > 0")).containsExactly("no metric tribunal_rans");
        assertThat(mistakes("tribunal_runs{stat=\"queued\"}")).containsExactly("tribunal_runs has no label stat");
        assertThat(mistakes("sum by (judge) (rate(tribunal_steps_seconds_count[5m]))"))
                .containsExactly("no metric of it has the label judge");
    }

    @Test
    void theDocumentNamesEveryMetricOfItsOwn() throws IOException {
        String operating = Files.readString(DOCS.resolve("operating.md"));
        assertThat(LABELS.keySet().stream()
                        .filter(name -> name.startsWith("tribunal_"))
                        .map(name -> name.replaceAll("_(count|sum|max|bucket)$", ""))
                        .distinct()
                        .filter(name -> !operating.contains("`" + name + "`"))
                        .collect(Collectors.toSet()))
                .as("are not in docs/operating.md")
                .isEmpty();
        Matcher documented = Pattern.compile("`(tribunal_[a-z_]+)`").matcher(operating);
        assertThat(documented.results().map(one -> one.group(1)).filter(name -> !isThere(name)))
                .as("are documented, and nobody shows them")
                .isEmpty();
    }

    private static boolean isThere(String name) {
        return LABELS.containsKey(name) || LABELS.containsKey(name + "_count");
    }

    private static List<String> mistakes(String expression) {
        List<String> mistakes = new ArrayList<>();
        Set<String> known = new HashSet<>(OF_PROMETHEUS);
        Matcher by = BY.matcher(expression);
        Matcher metric = METRIC.matcher(by.replaceAll(""));
        while (metric.find()) {
            String name = metric.group(1);
            if (WORDS.contains(name)) {
                continue;
            }
            if (!LABELS.containsKey(name)) {
                mistakes.add("no metric " + name);
                continue;
            }
            known.addAll(LABELS.get(name));
            if (metric.group(3) != null) {
                MATCHER.matcher(metric.group(3))
                        .results()
                        .map(label -> label.group(1))
                        .filter(label -> !OF_PROMETHEUS.contains(label)
                                && !LABELS.get(name).contains(label))
                        .forEach(label -> mistakes.add(name + " has no label " + label));
            }
        }
        if (mistakes.isEmpty()) {
            BY.matcher(expression)
                    .results()
                    .flatMap(labels -> Arrays.stream(labels.group(1).split(",")))
                    .map(String::strip)
                    .filter(label -> !known.contains(label))
                    .forEach(label -> mistakes.add("no metric of it has the label " + label));
        }
        return mistakes;
    }
}
