package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.local.cli.screen.Screen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The client's side of the API, against a server that answers as told. */
class CommandLineTest {

    private static final String TOKEN = "a-token-of-the-test";
    private static final String RUN = """
            {"id":"run_1","name":"blend","labels":{},"methods":["crpg"],"state":"%s","step":%d,"steps":2,
             "tasks":["math"],"conditions":[],"createdAt":"2026-01-01T00:00:00Z"%s}""";

    private static final String JUDGE = """
            {"name":"%s","version":"1","kind":"rule","state":"active","digest":"sha256:x","deterministic":true,
             "timeoutMs":1,"maxBatchItems":1,"maxInFlight":1,"report":[],"createdAt":"2026-01-01T00:00:00Z",
             "health":{"breaker":"closed","verdicts":0,"undecidedRate":0}}""";
    private static final String REWARD_MODEL = """
            {"name":"helpfulness","version":"2","state":"ready","digest":"sha256:x","progress":1,
             "metrics":{"validationAccuracy":0.5,"validationPairs":24,"trainedAccuracy":0.75,"trainedPairs":96},
             "conditions":[{"type":"validation-at-chance","message":"it prefers the chosen one in 12 of 24 pairs"}],
             "source":{"type":"import","model":"hf:x"},"createdAt":"2026-01-01T00:00:00Z"}""";

    @TempDir
    private Path folder;

    private final List<String> requests = new ArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter printedByPicocli = new StringWriter();
    private final StringWriter errors = new StringWriter();
    /** By path, or method and path, each with status 200; everything else is answered as told. */
    private final Map<String, String> answers = new HashMap<>();

    private HttpServer server;
    private int status = 200;
    private String answer = "{}";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void appliesASpecWithItsReferencesMadeAbsolute() throws IOException {
        answer = RUN.formatted("queued", 0, "");

        assertThat(run("run", "apply", "-f", spec("policy: {model: 'hf:base'}")))
                .isZero();

        assertThat(requests)
                .containsExactly("POST /v1/runs?dryRun=false Bearer " + TOKEN + " {\"policy\":{\"model\":\"hf:" + folder
                        + "/base\"}}");
        assertThat(lines()).containsExactly("run_1 is queued");
    }

    @Test
    void saysWhatThereIsToKnowOfARunAndWhichJudgesAreNew() throws IOException {
        answers.put(
                "POST /v1/runs",
                RUN.formatted("queued", 0, "")
                        .replace(
                                "\"conditions\":[]",
                                "\"conditions\":[{\"type\":\"judge-away:length@1\",\"message\":\"the judge is away\","
                                        + "\"since\":\"2026-01-01T00:00:00Z\"}]"));
        answers.put("GET /v1/runs", "{\"data\":[" + RUN.formatted("queued", 0, "") + "],\"hasMore\":false}");
        answers.put("GET /v1/judges/length/versions/latest", JUDGE.formatted("length"));
        String spec = spec("tasks: [{judges: [length, {judge: other@2, parameters: {}}]}]");

        assertThat(run("run", "apply", "--dry-run", "-f", spec)).isZero();

        assertThat(lines())
                .containsExactly(
                        "warning: the judge is away",
                        "no run has used length@1, other@2 before; see what they can be talked into: ./tribunal judge"
                                + " stress length@1 -f ITEMS.jsonl",
                        "The spec is valid.");
        answers.put(
                "GET /v1/runs",
                "{\"data\":[" + RUN.formatted("queued", 0, "").replace("run_1", "run_0") + "]," + "\"hasMore\":false}");
        printed.reset();
        run("run", "apply", "-f", spec);
        assertThat(lines()).containsExactly("warning: the judge is away", "run_1 is queued");
    }

    @Test
    void printsOneJsonObjectAsTheLastLine() throws IOException {
        answer = RUN.formatted("queued", 0, "");

        run("run", "apply", "--json", "-f", spec("name: blend"));

        assertThat(json().path("id").asString()).isEqualTo("run_1");
        assertThat(json().path("state").asString()).isEqualTo("queued");
    }

    @Test
    void exitsWith1AndListsTheMistakesOfARefusedSpec() throws IOException {
        status = 422;
        answer = """
            {"status":422,"detail":"The spec has 2 mistakes.","code":"invalid_run_spec","errors":[
              {"pointer":"/name","detail":"is missing"},{"pointer":"/tasks/0/optimizer/type","detail":"unknown: ppo"}]}""";

        assertThat(run("run", "apply", "-f", spec("tasks: []"))).isEqualTo(1);

        assertThat(errors.toString())
                .contains("The spec has 2 mistakes. (422 invalid_run_spec)")
                .contains("/name")
                .contains("/tasks/0/optimizer/type  unknown: ppo")
                .doesNotContain("\tat ");
    }

    @Test
    void exitsWith2OnWrongUsage() {
        assertThat(run("run", "apply")).isEqualTo(2);
        assertThat(run("run", "list", "--no-such-option")).isEqualTo(2);
        assertThat(commandLine().execute("up", "--port", "99999")).isEqualTo(2);
        assertThat(requests).isEmpty();
    }

    @Test
    void listsRuns() {
        answer = "{\"data\":[" + RUN.formatted("running", 1, "") + "],\"hasMore\":false}";

        assertThat(run("run", "list", "--state", "running")).isZero();

        assertThat(requests).containsExactly("GET /v1/runs?state=running&limit=50 Bearer " + TOKEN + " ");
        assertThat(lines().get(1)).isEqualTo("run_1  blend  running  1/2   2026-01-01T00:00:00Z");
    }

    @Test
    void cancels() {
        status = 202;
        answer = RUN.formatted("cancelling", 1, "");

        assertThat(run("run", "cancel", "run_1")).isZero();

        assertThat(requests)
                .containsExactly(
                        "GET /v1/runs/run_1 Bearer " + TOKEN + " ", "POST /v1/runs/run_1/cancel Bearer " + TOKEN + " ");
        assertThat(lines()).containsExactly("run_1 is cancelling");
    }

    @Test
    void saysThatNobodyAnswers() {
        server.stop(0);

        assertThat(run("run", "list")).isEqualTo(1);

        assertThat(errors.toString()).contains("the platform at " + url() + " does not answer", "./tribunal up");
    }

    @Test
    void sendsTheHomesTokenToTheHomesPlatformOnly() throws IOException {
        Files.writeString(folder.resolve("platform.json"), "{\"url\":\"http://127.0.0.1:1\",\"token\":\"secret\"}");

        int code = commandLine().execute("run", "list", "--home", folder.toString(), "--url", url());

        assertThat(code).isEqualTo(1);
        assertThat(errors.toString()).contains("no token for " + url());
        assertThat(requests).isEmpty();
    }

    @Test
    void everyCommandAndEveryGroupAnswersToHelp() {
        for (String command : List.of(
                "",
                "run",
                "judge",
                "reward-model",
                "prompts",
                "bench",
                "run apply",
                "judge evaluate",
                "reward-model get",
                "prompts import",
                "bench engine",
                "demo",
                "up",
                "merge",
                "generate")) {
            printedByPicocli.getBuffer().setLength(0);
            List<String> words = command.isEmpty() ? List.of() : List.of(command.split(" "));

            assertThat(execute(with(words, "--help"))).as(command).isZero();
            String help = printedByPicocli.toString();
            assertThat(help).startsWith("Usage: tribunal " + command);
            assertThat(execute(with(words, "-h"))).as(command).isZero();
            assertThat(execute(with(words, "--version"))).as(command).isZero();
            assertThat(printedByPicocli.toString()).endsWith("tribunal 0.1.0" + System.lineSeparator());

            printedByPicocli.getBuffer().setLength(0);
            List<String> asked = new ArrayList<>(List.of("help"));
            asked.addAll(words);
            assertThat(execute(asked)).as(command).isZero();
            assertThat(printedByPicocli.toString()).isEqualTo(help);
        }
        assertThat(errors.toString()).isEmpty();
    }

    @Test
    void wrongUsageIsOneSentenceWithWhatWasMeant() {
        assertThat(execute(List.of("help", "rnu"))).isEqualTo(2);
        assertThat(execute(List.of("help", "run", "aply"))).isEqualTo(2);
        assertThat(execute(List.of("run"))).isEqualTo(2);
        assertThat(execute(List.of("run", "list", "--jsno"))).isEqualTo(2);
        assertThat(execute(List.of("judge", "lst"))).isEqualTo(2);
        assertThat(execute(List.of("run", "get"))).isEqualTo(2);

        assertThat(errors.toString())
                .contains("'tribunal' has no command 'rnu'; did you mean 'run'?")
                .contains("'tribunal run' has no command 'aply'; did you mean 'apply'?")
                .contains("name a command: apply, list")
                .contains("'tribunal run list' has no option '--jsno'; did you mean '--json'?")
                .contains("'tribunal judge' has no command 'lst'; did you mean 'list'?")
                .contains("Missing required parameter: 'RUN'")
                .contains("How to use it: ./tribunal run get --help")
                .doesNotContain("Usage: ");
        assertThat(printedByPicocli.toString()).isEmpty();
    }

    @Test
    void theOneMistakeThatTheMessageNamesIsPrintedOnce() throws IOException {
        status = 422;
        answer = """
            {"status":422,"detail":"The spec has a mistake: /tasks/0/weight is -1, must be positive","code":"invalid_spec",
             "errors":[{"pointer":"/tasks/0/weight","detail":"is -1, must be positive"}]}""";

        run("run", "apply", "-f", spec("tasks: []"));

        assertThat(errors.toString())
                .isEqualToNormalizingNewlines(
                        "error: The spec has a mistake: /tasks/0/weight is -1, must be positive (422"
                                + " invalid_spec)\n");
    }

    @Test
    void aRunHasOneShapeInJsonWhateverCommandPrintsIt() throws IOException {
        answer = RUN.formatted("succeeded", 2, "");
        answers.put("/v1/runs/run_1/events", "{\"data\":[],\"hasMore\":false}");
        String spec = spec("name: blend");
        List<JsonNode> shapes = new ArrayList<>();
        for (List<String> command : List.of(
                List.of("run", "get", "run_1"),
                List.of("run", "get", "run_1", "--watch"),
                List.of("run", "apply", "-f", spec),
                List.of("run", "apply", "--watch", "-f", spec),
                List.of("run", "apply", "--dry-run", "-f", spec),
                List.of("run", "pause", "run_1"),
                List.of("run", "resume", "run_1"),
                List.of("run", "cancel", "run_1"))) {
            assertThat(run(with(command, "--json").toArray(String[]::new))).isZero();
            shapes.add(json());
        }
        answer = "{\"data\":[" + answer + "],\"hasMore\":false}";
        run("run", "list", "--json");

        assertThat(shapes).allSatisfy(shape -> assertThat(shape).isEqualTo(shapes.getFirst()));
        assertThat(json().path("data").path(0)).isEqualTo(shapes.getFirst());
    }

    @Test
    void aNameThatIsNotKnownIsAnsweredWithTheOneThatIsClose() {
        String judges = "{\"data\":[%s,%s],\"hasMore\":false}"
                .formatted(JUDGE.formatted("math-answer"), JUDGE.formatted("length"));
        String models = "{\"data\":[" + REWARD_MODEL + "],\"hasMore\":false}";
        status = 404;
        answer = "{\"status\":404,\"detail\":\"not there\",\"code\":\"judge_not_found\"}";
        answers.put("/v1/judges", judges);
        answers.put("/v1/reward-models", models);

        assertThat(run("judge", "get", "math-anwser")).isEqualTo(1);
        assertThat(run("judge", "probe", "math-answer@7")).isEqualTo(1);
        assertThat(run("judge", "get", "@1")).isEqualTo(1);
        assertThat(run("reward-model", "get", "helpfulnes")).isEqualTo(1);

        assertThat(errors.toString())
                .contains("there is no judge 'math-anwser'; did you mean 'math-answer'?")
                .contains("there is no judge math-answer@7; math-answer has the version 1")
                .contains("'@1' names no judge; write NAME or NAME@VERSION")
                .contains("there is no reward model 'helpfulnes'; did you mean 'helpfulness'?");
    }

    @Test
    void aDoubtfulRewardModelSaysSoWhereverItIsShown() throws IOException {
        answer = REWARD_MODEL;
        answers.put("/v1/reward-models", REWARD_MODEL);

        assertThat(run("reward-model", "get", "helpfulness")).isZero();
        assertThat(run("reward-model", "apply", "--wait", "-f", spec("{name: helpfulness, version: '2'}")))
                .isZero();

        String warning = "  warning: validation-at-chance: it prefers the chosen one in 12 of 24 pairs";
        assertThat(lines().stream().filter(warning::equals)).hasSize(2);
        assertThat(lines()).contains("  right on held-out pairs  50 % of 24", "  right on its own pairs   75 % of 96");
        assertThat(run("reward-model", "get", "helpfulness", "--json")).isZero();
        assertThat(json().path("conditions").path(0).path("type").asString()).isEqualTo("validation-at-chance");

        answers.put("/v1/reward-models", "{\"data\":[" + REWARD_MODEL + "],\"hasMore\":false}");
        assertThat(run("reward-model", "list")).isZero();
        assertThat(lines().getLast()).contains("helpfulness@2", "ready", "50 % of 24", "validation-at-chance");
    }

    @Test
    void aRunIsFoundByTheBeginningOfItsId() {
        String run = RUN.formatted("running", 1, "").replace("run_1", "run_1k0rphh6akg");
        String other = run.replace("run_1k0rphh6akg", "run_1k0zzzz").replace("blend", "other");
        status = 404;
        answer = "{\"status\":404,\"detail\":\"not there\",\"code\":\"run_not_found\"}";
        answers.put("/v1/runs", "{\"data\":[" + run + "," + other + "],\"hasMore\":false}");
        answers.put("/v1/runs/run_1k0rphh6akg", run);
        answers.put("/v1/runs/run_1k0rphh6akg/judges", "[]");

        assertThat(run("run", "get", "run_1k0rp", "--json")).isZero();
        assertThat(json().path("id").asString()).isEqualTo("run_1k0rphh6akg");
        assertThat(run("run", "get", "run_1k0")).isEqualTo(1);
        assertThat(run("run", "get", "blend")).isEqualTo(1);
        assertThat(run("run", "get", "run_1k0rphh6bkg")).isEqualTo(1);
        assertThat(run("run", "judges", "run_1k0rphh6akg", "--task", "mth")).isEqualTo(1);

        assertThat(errors.toString())
                .contains("there is no run 'run_1k0'; this is how run_1k0rphh6akg, run_1k0zzzz begin")
                .contains("there is no run 'blend'; of that name there is run_1k0rphh6akg")
                .contains("did you mean 'run_1k0rphh6akg'?")
                .contains("has no task 'mth'; did you mean 'math'?");
    }

    @Test
    void aWrongAddressOrTokenIsSaidBeforeAnythingIsSent() {
        for (String wrong :
                List.of("localhost:8080", "http://", "ftp://host", "http://a b", "not a url", "http://h/?x=1")) {
            errors.getBuffer().setLength(0);
            assertThat(execute(List.of("run", "list", "--token", TOKEN, "--url", wrong)))
                    .isEqualTo(1);
            assertThat(errors.toString()).contains("'" + wrong + "' is not a platform's address");
        }
        assertThat(execute(List.of("run", "list", "--url", url(), "--token", "höß")))
                .isEqualTo(1);
        assertThat(execute(List.of("run", "list", "--url", url(), "--token", " ")))
                .isEqualTo(1);
        assertThat(errors.toString())
                .contains("letters beyond ASCII", "is empty")
                .doesNotContain("höß");
        assertThat(requests).isEmpty();
    }

    @Test
    void anAnswerThatIsNotTribunalsSaysToCheckTheAddress() {
        status = 404;
        answer = "<html>nginx</html>";
        assertThat(run("judge", "get", "math-answer")).isEqualTo(1);
        status = 401;
        answer = "{\"status\":401,\"detail\":\"The token is wrong.\",\"code\":\"unauthorized\"}";
        assertThat(run("run", "list")).isEqualTo(1);

        assertThat(errors.toString())
                .contains("not an answer of Tribunal's: check --url")
                .contains("The token is wrong. (401 unauthorized)", "TRIBUNAL_TOKEN")
                .doesNotContain(TOKEN);
    }

    @Test
    void aDashIsStandardInput() {
        answer = RUN.formatted("queued", 0, "");
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("policy: {model: 'hf:base'}".getBytes()));
            assertThat(run("run", "apply", "-f", "-")).isZero();
            System.setIn(new ByteArrayInputStream("a: [".getBytes()));
            assertThat(run("run", "apply", "-f", "-")).isEqualTo(1);
            System.setIn(new ByteArrayInputStream(new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0}));
            assertThat(run("run", "apply", "-f", "-")).isEqualTo(1);
        } finally {
            System.setIn(before);
        }

        assertThat(requests.getFirst())
                .endsWith("{\"policy\":{\"model\":\"hf:"
                        + Path.of("").toAbsolutePath().resolve("base") + "\"}}");
        assertThat(errors.toString())
                .contains("standard input is neither YAML nor JSON")
                .contains("standard input is not UTF-8 text");
        assertThat(run("run", "apply", "-f", folder.toString())).isEqualTo(1);
        assertThat(run("run", "apply", "-f", folder.resolve("absent.yaml").toString()))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("is a folder, not a file", "there is no file");
    }

    @Test
    void aReaderThatClosesTheOutputEndsTheCommandWithoutAWord() {
        answer = "{\"data\":[" + RUN.formatted("running", 1, "") + "],\"hasMore\":false}";
        PrintStream closed = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        int code = TribunalCommand.commandLine(new Screen(closed, closed, 0))
                .setErr(new PrintWriter(errors, true))
                .execute("run", "list", "--url", url(), "--token", TOKEN);

        assertThat(code).isEqualTo(1);
        assertThat(errors.toString()).isEmpty();
    }

    @Test
    void whatSteersATerminalIsNotPrinted() {
        answer = "{\"data\":[" + RUN.formatted("running", 1, "").replace("blend", "\\u001b[2Jgröße\\u0007")
                + "],\"hasMore\":false}";

        run("run", "list");

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("\ufffd[2Jgröße\ufffd")
                .doesNotContain("\u001b");
    }

    @Test
    void statesHaveColoursWhereTheyAreWanted() {
        answer = "{\"data\":[" + RUN.formatted("failed", 1, "") + "],\"hasMore\":false}";

        run("run", "list");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .doesNotContain("\u001b")
                .containsPattern("failed +1/");
        printed.reset();
        run("run", "list", "--color", "always");
        assertThat(printed.toString(StandardCharsets.UTF_8)).containsPattern("\u001b\\[31mfailed\u001b\\[[0-9;]*m +1/");
        printed.reset();
        run("run", "list", "--color", "never");
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("\u001b");
        assertThat(run("run", "list", "--color", "blue")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void aShellIsToldAllCommands(String shell) {
        assertThat(execute(List.of("completion", shell))).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("rejudge", "lineage", "threshold");
    }

    private static List<String> with(List<String> words, String more) {
        List<String> all = new ArrayList<>(words);
        all.add(more);
        return all;
    }

    private int execute(List<String> arguments) {
        return commandLine().execute(arguments.toArray(String[]::new));
    }

    @Test
    void aComparisonIsATableOfEachMetricAndTask() {
        String runs = "[{\"seed\":1,\"run\":\"run_1\",\"state\":\"succeeded\",\"step\":2,\"steps\":2,\"samples\":16,"
                + "\"alarms\":[],\"stepsWithoutUpdate\":0}]";
        String estimate = "{\"value\":%s,\"low\":%s,\"high\":%s,\"n\":8}";
        answer = "{\"name\":\"two\",\"base\":\"crpg\",\"tasks\":[\"math\"],\"metrics\":[],\"arms\":["
                + "{\"name\":\"crpg\",\"samples\":16.0,\"runs\":" + runs + "},{\"name\":\"rloo\",\"runs\":"
                + runs.replace("succeeded", "running") + "}],\"results\":["
                + "{\"metric\":\"heldOut.feasibleRate\",\"task\":\"math\",\"arm\":\"crpg\",\"seeds\":1,\"before\":"
                + estimate.formatted(0.5, 0.25, 0.75) + ",\"value\":" + estimate.formatted(0.625, 0.5, 0.75) + "},"
                + "{\"metric\":\"heldOut.feasibleRate\",\"task\":\"math\",\"arm\":\"rloo\",\"seeds\":1,\"value\":"
                + estimate.formatted(0.75, 0.5, 1) + ",\"difference\":" + estimate.formatted(0.125, 0.0625, 0.25)
                + "}],\"curves\":[],\"notes\":[{\"type\":\"not-ended\",\"message\":\"1 of 2 runs has not ended.\"}]}";

        assertThat(run("compare", "two", "--base", "crpg")).isZero();

        assertThat(requests.getFirst()).startsWith("GET /v1/comparisons/two?base=crpg&maxPoints=200");
        assertThat(lines())
                .startsWith(
                        "TWO   SUCCEEDED  SAMPLES A RUN",
                        "crpg  1/1        16",
                        "rloo  0/1        -",
                        "",
                        "heldOut.feasibleRate (share, higher is better)",
                        "MATH  BEFORE            AFTER              VS crpg",
                        "crpg  50.0 (25.0\u201375.0)  62.5 (50.0\u201375.0)   -",
                        "rloo  -                 75.0 (50.0\u2013100.0)  +12.5 (+6.3 to +25.0) *")
                .contains("note: 1 of 2 runs has not ended.");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", url(), "--token", TOKEN));
        return commandLine().execute(all.toArray(String[]::new));
    }

    private picocli.CommandLine commandLine() {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return TribunalCommand.commandLine(new Screen(out, out, 0))
                .setOut(new PrintWriter(printedByPicocli, true))
                .setErr(new PrintWriter(errors, true));
    }

    private String spec(String text) throws IOException {
        return Files.writeString(folder.resolve("spec.yaml"), text).toString();
    }

    private List<String> lines() {
        return printed.toString().lines().toList();
    }

    private JsonNode json() {
        return new JsonMapper().readTree(lines().getLast());
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes()));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        String path = exchange.getRequestURI().getPath();
        String known = answers.getOrDefault(exchange.getRequestMethod() + " " + path, answers.get(path));
        byte[] body = (known == null ? answer : known).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(known == null ? status : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
