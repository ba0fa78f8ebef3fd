package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.JudgeResource;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.local.cli.shared.Bodies;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.InputFile;
import dev.tribunal.local.cli.shared.JudgeParameters;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformOptions;
import dev.tribunal.local.cli.shared.Screen;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code tribunal judge evaluate}: one judge/v1 item a line in, one result a line out, in the same order. */
@Command(
        name = "evaluate",
        description = "Ask one judge about the items of a file; prints one result a line. Where no platform runs,"
                + " the judges are started for it.",
        mixinStandardHelpOptions = true)
final class JudgeEvaluateCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    /** Of one request: what a gateway takes, and an answer that comes soon. */
    private static final int MOST_BYTES = 4 << 20;

    private static final int MOST_ITEMS = 1000;

    /** A gateway waits for two minutes. */
    private static final int LONGEST_MS = 110_000;

    private final Screen screen;

    @Mixin
    private PlatformOptions platform = new PlatformOptions();

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

    JudgeEvaluateCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<JudgeItem> items =
                InputFile.read(file, lines -> JsonLines.read(lines, line -> Bodies.convert(line, JudgeItem.class)));
        Map<String, Object> given = parameters();
        JudgeRegistryApi judges = platform.given()
                ? platform.connect().judges()
                : new PlatformClient(StartedPlatform.judgesOnly()).judges();
        JudgeResource resource = Lookup.judge(judges, judge);
        JudgeReference reference = new JudgeReference(resource.name(), resource.version(), given);
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        long start = System.nanoTime();
        for (List<JudgeItem> part : parts(items, resource)) {
            EvaluateRequest request = new EvaluateRequest(
                    "jr_" + UUID.randomUUID(), Math.min(resource.timeoutMs(), LONGEST_MS), null, reference, part);
            for (Result result : judges.evaluate(resource.name(), resource.version(), request)
                    .results()) {
                counts.merge(result.verdict(), 1, Integer::sum);
                screen.json(result);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        screen.forJson()
                .note(String.format(
                        Locale.ROOT,
                        "%s@%s: %d items in %.1f s: %d satisfied, %d violated, %d undecided",
                        resource.name(),
                        resource.version(),
                        items.size(),
                        seconds,
                        counts.getOrDefault(Verdict.SATISFIED, 0),
                        counts.getOrDefault(Verdict.VIOLATED, 0),
                        counts.getOrDefault(Verdict.UNDECIDED, 0)));
        return ExitCode.SUCCESS;
    }

    /** As many items as the judge takes at a time, so that none of them waits while its deadline passes. */
    private static List<List<JudgeItem>> parts(List<JudgeItem> items, JudgeResource judge) {
        long most = Math.min(MOST_ITEMS, (long) judge.maxBatchItems() * judge.maxInFlight());
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

    private Map<String, Object> parameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        if (parameters != null) {
            try {
                Map<?, ?> object = JSON.convertValue(JSON.readTree(parameters), Map.class);
                object.forEach((key, value) -> all.put(String.valueOf(key), value));
            } catch (JacksonException | IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--parameters is not a JSON object: " + parameters, e);
            }
        }
        all.putAll(JudgeParameters.values(parameter));
        return all;
    }
}
