package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.servicekit.testing.RealPostgres;
import dev.tribunal.trainer.StubServices;
import dev.tribunal.trainer.TinyPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trainers as real processes on a real PostgreSQL, with a database, a folder of runs and stubs of the judge and reward
 * services that are theirs alone; and what runs left in all of these.
 */
final class TrainerProcesses implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final int STEPS = 6;

    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final StubServices services;
    private final String database;
    private final List<Trainer> started = new ArrayList<>();
    private final JdbcTemplate jdbc;

    TrainerProcesses(Path folder) throws IOException {
        this.folder = folder;
        this.services = new StubServices();
        String name = "processes_" + DATABASES.incrementAndGet();
        jdbc(RealPostgres.url()).execute("create database " + name);
        this.database = RealPostgres.url().replaceFirst("(//[^/]*/)[^?]*", "$1" + name);
        this.jdbc = jdbc(database);
        TinyPolicy.write(folder.resolve("policy"), true);
        Files.writeString(folder.resolve("math.jsonl"), prompts("yes", "no", "yes yes"));
        Files.writeString(folder.resolve("held-out.jsonl"), prompts("no no", "no yes"));
    }

    private static String prompts(String... texts) {
        StringBuilder lines = new StringBuilder();
        for (String text : texts) {
            lines.append("{\"prompt\": \"").append(text).append("\"}\n");
        }
        return lines.toString();
    }

    private static JdbcTemplate jdbc(String url) {
        return new JdbcTemplate(new DriverManagerDataSource(url, RealPostgres.user(), RealPostgres.password()));
    }

    StubServices services() {
        return services;
    }

    String database() {
        return database;
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    /** Six steps with a checkpoint after every second, evaluated before and after. */
    static String spec(String name) {
        return """
                apiVersion: tribunal/v1
                name: %s
                policy: {model: "hf:policy", maxNewTokens: 8}
                training: {steps: %d, learningRate: 1.0e-2, checkpointEvery: 2}
                tasks:
                - name: math
                  prompts: {source: "file:math.jsonl", heldOut: "file:held-out.jsonl", batchSize: 2, baseline: {generate: reference}}
                  rewardModel: helpfulness
                  judges: [math-answer]
                  method: {type: crraft, klMax: 10}
                  generations: 4
                """.formatted(name, STEPS);
    }

    /**
     * Answers, pairs of them, a reward model that is trained on these and makes pairs of its own, two steps of DPO on the
     * first ones, and a soup.
     */
    static String staged(String name) {
        return """
                apiVersion: tribunal/v1
                name: %s
                policy: {model: "hf:policy", maxNewTokens: 8}
                stages:
                - {name: answers, type: generate, source: "file:math.jsonl", generations: 8}
                - {name: pairs, type: label, source: "stage:answers", write: best-over-worst, rewardModel: helpfulness}
                - {name: preferences, type: reward-model, backbone: "hf:policy", pairs: "stage:pairs", training: {epochs: 1, batchSize: 2, learningRate: 1.0e-2}}
                - {name: again, type: label, source: "stage:answers", write: best-over-worst, rewardModel: "stage:preferences"}
                - name: dpo
                  training: {steps: 2, learningRate: 1.0e-2}
                  tasks: [{name: t, method: dpo, prompts: {source: "stage:pairs", batchSize: 2}}]
                - {name: mean, type: soup, parts: ["stage:dpo", "hf:policy"]}
                """.formatted(name);
    }

    /** Stage, kind and what says that they are the same but for the run's id in rows. */
    List<String> artifacts(String run) {
        return texts("select artifacts::text from trainer.runs where id = ?", run).stream()
                .flatMap(json -> JSON.readTree(json).valueStream())
                .map(stored -> stored.path("artifact"))
                .map(artifact -> artifact.path("stage").asString() + " "
                        + (artifact.path("reference").asString().startsWith("file:")
                                ? content(artifact.path("reference").asString(), run)
                                : artifact.path("digest").asString()))
                .toList();
    }

    private static String content(String reference, String run) {
        try {
            return Files.readString(Path.of(reference.substring("file:".length())))
                    .replace(run, "RUN");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a trainer.
     *
     * @param halt as {@link HaltingTraining} has it
     * @param settings {@code --NAME=VALUE}, which win over the usual ones
     */
    Trainer start(String name, String halt, String... settings) throws IOException {
        Trainer trainer = new Trainer(name, halt, settings);
        started.add(trainer);
        return trainer;
    }

    /** Of all that a run left in the database: without clock times and its own id. */
    List<String> rows(String run) {
        List<String> clock = MetricCatalogue.ofTheMachine();
        List<String> rows = new ArrayList<>();
        rows.addAll(texts(
                "select concat_ws(' ', kind, step, number) from trainer.steps where run_id = ? order by number", run));
        rows.addAll(texts(
                "select concat_ws(' ', name, task, number, step, value) from trainer.metrics where run_id = ? and name not in ('"
                        + String.join("', '", clock) + "') order by name, task, number",
                run));
        rows.addAll(texts(
                "select (to_jsonb(e) - 'run_id')::text from trainer.episodes e where run_id = ? order by number", run));
        rows.addAll(texts(
                "select (to_jsonb(v) - 'run_id' - 'latency_ms')::text from trainer.verdicts v where run_id = ?"
                        + " order by episode, position",
                run));
        rows.addAll(texts(
                "select type || ' ' || message from trainer.events where run_id = ?"
                        + " and type in ('step', 'evaluation', 'checkpoint') order by sequence",
                run));
        return rows;
    }

    /** What a run left on the disk: every file of every milestone, by its digest; without its own id. */
    Map<String, String> files(String run) {
        Map<String, String> files = new TreeMap<>();
        for (String path : texts("select path from trainer.checkpoints where run_id = ? order by step", run)) {
            Path checkpoint = Path.of(path);
            String name = checkpoint.getFileName().toString().replaceFirst("\\..*", "");
            try (Stream<Path> tree = Files.walk(checkpoint)) {
                for (Path file : tree.filter(Files::isRegularFile).toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    boolean state = file.endsWith("training-state.json");
                    files.put(
                            name + "/" + checkpoint.relativize(file),
                            state
                                    ? new String(bytes).replace(run, "RUN")
                                    : Arrays.hashCode(bytes) + " " + bytes.length);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    /** The entries of a run's folder of checkpoints, leftovers included. */
    List<String> entries(String run) {
        try (Stream<Path> entries =
                Files.list(folder.resolve("runs").resolve(run).resolve("checkpoints"))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> texts(String sql, String run) {
        return jdbc.queryForList(sql, String.class, run);
    }

    String state(String run) {
        return texts("select state from trainer.runs where id = ?", run).getFirst();
    }

    void awaitState(String run, String state) {
        await().atMost(PATIENCE.multipliedBy(2))
                .failFast(() -> assertThat(state(run))
                        .as("%s", texts("select terminal_reason from trainer.runs where id = ?", run))
                        .isNotEqualTo("failed"))
                .until(() -> state(run).equals(state));
    }

    @Override
    public void close() {
        started.forEach(Trainer::kill);
        services.close();
    }

    /** One process. */
    final class Trainer {

        private final Process process;
        private final Path log;
        private final Path go;
        private final int port;

        private Trainer(String name, String halt, String... settings) throws IOException {
            this.log = folder.resolve("trainer-" + started.size() + ".log");
            this.go = folder.resolve("go-" + started.size());
            try (ServerSocket free = new ServerSocket(0)) {
                this.port = free.getLocalPort();
            }
            List<String> command = new ArrayList<>(List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dai.djl.offline=true",
                    "-Dhalt=" + halt,
                    "-Dgo=" + go,
                    "-cp",
                    System.getProperty("java.class.path"),
                    HaltingTrainer.class.getName(),
                    "--server.port=" + port,
                    "--spring.datasource.url=" + database,
                    "--spring.datasource.username=" + RealPostgres.user(),
                    "--spring.datasource.password=" + RealPostgres.password(),
                    "--tribunal.http.token=0123456789abcdef",
                    "--tribunal.files.roots=" + folder,
                    "--tribunal.trainer.name=" + name,
                    "--tribunal.trainer.data=" + folder.resolve("runs"),
                    "--tribunal.trainer.judge-url=" + services.url(),
                    "--tribunal.trainer.reward-url=" + services.url()));
            for (String setting : settings) {
                String key = setting.substring(0, setting.indexOf('=') + 1);
                command.removeIf(given -> given.startsWith(key));
                command.add(setting);
            }
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        }

        /** Creates a run, as soon as the service answers. */
        String create(String spec) {
            JsonNode[] created = new JsonNode[1];
            await().atMost(PATIENCE).failFast(this::requireAlive).until(() -> {
                try {
                    created[0] = JSON.readTree(client().post()
                            .uri("/v1/runs")
                            .contentType(MediaType.APPLICATION_YAML)
                            .body(spec)
                            .retrieve()
                            .body(byte[].class));
                    return true;
                } catch (ResourceAccessException notYet) {
                    return false;
                }
            });
            assertThat(created[0].path("id").isString()).as("%s", created[0]).isTrue();
            return created[0].path("id").asString();
        }

        RestClient client() {
            return RestClient.builder()
                    .baseUrl("http://127.0.0.1:" + port)
                    .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer 0123456789abcdef")
                    .defaultStatusHandler(status -> true, (request, response) -> {})
                    .build();
        }

        JsonNode get(String path) {
            return JSON.readTree(client().get().uri(path).retrieve().body(byte[].class));
        }

        void post(String path) {
            client().post().uri(path).retrieve().toBodilessEntity();
        }

        /** Waits until a run is where it is to halt. */
        void awaitHalt(String run, String place) {
            awaitWords(HaltingTraining.HALTED + run + ":" + place + "\n");
        }

        void awaitWords(String words) {
            await().atMost(PATIENCE).failFast(this::requireAlive).until(() -> log().contains(words));
        }

        private void requireAlive() {
            assertThat(process.isAlive()).as("%s", log()).isTrue();
        }

        /** It goes on from where it has halted, and halts nowhere any more. */
        void goOn() throws IOException {
            Files.createFile(go);
        }

        String log() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** {@code kill -9}. */
        void kill() {
            process.destroyForcibly();
            awaitEnd();
        }

        /** {@code kill -TERM}; returns at once. */
        void terminate() {
            process.destroy();
        }

        void awaitEnd() {
            try {
                assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** {@code STOP} or {@code CONT}. */
        void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        }
    }
}
