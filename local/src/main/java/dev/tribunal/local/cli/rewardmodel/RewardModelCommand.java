package dev.tribunal.local.cli.rewardmodel;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluation;
import dev.tribunal.contracts.reward.v1.RewardEvaluationRequest;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.local.cli.screen.Goodbye;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.GetCommand;
import dev.tribunal.local.cli.shared.ListCommand;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.platform.RewardModels;
import dev.tribunal.servicekit.input.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tribunal reward-model}: reward models and their versions. */
@Command(name = "reward-model", description = "List reward models, train or import one, measure one on a benchmark.")
public final class RewardModelCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RewardModelCommand())
                .addSubcommand(new ListRewardModels(screen))
                .addSubcommand(new Get(screen))
                .addSubcommand(new Apply(screen))
                .addSubcommand(new Evaluate(screen));
    }

    @Command(name = "list", description = "List reward models.")
    static final class ListRewardModels extends ListCommand<RewardModelResource> {

        ListRewardModels(Screen screen) {
            super(screen);
        }

        @Override
        protected List<RewardModelResource> all(PlatformClient client) {
            return Lookup.all(client.rewardModels());
        }

        @Override
        protected TextTable table(List<RewardModelResource> models) {
            TextTable table =
                    new TextTable("REWARD MODEL", "STATE", "RIGHT ON HELD-OUT", "RIGHT ON ITS OWN", "WARNINGS");
            for (RewardModelResource model : models) {
                table.add(
                        RewardModelReports.name(model),
                        Words.of(model.state()),
                        RewardModelReports.accuracy(model, "validationAccuracy", "validationPairs"),
                        RewardModelReports.accuracy(model, "trainedAccuracy", "trainedPairs"),
                        model.conditions().isEmpty()
                                ? "-"
                                : model.conditions().stream()
                                        .map(RewardModelResource.Condition::type)
                                        .collect(Collectors.joining(", ")));
            }
            return table;
        }
    }

    @Command(name = "get", description = "Show a reward model: what was measured, and what makes it doubtful.")
    static final class Get extends GetCommand<RewardModelResource> {

        Get(Screen screen) {
            super(screen);
        }

        @Override
        protected RewardModelResource find(PlatformClient client, String name) {
            return Lookup.rewardModel(client.rewardModels(), name);
        }

        @Override
        protected List<String> lines(RewardModelResource model) {
            return RewardModelReports.whole(model);
        }
    }

    @Command(name = "apply", description = "Train a reward model from preference pairs, or import one, as a file says.")
    static final class Apply extends PlatformCommand {

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "REWARD-MODEL",
                description =
                        "The registration, YAML or JSON; - is standard input. Relative hf: and file: references are taken from its"
                                + " folder.")
        private Path file = Path.of("");

        @Option(names = "--wait", description = "Wait until it is ready.")
        private boolean wait;

        Apply(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() throws InterruptedException {
            RewardApi api = platform.connect().rewardModels();
            RewardModelResource model = api.register(SpecFile.toJson(SpecFile.read(file)), "application/json");
            if (wait) {
                String name = RewardModelReports.name(model);
                try (Goodbye _ = Goodbye.on(
                        out(),
                        "No longer waiting; " + name + " goes on being prepared. Look at it with:"
                                + " ./tribunal reward-model get " + name)) {
                    model = RewardModels.awaitPrepared(api, model.name(), model.version());
                }
            }
            RewardModelResource registered = model;
            show(registered, () -> RewardModelReports.outcome(registered));
            return model.state() == RewardModelResource.State.FAILED ? ExitCode.FAILURE : ExitCode.SUCCESS;
        }
    }

    @Command(
            name = "evaluate",
            description =
                    "Measure a reward model on a file of pairs: how often it prefers the chosen completion, by subset.")
    static final class Evaluate extends PlatformCommand {

        private static final Duration PAUSE = Duration.ofMillis(200);

        @Parameters(
                paramLabel = "NAME[@VERSION]",
                description = "The reward model; without a version, the newest ready one.")
        private String name = "";

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "PAIRS",
                description = "JSON lines of prompt, chosen, rejected and subset, as RewardBench has them.")
        private Path file = Path.of("");

        Evaluate(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() throws InterruptedException {
            PlatformClient client = platform.connect();
            RewardModelResource model = Lookup.rewardModel(client.rewardModels(), name);
            RewardEvaluationsApi api = client.rewardEvaluations();
            RewardEvaluation evaluation = api.evaluate(
                    model.name(),
                    model.version(),
                    new RewardEvaluationRequest("file:" + file.toAbsolutePath().normalize()));
            try (Goodbye _ = Goodbye.on(
                    out(),
                    "No longer waiting; evaluation " + evaluation.id() + " of " + RewardModelReports.name(model)
                            + " goes on.")) {
                while (evaluation.state() == RewardEvaluation.State.RUNNING) {
                    Thread.sleep(PAUSE);
                    evaluation = api.evaluation(model.name(), model.version(), evaluation.id());
                }
            }
            RewardEvaluation done = evaluation;
            show(done, () -> RewardModelReports.evaluation(done));
            return done.state() == RewardEvaluation.State.FAILED ? ExitCode.FAILURE : ExitCode.SUCCESS;
        }
    }
}
