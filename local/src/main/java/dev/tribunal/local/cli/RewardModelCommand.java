package dev.tribunal.local.cli;

import dev.tribunal.contracts.http.Page;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.local.platform.RewardModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal reward-model}: reward models and their versions. */
@Command(name = "reward-model", description = "List reward models, train or import one.")
final class RewardModelCommand extends CommandGroup {

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RewardModelCommand())
                .addSubcommand(new ListRewardModels(screen))
                .addSubcommand(new Apply(screen));
    }

    @Command(name = "list", description = "List reward models.")
    static final class ListRewardModels extends PlatformCommand {

        ListRewardModels(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            Page<RewardModelResource> page = platform.connect().rewardModels().list(null, null);
            show(page, () -> lines(page));
            return ExitCode.SUCCESS;
        }

        private static List<String> lines(Page<RewardModelResource> page) {
            TextTable table = new TextTable("REWARD MODEL", "STATE", "METRICS");
            for (RewardModelResource model : page.data()) {
                table.add(model.name() + "@" + model.version(), state(model), model.metrics().toString());
            }
            return table.lines();
        }
    }

    @Command(name = "apply", description = "Train a reward model from preference pairs, or import one, as a file says.")
    static final class Apply extends PlatformCommand {

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "REWARD-MODEL",
                description = "The registration, YAML or JSON. Relative hf: and file: references are taken from its"
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
            RewardModelResource model = api.register(Bodies.read(file, RewardModelRegistration.class));
            if (wait) {
                model = RewardModels.awaitPrepared(api, model.name(), model.version());
            }
            String text = model.name() + "@" + model.version() + " is " + state(model);
            show(model, model.failure() == null ? text : text + ": " + model.failure());
            return model.state() == RewardModelResource.State.FAILED ? ExitCode.FAILURE : ExitCode.SUCCESS;
        }
    }

    private static String state(RewardModelResource model) {
        return model.state().name().toLowerCase(Locale.ROOT);
    }
}
