package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.StressReport;
import dev.tribunal.judge.sdk.Attack;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.Bodies;
import dev.tribunal.local.cli.shared.InputFile;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command that asks one judge about the items of a file. Where no platform runs, the judges are started for it. */
abstract class AskingCommand extends PlatformCommand {

    private static final JsonMapper JSON = new JsonMapper();

    /** Of one request: what a gateway takes, and an answer that comes soon. */
    private static final int MOST_BYTES = 4 << 20;

    private static final int MOST_ITEMS = 1000;

    /** A gateway waits for two minutes. */
    private static final int LONGEST_MS = 110_000;

    @Parameters(paramLabel = "NAME[@VERSION]", description = "Without a version, the newest active one.")
    private String judge = "";

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "ITEMS",
            description = "JSON lines, one judge/v1 item each; - is standard input.")
    private Path file = Path.of("");

    @Option(
            names = {"-p", "--parameter"},
            paramLabel = "KEY=VALUE",
            description = "What the judge takes, for example reading=loose; the value is JSON, or else a text.")
    private Map<String, String> parameter = Map.of();

    @Option(names = "--parameters", paramLabel = "JSON", description = "All that the judge takes, a JSON object.")
    private @Nullable String parameters;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    AskingCommand(Screen screen) {
        super(screen);
    }

    /** An item with the line that it stands in. */
    record ItemLine(JudgeItem item, JsonNode line) {}

    /** An item without an id gets one by its place in the file. */
    List<ItemLine> lines() {
        return InputFile.read(file, path -> {
            int[] count = new int[1];
            return JsonLines.read(path, line -> {
                JudgeItem item = Bodies.convert(line, JudgeItem.class);
                count[0]++;
                return new ItemLine(
                        item.itemId() != null
                                ? item
                                : new JudgeItem(
                                        "item-" + count[0],
                                        item.messages(),
                                        item.completion(),
                                        item.reference(),
                                        item.metadata()),
                        line);
            });
        });
    }

    /** The judge that is asked. */
    record Asked(JudgeRegistryApi judges, JudgeResource resource, Map<String, Object> parameters) {

        String name() {
            return resource.name() + "@" + resource.version();
        }

        /** One result an item, in order. */
        List<Result> ask(List<JudgeItem> items, Consumer<List<Result>> each) {
            List<Result> all = new ArrayList<>();
            for (List<JudgeItem> part : parts(items, 1)) {
                List<Result> results = judges.evaluate(resource.name(), resource.version(), request(part, LONGEST_MS))
                        .results();
                each.accept(results);
                all.addAll(results);
            }
            return all;
        }

        /** What it can be talked into; of no items, nothing. */
        StressReport stress(List<JudgeItem> items) {
            return parts(items, Attack.values().length).stream()
                    .map(part -> judges.stress(resource.name(), resource.version(), request(part, LONGEST_MS)))
                    .reduce(StressReport::and)
                    .orElseGet(() ->
                            new StressReport(new JudgeVersion(resource.name(), resource.version()), 0, 0, List.of()));
        }

        private EvaluateRequest request(List<JudgeItem> items, int longestMs) {
            return new EvaluateRequest(
                    EvaluateRequest.randomId(),
                    Math.min(resource.timeoutMs(), longestMs),
                    null,
                    new JudgeReference(resource.name(), resource.version(), parameters),
                    items);
        }

        /**
         * As many items as the judge takes at a time, so that none of them waits while its deadline passes.
         *
         * @param askedOf how many items the judge is asked about at a time for each one
         */
        private List<List<JudgeItem>> parts(List<JudgeItem> items, int askedOf) {
            long most = Math.max(
                    1, Math.min(MOST_ITEMS, (long) resource.maxBatchItems() * resource.maxInFlight()) / askedOf);
            List<List<JudgeItem>> parts = new ArrayList<>();
            List<JudgeItem> part = new ArrayList<>();
            long bytes = 0;
            for (JudgeItem item : items) {
                int size = JSON.writeValueAsBytes(item).length;
                if (!part.isEmpty() && (part.size() == most || bytes + size > MOST_BYTES)) {
                    parts.add(part);
                    part = new ArrayList<>();
                    bytes = 0;
                }
                part.add(item);
                bytes += size;
            }
            if (!part.isEmpty()) {
                parts.add(part);
            }
            return parts;
        }
    }

    Asked asked() throws InterruptedException {
        Map<String, Object> given = parameters();
        JudgeRegistryApi judges = platform.given()
                ? platform.connect().judges()
                : new PlatformClient(StartedPlatform.judgesOnly()).judges();
        return new Asked(judges, Lookup.judge(judges, judge), given);
    }

    private Map<String, Object> parameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        if (parameters != null) {
            try {
                Map<?, ?> object = JSON.convertValue(JSON.readTree(parameters), Map.class);
                object.forEach((key, value) -> all.put(String.valueOf(key), value));
            } catch (JacksonException | IllegalArgumentException e) {
                throw usage("--parameters is not a JSON object: " + parameters, e);
            }
        }
        parameter.forEach((key, value) -> all.put(key, value(value)));
        return all;
    }

    ParameterException usage(String message, @Nullable Throwable cause) {
        return new ParameterException(spec.commandLine(), message, cause);
    }

    private static Object value(String text) {
        try {
            return JSON.readValue(text, Object.class);
        } catch (JacksonException notJson) {
            return text;
        }
    }
}
