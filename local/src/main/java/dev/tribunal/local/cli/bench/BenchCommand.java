package dev.tribunal.local.cli.bench;

import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.local.bench.EngineBench;
import dev.tribunal.local.bench.EngineTimes;
import dev.tribunal.local.bench.PeakMemory;
import dev.tribunal.local.bench.Phase;
import dev.tribunal.local.bench.StepWork;
import dev.tribunal.local.cli.model.ModelOptions;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.ReportCommand;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code tribunal bench}: how fast this machine does what a run does. */
@Command(name = "bench", description = "Measure this machine.")
public final class BenchCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new BenchCommand())
                .addSubcommand(new Engine(screen))
                .addSubcommand(new BenchJudgesCommand(screen));
    }

    /** {@code bench engine}: GRPO's steps on a checkpoint. */
    @Command(
            name = "engine",
            description = {
                "Measure the engine at GRPO's steps: sample, score with the reference, forward, backward, clip, AdamW.",
                "Prompts are taken as they stand, without a chat template, and every completion gets its full length.",
                "One more step than asked for is run: the first warms up and does not count."
            })
    static final class Engine extends ReportCommand {

        private static final String PROMPT = "Once upon a time, there was a little girl named Lily.";

        @Mixin
        private ModelOptions model = new ModelOptions();

        @Option(names = "--prompts", paramLabel = "P", description = "Prompts of a step; default ${DEFAULT-VALUE}.")
        private int prompts = 8;

        @Option(
                names = "--generations",
                paramLabel = "K",
                description = "Completions of a prompt; default ${DEFAULT-VALUE}.")
        private int generations = 4;

        @Option(names = "--new-tokens", paramLabel = "N", description = "Of a completion; default ${DEFAULT-VALUE}.")
        private int newTokens = 64;

        @Option(names = "--steps", paramLabel = "S", description = "Steps that count; default ${DEFAULT-VALUE}.")
        private int steps = 5;

        @Option(
                names = "--mixed",
                description = "Sample i of a step has 1 + floor((N - 1) * frac(i * 0.6180339887)^2) tokens.")
        private boolean mixed;

        @Option(
                names = "--prompt-file",
                paramLabel = "FILE",
                description = "JSON lines with a field 'prompt', gone through round and round.")
        private @Nullable Path promptFile;

        Engine(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            StepWork work = work();
            List<String> texts = promptFile == null ? List.of(PROMPT) : JsonLines.read(promptFile, Engine::prompt);
            Screen out = out();
            try (LanguageModel policy = model.load(EngineOptions.DEFAULT);
                    LanguageModel reference = model.load()) {
                List<int[]> ids = texts.stream().map(policy.tokenizer()::encode).toList();
                EngineTimes times = new EngineBench(policy, reference, ids, work)
                        .run(steps, step -> out.note(step == 0 ? "warmed up" : "step " + step + " of " + steps));
                Report report = Report.of(times, steps, model.threads);
                show(report, report::lines);
            }
            return ExitCode.SUCCESS;
        }

        private StepWork work() {
            if (steps < 1) {
                throw new CommandException("--steps is " + steps + ", but must be at least 1");
            }
            try {
                return new StepWork(prompts, generations, newTokens, mixed);
            } catch (IllegalArgumentException e) {
                throw new CommandException(String.valueOf(e.getMessage()), e);
            }
        }

        private static String prompt(JsonNode line) {
            String prompt = JsonLines.text(line, "prompt");
            if (prompt == null) {
                throw new IllegalArgumentException("has no \"prompt\"");
            }
            return prompt;
        }
    }

    /** What is printed; {@code seconds} by phase. */
    record Report(
            double secondsPerStep,
            double generatedTokensPerSecond,
            @Nullable Long peakMemoryMiB,
            Map<String, Double> seconds,
            double productGigaflops,
            double arithmeticShare,
            int steps,
            int threads) {

        public static Report of(EngineTimes times, int steps, int threads) {
            var peak = PeakMemory.mebibytes();
            Map<String, Double> seconds = new LinkedHashMap<>();
            times.seconds().forEach((phase, median) -> seconds.put(word(phase), rounded(median, 3)));
            return new Report(
                    rounded(times.secondsPerStep(), 3),
                    rounded(times.generatedTokensPerSecond(), 1),
                    peak.isPresent() ? peak.getAsLong() : null,
                    seconds,
                    rounded(times.productGigaflops(), 1),
                    rounded(times.arithmeticShare(), 3),
                    steps,
                    threads);
        }

        private static String word(Phase phase) {
            return phase.name().toLowerCase(Locale.ROOT);
        }

        private static double rounded(double value, int digits) {
            double scale = Math.pow(10, digits);
            return Math.round(value * scale) / scale;
        }

        List<String> lines() {
            TextTable table = new TextTable("", "seconds", "share");
            seconds.forEach((phase, median) ->
                    table.add(phase, number("%.3f", median), number("%.0f %%", 100 * median / secondsPerStep)));
            table.add("a step", number("%.3f", secondsPerStep), "");
            List<String> lines = new ArrayList<>(table.lines());
            lines.add("");
            lines.add(number("%.1f", generatedTokensPerSecond) + " generated tokens per second of a step, "
                    + threads + " threads, medians of " + steps + " steps"
                    + (peakMemoryMiB == null ? "" : ", peak memory " + peakMemoryMiB + " MiB"));
            lines.add("this machine multiplies at " + number("%.0f", productGigaflops) + " GFLOP/s: a step's products"
                    + " alone would take " + number("%.0f %%", 100 * arithmeticShare) + " of its time");
            return lines;
        }

        private static String number(String format, double value) {
            return String.format(Locale.ROOT, format, value);
        }
    }
}
