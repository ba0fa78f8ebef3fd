package dev.tribunal.local.cli;

import dev.tribunal.contracts.http.Page;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.local.platform.RewardModels;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tribunal reward-model}: reward models and their versions. */
@Command(
        name = "reward-model",
        description = "List reward models, train or import one.",
        synopsisSubcommandLabel = "COMMAND")
final class RewardModelCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RewardModelCommand())
                .addSubcommand(new ListRewardModels(screen))
                .addSubcommand(new Apply(screen));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    @Command(name = "list", description = "List reward models.", mixinStandardHelpOptions = true)
    static final class ListRewardModels implements Callable<Integer> {

        private final Screen screen;

        @Mixin
        private PlatformOptions platform = new PlatformOptions();

        @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
        private boolean json;

        ListRewardModels(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() {
            Page<RewardModelResource> page = platform.connect().rewardModels().list(null, null);
            if (json) {
                screen.json(page);
                return ExitCode.SUCCESS;
            }
            TextTable table = new TextTable("REWARD MODEL", "STATE", "METRICS");
            for (RewardModelResource model : page.data()) {
                table.add(model.name() + "@" + model.version(), state(model), model.metrics().toString());
            }
            screen.print(table.lines());
            return ExitCode.SUCCESS;
        }
    }

    @Command(
            name = "apply",
            description = "Train a reward model from preference pairs, or import one, as a file says.",
            mixinStandardHelpOptions = true)
    static final class Apply implements Callable<Integer> {

        private final Screen screen;

        @Mixin
        private PlatformOptions platform = new PlatformOptions();

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "REWARD-MODEL",
                description = "The registration, YAML or JSON. Relative hf: and file: references are taken from its"
                        + " folder.")
        private Path file = Path.of("");

        @Option(names = "--wait", description = "Wait until it is ready.")
        private boolean wait;

        @Option(names = "--json", description = "Print one JSON object as the last line of standard output.")
        private boolean json;

        Apply(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() throws InterruptedException {
            RewardApi api = platform.connect().rewardModels();
            RewardModelResource model = api.register(Bodies.read(file, RewardModelRegistration.class));
            if (wait) {
                model = RewardModels.awaitPrepared(api, model.name(), model.version());
            }
            if (json) {
                screen.json(model);
            } else {
                screen.print(model.name() + "@" + model.version() + " is " + state(model)
                        + (model.failure() == null ? "" : ": " + model.failure()));
            }
            return model.state() == RewardModelResource.State.FAILED ? ExitCode.FAILURE : ExitCode.SUCCESS;
        }
    }

    private static String state(RewardModelResource model) {
        return model.state().name().toLowerCase(Locale.ROOT);
    }
}
