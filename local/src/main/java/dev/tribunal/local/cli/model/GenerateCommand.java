package dev.tribunal.local.cli.model;

import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.InputFile;
import dev.tribunal.local.generate.InOrder;
import dev.tribunal.local.generate.Question;
import dev.tribunal.local.generate.Questions;
import dev.tribunal.local.generate.StrategyRun;
import dev.tribunal.trainer.strategy.Scorer;
import dev.tribunal.trainer.strategy.Verifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code tribunal generate}: a checkpoint's completions of some prompts, each sampled or found by a strategy. Only reward
 * models and judges that are asked for by name need a platform.
 */
@Command(
        name = "generate",
        description = {
            "Try a checkpoint: print its completions as they are sampled.",
            "Without --prompt and --file the prompt is read from standard input."
        },
        mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {

    private final Screen screen;
    private final @Nullable InputStream input;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private SamplingArguments sampling = new SamplingArguments();

    @Mixin
    private StrategyArguments strategy = new StrategyArguments();

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "A LoRA adapter of the checkpoint, in PEFT's files; without, the checkpoint as it is.")
    private @Nullable Path adapter;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "A prompt.")
    private @Nullable String prompt;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "JSON lines with 'prompt' or 'messages' (each with 'role' and 'content'); - is standard"
                    + " input.")
    private @Nullable Path file;

    @Option(names = "--raw", description = "Continue the prompt as it stands; without, the chat template wraps it.")
    private boolean raw;

    @Option(names = "--json", description = "Print a line a prompt, with tokens and log-probabilities.")
    private boolean json;

    /** @param input holds the prompt if no option does; null if a person would have to type it */
    public GenerateCommand(Screen screen, @Nullable InputStream input) {
        // A note beside the text must not become part of it in a file.
        this.screen = screen.forJson();
        this.input = input;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SamplingOptions options = sampling.options();
        if (strategy.given()) {
            return byStrategy(options);
        }
        List<Question> questions = questions(options);
        try (LanguageModel loaded = adapter == null ? model.load() : model.loadWithAdapter(adapter)) {
            InOrder.Receiver receiver =
                    json ? new AnswerLines(loaded, questions, screen) : new AnswerTexts(questions, screen);
            loaded.sample(requests(questions), options, new InOrder(questions.size(), loaded.tokenizer(), receiver));
        }
        return ExitCode.SUCCESS;
    }

    private int byStrategy(SamplingOptions options) throws IOException, InterruptedException {
        GenerationStrategy chosen = strategy.strategy(options.temperature(), raw);
        Long tokenBudget = strategy.tokenBudget();
        List<Question> questions = questions(options);
        Path scoring = strategy.rewardModelDirectory();
        VersionedName rewardModel = strategy.rewardModelOfPlatform();
        Verifier verifier = strategy.hasJudges()
                ? StrategyRun.verifier(strategy.platform().judgements(), strategy.judges(), chosen.name())
                : null;
        try (LanguageModel loaded = adapter == null ? model.load() : model.loadWithAdapter(adapter);
                ScoringModel scores = scoring == null ? null : model.loadScoring(scoring)) {
            Scorer scorer = scores != null
                    ? scorer(scores)
                    : rewardModel != null
                            ? StrategyRun.scorer(strategy.platform().rewardModels(), rewardModel, screen::note)
                            : null;
            StrategyRun run = new StrategyRun(chosen, tokenBudget, options, sampling.seed, scorer, verifier);
            StrategyAnswers answers = new StrategyAnswers(questions, json, screen);
            answers.totals(run.answer(loaded, questions, answers::answer));
        }
        return ExitCode.SUCCESS;
    }

    private static Scorer scorer(ScoringModel scores) {
        try {
            return StrategyRun.scorer(scores);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--reward-model cannot be used: " + e.getMessage(), e);
        }
    }

    /** Everything that may be wrong with the prompts shows here, before the weights are loaded. */
    private List<Question> questions(SamplingOptions options) throws IOException {
        if (prompt != null && file != null) {
            throw new CommandException("give either --prompt or --file");
        }
        String text = prompt == null && file == null ? standardInput() : prompt;
        int mostTokens = model.configuration().maxPositions() - options.maxNewTokens();
        return model.withTokenizer(tokenizer -> {
            if (!raw && !tokenizer.hasChatTemplate()) {
                throw new CommandException(
                        model.directory + " has no chat template; --raw continues the prompt as it" + " stands");
            }
            Questions reader = new Questions(tokenizer, raw, mostTokens);
            return text == null
                    ? InputFile.read(Objects.requireNonNull(file), reader::read)
                    : List.of(only(reader, text));
        });
    }

    private static Question only(Questions reader, String text) {
        try {
            return reader.of(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException("the prompt cannot be used: " + e.getMessage(), e);
        }
    }

    private String standardInput() throws IOException {
        if (input == null) {
            throw new CommandException("give --prompt TEXT or --file FILE, or pipe a prompt into standard input");
        }
        String text = new String(input.readAllBytes(), StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        if (text.isBlank()) {
            throw new CommandException("standard input holds no prompt; pipe one into it, or give --prompt or --file");
        }
        return text;
    }

    private List<SamplingRequest> requests(List<Question> questions) {
        return IntStream.range(0, questions.size())
                .mapToObj(i ->
                        new SamplingRequest(questions.get(i).ids(), new long[] {CounterRandom.key(sampling.seed, i)}))
                .toList();
    }
}
