package dev.tribunal.local.cli.rewardmodel;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Goodbye;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.local.cli.shared.Screen;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.cli.shared.TextTable;
import dev.tribunal.local.platform.RewardModels;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tribunal reward-model}: reward models and their versions. */
@Command(name = "reward-model", description = "List reward models, train or import one.")
public final class RewardModelCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RewardModelCommand())
                .addSubcommand(new ListRewardModels(screen))
                .addSubcommand(new Get(screen))
                .addSubcommand(new Apply(screen));
    }

    @Command(name = "list", description = "List reward models.")
    static final class ListRewardModels extends PlatformCommand {

        ListRewardModels(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            List<RewardModelResource> models = Lookup.all(platform.connect().rewardModels());
            show(Page.of(models), () -> lines(models));
            return ExitCode.SUCCESS;
        }

        private static List<String> lines(List<RewardModelResource> models) {
            TextTable table =
                    new TextTable("REWARD MODEL", "STATE", "RIGHT ON HELD-OUT", "RIGHT ON ITS OWN", "WARNINGS");
            for (RewardModelResource model : models) {
                table.add(
                        RewardModelReports.name(model),
                        RewardModelReports.state(model),
                        RewardModelReports.accuracy(model, "validationAccuracy", "validationPairs"),
                        RewardModelReports.accuracy(model, "trainedAccuracy", "trainedPairs"),
                        model.conditions().isEmpty()
                                ? "-"
                                : model.conditions().stream()
                                        .map(RewardModelResource.Condition::type)
                                        .collect(Collectors.joining(", ")));
            }
            return table.lines();
        }
    }

    @Command(name = "get", description = "Show a reward model: what was measured, and what makes it doubtful.")
    static final class Get extends PlatformCommand {

        @Parameters(paramLabel = "NAME[@VERSION]", description = "Without a version, the newest ready one.")
        private String model = "";

        Get(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            RewardModelResource found = Lookup.rewardModel(platform.connect().rewardModels(), model);
            show(found, () -> RewardModelReports.whole(found));
            return ExitCode.SUCCESS;
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
}
